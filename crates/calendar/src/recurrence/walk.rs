//! A rule walked within a step budget, from near a window where the rule allows it.

use jiff::civil::DateTime;

use super::rule::{Candidates, Rule};

/// Periods before the sought one where a walk begins: the weeks of a year reach into its neighbours.
const PERIODS_BEFORE: u64 = 2;

/// What a walk is to find.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    /// No time before this one is asked for.
    pub(crate) from: DateTime,
    /// No time after this one is asked for.
    pub(crate) to: DateTime,
}

/// The civil times of one rule in a range and after its start, in order, each once.
#[derive(Debug)]
pub(crate) struct Walk<'r> {
    rule: &'r Rule,
    start: DateTime,
    /// Times before this one are counted and passed over.
    from: DateTime,
    candidates: Candidates,
    /// The last time that may be told, and why.
    bound: DateTime,
    end: End,
    last: DateTime,
    left: Option<u32>,
    first_period: u64,
    steps: u64,
    budget: u64,
}

/// The walk used its budget up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfSteps;

/// Why a walk ends at its bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The rule or the range ends there.
    Natural,
    /// The budget ends there.
    Budget,
}

impl<'r> Walk<'r> {
    /// A walk of at most `budget` steps; without COUNT it begins near `range.from`.
    pub(crate) fn new(rule: &'r Rule, start: DateTime, range: Range, budget: u64) -> Self {
        let first_period = match rule.count {
            Some(_) => 0,
            None => rule
                .period_of(start, range.from)
                .saturating_sub(PERIODS_BEFORE),
        };
        let periods = budget / rule.weight();
        let allowed = rule.second_before(start, first_period.saturating_add(periods));
        let (bound, end) = match allowed {
            Some(allowed) if allowed < range.to => (allowed, End::Budget),
            _ => (range.to, End::Natural),
        };
        Self {
            candidates: match periods {
                0 => Candidates::none(),
                _ => rule.expand(start, first_period, bound),
            },
            rule,
            start,
            from: range.from,
            bound,
            end,
            last: start,
            left: rule.count.map(|count| count.saturating_sub(1)),
            first_period,
            steps: 0,
            budget,
        }
    }

    /// The next time after the start and in the range; none where the rule or the range ends.
    pub(crate) fn next(&mut self) -> Result<Option<DateTime>, OutOfSteps> {
        loop {
            if self.left == Some(0) {
                return Ok(None);
            }
            let Some(at) = self.candidates.next().filter(|at| *at <= self.bound) else {
                return self.ended();
            };
            self.charge(at);
            if at > self.last {
                self.last = at;
                self.left = self.left.map(|left| left - 1);
                if at >= self.from {
                    return Ok(Some(at));
                }
            }
        }
    }

    /// The steps taken so far.
    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }

    fn ended(&mut self) -> Result<Option<DateTime>, OutOfSteps> {
        if self.bound >= self.start {
            self.charge(self.bound);
        }
        match self.end {
            End::Natural => Ok(None),
            End::Budget => Err(OutOfSteps),
        }
    }

    /// Counts every period up to that of this time.
    fn charge(&mut self, at: DateTime) {
        let period = self.rule.period_of(self.start, at);
        let periods = (period + 1).saturating_sub(self.first_period);
        let steps = periods.saturating_mul(self.rule.weight());
        self.steps = self.steps.max(steps.min(self.budget));
    }
}
