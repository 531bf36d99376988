//! The instances of a series in a window, by start, made one at a time.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::iter::FusedIterator;
use std::ops::Range;

use jiff::Timestamp;

use super::candidates::Candidates;
use super::clock::shifted;
use super::instance::{Instance, InstanceSource, RecurrenceId};
use super::limits::TooManySteps;
use super::series::Series;

/// The instances of a window, see [`Series::instances`].
#[derive(Debug)]
pub struct Instances<'s> {
    series: &'s Series,
    window: Range<Timestamp>,
    candidates: Candidates<'s>,
    /// Found, but something earlier may still come.
    waiting: BinaryHeap<Reverse<Waiting>>,
    least_shift: i64,
    /// Start, instant of RECURRENCE-ID and source of the last that was told.
    last: Option<(Timestamp, Timestamp, InstanceSource)>,
    has_failed: bool,
}

/// An instance by start, then by what names it and where it is from.
#[derive(Clone, Copy, Debug)]
struct Waiting(Instance);

impl<'s> Instances<'s> {
    pub(crate) fn new(series: &'s Series, window: Range<Timestamp>) -> Self {
        let least_shift = series.least_shift();
        let from = shifted(window.start, series.reach_after().saturating_neg());
        let to = shifted(window.end, least_shift.saturating_neg());
        let overrides = series.overrides.iter().map(|one| one.instance);
        let waiting = overrides
            .filter(|instance| instance.overlaps(window.start, window.end))
            .map(|instance| Reverse(Waiting(instance)))
            .collect();
        Self {
            series,
            candidates: Candidates::new(series, from, to),
            window,
            waiting,
            least_shift,
            last: None,
            has_failed: false,
        }
    }

    /// The steps taken so far, of those that [`RecurrenceLimits`](super::RecurrenceLimits) allow.
    pub fn steps(&self) -> u64 {
        self.candidates.steps()
    }

    /// Nothing that is still to come begins before this instant; none when nothing is to come.
    fn floor(&self) -> Option<Timestamp> {
        let floor = shifted(self.candidates.floor()?, self.least_shift);
        (floor < self.window.end).then_some(floor)
    }

    /// The first that waits, if nothing can come before it.
    fn certain(&mut self, floor: Option<Timestamp>) -> Option<Instance> {
        let Reverse(Waiting(first)) = self.waiting.peek()?;
        if floor.is_some_and(|floor| first.start > floor) {
            return None;
        }
        let Reverse(Waiting(first)) = self.waiting.pop()?;
        Some(first)
    }

    /// Takes one candidate in, if its instance is in the window.
    fn take_in(&mut self) -> Option<TooManySteps> {
        let candidate = match self.candidates.next()? {
            Ok(candidate) => candidate,
            Err(error) => return Some(error),
        };
        let instance = self.series.shaped(candidate.id)?;
        if instance.overlaps(self.window.start, self.window.end) {
            self.waiting.push(Reverse(Waiting(instance)));
        }
        None
    }

    /// Whether RDATE and a rule, or two rules, told the same one.
    fn is_repeated(&mut self, instance: &Instance) -> bool {
        let id = instance.recurrence_id.instant;
        let this = (instance.start, id, instance.source);
        self.last.replace(this) == Some(this)
    }
}

impl Iterator for Instances<'_> {
    type Item = Result<Instance, TooManySteps>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.has_failed {
            let floor = self.floor();
            if let Some(instance) = self.certain(floor) {
                if !self.is_repeated(&instance) {
                    return Some(Ok(instance));
                }
            } else {
                floor?;
                if let Some(error) = self.take_in() {
                    self.has_failed = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

impl FusedIterator for Instances<'_> {}

impl Waiting {
    fn key(&self) -> (Timestamp, RecurrenceId, InstanceSource) {
        let Self(instance) = self;
        (instance.start, instance.recurrence_id, instance.source)
    }
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Waiting {}
