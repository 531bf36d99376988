//! What is kept beside an object, never inside it, so that messages may come in any order (RULES.md,
//! *State*).

mod replies;
mod taken;
mod times;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::Clock;
use crate::incoming::{Timestamp, Trust};
use crate::recurrence_id::RecurrenceId;
use crate::stamp::Stamp;
pub(crate) use replies::{Replies, TakenReply};
pub(crate) use taken::Taken;
pub(crate) use times::Times;

/// The form of a kept state that this version writes.
const VERSION: u32 = 2;

/// The form whose names of instances were local times with their zones.
const NAMED_BY_TEXT: u32 = 1;

/// The state of one UID of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    version: u32,
    /// The organizer's last version, stripped as rule C1 says, cancellations not marked in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) base: Option<String>,
    /// The stamp of the message whose VCALENDAR properties `base` has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) envelope: Option<Stamp>,
    /// What was taken last, per component.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) components: BTreeMap<RecurrenceId, Taken>,
    /// Instances that an ADD brought, which the master needs as RDATE (rule D4), and its DTSTAMP.
    #[serde(rename = "dates", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) added: BTreeMap<RecurrenceId, Timestamp>,
    /// Overrides that were made for answers and follow those to the series (rule E2).
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) made: BTreeSet<RecurrenceId>,
    /// The replies taken last, per attendee and component.
    #[serde(skip_serializing_if = "Replies::is_empty")]
    pub(crate) replies: Replies,
    /// The times of the owner's own event and since which SEQUENCE it has them (rule E1).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) times: BTreeMap<RecurrenceId, Times>,
    /// The DTSTAMP of the messages that the owner's last change sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sent: Option<Timestamp>,
    /// What came too early (rule D3), oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) early: Vec<Early>,
    /// The authenticated sender of the message that created the object (rule B3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pinned: Option<String>,
    /// The address that the message was delivered to that created the object (rule C8).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivered_to: Option<String>,
    /// Why there is no object, when it was not the owner who deleted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) removed: Option<Removed>,
}

/// A message that came too early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Early {
    pub(crate) method: String,
    pub(crate) sender: String,
    pub(crate) trust: Trust,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) via_service: Option<String>,
    pub(crate) received: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) date: Option<Timestamp>,
    pub(crate) digest: String,
    /// Its components, reduced to what the rules read.
    pub(crate) text: String,
}

/// What a state holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// Nothing to keep.
    Nothing,
    /// Messages that came too early, which count for a while only (rule D3).
    EarlyAlone,
    /// What was taken, or a tombstone.
    More,
}

/// What took the object away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Removed {
    /// A CANCEL, by the owner's preference (rule D1).
    ByCancel,
}

/// Why a kept state cannot be read.
#[derive(Debug, Error)]
pub enum BadState {
    /// It is not what any version wrote.
    #[error("the scheduling state cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A later version wrote it.
    #[error("the scheduling state has form {0}, this version knows {VERSION}")]
    TooNew(u32),
}

impl State {
    /// Reads what [`to_json`](Self::to_json) wrote.
    pub fn from_json(json: &str) -> Result<Self, BadState> {
        let mut state: Self = serde_json::from_str(json)?;
        if state.version > VERSION {
            return Err(BadState::TooNew(state.version));
        }
        if state.version == NAMED_BY_TEXT {
            let clock = Clock::new(std::iter::empty());
            state.rename(|id| clock.id(&id.date_or_time()?).ok());
        }
        Ok(state)
    }

    /// Names instances anew; what has no new name keeps its own.
    pub(crate) fn rename(&mut self, new: impl Fn(&RecurrenceId) -> Option<RecurrenceId>) {
        let name = |id: RecurrenceId| {
            if id.is_master() {
                id
            } else {
                new(&id).unwrap_or(id)
            }
        };
        for (id, taken) in std::mem::take(&mut self.components) {
            self.components
                .entry(name(id))
                .or_default()
                .take_later(taken);
        }
        let added = std::mem::take(&mut self.added);
        self.added = added.into_iter().map(|(id, at)| (name(id), at)).collect();
        self.made = std::mem::take(&mut self.made)
            .into_iter()
            .map(&name)
            .collect();
        let times = std::mem::take(&mut self.times);
        self.times = times
            .into_iter()
            .map(|(id, times)| (name(id), times))
            .collect();
        self.replies.rename(name);
    }

    /// The state as JSON, with its version.
    pub fn to_json(&self) -> String {
        let current = Self {
            version: VERSION,
            ..self.clone()
        };
        // Strings, numbers and maps with string keys alone: this cannot fail.
        serde_json::to_string(&current).unwrap_or_default()
    }

