//! When a component takes place, and whether a change asks its attendees again (rule C4).

use calendar::{ComponentBuf, DateOrTime, Duration, Names, PropertyBuf};
use jiff::{Span, civil};

use crate::clock::Clock;
use crate::line;
use crate::object::Body;

/// The end: DTEND or DUE as written, or DTSTART with DURATION.
pub(crate) fn end(property: impl Fn(&str) -> Option<PropertyBuf>) -> Option<DateOrTime> {
    let written = property("DTEND").or_else(|| property("DUE"));
    if let Some(written) = written {
        return written.date_or_time();
    }
    let start = property("DTSTART")?.date_or_time()?;
    let duration = Duration::parse(&property("DURATION")?.value())?;
    later(&start, duration)
}

pub(crate) fn later(start: &DateOrTime, duration: Duration) -> Option<DateOrTime> {
    let span = Span::new()
        .try_days(duration.days)
        .and_then(|span| span.try_seconds(duration.seconds))
        .ok()?;
    let add = |civil: &civil::DateTime| civil.checked_add(span).ok();
    Some(match start {
        DateOrTime::Date(date) => DateOrTime::Date(date.checked_add(span).ok()?),
        DateOrTime::Floating(civil) => DateOrTime::Floating(add(civil)?),
        DateOrTime::Utc(instant) => DateOrTime::Utc(duration.after(*instant)?),
        DateOrTime::Zoned { civil, tzid } => DateOrTime::Zoned {
            civil: add(civil)?,
            tzid: tzid.clone(),
        },
    })
}

/// A component, and what its times mean.
#[derive(Clone, Copy)]
pub(crate) struct Timed<'a> {
    pub(crate) component: &'a ComponentBuf,
    pub(crate) clock: &'a Clock,
}

impl Timed<'_> {
    fn value(&self, name: &str) -> Option<DateOrTime> {
        let zone = self.component.property("TZID").map(PropertyBuf::unescaped);
        let value = self.component.property(name)?.date_or_time();
        line::within(value, zone.as_deref())
    }

    pub(crate) fn start(&self) -> Option<DateOrTime> {
        self.value("DTSTART").or_else(|| self.value("DUE"))
    }

    /// How long it is, in seconds.
    pub(crate) fn length(&self) -> Option<i64> {
        let end = end(|name| self.component.property(name).cloned());
        let zone = self.component.property("TZID").map(PropertyBuf::unescaped);
        let end = self.clock.instant(&line::within(end, zone.as_deref())?)?;
        let start = self.clock.instant(&self.start()?)?;
        Some(end.as_second() - start.as_second())
    }
}

impl<'a> Timed<'a> {
    /// Its rules, in a form that does not depend on how they are spelled.
    pub(crate) fn rules(self) -> impl Iterator<Item = String> + 'a {
        self.component.properties_named("RRULE").map(rule)
    }

    /// The dates of a property, in the same form.
    pub(crate) fn dates(self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        dates(self.component, name).map(move |(value, zone)| {
            let date = DateOrTime::parse(&value, Some(&zone));
            let id = date.and_then(|date| self.clock.id(&date).ok());
            format!("{name} {}", id.map_or(value, |id| id.to_string()))
        })
    }

    /// When it takes place, in the same form; as it is written where that cannot be told.
    pub(crate) fn times(self) -> Vec<String> {
        self.meaning().unwrap_or_else(|| time_lines(self.component))
    }

    fn meaning(self) -> Option<Vec<String>> {
        let start = self.start()?;
        let instant = self.clock.instant(&start)?;
        let kind = match start {
            DateOrTime::Date(_) => "day",
            DateOrTime::Floating(_) => "floating",
            DateOrTime::Utc(_) | DateOrTime::Zoned { .. } => "instant",
        };
        let length = self.length();
        let mut ends = ["DTEND", "DUE", "DURATION"].iter();
        if length.is_none() && ends.any(|name| self.component.property(name).is_some()) {
            return None;
        }
        let mut times = vec![format!("{kind} {instant} {length:?}")];
        times.extend(self.rules().chain(self.dates("RDATE")));
        // Series that begin at one instant part where the hours of their zones do.
        if let (DateOrTime::Zoned { tzid, .. }, true) = (start, times.len() > 1) {
            let zone = self.clock.zones().zone(&tzid);
            let name = zone.as_ref().and_then(|zone| zone.iana_name());
            times.push(format!("zone {}", name.unwrap_or(tzid.trim())));
        }
        times.sort_unstable();
        Some(times)
    }
}

