//! The budget of one unit: steps and octets (RFC 5228 section 10).

use crate::instruction::{Halt, Step};
use crate::limits::Limits;

/// Counts what a unit costs and ends it past its budget.
#[derive(Debug)]
pub(crate) struct Meter {
    steps: u64,
    work: u64,
    step_limit: u64,
    work_limit: u64,
}

impl Meter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Meter {
            steps: 0,
            work: 0,
            step_limit: limits.steps,
            work_limit: limits.match_work,
        }
    }

    pub(crate) fn step(&mut self) -> Step<()> {
        if self.steps >= self.step_limit {
            return Err(Halt::Fault(format!(
                "the script takes more than the {} steps allowed; make it shorter",
                self.step_limit
            )));
        }
        self.steps += 1;
        Ok(())
    }

    /// Counts octets that are read, compared or copied.
    pub(crate) fn work(&mut self, octets: usize) -> Step<()> {
        let after = self.work.saturating_add(octets as u64);
        if after > self.work_limit {
            self.work = self.work_limit;
            return Err(Halt::Fault(format!(
                "matching takes more than the {} octets of work allowed; use fewer * and shorter lists",
                self.work_limit
            )));
        }
        self.work = after;
        Ok(())
    }

    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }

    pub(crate) fn work_done(&self) -> u64 {
        self.work
    }
}
