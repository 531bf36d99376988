//! A recurring component with its overrides, read once and asked often (RFC 5545 section 3.8.5).

mod number;
mod reading;

use std::ops::{Range, RangeInclusive};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::bad_series::BadSeries;
use super::candidates::Candidates;
use super::clock::{self, shifted};
use super::dates::{Excluded, Extra};
use super::ground::Ground;
use super::instance::{Instance, InstanceSource, RecurrenceId};
use super::instances::Instances;
use super::length::Length;
use super::limits::{RecurrenceLimits, TooManySteps};
use super::overriding::{Named, Override, Reach, Shape};
use super::rule::{Grain, Rule};
use crate::component_buf::ComponentBuf;
use crate::date_or_time::{DateOrTime, NoInstant};
use crate::duration::Duration;
use crate::zones::Zones;

/// The instances of one event or to-do: master, rules, dates and overrides.
///
/// DTSTART is always an instance and the first that COUNT counts, whether or not the rule makes it.
/// An instance in a DST gap moves forward and is counted; one in a fold is the first of the two. An
/// override stands even where EXDATE or the rule knows no such instance. Instances that an override
/// with STATUS:CANCELLED names are told like others.
#[derive(Clone, Debug)]
pub struct Series {
    pub(crate) ground: Ground,
    pub(crate) rules: Vec<BoundRule>,
    /// DTSTART and RDATE, in order; of one name the PERIODs first.
    pub(crate) extra: Vec<Extra>,
    excluded: Excluded,
    pub(crate) overrides: Vec<Override>,
    overridden: Vec<Timestamp>,
    overridden_days: Vec<Date>,
    /// The master's first, then those of RANGE=THISANDFUTURE in order.
    shapes: Vec<Shape>,
    pub(crate) limits: RecurrenceLimits,
}

/// A rule and what its UNTIL means here.
#[derive(Clone, Debug)]
pub(crate) struct BoundRule {
    /// The rule.
    pub(crate) rule: Rule,
    /// The last clock time that may be an instance.
    pub(crate) until: Option<DateTime>,
    /// The last instant that may be one.
    pub(crate) until_instant: Option<Timestamp>,
}

/// Why [`Series::find`] has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The RECURRENCE-ID has an unknown zone or is out of range.
    #[error(transparent)]
    NoInstant(#[from] NoInstant),
    /// The rules take too many steps.
    #[error(transparent)]
    TooManySteps(#[from] TooManySteps),
}

/// From when to when a series is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeriesSpan {
    /// No instance begins before this instant, and but for THISANDFUTURE and DST gaps one begins at it.
    pub first: Timestamp,
    /// No instance ends after this instant; none where there is no end, or none within the steps.
    pub last: Option<Timestamp>,
}

