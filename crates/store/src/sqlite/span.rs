//! From when to when an object is, for the index that time-range queries use (RFC 4791, 7.8).

use std::sync::OnceLock;

use calendar::{
    ComponentBuf, Document, Limits, RecurrenceLimits, Series, SeriesSpan, ZoneSource, Zones,
};
use jiff::tz::TimeZone;

use crate::{PutObject, Timestamp};

/// A floating time is up to 14 hours away from the same time in UTC.
const WIDER: Timestamp = 86_400_000;
/// Objects that are longer are looked through apart from the others.
const LONG: Timestamp = 40 * 86_400_000;
/// Steps of recurrence to find the end of a series; past them it has none here.
const STEPS: u64 = 10_000;

/// The first and last instant of an object, at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
}

impl Span {
    /// Of what cannot be told.
    const ALWAYS: Self = Self {
        first: Timestamp::MIN,
        last: Timestamp::MAX,
    };

    pub(super) fn is_long(self) -> bool {
        self.last.saturating_sub(self.first) > LONG
    }

    /// How far behind the end of a window an object can end that is not long and begins before it.
    pub(super) fn reach(window_end: Timestamp) -> Timestamp {
        window_end.saturating_add(LONG)
    }
}

pub(super) fn of_all(puts: &[PutObject]) -> Vec<Span> {
    puts.iter().map(|put| of(&put.text)).collect()
}

fn of(text: &[u8]) -> Span {
    events(text)
        .and_then(|calendar| series(&calendar))
        .map_or(Span::ALWAYS, widened)
}

/// The calendar, if it holds events alone: what others match by has more than their times.
fn events(text: &[u8]) -> Option<ComponentBuf> {
    let document = Document::parse(text, &Limits::default()).ok()?;
    let mut calendars = document.components();
    let calendar = calendars.next()?;
    let is_alone = calendars.next().is_none();
    let holds_events = calendar
        .components()
        .all(|component| component.is("VEVENT") || component.is("VTIMEZONE"));
    (is_alone && holds_events).then(|| calendar.to_buf())
}

fn series(calendar: &ComponentBuf) -> Option<SeriesSpan> {
    static SOURCE: OnceLock<ZoneSource> = OnceLock::new();
    let source = SOURCE.get_or_init(ZoneSource::new).clone();
    let zones = Zones::of_calendar(calendar, source, TimeZone::UTC);
    let limits = RecurrenceLimits {
        steps: STEPS,
        ..RecurrenceLimits::default()
    };
    let events = calendar.components().filter(|one| one.is("VEVENT"));
    let series = Series::read(events, &zones, &limits).ok()?;
    Some(series.span())
}

fn widened(span: SeriesSpan) -> Span {
    let last = span.last.map(|last| last.as_millisecond());
    Span {
        first: span.first.as_millisecond().saturating_sub(WIDER),
        last: last.map_or(Timestamp::MAX, |last| last.saturating_add(WIDER)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(lines: &str) -> Span {
        of(format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        .as_bytes())
    }

    #[test]
    fn an_event_is_where_it_is() {
        let one = span("DTSTART:19700103T000000Z\r\nDURATION:PT1H\r\n");
        assert_eq!((one.first, one.last), (WIDER, 3 * WIDER + 3_600_000));
        assert!(!one.is_long());
    }

    #[test]
    fn a_series_without_end_has_none() {
        let endless = span("DTSTART:19700103T000000Z\r\nRRULE:FREQ=DAILY\r\n");
        assert_eq!((endless.first, endless.last), (WIDER, Timestamp::MAX));
        assert!(endless.is_long());
        let counted = span("DTSTART:19700103T000000Z\r\nRRULE:FREQ=DAILY;COUNT=3\r\n");
        assert_eq!(counted.last, 5 * WIDER);
    }

    #[test]
    fn what_cannot_be_told_is_always() {
        for lines in [
            "",
            "DTSTART;TZID=Nowhere:20270101T000000\r\n",
            "DTSTART:x\r\n",
        ] {
            assert_eq!(span(lines), Span::ALWAYS, "{lines}");
        }
        assert_eq!(of(b"x"), Span::ALWAYS);
    }
}
