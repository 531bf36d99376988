//! A checked script, and running several over one message (RFC 5228 section 2.10).

use std::sync::Arc;

use crate::check::check;
use crate::error::CompileError;
use crate::instruction::{Code, Flow, Halt};
use crate::machine::Machine;
use crate::{Answers, Fault, Limits, Message, Outcome, Run, parse};

/// A script that was checked and can be run; cheap to clone and to share between threads.
#[derive(Debug, Clone)]
pub struct Script {
    code: Arc<Code>,
}

/// Checks a script.
///
/// # Errors
/// What is wrong with it, in order, as far as it can be told at once.
pub fn compile(source: &str, limits: &Limits) -> Result<Script, Vec<CompileError>> {
    let code = Arc::new(check(&parse(source, limits)?, limits)?);
    Ok(Script { code })
}

/// Runs the units in turn over one list of effects.
///
/// `stop` in one ends all. A unit that fails drops its own effects and forces the implicit keep (RFC 5228 section
/// 2.10.6); the units after it run nevertheless. The internal flags variable of RFC 5232 passes from unit to unit,
/// other variables do not. Each unit has the whole budget of steps and work.
///
/// The run is pure: when an answer is missing it ends with questions, to be run again from the start. The number of
/// rounds is at most that of the tests that ask.
pub fn run(
    units: &[&Script],
    message: &dyn Message,
    answers: &dyn Answers,
    limits: &Limits,
) -> Run {
    let mut machine = Machine::new(message, answers, limits);
    let mut faults = Vec::new();
    let (mut steps, mut match_work) = (0, 0);
    for (unit, script) in units.iter().enumerate() {
        machine.begin_unit();
        let before = (machine.deliveries.clone(), machine.flags.clone());
        let ended = script.code.run(&mut machine);
        steps += machine.meter.steps();
        match_work += machine.meter.work_done();
        match ended {
            Ok(Flow::Next) => {}
            Ok(Flow::Stop) => break,
            Err(Halt::Need(questions)) => return Run::Need(questions),
            Err(Halt::Fault(message)) => {
                let line = machine.line;
                faults.push(Fault {
                    unit,
                    line,
                    message,
                });
                (machine.deliveries, machine.flags) = before;
                machine.deliveries.force_keep();
            }
        }
    }
    let (effects, implicit_keep) = machine.deliveries.finish(machine.flags.to_vec());
    Run::Done(Outcome {
        effects,
        implicit_keep,
        faults,
        steps,
        match_work,
    })
}