/// A rule in a form that does not depend on the order of its parts.
pub(crate) fn rule(line: &PropertyBuf) -> String {
    let value = line.value().to_ascii_uppercase();
    let mut parts: Vec<_> = value.split(';').filter(|part| !part.is_empty()).collect();
    parts.sort_unstable();
    format!("RRULE {}", parts.join(";"))
}

/// Whether an override stands where the series has the instance, and is as long.
pub(crate) fn stays_in_place(over: Timed<'_>, master: Timed<'_>) -> bool {
    let (Some(start), Some(named)) = (over.start(), over.value("RECURRENCE-ID")) else {
        return false;
    };
    let is_there = match (over.clock.id(&start), over.clock.id(&named)) {
        (Ok(start), Ok(named)) => start == named,
        _ => false,
    };
    is_there && over.length() == master.length()
}

/// Every value of a property of dates, with what the value depends on.
pub(crate) fn dates<'a>(
    component: &'a ComponentBuf,
    name: &'a str,
) -> impl Iterator<Item = (String, String)> + 'a {
    component.properties_named(name).flat_map(|property| {
        let zone = property.parameter("TZID").unwrap_or_default().into_owned();
        let value = property.value().into_owned();
        let values: Vec<_> = value
            .split(',')
            .map(|one| (one.trim().to_owned(), zone.clone()))
            .collect();
        values
    })
}

/// Whether a component stands for a series.
pub(crate) fn recurs(body: &Body<'_>) -> bool {
    let mut names = ["RRULE", "RDATE"].iter();
    names.any(|name| body.any_line(name, |_| true))
}

/// Lines whose values are times or dates, of a zone or of none.
pub(crate) const TIMED: Names = Names::of(&[
    "DTSTART",
    "DTEND",
    "DUE",
    "RECURRENCE-ID",
    "RDATE",
    "EXDATE",
]);

/// The lines that say when a component takes place, for telling whether they changed.
pub(crate) fn time_lines(component: &ComponentBuf) -> Vec<String> {
    lines_of(component, TIMES)
}

const TIMES: &[&str] = &["DTSTART", "DTEND", "DUE", "DURATION", "RRULE", "RDATE"];

/// All lines that say which instances a component has.
pub(crate) const EXTENT: Names = Names::of(&[
    "DTSTART", "DTEND", "DUE", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "TZID",
]);

fn named<'c>(
    component: &'c ComponentBuf,
    names: &'static [&str],
) -> impl Iterator<Item = &'c PropertyBuf> {
    let lines = component.properties();
    lines.filter(|line| names.iter().any(|name| line.is(name)))
}

/// Whether both are written with the same times, with what takes instances out.
pub(crate) fn has_lines_of(one: &ComponentBuf, other: &ComponentBuf) -> bool {
    let lines = |component| named(component, EXTENT.as_slice());
    let sorted = |component| lines_of(component, EXTENT.as_slice());
    lines(one).eq(lines(other)) || sorted(one) == sorted(other)
}

fn lines_of(component: &ComponentBuf, names: &'static [&str]) -> Vec<String> {
    let mut lines: Vec<_> = named(component, names)
        .map(|line| {
            format!(
                "{};{}:{}",
                line.name().to_ascii_uppercase(),
                line.parameter("TZID").unwrap_or_default(),
                line.value()
            )
        })
        .collect();
    lines.sort_unstable();
    lines
}
