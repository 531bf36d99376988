//! The questions that one test asks (RFC 6134, RFC 5490).

use std::collections::HashSet;

use crate::instruction::{Halt, Step};
use crate::limits::Limits;
use crate::question::Question;

/// Questions in order, each once.
#[derive(Debug)]
pub(crate) struct Inquiry {
    questions: Vec<Question>,
    asked: HashSet<Question>,
    limit: usize,
}

impl Inquiry {
    pub(crate) fn new(limits: &Limits) -> Self {
        Inquiry {
            questions: Vec::new(),
            asked: HashSet::new(),
            limit: limits.questions,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.questions.is_empty()
    }

    pub(crate) fn ask(&mut self, question: Question) -> Step<()> {
        if !self.asked.insert(question.clone()) {
            return Ok(());
        }
        if self.questions.len() >= self.limit {
            return Err(Halt::Fault(format!(
                "one test asks for more than the {} things allowed; test for fewer",
                self.limit
            )));
        }
        self.questions.push(question);
        Ok(())
    }

    /// The answer of the test when all is known, else the questions.
    pub(crate) fn conclude(self, answer: bool) -> Step<bool> {
        match self.questions.is_empty() {
            true => Ok(answer),
            false => Err(Halt::Need(self.questions)),
        }
    }
}
