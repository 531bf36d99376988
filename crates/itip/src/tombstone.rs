//! What stays of a UID whose object is gone (rule C10), and its end.

use crate::state::State;

impl State {
    /// The owner stored the UID again, by PUT, import or undo: nothing is gone any more.
    ///
    /// What was taken before stays known, so that a repeat of those messages is a duplicate.
    pub fn stored_again(&mut self) {
        self.removed = None;
    }
}
