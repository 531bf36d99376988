//! From a syntax tree to code that can run: names, arguments and `require` (RFC 5228 sections 2.6, 2.10.5 and 3).

mod arguments;
mod call;
mod control;
mod string;
mod vocabulary;

pub(crate) use call::Call;

use crate::ast::{Block, Command, Test};
use crate::error::{CompileError, Position};
use crate::instruction::{Check, Code, Instruction};
use crate::limits::Limits;
use crate::text::Text;
use vocabulary::Vocabulary;

/// Checks a whole script.
///
/// # Errors
/// All that is wrong with it, in order, up to [`Limits::errors`].
pub(crate) fn check(script: &Block, limits: &Limits) -> Result<Code, Vec<CompileError>> {
    let mut checker = Checker {
        limits,
        vocabulary: Vocabulary::default(),
        errors: Vec::new(),
    };
    let commands = checker.requires(&script.commands);
    let code = checker.code(commands);
    if checker.errors.is_empty() {
        Ok(code)
    } else {
        checker.errors.sort_by_key(CompileError::position);
        Err(checker.errors)
    }
}

/// What is known while a script is checked.
pub(crate) struct Checker<'l> {
    limits: &'l Limits,
    vocabulary: Vocabulary,
    errors: Vec<CompileError>,
}

impl Checker<'_> {
    pub(crate) fn report(&mut self, at: Position, message: impl Into<String>) {
        if !self.is_full() {
            self.errors.push(CompileError::new(at, message));
        }
    }

    /// Whether so many errors are found that it is no use to look for more.
    fn is_full(&self) -> bool {
        self.errors.len() >= self.limits.errors.max(1)
    }

    /// Commands of one block; those that are wrong are reported and left out.
    fn code(&mut self, commands: &[Command]) -> Code {
        let mut code = Code::default();
        let mut rest = commands;
        while let Some((first, after)) = rest.split_first()
            && !self.is_full()
        {
            let (instruction, after) = if first.name.eq_ignore_ascii_case("if") {
                self.branches(rest)
            } else {
                (self.command(first), after)
            };
            code.0.extend(instruction);
            rest = after;
        }
        code
    }

    fn command(&mut self, command: &Command) -> Option<Instruction> {
        let at = command.place.0;
        if let Some(message) = control::misplaced(&command.name) {
            self.report(at, message);
            return None;
        }
        let Some(spec) = self.vocabulary.command(&command.name) else {
            let message = self.vocabulary.unknown_command(&command.name);
            self.report(at, message);
            return None;
        };
        let mut call = Call::of_command(self, spec, command)?;
        let action = (spec.build)(&mut call);
        debug_assert!(action.is_some() || !self.errors.is_empty());
        let action = action?;
        let line = at.line;
        Some(Instruction { line, action })
    }

    fn test(&mut self, test: &Test) -> Option<Check> {
        if self.is_full() {
            return None;
        }
        let at = test.place.0;
        let Some(spec) = self.vocabulary.test(&test.name) else {
            let message = self.vocabulary.unknown_test(&test.name);
            self.report(at, message);
            return None;
        };
        let mut call = Call::of_test(self, spec, test)?;
        let condition = (spec.build)(&mut call);
        debug_assert!(condition.is_some() || !self.errors.is_empty());
        let condition = condition?;
        let line = at.line;
        Some(Check { line, condition })
    }

    fn text(&mut self, at: Position, string: &str) -> Option<Text> {
        match string::text(string, &self.vocabulary) {
            Ok(text) => Some(text),
            Err(message) => {
                self.report(at, message);
                None
            }
        }
    }
}
