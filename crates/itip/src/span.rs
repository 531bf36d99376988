//! When a component takes place, and whether a change asks its attendees again (rule C4).

use calendar::{ComponentBuf, DateOrTime, Duration, PropertyBuf};
use jiff::{Span, Timestamp, civil};

use crate::line::Line;

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

fn later(start: &DateOrTime, duration: Duration) -> Option<DateOrTime> {
    let span = Span::new()
        .try_days(duration.days)
        .and_then(|span| span.try_seconds(duration.seconds))
        .ok()?;
    let add = |civil: &civil::DateTime| civil.checked_add(span).ok();
    Some(match start {
        DateOrTime::Date(date) => DateOrTime::Date(date.checked_add(span).ok()?),
        DateOrTime::Floating(civil) => DateOrTime::Floating(add(civil)?),
        DateOrTime::Utc(instant) => DateOrTime::Utc(exactly(*instant, duration)?),
        DateOrTime::Zoned { civil, tzid } => DateOrTime::Zoned {
            civil: add(civil)?,
            tzid: tzid.clone(),
        },
    })
}

fn exactly(instant: Timestamp, duration: Duration) -> Option<Timestamp> {
    let seconds = duration
        .days
        .checked_mul(86_400)?
        .checked_add(duration.seconds)?;
    instant
        .checked_add(Span::new().try_seconds(seconds).ok()?)
        .ok()
}

/// Start and end of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    start: Option<DateOrTime>,
    end: Option<DateOrTime>,
}

impl Extent {
    pub(crate) fn of(component: &ComponentBuf) -> Self {
        Self {
            start: component.property("DTSTART").and_then(Line::date_or_time),
            end: end(|name| component.property(name).cloned()),
        }
    }

    /// How long it is, in seconds as the clock on the wall shows them.
    fn length(&self) -> Option<i64> {
        let (start, end) = (wall(self.start.as_ref()?), wall(self.end.as_ref()?));
        let span = start.until((jiff::Unit::Second, end)).ok()?;
        Some(span.get_seconds())
    }
}

fn wall(value: &DateOrTime) -> civil::DateTime {
    match value {
        DateOrTime::Date(date) => date.to_datetime(civil::Time::midnight()),
        DateOrTime::Floating(civil) | DateOrTime::Zoned { civil, .. } => *civil,
        DateOrTime::Utc(instant) => jiff::tz::TimeZone::UTC.to_datetime(*instant),
    }
}

/// Whether an override stands where the series has the instance, and is as long.
pub(crate) fn stays_in_place(over: &ComponentBuf, master: &ComponentBuf) -> bool {
    let extent = Extent::of(over);
    let original = over.property("RECURRENCE-ID").and_then(Line::date_or_time);
    original.is_some() && original == extent.start && extent.length() == Extent::of(master).length()
}

/// Whether `new` moves or adds an instance that `old` had otherwise or not.
///
/// Fewer instances do not count: an earlier UNTIL, a smaller COUNT, another EXDATE.
pub(crate) fn moves_or_adds(old: &ComponentBuf, new: &ComponentBuf) -> bool {
    Extent::of(old) != Extent::of(new)
        || rule_adds(old, new)
        || dates(new, "RDATE").any(|date| !dates(old, "RDATE").any(|known| known == date))
        || dates(old, "EXDATE").any(|date| !dates(new, "EXDATE").any(|known| known == date))
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

fn rule_adds(old: &ComponentBuf, new: &ComponentBuf) -> bool {
    let rule = |component: &ComponentBuf| {
        component
            .property("RRULE")
            .map(|rule| Rule::of(&rule.value()))
    };
    match (rule(old), rule(new)) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(old), Some(new)) => !new.is_within(&old),
    }
}

/// A recurrence rule, what ends it apart.
struct Rule {
    parts: Vec<String>,
    until: Option<String>,
    count: Option<u64>,
}

impl Rule {
    fn of(value: &str) -> Self {
        let mut rule = Self {
            parts: Vec::new(),
            until: None,
            count: None,
        };
        for part in value.split(';') {
            let part = part.trim().to_ascii_uppercase();
            if let Some(until) = part.strip_prefix("UNTIL=") {
                rule.until = Some(until.to_owned());
            } else if let Some(count) = part.strip_prefix("COUNT=") {
                rule.count = count.parse().ok();
            } else if !part.is_empty() {
                rule.parts.push(part);
            }
        }
        rule.parts.sort_unstable();
        rule
    }

    /// Whether it gives no instance that the other does not give.
    fn is_within(&self, other: &Self) -> bool {
        let ends_no_later = match (&other.until, other.count) {
            (None, None) => true,
            (Some(until), None) => self.until.as_ref().is_some_and(|new| new <= until),
            (_, Some(count)) => self.count.is_some_and(|new| new <= count),
        };
        self.parts == other.parts && ends_no_later
    }
}

/// Whether a component stands for a series.
pub(crate) fn recurs(component: &ComponentBuf) -> bool {
    ["RRULE", "RDATE"]
        .iter()
        .any(|name| component.property(name).is_some())
}

/// The lines that say when a component takes place, for telling whether they changed.
pub(crate) fn time_lines(component: &ComponentBuf) -> Vec<String> {
    const NAMES: &[&str] = &["DTSTART", "DTEND", "DUE", "DURATION", "RRULE", "RDATE"];
    let lines = component
        .properties()
        .filter(|line| NAMES.iter().any(|name| line.is(name)));
    let mut lines: Vec<_> = lines
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