    /// What there is to keep.
    pub fn contents(&self) -> Contents {
        let early_alone = Self {
            version: self.version,
            early: self.early.clone(),
            ..Self::default()
        };
        if *self != early_alone {
            Contents::More
        } else if self.early.is_empty() {
            Contents::Nothing
        } else {
            Contents::EarlyAlone
        }
    }

    /// Whether a message was taken; with no object left that makes a tombstone (rule C10).
    pub(crate) fn is_known(&self) -> bool {
        self.components
            .values()
            .any(|taken| taken.request.is_some())
            || !self.replies.is_empty()
    }

    /// Notes that a CANCEL took the object away, not its owner (rule C10), where its removal was undone and
    /// is done again.
    pub fn note_removal(&mut self) {
        self.removed = Some(Removed::ByCancel);
    }

    /// Senders and times of the messages that came too early (rule D3).
    pub fn early(&self) -> impl Iterator<Item = (&str, Timestamp)> {
        self.early
            .iter()
            .map(|early| (early.sender.as_str(), early.received))
    }

    /// The pinned sender (rule B3).
    pub fn pinned_sender(&self) -> Option<&str> {
        self.pinned.as_deref()
    }

    /// The address that an answer is offered from when no ATTENDEE is the owner's (rule C8).
    pub fn delivered_to(&self) -> Option<&str> {
        self.delivered_to.as_deref()
    }

    /// The organizer's last version as iCalendar text (RULES.md, *Base*).
    pub fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }

    pub(crate) fn taken(&self, id: &RecurrenceId) -> Option<&Taken> {
        self.components.get(id)
    }

    pub(crate) fn request_stamp(&self, id: &RecurrenceId) -> Option<&Stamp> {
        self.taken(id)?.request.as_ref()
    }

    pub(crate) fn cancel_stamp(&self, id: &RecurrenceId) -> Option<&Stamp> {
        self.taken(id)?.cancel.as_ref()
    }

    pub(crate) fn end_stamp(&self, id: &RecurrenceId) -> Option<&Stamp> {
        self.taken(id)?.end.as_ref()
    }

    /// Whether anything was taken of single instances.
    pub(crate) fn knows_dates(&self) -> bool {
        self.components.keys().any(|id| !id.is_master())
    }

    /// The last reply taken of an attendee, by the address in lower case, for a component.
    pub(crate) fn reply_of(&self, attendee: &str, component: &RecurrenceId) -> Option<&TakenReply> {
        self.replies.of(attendee, component)
    }
}

#[cfg(test)]
mod tests {
    use calendar::DateOrTime;

    use super::*;

    #[test]
    fn the_first_form_is_read_with_the_names_of_this_one() {
        let first = r#"{"version":1,"components":{
            "":{"request":{"sequence":0,"dtstamp":1}},
            "20261208T100000 Europe/Berlin":{"request":{"sequence":0,"dtstamp":2}},
            "20261215":{"cancel":{"sequence":1,"dtstamp":3}}},
            "dates":{"20261210T100000 Europe/Berlin":4},
            "made":["20261211T100000 Europe/Berlin"],
            "times":{"20261211T100000 Europe/Berlin":{"lines":[],"sequence":0}},
            "replies":[{"attendee":"b@x.example","component":"20261212T100000 Europe/Berlin",
                "stamp":{"sequence":0,"dtstamp":5},"said":"ACCEPTED"}]}"#;
        let state = State::from_json(first).unwrap();
        let names = |ids: &mut dyn Iterator<Item = &RecurrenceId>| {
            ids.map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(
            names(&mut state.components.keys()),
            ["", "20261208T090000Z", "20261215"]
        );
        assert_eq!(names(&mut state.added.keys()), ["20261210T090000Z"]);
        assert_eq!(names(&mut state.made.iter()), ["20261211T090000Z"]);
        assert_eq!(names(&mut state.times.keys()), ["20261211T090000Z"]);
        let date = DateOrTime::parse("20261212T090000Z", None).unwrap();
        let reply = state.reply_of("b@x.example", &RecurrenceId::instance(&date));
        assert!(reply.is_some());
        assert!(state.to_json().contains(r#""version":2"#));
        let later = State::from_json(r#"{"version":3}"#);
        assert!(matches!(later, Err(BadState::TooNew(3))));
    }

    #[test]
    fn what_a_state_holds_is_known_after_reading() {
        let read = |state: &State| State::from_json(&state.to_json()).unwrap().contents();
        assert_eq!(read(&State::default()), Contents::Nothing);
        let mut state = State::default();
        state.early.push(Early {
            method: "CANCEL".to_owned(),
            sender: "alice@example.org".to_owned(),
            trust: Trust::Authenticated,
            via_service: None,
            received: 1,
            date: None,
            digest: "d".to_owned(),
            text: String::new(),
        });
        assert_eq!(read(&state), Contents::EarlyAlone);
        state.pinned = Some("alice@example.org".to_owned());
        assert_eq!(read(&state), Contents::More);
    }
}
