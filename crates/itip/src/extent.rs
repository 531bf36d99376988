//! All that a version of an event has of instances, and whether another version moves or adds any
//! (rule C4).

use calendar::{
    BadSeries, ComponentBuf, Instance, InstanceSource, RecurrenceLimits, Series, TooManySteps,
};
use jiff::Timestamp;

use crate::clock::Clock;
use crate::object::Object;
use crate::recurrence_id::RecurrenceId;
use crate::span::{self, Timed};

/// The most instances that two versions are compared by.
const COMPARED: usize = 1000;

/// Whether `new` moves or adds an instance that `old` had otherwise or not.
///
/// Fewer instances do not count: an earlier UNTIL, a smaller COUNT, another EXDATE. Times that are
/// written in another way and mean the same do not either.
pub(crate) fn moves_or_adds(old: Timed<'_>, new: Timed<'_>, limits: &RecurrenceLimits) -> bool {
    if span::has_lines_of(old.component, new.component) {
        return false;
    }
    match (Extent::of(old, limits), Extent::of(new, limits)) {
        (Ok(old), Ok(new)) => new.adds_to(&old, |_| true),
        _ => true,
    }
}

/// As [`moves_or_adds`], of all that an object has; of the new version the master's instances alone,
/// for overrides are compared each with its own. A date that an override had moved and that the
/// series has again has moved, and one that `waits` for an answer was none yet.
pub(crate) fn series_moves_or_adds(
    (old, old_clock): (&Object<'_>, &Clock),
    waits: &dyn Fn(&RecurrenceId) -> bool,
    (new, new_clock): (&Object<'_>, &Clock),
    limits: &RecurrenceLimits,
) -> bool {
    let old = Extent::of_object(old, old_clock, waits, limits);
    let new = Extent::of_object(new, new_clock, &|_| false, limits);
    let is_masters = |instance: &Instance| instance.source == InstanceSource::Master;
    match (old, new) {
        (Ok(old), Ok(new)) => new.adds_to(&old, is_masters),
        _ => true,
    }
}

/// When whole days or times are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grain {
    Days,
    Times,
}

struct Extent {
    series: Series,
    grain: Grain,
    /// Components that do not count, as what is cancelled: it does not take place.
    out: Vec<InstanceSource>,
}

impl Extent {
    fn of(timed: Timed<'_>, limits: &RecurrenceLimits) -> Result<Self, BadSeries> {
        Ok(Self {
            series: Series::read([timed.component], timed.clock.zones(), limits)?,
            grain: grain(timed),
            out: Vec::new(),
        })
    }

    fn of_object(
        object: &Object<'_>,
        clock: &Clock,
        waits: &dyn Fn(&RecurrenceId) -> bool,
        limits: &RecurrenceLimits,
    ) -> Result<Self, BadSeries> {
        let components: Vec<ComponentBuf> = object
            .components
            .values()
            .map(|body| body.to_buf().into_owned())
            .collect();
        let first = components.first().ok_or(BadSeries::Empty)?;
        let sources = object.components.iter().enumerate();
        let out = sources.filter(|(_, (id, body))| body.is_cancelled() || waits(id));
        let out = out.map(|(at, (id, _))| match id.is_master() {
            true => InstanceSource::Master,
            false => InstanceSource::Override(at),
        });
        Ok(Self {
            series: Series::read(&components, clock.zones(), limits)?,
            grain: grain(Timed {
                component: first,
                clock,
            }),
            out: out.collect(),
        })
    }

    fn instances(&self) -> impl Iterator<Item = Result<Instance, TooManySteps>> {
        let takes_place = |instance: &Result<Instance, _>| {
            let instance = instance.as_ref();
            instance.map_or(true, |instance| !self.out.contains(&instance.source))
        };
        let always = Timestamp::MIN..Timestamp::MAX;
        self.series.instances(always).filter(takes_place)
    }

    /// Whether it has an instance, of those that count, that the other has not.
    fn adds_to(&self, old: &Self, counts: impl Fn(&Instance) -> bool) -> bool {
        if self.grain != old.grain {
            return true;
        }
        let mut before = old.instances().peekable();
        for (compared, instance) in self.instances().enumerate() {
            let Ok(instance) = instance else {
                return compared == 0;
            };
            if compared >= COMPARED {
                return self.ends_later_than(old);
            }
            if !counts(&instance) {
                continue;
            }
            let when = (instance.start, instance.end);
            let is_earlier = |known: &Result<Instance, _>| {
                let known = known.as_ref().ok();
                known.is_some_and(|known| (known.start, known.end) < when)
            };
            while before.next_if(is_earlier).is_some() {}
            match before.peek() {
                Some(Ok(known)) if (known.start, known.end) == when => {}
                _ => return true,
            }
        }
        false
    }

    fn ends_later_than(&self, old: &Self) -> bool {
        match (old.series.span().last, self.series.span().last) {
            (Some(before), Some(after)) => after > before,
            (before, after) => before.is_some() && after.is_none(),
        }
    }
}

fn grain(timed: Timed<'_>) -> Grain {
    match timed.start() {
        Some(start) if start.is_date() => Grain::Days,
        _ => Grain::Times,
    }
}
