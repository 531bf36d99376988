//! The components of one kind as the series that they are, asked within a request's budget (RFC 4791, 9.9).

use std::ops::Range;

use calendar::{
    ComponentBuf, Instance, InstanceSource, Instances, RecurrenceLimits, Series, TooManySteps,
};
use jiff::Timestamp;

use super::occurrence::Occurrences;
use crate::budget::Budget;

/// A master with its overrides.
pub(crate) struct RecurrenceSet<'a> {
    pub(crate) series: Series,
    master: Option<usize>,
    budget: &'a Budget,
}

impl<'a> RecurrenceSet<'a> {
    /// The set of these components; `None` when it cannot be told.
    pub(crate) fn of(object: &Occurrences<'a>, parts: &[&ComponentBuf]) -> Option<Self> {
        let budget = object.budget;
        budget.take_reading(object.octets);
        if budget.is_used_up() {
            return None;
        }
        let most = RecurrenceLimits::default();
        let limits = RecurrenceLimits {
            steps: most.steps.min(budget.left()),
            ..most
        };
        let series = Series::read(parts.iter().copied(), &object.zones, &limits).ok()?;
        let mut all = parts.iter();
        Some(Self {
            series,
            master: all.position(|part| part.property("RECURRENCE-ID").is_none()),
            budget,
        })
    }

    /// The instances of which some part is in the window.
    pub(crate) fn instances(&self, window: Range<Timestamp>) -> Told<'_> {
        // The first step is taken here already: it may be the longest.
        let may_ask = !self.budget.is_used_up();
        Told {
            instances: may_ask.then(|| self.series.instances(window)),
            told: 0,
            set: self,
        }
    }

    /// Whether an instance that one component is the source of is as is asked. What cannot be told is. For an
    /// override of one instance the series is not walked.
    pub(crate) fn any(
        &self,
        part: usize,
        window: Range<Timestamp>,
        is_it: impl Fn(&Instance) -> bool,
    ) -> bool {
        let mut single = self.series.single_overrides();
        if let Some((_, instance)) = single.find(|(of, _)| *of == part) {
            return is_it(&instance);
        }
        self.instances(window).any(|told| match told {
            Ok((of, instance)) => of == Some(part) && is_it(&instance),
            Err(_) => true,
        })
    }
}

/// Instances, each with the place of the component that it has its content from.
pub(crate) struct Told<'s> {
    /// `None`: nothing of the budget was left.
    instances: Option<Instances<'s>>,
    told: u64,
    set: &'s RecurrenceSet<'s>,
}

impl Iterator for Told<'_> {
    type Item = Result<(Option<usize>, Instance), TooManySteps>;

    fn next(&mut self) -> Option<Self::Item> {
        let Some(instances) = &mut self.instances else {
            return Some(Err(TooManySteps { budget: 0 }));
        };
        let instance = match instances.next()? {
            Ok(instance) => instance,
            Err(error) => return Some(Err(error)),
        };
        self.told += 1;
        let source = match instance.source {
            InstanceSource::Master => self.set.master,
            InstanceSource::Override(index) => Some(index),
        };
        Some(Ok((source, instance)))
    }
}

impl Drop for Told<'_> {
    fn drop(&mut self) {
        let steps = self.instances.as_ref().map_or(0, Instances::steps);
        self.set.budget.take(1 + steps + self.told);
    }
}
