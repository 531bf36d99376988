//! `require` and `if` with its branches (RFC 5228 sections 3.1 and 3.2).

use super::Checker;
use crate::ast::{Block, Command, Tests, Value};
use crate::instruction::{Action, Check, Code, Flow, Instruction, Step};
use crate::machine::Machine;

impl Checker<'_> {
    /// Takes the `require` commands that a script begins with and gives the rest.
    pub(super) fn requires<'c>(&mut self, commands: &'c [Command]) -> &'c [Command] {
        let is_require = |command: &Command| command.name.eq_ignore_ascii_case("require");
        let end = commands
            .iter()
            .position(|command| !is_require(command))
            .unwrap_or(commands.len());
        let (requires, rest) = commands.split_at(end);
        for command in requires {
            self.require(command);
        }
        rest
    }

    fn require(&mut self, command: &Command) {
        let at = command.place.0;
        let has_more = command.tests != Tests::None || command.block.is_some();
        let [argument] = command.arguments.as_slice() else {
            return self.report(at, USAGE_OF_REQUIRE);
        };
        let Value::Strings(capabilities) = &argument.value else {
            return self.report(at, USAGE_OF_REQUIRE);
        };
        if has_more {
            return self.report(at, USAGE_OF_REQUIRE);
        }
        for capability in capabilities {
            if self.is_full() {
                return;
            }
            if let Err(message) = self.vocabulary.require(capability) {
                self.report(argument.place.0, message);
            }
        }
    }

    /// Takes an `if` with the `elsif` and `else` that follow it and gives the rest.
    pub(super) fn branches<'c>(
        &mut self,
        commands: &'c [Command],
    ) -> (Option<Instruction>, &'c [Command]) {
        let mut branches = Vec::new();
        let mut otherwise = None;
        let mut rest = commands;
        let mut line = None;
        while let Some((command, after)) = rest.split_first() {
            let is = |name: &str| command.name.eq_ignore_ascii_case(name);
            let begins = line.is_none();
            line.get_or_insert(command.place.0.line);
            if begins || is("elsif") {
                branches.extend(self.branch(command));
            } else if is("else") {
                otherwise = self.last_branch(command);
                rest = after;
                break;
            } else {
                break;
            }
            rest = after;
        }
        let instruction = Instruction {
            line: line.unwrap_or(1),
            action: Box::new(If {
                branches,
                otherwise,
            }),
        };
        (Some(instruction), rest)
    }

    fn branch(&mut self, command: &Command) -> Option<(Check, Code)> {
        let at = command.place.0;
        let name = command.name.to_ascii_lowercase();
        if let Some(argument) = command.arguments.first() {
            let message =
                format!("{name:?} takes a test, not an argument; write {name} TEST {{ … }}");
            self.report(argument.place.0, message);
        }
        let check = match &command.tests {
            Tests::One(test) => self.test(test),
            Tests::List(_) => {
                let message = format!(
                    "{name:?} takes one test; write {name} allof(…) or {name} anyof(…) for several"
                );
                self.report(at, message);
                None
            }
            Tests::None => {
                self.report(
                    at,
                    format!("{name:?} takes a test; write {name} TEST {{ … }}"),
                );
                None
            }
        };
        let code = self.block_of(command);
        Some((check?, code?))
    }

    fn last_branch(&mut self, command: &Command) -> Option<Code> {
        if !command.arguments.is_empty() || command.tests != Tests::None {
            self.report(
                command.place.0,
                "\"else\" takes neither test nor argument; write else { … }, or elsif TEST { … }",
            );
        }
        self.block_of(command)
    }

    fn block_of(&mut self, command: &Command) -> Option<Code> {
        let Some(Block { commands, .. }) = &command.block else {
            let message = format!(
                "a block must follow {:?}; write it in braces: {{ … }}",
                command.name.to_ascii_lowercase()
            );
            self.report(command.place.0, message);
            return None;
        };
        Some(self.code(commands))
    }
}

const USAGE_OF_REQUIRE: &str =
    "\"require\" takes the names of extensions; write require [\"fileinto\", …];";

/// What is wrong with a control command in a place where it can't stand.
pub(super) fn misplaced(name: &str) -> Option<&'static str> {
    if name.eq_ignore_ascii_case("require") {
        return Some("\"require\" stands after another command; move it to the top of the script");
    }
    if name.eq_ignore_ascii_case("elsif") || name.eq_ignore_ascii_case("else") {
        return Some("this branch follows no \"if\"; put it directly behind the } of one");
    }
    None
}

/// `if`, `elsif` and `else`.
#[derive(Debug)]
struct If {
    branches: Vec<(Check, Code)>,
    otherwise: Option<Code>,
}

impl Action for If {
    fn execute(&self, machine: &mut Machine<'_>) -> Step<Flow> {
        for (check, code) in &self.branches {
            if check.holds(machine)? {
                return code.run(machine);
            }
        }
        match &self.otherwise {
            Some(code) => code.run(machine),
            None => Ok(Flow::Next),
        }
    }
}
