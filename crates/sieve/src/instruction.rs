//! What a checked script is made of: actions and conditions that run on a machine (RFC 5228 section 2.9).

use std::fmt::Debug;

use crate::machine::Machine;
use crate::question::Question;

/// The result of one step of a run.
pub(crate) type Step<T> = Result<T, Halt>;

/// Why a unit can't go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Halt {
    /// It failed, with a sentence for its author.
    Fault(String),
    /// Answers are missing.
    Need(Vec<Question>),
}

/// Where a run goes after a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// To the next command.
    Next,
    /// To the end of all units.
    Stop,
}

/// What a command does.
pub(crate) trait Action: Debug + Send + Sync {
    fn execute(&self, machine: &mut Machine<'_>) -> Step<Flow>;
}

/// What a test asks.
pub(crate) trait Condition: Debug + Send + Sync {
    fn holds(&self, machine: &mut Machine<'_>) -> Step<bool>;
}

/// One command and its line in the source.
#[derive(Debug)]
pub(crate) struct Instruction {
    pub(crate) line: u32,
    pub(crate) action: Box<dyn Action>,
}

/// A sequence of commands; its depth is bounded by [`crate::Limits::nesting`].
#[derive(Debug, Default)]
pub(crate) struct Code(pub(crate) Vec<Instruction>);

impl Code {
    pub(crate) fn run(&self, machine: &mut Machine<'_>) -> Step<Flow> {
        for instruction in &self.0 {
            machine.line = instruction.line;
            machine.meter.step()?;
            if instruction.action.execute(machine)? == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
        Ok(Flow::Next)
    }
}

/// One test and its line in the source.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) line: u32,
    pub(crate) condition: Box<dyn Condition>,
}

impl Check {
    pub(crate) fn holds(&self, machine: &mut Machine<'_>) -> Step<bool> {
        machine.line = self.line;
        machine.meter.step()?;
        self.condition.holds(machine)
    }
}
