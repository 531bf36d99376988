//! The replies taken last, per attendee and component (rule E1).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

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
    use super::*;
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
    fn a_further_attendee_is_remembered_up_to_the_limit_and_a_known_one_always() {
        let mut replies = Replies::default();
        replies.remember(reply("a@x.example", "ACCEPTED"), 1);
        replies.remember(reply("b@x.example", "ACCEPTED"), 1);
        replies.remember(reply("a@x.example", "DECLINED"), 1);
        assert_eq!(Vec::from(replies), [reply("a@x.example", "DECLINED")]);
    }
}
