//! What rules and RDATE name, merged by instant before EXDATE and overrides are asked.

use jiff::Timestamp;

use super::clock;
use super::ground::Ground;
use super::instance::RecurrenceId;
use super::limits::TooManySteps;
use super::series::{BoundRule, Series};
use super::walk::{OutOfSteps, Range, Walk};

/// One instance that a rule, RDATE or DTSTART names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    /// What names it.
    pub(crate) id: RecurrenceId,
    /// Nothing that comes later is before this instant.
    floor: Timestamp,
}

/// Every candidate of a series between two instants or near them; their floors never go back.
#[derive(Debug)]
pub(crate) struct Candidates<'s> {
    series: &'s Series,
    rules: Vec<Stream<'s>>,
    extra: usize,
}

/// The candidates of one rule, the next of them read already.
#[derive(Debug)]
struct Stream<'s> {
    ground: &'s Ground,
    walk: Walk<'s>,
    until: Option<Timestamp>,
    head: Head,
}

#[derive(Clone, Copy, Debug)]
enum Head {
    Ready(Candidate),
    /// The steps ran out; later candidates are not before this instant.
    Failed(Timestamp),
    Done,
}

impl<'s> Candidates<'s> {
    /// Everything from one instant to another, and perhaps something around them.
    pub(crate) fn new(series: &'s Series, from: Timestamp, to: Timestamp) -> Self {
        let ground = &series.ground;
        let range = Range {
            from: clock::shifted_civil(ground.civil_at(from), -clock::DAY),
            to: clock::shifted_civil(ground.civil_at(to), clock::DAY),
        };
        let budget = series.limits.steps / (series.rules.len().max(1) as u64);
        let rules = series.rules.iter();
        Self {
            rules: rules
                .map(|rule| Stream::new(ground, rule, range, budget))
                .collect(),
            extra: series.extra.partition_point(|e| e.id.instant < from),
            series,
        }
    }

    /// Everything of one rule.
    pub(crate) fn of_rule(series: &'s Series, rule: &'s BoundRule) -> Self {
        let range = Range {
            from: series.ground.civil,
            to: jiff::civil::DateTime::MAX,
        };
        Self {
            rules: vec![Stream::new(
                &series.ground,
                rule,
                range,
                series.limits.steps,
            )],
            extra: series.extra.len(),
            series,
        }
    }

    /// Nothing that is still to come is before this instant; none when nothing is to come.
    pub(crate) fn floor(&self) -> Option<Timestamp> {
        let rules = self.rules.iter().filter_map(Stream::floor);
        rules.chain(self.next_extra().map(|c| c.floor)).min()
    }

    /// The candidate with the lowest floor; after an error nothing counts.
    pub(crate) fn next(&mut self) -> Option<Result<Candidate, TooManySteps>> {
        let extra = self.next_extra();
        let rules = self.rules.iter_mut();
        let lowest = rules
            .filter(|stream| stream.floor().is_some())
            .min_by_key(|stream| stream.floor());
        let next = match (lowest, extra) {
            (Some(stream), Some(extra)) if stream.floor() < Some(extra.floor) => stream.pull()?,
            (_, Some(extra)) => {
                self.extra += 1;
                Ok(extra)
            }
            (Some(stream), None) => stream.pull()?,
            (None, None) => return None,
        };
        Some(next.map_err(|OutOfSteps| TooManySteps {
            budget: self.series.limits.steps,
        }))
    }

    /// The steps that all rules took.
    pub(crate) fn steps(&self) -> u64 {
        self.rules.iter().map(|stream| stream.walk.steps()).sum()
    }

    fn next_extra(&self) -> Option<Candidate> {
        let extra = self.series.extra.get(self.extra)?;
        Some(Candidate {
            id: extra.id,
            floor: extra.id.instant,
        })
    }
}

impl<'s> Stream<'s> {
    fn new(ground: &'s Ground, rule: &'s BoundRule, range: Range, budget: u64) -> Self {
        let range = Range {
            to: rule.until.map_or(range.to, |until| until.min(range.to)),
            ..range
        };
        let mut stream = Self {
            ground,
            walk: Walk::new(&rule.rule, ground.civil, range, budget),
            until: rule.until_instant,
            head: Head::Done,
        };
        stream.head = stream.read(Timestamp::MIN);
        stream
    }

    fn floor(&self) -> Option<Timestamp> {
        match self.head {
            Head::Ready(candidate) => Some(candidate.floor),
            Head::Failed(floor) => Some(floor),
            Head::Done => None,
        }
    }

    fn pull(&mut self) -> Option<Result<Candidate, OutOfSteps>> {
        match self.head {
            Head::Ready(candidate) => {
                self.head = self.read(candidate.floor);
                Some(Ok(candidate))
            }
            Head::Failed(_) => Some(Err(OutOfSteps)),
            Head::Done => None,
        }
    }

    fn read(&mut self, floor: Timestamp) -> Head {
        let civil = match self.walk.next() {
            Ok(Some(civil)) => civil,
            Ok(None) => return Head::Done,
            Err(OutOfSteps) => return Head::Failed(floor),
        };
        let Some(resolved) = clock::resolve(&self.ground.zone, civil) else {
            return Head::Done;
        };
        if self.until.is_some_and(|until| resolved.instant > until) {
            return Head::Done;
        }
        Head::Ready(Candidate {
            id: RecurrenceId {
                instant: resolved.instant,
                civil,
            },
            floor: resolved.floor,
        })
    }
}