impl Series {
    /// Reads the components of one UID: the master, if there is one, and its overrides, in any order.
    ///
    /// Without a master the overrides are all there is.
    pub fn read<'c>(
        components: impl IntoIterator<Item = &'c ComponentBuf>,
        zones: &Zones,
        limits: &RecurrenceLimits,
    ) -> Result<Self, BadSeries> {
        let (overrides, masters): (Vec<_>, Vec<_>) = components
            .into_iter()
            .enumerate()
            .partition(|(_, component)| component.property("RECURRENCE-ID").is_some());
        if overrides.len() > limits.overrides {
            return Err(BadSeries::TooManyOverrides);
        }
        let mut series = match (masters.as_slice(), overrides.first()) {
            ([(_, master)], _) => Self::of_master(master, zones, limits)?,
            ([], Some((_, first))) => Self::without_master(first, zones, limits)?,
            ([], None) => return Err(BadSeries::Empty),
            _ => return Err(BadSeries::SeveralMasters),
        };
        for (index, component) in overrides {
            let one = series.read_override(index, component, zones)?;
            series.overrides.push(one);
        }
        series.put_in_order();
        Ok(series)
    }

    /// Every instance of which some part is in the window, by start, read lazily.
    ///
    /// The steps of [`RecurrenceLimits`] are for the whole iteration; past them it ends in an error,
    /// after everything that is certain.
    pub fn instances(&self, window: Range<Timestamp>) -> Instances<'_> {
        Instances::new(self, window)
    }

    /// The instance of this RECURRENCE-ID as it is now; none when rules, RDATE and EXDATE have no such.
    ///
    /// A date names whatever begins on that day of the series' clock.
    pub fn find(
        &self,
        recurrence_id: &DateOrTime,
        zones: &Zones,
    ) -> Result<Option<Instance>, NoAnswer> {
        let id = self.ground.id_of(recurrence_id, zones)?;
        let is_day = recurrence_id.is_date() && self.ground.grain() == Grain::Times;
        let is_it = |other: RecurrenceId, named: Named| {
            let same_day = other.civil.date() == id.civil.date();
            other.instant == id.instant || (same_day && (is_day || named == Named::Day))
        };
        let named = |one: &&Override| one.instance.recurrence_id.instant == id.instant;
        let loosely = |one: &&Override| is_it(one.instance.recurrence_id, one.named);
        let mut overrides = self.overrides.iter();
        let overriding = overrides.clone().find(named);
        if let Some(one) = overriding.or_else(|| overrides.find(loosely)) {
            return Ok(Some(one.instance));
        }
        let day = if is_day { clock::DAY } else { 0 };
        let window = shifted(id.instant, -day)..=shifted(id.instant, day);
        self.first_of(window, |other| is_it(other, Named::Instant))
    }

    /// The first instance named in this range that is the one, unless it is taken out or overridden.
    fn first_of(
        &self,
        range: RangeInclusive<Timestamp>,
        is_it: impl Fn(RecurrenceId) -> bool,
    ) -> Result<Option<Instance>, NoAnswer> {
        let mut candidates = Candidates::new(self, *range.start(), *range.end());
        while candidates
            .floor()
            .is_some_and(|floor| floor <= *range.end())
        {
            let Some(candidate) = candidates.next().transpose()? else {
                break;
            };
            if is_it(candidate.id)
                && let Some(instance) = self.shaped(candidate.id)
            {
                return Ok(Some(instance));
            }
        }
        Ok(None)
    }

    /// From when to when the series is, for an index.
    pub fn span(&self) -> SeriesSpan {
        let overrides = self.overrides.iter().map(|one| one.instance);
        let starts = overrides.clone().map(|instance| instance.start);
        let first = self.extra.first().map(|extra| extra.id.instant);
        let rules = self.rules.first().and(self.ground.floor());
        let first = first.into_iter().chain(rules).min();
        let first = first.map(|first| shifted(first, self.least_shift()));
        let lasts = self.rules.iter().map(|rule| self.last_of_rule(rule));
        let last = lasts.collect::<Option<Vec<_>>>().map(|rules| {
            let extra = self.extra.iter().map(|extra| extra.id.instant);
            let ids = extra.chain(rules.into_iter().flatten());
            let ends = ids.map(|id| shifted(id, self.reach_after()));
            ends.chain(overrides.map(|instance| instance.end))
                .fold(Timestamp::MIN, Timestamp::max)
        });
        SeriesSpan {
            first: starts.chain(first).fold(Timestamp::MAX, Timestamp::min),
            last,
        }
    }

    /// The overrides that are of one instance alone: the place of each among the components that were read,
    /// and its instance. Nothing is expanded for that.
    pub fn single_overrides(&self) -> impl Iterator<Item = (usize, Instance)> {
        let single = self.overrides.iter().filter(|one| one.reach == Reach::One);
        single.filter_map(|one| match one.instance.source {
            InstanceSource::Override(place) => Some((place, one.instance)),
            InstanceSource::Master => None,
        })
    }

    /// What names an instance, as DTSTART is written: the value for its RECURRENCE-ID.
    pub fn value_of(&self, recurrence_id: RecurrenceId) -> DateOrTime {
        self.ground.value(recurrence_id)
    }

    /// The instant that lies a duration behind another: days on the series' clock, seconds exact.
    pub fn later(&self, at: Timestamp, by: Duration) -> Timestamp {
        if by.days == 0 {
            return shifted(at, by.seconds);
        }
        let zone = &self.ground.zone;
        let civil = clock::shifted_civil(zone.to_datetime(at), by.days.saturating_mul(clock::DAY));
        let day = zone.to_timestamp(civil);
        day.map_or(at, |day| shifted(day, by.seconds))
    }

    /// The instance of this name, unless it is taken out or overridden.
    pub(crate) fn shaped(&self, id: RecurrenceId) -> Option<Instance> {
        let is_overridden = self.overridden.binary_search(&id.instant).is_ok()
            || self.overridden_days.binary_search(&id.civil.date()).is_ok();
        if is_overridden || self.excluded.contains(id) {
            return None;
        }
        let shape = self.shape_at(id.instant);
        let (start, civil) = match shape.shift {
            0 => (id.instant, id.civil),
            shift => {
                let civil = clock::shifted_civil(id.civil, shift);
                (clock::resolve(&self.ground.zone, civil)?.instant, civil)
            }
        };
        let length = self.period_at(id.instant).unwrap_or(shape.length);
        Some(Instance {
            start,
            end: length.end(start, civil, &self.ground.zone),
            recurrence_id: id,
            source: shape.source,
        })
    }

    /// The least that any instance moves, in seconds: never more than 0.
    pub(crate) fn least_shift(&self) -> i64 {
        let least = self.shapes.iter().map(|shape| shape.shift).min();
        match least.unwrap_or(0) {
            shift if shift < 0 => shift.saturating_sub(clock::DAY),
            _ => 0,
        }
    }

    /// The seconds after what names it in which any instance has ended.
    pub(crate) fn reach_after(&self) -> i64 {
        let shift = self.shapes.iter().map(|shape| shape.shift).max();
        let lengths = self.shapes.iter().map(|shape| shape.length);
        let periods = self.extra.iter().filter_map(|extra| extra.length);
        let longest = lengths.chain(periods).map(Length::most_seconds).max();
        match shift.unwrap_or(0) {
            shift if shift > 0 => shift.saturating_add(clock::DAY),
            _ => 0,
        }
        .saturating_add(longest.unwrap_or(0))
    }

    /// The length that a PERIOD gives the instance of this name.
    fn period_at(&self, id: Timestamp) -> Option<Length> {
        let at = self.extra.partition_point(|extra| extra.id.instant < id);
        let extra = self.extra.get(at)?;
        extra.length.filter(|_| extra.id.instant == id)
    }

    fn shape_at(&self, id: Timestamp) -> Shape {
        let after = self.shapes.partition_point(|shape| shape.from <= id);
        let shape = self.shapes.get(after.saturating_sub(1)).copied();
        shape.unwrap_or(Shape {
            from: Timestamp::MIN,
            shift: 0,
            length: Length::NONE,
            source: InstanceSource::Master,
        })
    }

    /// The last instance of a rule: none where it has no end, `Some(None)` where it has no instance.
    fn last_of_rule(&self, rule: &BoundRule) -> Option<Option<Timestamp>> {
        if let Some(until) = rule.until_instant {
            return Some(Some(until));
        }
        if let Some(until) = rule.until {
            return Some(self.ground.last_until(until));
        }
        rule.rule.count?;
        let mut stream = Candidates::of_rule(self, rule);
        let mut last = None;
        while let Some(candidate) = stream.next() {
            last = last.max(Some(candidate.ok()?.id.instant));
        }
        Some(last)
    }
}
