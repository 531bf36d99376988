//! When the components of an object take place, as filters ask (RFC 4791, 9.9; RFC 7953, 7.2.2).

use std::ops::Range;

use calendar::{ComponentBuf, DateOrTime, Document, Duration, Instance, Limits, Zones, shifted};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::recurrence_set::RecurrenceSet;
use super::{free_busy, time_zone, todo};
use crate::budget::Budget;

/// An object that is asked.
pub(crate) struct Occurrences<'b> {
    pub(crate) calendar: ComponentBuf,
    pub(crate) zones: Zones,
    /// How long its text is.
    pub(crate) octets: usize,
    pub(crate) budget: &'b Budget,
}

impl<'b> Occurrences<'b> {
    /// Reads a stored object; `None` when it is none.
    pub(crate) fn read(text: &[u8], local: &TimeZone, budget: &'b Budget) -> Option<Self> {
        budget.take_reading(text.len());
        let document = Document::parse(text, &Limits::default()).ok()?;
        let calendar = document
            .components()
            .find(|one| one.is("VCALENDAR"))?
            .to_buf();
        let zones = Zones::of_calendar(&calendar, time_zone::source(), local.clone());
        Some(Self {
            calendar,
            zones,
            octets: text.len(),
            budget,
        })
    }

    /// The components of one name, which are one series.
    pub(crate) fn parts(&self, name: &str) -> Vec<&ComponentBuf> {
        self.calendar
            .components()
            .filter(|part| part.is(name))
            .collect()
    }

    /// Which of the components have a part in the window. What cannot be told has.
    pub(crate) fn in_window(
        &self,
        parts: &[&ComponentBuf],
        window: &Range<Timestamp>,
    ) -> Vec<bool> {
        let first = parts.first();
        let is = |name: &str| first.is_some_and(|part| part.is(name));
        let has_start = |part: &&ComponentBuf| part.property("DTSTART").is_some();
        let recurs = is("VEVENT")
            || is("VJOURNAL") && parts.iter().any(has_start)
            || is("VTODO")
                && parts
                    .iter()
                    .any(|part| has_start(part) || part.property("DUE").is_some());
        if !recurs {
            let alone = parts.iter().map(|part| self.is_in_window(part, window));
            return alone.collect();
        }
        match RecurrenceSet::of(self, parts) {
            Some(set) => sources(parts, &set, window),
            None => vec![true; parts.len()],
        }
    }

    /// Whether a component that does not recur is in the window.
    fn is_in_window(&self, part: &ComponentBuf, window: &Range<Timestamp>) -> bool {
        let instant = |name: &str| self.instant(part, name);
        if part.is("VTODO") {
            return todo::is_done_or_made_in(instant("COMPLETED"), instant("CREATED"), window);
        }
        if part.is("VJOURNAL") {
            return false;
        }
        if part.is("VFREEBUSY") {
            return match (instant("DTSTART"), instant("DTEND")) {
                (Some(start), Some(end)) => window.start <= end && window.end > start,
                _ => has_period_in(part, window),
            };
        }
        let start = instant("DTSTART").unwrap_or(Timestamp::MIN);
        let length = part.property("DURATION").map(|one| one.value());
        let length = length.and_then(|length| Duration::parse(&length));
        let end = instant("DTEND").or_else(|| length?.after(start));
        overlaps(start, end.unwrap_or(Timestamp::MAX), window)
    }

    /// The instant of a property.
    pub(crate) fn instant(&self, part: &ComponentBuf, name: &str) -> Option<Timestamp> {
        DateOrTime::of_component(part, name)?
            .instant(&self.zones)
            .ok()
    }
}

fn has_period_in(part: &ComponentBuf, window: &Range<Timestamp>) -> bool {
    part.properties_named("FREEBUSY").any(|property| {
        let value = property.value();
        let mut periods = value.split(',').filter_map(free_busy::period);
        periods.any(|(start, end)| window.start < end && window.end > start)
    })
}

/// Which components are the source of an instance in the window. Asking ends when all are known, or when it
/// takes too long: then all are taken to be. For an override of one instance the series is not walked: where
/// the window has no end, it may have none either.
fn sources(
    parts: &[&ComponentBuf],
    set: &RecurrenceSet<'_>,
    window: &Range<Timestamp>,
) -> Vec<bool> {
    let mut found = vec![None; parts.len()];
    let mut unknown = parts.len();
    for (at, instance) in set.series.single_overrides() {
        if let (Some(part), Some(found @ None)) = (parts.get(at), found.get_mut(at)) {
            *found = Some(is_in(part, &instance, window));
            unknown -= 1;
        }
    }
    let mut told = set.instances(wider(window));
    while unknown > 0 {
        let (source, instance) = match told.next() {
            None => break,
            Some(Err(_)) => return vec![true; parts.len()],
            Some(Ok(told)) => told,
        };
        let at = source.unwrap_or(parts.len());
        if let (Some(part), Some(found @ None)) = (parts.get(at), found.get_mut(at))
            && is_in(part, &instance, window)
        {
            *found = Some(true);
            unknown -= 1;
        }
    }
    let is_source = |found| found == Some(true);
    found.into_iter().map(is_source).collect()
}

fn is_in(part: &ComponentBuf, instance: &Instance, window: &Range<Timestamp>) -> bool {
    match part.is("VTODO") {
        true => todo::is_in_window(part, instance, window),
        false => overlaps(instance.start, instance.end, window),
    }
}

/// A window with a second more at each end: a to-do can touch a window from outside.
pub(crate) fn wider(window: &Range<Timestamp>) -> Range<Timestamp> {
    shifted(window.start, -1)..shifted(window.end, 1)
}

/// Whether what begins and ends so has a part in the window.
pub(crate) fn overlaps(start: Timestamp, end: Timestamp, window: &Range<Timestamp>) -> bool {
    start < window.end && (end > window.start || start >= window.start)
}
