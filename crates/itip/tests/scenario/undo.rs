//! Undo: the object as it was before a message, the state as it is (rule C10).

use calendar::Kind;
use itip::{Access, Account, Limits, StoredObject};

use crate::script::Step;
use crate::world::Actor;

/// The last change that a message made, for `undo`.
pub(crate) struct Done {
    pub(crate) before: Option<Vec<u8>>,
    pub(crate) after: Option<Vec<u8>>,
    pub(crate) calendar: String,
    pub(crate) name: String,
    /// Whether it was a removal.
    pub(crate) is_removal: bool,
}

impl Actor {
    /// `undo WORD`: the last change that a message made is taken back, unless the object is another
    /// by now; the state stays (rule C10).
    pub(crate) fn undo(&mut self, step: &mut Step) -> Option<String> {
        let actual = format!("undo {}", self.undone());
        let failure = (step.text != actual).then(|| format!("{actual}, not {}", step.text));
        step.text = actual;
        failure
    }

    /// What the pipeline does whenever the owner's side stores an object (rules C10 and D3).
    fn stored_again(&mut self) {
        let account = Account {
            addresses: &self.addresses,
        };
        let uid = ("event-1", Kind::Event, 0);
        let recalled = itip::recall(
            &self.stored,
            uid,
            &account,
            &self.policy,
            &Limits::default(),
        );
        if let Some(state) = recalled.and_then(|decision| decision.state) {
            self.stored.state = state;
        }
    }

    fn undone(&mut self) -> &'static str {
        let Some(done) = self.done.take() else {
            return "nothing-changed";
        };
        let objects = &mut self.stored.objects;
        let held = objects
            .iter()
            .position(|object| done.after.as_ref() == Some(&object.text));
        let is_as_left = match &done.after {
            Some(_) => held.is_some(),
            None => objects.is_empty(),
        };
        if !is_as_left {
            return "changed-since";
        }
        let word = match (held, &done.before) {
            (Some(at), Some(text)) => {
                objects[at].text.clone_from(text);
                "restored"
            }
            (Some(at), None) => {
                objects.remove(at);
                "removed"
            }
            (None, Some(text)) => {
                objects.push(StoredObject {
                    calendar: done.calendar.clone(),
                    name: done.name.clone(),
                    text: text.clone(),
                    access: Access::Writable,
                });
                "restored"
            }
            (None, None) => "nothing-changed",
        };
        self.stored_again();
        if done.is_removal && done.before.is_none() {
            self.stored.state.note_removal();
        }
        self.done = Some(Done {
            before: done.after,
            after: done.before,
            ..done
        });
        word
    }
}
