//! What a run must know of the outside, and how it is told (RFC 6134, RFC 5490).

use std::collections::HashMap;

/// One thing that a run needs to know and has not been told.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Question {
    /// Is the value a member of the list (RFC 6134)?
    List {
        /// The list's name, such as `:addrbook:default`.
        list: String,
        /// An address or another value in the case in which it stood in the message; comparing is the list's.
        value: String,
    },
    /// Is there such a mailbox, and may mail go into it (RFC 5490)?
    Mailbox(String),
}

/// What is known of the outside; `None` everywhere means not known yet.
pub trait Answers {
    /// Whether the value is a member of the list.
    fn list_contains(&self, list: &str, value: &str) -> Option<bool>;
    /// Whether the mailbox is there.
    fn mailbox_exists(&self, name: &str) -> Option<bool>;
}

/// Answers gathered so far; begins empty and learns what each run asked for.
#[derive(Debug, Clone, Default)]
pub struct Known {
    answers: HashMap<Question, bool>,
}

impl Known {
    /// Remembers the answer to a question.
    pub fn learn(&mut self, question: Question, answer: bool) {
        self.answers.insert(question, answer);
    }

    fn answer(&self, question: &Question) -> Option<bool> {
        self.answers.get(question).copied()
    }
}

impl Answers for Known {
    fn list_contains(&self, list: &str, value: &str) -> Option<bool> {
        self.answer(&Question::List {
            list: list.to_owned(),
            value: value.to_owned(),
        })
    }

    fn mailbox_exists(&self, name: &str) -> Option<bool> {
        self.answer(&Question::Mailbox(name.to_owned()))
    }
}
