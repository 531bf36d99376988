//! A recurring component with its overrides, read once and asked often (RFC 5545 section 3.8.5).

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

use super::bad_series::BadSeries;
use super::candidates::{Candidate, Candidates};
use super::clock::{self, shifted};
use super::dates::{Dates, Excluded, Extra};
use super::ground::Ground;
use super::instance::{Instance, InstanceSource, RecurrenceId};
use super::instances::Instances;
use super::length::Length;
use super::limits::{RecurrenceLimits, TooManySteps};
use super::overriding::{Named, Override, Reach, Shape};
use super::rule::{Grain, Rule};
use crate::component_buf::ComponentBuf;
use crate::date_or_time::{DateOrTime, NoInstant};
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
    /// DTSTART and RDATE, in order.
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
    /// When the first instance begins.
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

    fn of_master(
        master: &ComponentBuf,
        zones: &Zones,
        limits: &RecurrenceLimits,
    ) -> Result<Self, BadSeries> {
        let start = start_of(master)?.ok_or(BadSeries::NoStart)?;
        let length = Length::of_component(master, &start, zones)?;
        let length = length.unwrap_or_else(|| usual_length(&start));
        let mut series = Self::on(Ground::of(start, zones)?, length, limits);
        if master.property("EXRULE").is_some() {
            return Err(BadSeries::ExceptionRule);
        }
        for rule in master.properties_named("RRULE") {
            series.add_rule(&rule.value(), zones)?;
        }
        let ground = &series.ground;
        let mut dates = Dates {
            master,
            ground,
            zones,
            left: limits.dates,
        };
        let mut extra = dates.extra()?;
        let excluded = dates.excluded()?;
        extra.push(Extra {
            id: ground.id(ground.civil)?,
            length: None,
        });
        series.extra = extra;
        series.excluded = excluded;
        Ok(series)
    }

    fn without_master(
        first: &ComponentBuf,
        zones: &Zones,
        limits: &RecurrenceLimits,
    ) -> Result<Self, BadSeries> {
        let id = recurrence_id(first)?;
        let length = usual_length(&id);
        Ok(Self::on(Ground::of(id, zones)?, length, limits))
    }

    fn on(ground: Ground, length: Length, limits: &RecurrenceLimits) -> Self {
        Self {
            ground,
            rules: Vec::new(),
            extra: Vec::new(),
            excluded: Excluded::default(),
            overrides: Vec::new(),
            overridden: Vec::new(),
            overridden_days: Vec::new(),
            shapes: vec![Shape {
                from: Timestamp::MIN,
                shift: 0,
                length,
                source: InstanceSource::Master,
            }],
            limits: *limits,
        }
    }

    fn add_rule(&mut self, text: &str, zones: &Zones) -> Result<(), BadSeries> {
        if self.rules.len() >= self.limits.rules {
            return Err(BadSeries::TooManyRules);
        }
        let rule = Rule::parse(text, self.ground.grain(), &self.limits)?;
        let (until, until_instant) = match &rule.until {
            None => (None, None),
            Some(until) if self.ground.grain() == Grain::Days => {
                (Some(last_of(self.ground.day_of(until, zones)?)), None)
            }
            Some(DateOrTime::Date(day)) => (Some(last_of(*day)), None),
            Some(DateOrTime::Utc(instant)) => {
                // A day more, for local times come twice in a fold; the instant cuts exactly.
                let civil = clock::shifted_civil(self.ground.civil_at(*instant), clock::DAY);
                (Some(civil), Some(*instant))
            }
            Some(DateOrTime::Floating(civil) | DateOrTime::Zoned { civil, .. }) => {
                (Some(*civil), None)
            }
        };
        self.rules.push(BoundRule {
            rule,
            until,
            until_instant,
        });
        Ok(())
    }

    fn read_override(
        &self,
        index: usize,
        component: &ComponentBuf,
        zones: &Zones,
    ) -> Result<Override, BadSeries> {
        let written = recurrence_id(component)?;
        let id = self.ground.id_of(&written, zones)?;
        let own_start = start_of(component)?;
        let start = own_start.clone().unwrap_or_else(|| self.ground.value(id));
        let length = match Length::of_component(component, &start, zones)? {
            Some(length) => length,
            None if own_start.as_ref().is_some_and(DateOrTime::is_date) => Length::DAY,
            None => self.shape_at(id.instant).length,
        };
        let (civil, zone) = start.anchor(zones)?;
        let begins = start.instant(zones)?;
        let range = component.property("RECURRENCE-ID");
        let range = range.and_then(|id| id.parameter("RANGE"));
        let is_day = written.is_date() && self.ground.grain() == Grain::Times;
        Ok(Override {
            instance: Instance {
                start: begins,
                end: length.end(begins, civil, &zone),
                recurrence_id: id,
                source: InstanceSource::Override(index),
            },
            civil: match start {
                DateOrTime::Date(_) => civil,
                _ => self.ground.civil_at(begins),
            },
            length,
            named: if is_day { Named::Day } else { Named::Instant },
            reach: match range {
                Some(range) if range.eq_ignore_ascii_case("THISANDFUTURE") => Reach::Future,
                _ => Reach::One,
            },
        })
    }

    fn put_in_order(&mut self) {
        self.extra.sort_by_key(|extra| extra.id);
        let shapes = self.overrides.iter().filter_map(Override::shape);
        self.shapes.extend(shapes);
        self.shapes.sort_by_key(|shape| shape.from);
        for one in &self.overrides {
            let id = one.instance.recurrence_id;
            match one.named {
                Named::Instant => self.overridden.push(id.instant),
                Named::Day => self.overridden_days.push(id.civil.date()),
            }
        }
        self.overridden.sort_unstable();
        self.overridden_days.sort_unstable();
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
        let (from, to) = if is_day {
            (
                shifted(id.instant, -clock::DAY),
                shifted(id.instant, clock::DAY),
            )
        } else {
            (id.instant, id.instant)
        };
        let mut candidates = Candidates::new(self, from, to);
        while candidates.floor().is_some_and(|floor| floor <= to) {
            match candidates.next() {
                Some(candidate) => {
                    let candidate = candidate?;
                    if is_it(candidate.id, Named::Instant)
                        && let Some(instance) = self.shaped(&candidate)
                    {
                        return Ok(Some(instance));
                    }
                }
                None => break,
            }
        }
        Ok(None)
    }

    /// From when to when the series is, for an index.
    pub fn span(&self) -> SeriesSpan {
        let overrides = self.overrides.iter().map(|one| one.instance);
        let starts = overrides.clone().map(|instance| instance.start);
        let first = self.extra.first().map(|extra| self.earliest(extra.id));
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

    /// What names an instance, as DTSTART is written: the value for its RECURRENCE-ID.
    pub fn value_of(&self, recurrence_id: RecurrenceId) -> DateOrTime {
        self.ground.value(recurrence_id)
    }

    /// The instance that a candidate is, unless it is taken out or overridden.
    pub(crate) fn shaped(&self, candidate: &Candidate) -> Option<Instance> {
        let id = candidate.id;
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
        let length = candidate.length.unwrap_or(shape.length);
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

    fn earliest(&self, id: RecurrenceId) -> Timestamp {
        shifted(id.instant, self.least_shift())
    }

    /// The last instance of a rule: none where it has no end, `Some(None)` where it has no instance.
    fn last_of_rule(&self, rule: &BoundRule) -> Option<Option<Timestamp>> {
        if let Some(until) = rule.until_instant {
            return Some(Some(until));
        }
        if let Some(until) = rule.until {
            return Some(clock::resolve(&self.ground.zone, until).map(|at| at.instant));
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

/// DTSTART, or DUE of a to-do that has none.
fn start_of(component: &ComponentBuf) -> Result<Option<DateOrTime>, BadSeries> {
    for name in ["DTSTART", "DUE"] {
        if let Some(property) = component.property(name) {
            let value = DateOrTime::of_component(component, name);
            return value.map(Some).ok_or_else(|| BadSeries::Value {
                property: name,
                value: property.value().into_owned(),
            });
        }
    }
    Ok(None)
}

fn recurrence_id(component: &ComponentBuf) -> Result<DateOrTime, BadSeries> {
    let property = component.property("RECURRENCE-ID");
    DateOrTime::of_component(component, "RECURRENCE-ID").ok_or_else(|| BadSeries::Value {
        property: "RECURRENCE-ID",
        value: property.map_or_else(String::new, |p| p.value().into_owned()),
    })
}

/// The length of what says none.
fn usual_length(start: &DateOrTime) -> Length {
    if start.is_date() {
        Length::DAY
    } else {
        Length::NONE
    }
}

/// The last second of a day.
fn last_of(day: Date) -> DateTime {
    day.to_datetime(Time::constant(23, 59, 59, 0))
}
