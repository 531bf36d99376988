//! The instances that an object's master makes, and overrides made from them (rules D1, D4 and E2).

use calendar::{
    BadRule, BadSeries, ComponentBuf, DateOrTime, Duration, Instance, InstanceSource, Item,
    NoAnswer, NoInstant, PropertyBuf, RecurrenceLimits, Series,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::clock::Clock;
use crate::line;
use crate::object::Object;
use crate::reason::Reason;
use crate::recurrence_id::RecurrenceId;
use crate::span;

/// What makes a series of a component.
pub(crate) const REPEATS: &[&str] = &["RRULE", "RDATE", "EXDATE", "EXRULE"];

/// A series without its overrides, but for those of RANGE=THISANDFUTURE, which shape later instances.
pub(crate) struct Course {
    series: Series,
    clock: Clock,
    sources: Vec<ComponentBuf>,
}

impl Course {
    /// The course of an object; none without a master that repeats.
    pub(crate) fn of(
        object: &Object<'_>,
        limits: &RecurrenceLimits,
    ) -> Result<Option<Self>, Reason> {
        let Some(master) = object.master().filter(|master| span::recurs(master)) else {
            return Ok(None);
        };
        let has_range = |line: &dyn line::Line| line.parameter("RANGE").is_some();
        let bodies = object.components.values();
        let shapes = bodies.filter(|body| body.any_line("RECURRENCE-ID", has_range));
        let sources: Vec<_> = std::iter::once(master)
            .chain(shapes)
            .map(|body| body.to_buf().into_owned())
            .collect();
        Self::read(sources, object.clock(), limits).map(Some)
    }

    /// The course of components with this clock, the master first.
    pub(crate) fn read(
        sources: Vec<ComponentBuf>,
        clock: Clock,
        limits: &RecurrenceLimits,
    ) -> Result<Self, Reason> {
        let series = Series::read(&sources, clock.zones(), limits).map_err(|bad| refusal(&bad))?;
        Ok(Self {
            series,
            clock,
            sources,
        })
    }

    /// The instance of this name, as rules, RDATE and EXDATE have it.
    pub(crate) fn find(&self, id: &RecurrenceId) -> Result<Option<Instance>, Reason> {
        let Some(value) = id.date_or_time() else {
            return Ok(None);
        };
        match self.series.find(&value, self.clock.zones()) {
            Ok(found) => Ok(found),
            Err(NoAnswer::NoInstant(_)) => Ok(None),
            Err(NoAnswer::TooManySteps(_)) => Err(Reason::TooMuch),
        }
    }

    /// All instances, if they are no more than `most`.
    pub(crate) fn all(&self, most: usize) -> Result<Vec<Instance>, Reason> {
        let all = self.series.instances(Timestamp::MIN..Timestamp::MAX);
        let all: Result<Vec<_>, _> = all.take(most.saturating_add(1)).collect();
        let all = all.map_err(|_| Reason::TooMuch)?;
        if all.len() > most {
            return Err(Reason::TooMuch);
        }
        Ok(all)
    }

    /// Whether any instance comes at this time or later; one that cannot be told counts as yes.
    pub(crate) fn has_any_from(&self, id: &RecurrenceId) -> bool {
        let at = id.date_or_time();
        let Some(at) = at.and_then(|value| self.clock.instant(&value)) else {
            return true;
        };
        let mut later = self.series.instances(at..Timestamp::MAX);
        later.any(|one| one.is_ok_and(|one| one.recurrence_id.instant >= at) || one.is_err())
    }

    /// Whether any instance comes before this one.
    pub(crate) fn has_any_before(&self, id: &RecurrenceId) -> bool {
        let first = self.series.span().first;
        let at = id
            .date_or_time()
            .and_then(|value| self.clock.instant(&value));
        at.is_some_and(|at| first < at)
    }

    /// What names an instance, written as the master's DTSTART is.
    pub(crate) fn written(&self, id: &RecurrenceId) -> Option<DateOrTime> {
        self.clock.written(id)
    }

    /// The name of the instance that a value of RDATE means.
    pub(crate) fn name(&self, value: &DateOrTime) -> Option<RecurrenceId> {
        self.clock.id(value).ok()
    }

    /// An override that says what the series says of the instance (rule E2).
    pub(crate) fn component(&self, instance: &Instance) -> ComponentBuf {
        let source = match instance.source {
            InstanceSource::Master => 0,
            InstanceSource::Override(at) => at,
        };
        let mut component = self
            .sources
            .get(source)
            .cloned()
            .unwrap_or_else(|| ComponentBuf::new("VEVENT"));
        for name in REPEATS.iter().chain(&["RECURRENCE-ID"]) {
            component.remove_properties(name);
        }
        self.put_end(&mut component, instance);
        let id = self.series.value_of(instance.recurrence_id);
        insert_before_start(&mut component, id.to_property("RECURRENCE-ID"));
        self.put(&mut component, "DTSTART", instance.start);
        component
    }

    /// DTEND or DUE of the instance; a DURATION stays where it says the same.
    fn put_end(&self, component: &mut ComponentBuf, instance: &Instance) {
        for name in ["DTEND", "DUE"] {
            self.put(component, name, instance.end);
        }
        let Some(duration) = component.property("DURATION") else {
            return;
        };
        let start = component
            .property("DTSTART")
            .and_then(PropertyBuf::date_or_time);
        let Some(start) = start.map(|start| self.as_written(&start, instance.start)) else {
            return;
        };
        let stays = Duration::parse(&duration.value())
            .and_then(|duration| span::later(&start, duration))
            .and_then(|end| self.clock.instant(&end))
            .is_some_and(|end| end == instance.end);
        if !stays {
            component.remove_properties("DURATION");
            let end = self.as_written(&start, instance.end);
            let name = if component.is("VTODO") {
                "DUE"
            } else {
                "DTEND"
            };
            component.push_property(end.to_property(name));
        }
    }

    /// Moves a property of one time, in the form that it has.
    fn put(&self, component: &mut ComponentBuf, name: &str, at: Timestamp) {
        let zone = component.property("TZID").map(PropertyBuf::unescaped);
        let Some(line) = component.property_mut(name) else {
            return;
        };
        if let Some(form) = line::within(line.date_or_time(), zone.as_deref()) {
            let value = self.as_written(&form, at).to_string();
            if line.value() != value {
                line.set_value(&value);
            }
        }
    }

    fn as_written(&self, form: &DateOrTime, at: Timestamp) -> DateOrTime {
        let local = |zone: &TimeZone| zone.to_datetime(at);
        let zones = self.clock.zones();
        match form {
            DateOrTime::Date(_) => DateOrTime::Date(local(zones.local()).date()),
            DateOrTime::Floating(_) => DateOrTime::Floating(local(zones.local())),
            DateOrTime::Utc(_) => DateOrTime::Utc(at),
            DateOrTime::Zoned { tzid, .. } => match zones.zone(tzid) {
                Some(zone) => DateOrTime::Zoned {
                    civil: local(&zone),
                    tzid: tzid.clone(),
                },
                None => DateOrTime::Utc(at),
            },
        }
    }
}

/// Puts a line where a reader looks for it: before DTSTART.
fn insert_before_start(component: &mut ComponentBuf, line: PropertyBuf) {
    let is_start = |item: &Item| item.as_property().is_some_and(|line| line.is("DTSTART"));
    let at = component.items().iter().position(is_start);
    component.push_property(line);
    let last = |item: &Item| item.as_property().is_some();
    let end = component.items().iter().rposition(last);
    if let (Some(at), Some(end)) = (at, end) {
        component.items_mut()[at..=end].rotate_right(1);
    }
}

/// Why a series cannot be followed.
pub(crate) fn refusal(bad: &BadSeries) -> Reason {
    match bad {
        BadSeries::NoInstant(NoInstant::UnknownZone(_)) => Reason::UnknownTimeZone,
        BadSeries::Value { .. } | BadSeries::NoInstant(NoInstant::OutOfRange) => Reason::BadDate,
        BadSeries::TooManyRules
        | BadSeries::TooManyDates
        | BadSeries::TooManyOverrides
        | BadSeries::Rule(BadRule::TooLong | BadRule::TooDense) => Reason::TooMuch,
        BadSeries::Empty
        | BadSeries::SeveralMasters
        | BadSeries::NoStart
        | BadSeries::ExceptionRule
        | BadSeries::Rule(_) => Reason::BadRecurrence,
    }
}
