//! The replies taken last, per attendee and component (rule E1).

use std::collections::{BTreeMap, BTreeSet};

use calendar::RecurrenceLimits;
use serde::{Deserialize, Serialize};

use crate::course::Course;
use crate::line::Line;
use crate::object::Object;
use crate::recurrence_id::RecurrenceId;
use crate::stamp::Stamp;

/// The last reply of each attendee, by the address in lower case, for each component.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<TakenReply>", into = "Vec<TakenReply>")]
pub(crate) struct Replies(BTreeMap<String, BTreeMap<RecurrenceId, TakenReply>>);

/// The last reply taken of one attendee for one component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TakenReply {
    pub(crate) attendee: String,
    pub(crate) component: RecurrenceId,
    pub(crate) stamp: Stamp,
    /// What it said, to know a duplicate.
    pub(crate) said: String,
}

impl Replies {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn of(&self, attendee: &str, component: &RecurrenceId) -> Option<&TakenReply> {
        self.0.get(attendee)?.get(component)
    }

    /// Takes a reply instead of the one before; a further one only where there are fewer than `limit`.
    pub(crate) fn remember(&mut self, reply: TakenReply, limit: usize) {
        let is_known = self.of(&reply.attendee, &reply.component).is_some();
        if is_known || self.0.values().map(BTreeMap::len).sum::<usize>() < limit {
            self.insert(reply);
        }
    }

    fn insert(&mut self, reply: TakenReply) {
        let of_attendee = self.0.entry(reply.attendee.clone()).or_default();
        of_attendee.insert(reply.component.clone(), reply);
    }

    pub(super) fn rename(&mut self, name: impl Fn(RecurrenceId) -> RecurrenceId) {
        for mut reply in Vec::from(std::mem::take(self)) {
            reply.component = name(reply.component);
            self.insert(reply);
        }
    }

    /// Drops those of attendees who are on no list of the object any more: should they be invited
    /// anew, an old answer is one to an old version.
    pub(super) fn forget_unlisted(&mut self, object: &Object<'_>) {
        if self.is_empty() {
            return;
        }
        let mut listed = BTreeSet::new();
        for body in object.components.values() {
            body.any_line("ATTENDEE", |line: &dyn Line| {
                listed.insert(line.address().as_str().to_lowercase());
                false
            });
        }
        self.0.retain(|attendee, _| listed.contains(attendee));
    }

    /// Drops those for dates that the object has no more, neither alone nor by its series. Where that
    /// cannot be told they stay.
    pub(super) fn forget_gone(&mut self, object: &Object<'_>, limits: &RecurrenceLimits) {
        let has = |id: &RecurrenceId| id.is_master() || object.components.contains_key(id);
        let dates = self.0.values().flat_map(BTreeMap::keys);
        let mut gone: BTreeSet<_> = dates.filter(|id| !has(id)).cloned().collect();
        if gone.is_empty() {
            return;
        }
        let course = Course::of(object, limits);
        gone.retain(|id| match &course {
            Ok(Some(course)) => matches!(course.find(id), Ok(None)),
            Ok(None) => true,
            Err(_) => false,
        });
        for replies in self.0.values_mut() {
            replies.retain(|id, _| !gone.contains(id));
        }
        self.0.retain(|_, replies| !replies.is_empty());
    }
}

impl From<Vec<TakenReply>> for Replies {
    fn from(all: Vec<TakenReply>) -> Self {
        let mut replies = Self::default();
        all.into_iter().for_each(|reply| replies.insert(reply));
        replies
    }
}

impl From<Replies> for Vec<TakenReply> {
    fn from(replies: Replies) -> Self {
        let all = replies.0.into_values();
        all.flat_map(BTreeMap::into_values).collect()
    }
}

#[cfg(test)]
mod tests {
    use calendar::{DateOrTime, Kind};

    use super::*;
    use crate::limits::Limits;
    use crate::state::State;

    fn reply(attendee: &str, said: &str) -> TakenReply {
        TakenReply {
            attendee: attendee.to_owned(),
            component: RecurrenceId::MASTER,
            stamp: Stamp {
                sequence: 0,
                dtstamp: 1,
                last_modified: None,
                date: None,
                digest: String::new(),
            },
            said: said.to_owned(),
        }
    }

    #[test]
    fn the_form_in_which_they_are_kept_is_that_of_before() {
        let json = r#"{"version":2,"replies":[{"attendee":"b@x.example","component":"","stamp":{"sequence":0,"dtstamp":1},"said":"ACCEPTED"}]}"#;
        let state = State::from_json(json).unwrap();
        assert_eq!(
            state.reply_of("b@x.example", &RecurrenceId::MASTER),
            Some(&reply("b@x.example", "ACCEPTED"))
        );
        assert_eq!(state.to_json(), json);
    }

    #[test]
    fn answers_for_dates_that_are_gone_are_forgotten_with_them() {
        let of = |date: &str| TakenReply {
            component: RecurrenceId::instance(&DateOrTime::parse(date, None).unwrap()),
            ..reply("b@x.example", "ACCEPTED")
        };
        let (first, second) = (of("20261201T100000Z"), of("20261208T100000Z"));
        let mut state = State::default();
        for one in [reply("b@x.example", "ACCEPTED"), first.clone(), second] {
            state.replies.remember(one, 10);
        }
        let event = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART:20261201T100000Z\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\nATTENDEE:mailto:b@x.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let mut observe = |text: &str| {
            state.observe(text.as_bytes(), Kind::Event, &Limits::default());
            Vec::from(state.replies.clone())
        };
        assert_eq!(
            observe(event).len(),
            3,
            "a date without an override is there"
        );
        let shorter = event.replace("COUNT=2", "COUNT=1");
        let left = [reply("b@x.example", "ACCEPTED"), first];
        assert_eq!(observe(&shorter), left);
        let single = event.replace("RRULE:FREQ=WEEKLY;COUNT=2\r\n", "");
        assert_eq!(observe(&single), left[..1]);
    }

    #[test]
    fn a_further_attendee_is_remembered_up_to_the_limit_and_a_known_one_always() {
        let mut replies = Replies::default();
        replies.remember(reply("a@x.example", "ACCEPTED"), 1);
        replies.remember(reply("b@x.example", "ACCEPTED"), 1);
        replies.remember(reply("a@x.example", "DECLINED"), 1);
        assert_eq!(Vec::from(replies), [reply("a@x.example", "DECLINED")]);
    }
}
