//! What becomes of a message: the change, and the words of the record (RULES.md G).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::note::Note;
use crate::reason::Reason;
use crate::state::State;

/// What one message does to one account.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The outcome in one word.
    pub outcome: Outcome,
    /// The rule that decided.
    pub reason: Reason,
    /// What else is to be known, each once, in order.
    pub notes: Vec<Note>,
    /// What happens to the object.
    pub change: Change,
    /// The state to keep from now on; none: it stays as it is.
    pub state: Option<State>,
    /// Whether to keep the message so that the owner may apply it by hand.
    pub suggestion: Suggestion,
    /// Content lines of the owner's own that the organizer's new ones replaced (rule C3).
    pub overwritten: Vec<String>,
}

impl Decision {
    /// Nothing changes, for this reason.
    pub(crate) fn no_action(reason: Reason) -> Self {
        Self::new(Outcome::NoAction, reason)
    }

    pub(crate) fn new(outcome: Outcome, reason: Reason) -> Self {
        Self {
            outcome,
            reason,
            notes: Vec::new(),
            change: Change::None,
            state: None,
            suggestion: Suggestion::None,
            overwritten: Vec::new(),
        }
    }

    /// Offers the message to the owner.
    pub(crate) fn suggested(mut self) -> Self {
        self.suggestion = Suggestion::Keep;
        self
    }

    pub(crate) fn noted(mut self, note: Note) -> Self {
        self.note(note);
        self
    }

    /// Adds a note that says more than the reason, and is not there yet.
    pub(crate) fn note(&mut self, note: Note) {
        if note.code() != self.reason.code() && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// What happens to the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// It is written.
    Put {
        /// The calendar's id; the default one's should it be gone.
        calendar: String,
        /// The object's name; none: a new object, which the caller names.
        name: Option<String>,
        /// The iCalendar text, without METHOD.
        text: Vec<u8>,
        /// Whether it waits for its owner's answer.
        answered: Answered,
    },
    /// It goes.
    Delete {
        /// The calendar's id.
        calendar: String,
        /// The object's name.
        name: String,
    },
}

/// Whether the owner has answered all of an object (rule B7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// Yes, or there is nothing to answer.
    Yes,
    /// It waits.
    No,
}

/// Whether the message is kept as a suggested change that one act of the owner applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suggestion {
    /// No.
    None,
    /// Yes.
    Keep,
}

/// The outcome of a message for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A new object stands in a calendar.
    Added,
    /// An object changed.
    Updated,
    /// An object, or part of it, is marked as cancelled.
    Cancelled,
    /// An object is gone.
    Removed,
    /// Nothing changed.
    NoAction,
    /// Nothing changed, because something is broken.
    Error,
}

impl Outcome {
    /// The word of the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Updated => "updated",
            Self::Cancelled => "cancelled",
            Self::Removed => "removed",
            Self::NoAction => "no-action",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
