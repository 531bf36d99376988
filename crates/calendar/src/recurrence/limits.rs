//! How much recurrence is taken from a stranger; steps are counted, never time.

use thiserror::Error;

/// The most that a [`Series`](super::Series) takes; each value is the last that passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecurrenceLimits {
    /// Steps of one question to the series: days that its rules look at, and the instances they make.
    ///
    /// Rules finer than a day count periods in place of days. Several rules share the steps evenly.
    pub steps: u64,
    /// RRULE properties.
    pub rules: usize,
    /// Octets of one rule.
    pub rule_length: usize,
    /// Instances that one period of a rule may have before BYSETPOS picks.
    pub candidates: u64,
    /// Values of RDATE and of EXDATE together.
    pub dates: usize,
    /// Components with a RECURRENCE-ID.
    pub overrides: usize,
}

impl Default for RecurrenceLimits {
    fn default() -> Self {
        Self {
            steps: 100_000,
            rules: 8,
            rule_length: 1 << 14,
            candidates: 10_000,
            dates: 20_000,
            overrides: 4000,
        }
    }
}

/// The question would have taken more steps than it may; what came before it is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[error("the recurrence is too much to expand: more than {budget} steps")]
pub struct TooManySteps {
    /// The steps that were allowed.
    pub budget: u64,
}
