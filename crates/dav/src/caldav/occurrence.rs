//! When the components of an object take place, as filters ask (RFC 4791, 9.9).

use std::ops::Range;

use calendar::{
    ComponentBuf, DateOrTime, Document, Duration, InstanceSource, Limits, RecurrenceLimits, Series,
    Zones,
};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::time_zone;

/// An object that is asked.
pub(crate) struct Occurrences {
    pub(crate) calendar: ComponentBuf,
    pub(crate) zones: Zones,
}

impl Occurrences {
    /// Reads a stored object; `None` when it is none.
    pub(crate) fn read(text: &[u8], local: &TimeZone) -> Option<Self> {
        let document = Document::parse(text, &Limits::default()).ok()?;
        let calendar = document
            .components()
            .find(|one| one.is("VCALENDAR"))?
            .to_buf();
        let zones = Zones::of_calendar(&calendar, time_zone::source(), local.clone());
        Some(Self { calendar, zones })
    }

    /// The components of one name, which are one series.
    pub(crate) fn parts(&self, name: &str) -> Vec<&ComponentBuf> {
        self.calendar
            .components()
            .filter(|part| part.is(name))
            .collect()
    }

    /// The series of components; `None` when it cannot be told.
    pub(crate) fn series(&self, parts: &[&ComponentBuf]) -> Option<Series> {
        self.series_within(parts, &RecurrenceLimits::default())
    }

    /// As [`Occurrences::series`], which takes no more steps than these limits say.
    pub(crate) fn series_within(
        &self,
        parts: &[&ComponentBuf],
        limits: &RecurrenceLimits,
    ) -> Option<Series> {
        Series::read(parts.iter().copied(), &self.zones, limits).ok()
    }

    /// Which of the components have a part in the window. What cannot be told has.
    pub(crate) fn in_window(
        &self,
        parts: &[&ComponentBuf],
        window: &Range<Timestamp>,
    ) -> Vec<bool> {
        let first = parts.first();
        let is = |name: &str| first.is_some_and(|part| part.is(name));
        if is("VTODO") || is("VJOURNAL") {
            let is_plain = parts.iter().all(|part| part.property("RRULE").is_none());
            if is_plain {
                return parts
                    .iter()
                    .map(|part| self.plain_in_window(part, window))
                    .collect();
            }
        } else if !is("VEVENT") {
            return parts
                .iter()
                .map(|part| self.span_in_window(part, window))
                .collect();
        }
        match self.series(parts) {
            Some(series) => sources(parts, &series, window),
            None => vec![true; parts.len()],
        }
    }

    /// A to-do or journal entry that does not recur, by the tables of RFC 4791, 9.9.
    fn plain_in_window(&self, part: &ComponentBuf, window: &Range<Timestamp>) -> bool {
        let start = self.instant(part, "DTSTART");
        let later = |from: Timestamp, length: Duration| {
            let length = SignedDuration::from_secs(length.days * 86_400 + length.seconds);
            from.saturating_add(length).unwrap_or(Timestamp::MAX)
        };
        if part.is("VJOURNAL") {
            let is_day = DateOrTime::of_component(part, "DTSTART").is_some_and(|at| at.is_date());
            let day = Duration {
                days: 1,
                seconds: 0,
            };
            return start.is_some_and(|start| match is_day {
                true => overlaps(start, later(start, day), window),
                false => window.contains(&start),
            });
        }
        let due = self.instant(part, "DUE");
        let length = part
            .property("DURATION")
            .and_then(|one| Duration::parse(&one.value()));
        let end = due.or_else(|| Some(later(start?, length?)));
        let (
            Range {
                start: from,
                end: to,
            },
            done,
            made,
        ) = (
            window.clone(),
            self.instant(part, "COMPLETED"),
            self.instant(part, "CREATED"),
        );
        match (start, end, done, made) {
            (Some(start), Some(end), ..) => {
                (from < end || from <= start) && (to > start || to >= end)
            }
            (Some(start), None, ..) => window.contains(&start),
            (None, Some(due), ..) => from < due && to >= due,
            (None, None, Some(done), Some(made)) => {
                (from <= made || from <= done) && (to >= made || to >= done)
            }
            (None, None, Some(done), None) => from <= done && to >= done,
            (None, None, None, Some(made)) => to > made,
            (None, None, None, None) => true,
        }
    }

    /// Anything else that has a start and an end; without them it is always.
    fn span_in_window(&self, part: &ComponentBuf, window: &Range<Timestamp>) -> bool {
        let start = self.instant(part, "DTSTART").unwrap_or(Timestamp::MIN);
        let end = self.instant(part, "DTEND").unwrap_or(Timestamp::MAX);
        overlaps(start, end, window)
    }

    /// The instant of a property.
    pub(crate) fn instant(&self, part: &ComponentBuf, name: &str) -> Option<Timestamp> {
        DateOrTime::of_component(part, name)?
            .instant(&self.zones)
            .ok()
    }
}

/// Which components are the source of an instance in the window. Asking ends when all are, or when it
/// takes too long: then the rest is taken to be.
fn sources(parts: &[&ComponentBuf], series: &Series, window: &Range<Timestamp>) -> Vec<bool> {
    let master = parts
        .iter()
        .position(|part| part.property("RECURRENCE-ID").is_none());
    let mut found = vec![false; parts.len()];
    for instance in series.instances(window.clone()) {
        let Ok(instance) = instance else {
            return vec![true; parts.len()];
        };
        let source = match instance.source {
            InstanceSource::Master => master,
            InstanceSource::Override(index) => Some(index),
        };
        if let Some(found) = source.and_then(|index| found.get_mut(index)) {
            *found = true;
        }
        if found.iter().all(|found| *found) {
            break;
        }
    }
    found
}

/// Whether what begins and ends so has a part in the window.
pub(crate) fn overlaps(start: Timestamp, end: Timestamp, window: &Range<Timestamp>) -> bool {
    start < window.end && (end > window.start || start >= window.start)
}
