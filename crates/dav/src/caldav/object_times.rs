//! What the times of an object that a client stores must be: valid-calendar-data and max-instances
//! (RFC 4791, 5.3.2.1; RFC 5545, 3.6).

use calendar::{
    BadRule, BadSeries, ComponentBuf, DateOrTime, Duration, RecurrenceLimits, Series, Zones,
};
use jiff::tz::TimeZone;

use super::time_zone;
use crate::failure::{Failure, Outcome};

/// What a component has one of at most.
const ONCE: [&str; 8] = [
    "UID",
    "DTSTART",
    "DTEND",
    "DUE",
    "DURATION",
    "RECURRENCE-ID",
    "ORGANIZER",
    "SEQUENCE",
];

/// Refuses components of this kind whose times or rules cannot be read, and too many instances. What is right
/// but too much to be told, or of an unknown zone, is kept.
pub(super) fn check(calendar: &ComponentBuf, kind: &str, instances: usize) -> Outcome<()> {
    let invalid = || Failure::refused("C:valid-calendar-data");
    let zones = Zones::of_calendar(calendar, time_zone::source(), TimeZone::UTC);
    let parts = calendar.components().filter(|part| part.is(kind));
    let parts: Vec<&ComponentBuf> = parts.collect();
    if parts.iter().any(|part| is_invalid(part, &zones)) {
        return Err(invalid());
    }
    let is_event = kind.eq_ignore_ascii_case("VEVENT");
    if !is_event
        && !["VTODO", "VJOURNAL"]
            .iter()
            .any(|one| kind.eq_ignore_ascii_case(one))
    {
        return Ok(());
    }
    match Series::read(parts, &zones, &RecurrenceLimits::default()) {
        Err(BadSeries::SeveralMasters | BadSeries::Value { .. }) => Err(invalid()),
        Err(BadSeries::Rule(BadRule::Unreadable(_))) => Err(invalid()),
        Err(BadSeries::NoStart) if is_event => Err(invalid()),
        Ok(series) if series.has_more_than(instances) => Err(Failure::refused("C:max-instances")),
        _ => Ok(()),
    }
}

fn is_invalid(part: &ComponentBuf, zones: &Zones) -> bool {
    let is_repeated = |name: &str| part.properties_named(name).nth(1).is_some();
    let is_no_time = |name: &str| {
        part.property(name).is_some() && DateOrTime::of_component(part, name).is_none()
    };
    let has = |name: &str| part.property(name).is_some();
    let ends_twice = has("DURATION") && (has("DTEND") || has("DUE"));
    ONCE.iter().any(|name| is_repeated(name))
        || ["DTSTART", "DTEND", "DUE"]
            .iter()
            .any(|name| is_no_time(name))
        || has("DURATION") && !has_right_duration(part)
        || ends_twice && !part.is("VFREEBUSY")
        || ends_before_it_begins(part, zones)
}

/// A duration that can be read and is not negative (RFC 5545, 3.8.2.5).
fn has_right_duration(part: &ComponentBuf) -> bool {
    let value = part.property("DURATION").map(|one| one.value());
    let duration = value.and_then(|value| Duration::parse(&value));
    duration.is_some_and(|duration| duration.days >= 0 && duration.seconds >= 0)
}

/// Times of zones that nobody knows are not compared, nor are those of different types: apps write to-dos
/// that begin at an hour and are due on that day.
fn ends_before_it_begins(part: &ComponentBuf, zones: &Zones) -> bool {
    let time = |name: &str| DateOrTime::of_component(part, name);
    let ends = ["DTEND", "DUE"].iter().find_map(|name| time(name));
    time("DTSTART").zip(ends).is_some_and(|(start, end)| {
        let instant = |time: &DateOrTime| time.instant(zones).ok();
        let are_alike =
            start.is_date() == end.is_date() && is_floating(&start) == is_floating(&end);
        are_alike && instant(&end) < instant(&start) && instant(&end).is_some()
    })
}

fn is_floating(time: &DateOrTime) -> bool {
    matches!(time, DateOrTime::Floating(_))
}

#[cfg(test)]
mod tests {
    use calendar::{Document, Limits};

    use super::*;

    /// The precondition that a component of these lines violates.
    fn violated(kind: &str, lines: &str) -> Option<String> {
        let text =
            format!("BEGIN:VCALENDAR\nBEGIN:{kind}\nUID:a\n{lines}\nEND:{kind}\nEND:VCALENDAR\n");
        let document = Document::parse(text, &Limits::default()).unwrap();
        let calendar = document.components().next().unwrap().to_buf();
        check(&calendar, kind, 100).err()?.condition
    }

    #[test]
    fn times_that_are_none_or_contradict_each_other_are_refused() {
        let start = "DTSTART:20270301T100000Z";
        for lines in [
            "DTEND:soon",
            "DURATION:long",
            "DURATION:-P9999W",
            "DURATION:P99999999999W",
            "DTEND:20270301T110000Z\nDURATION:PT1H",
            "DTEND:20270301T095959Z",
            "DTSTART:20270301T100000Z",
            "DTEND:20270301T110000Z\nDTEND:20270301T110000Z",
            "RRULE:FREQ=SOMETIMES",
        ] {
            let violated = violated("VEVENT", &format!("{start}\n{lines}"));
            assert_eq!(
                violated.as_deref(),
                Some("<C:valid-calendar-data/>"),
                "{lines}"
            );
        }
        let due = violated("VTODO", &format!("{start}\nDUE:20270301T095959Z"));
        assert_eq!(due.as_deref(), Some("<C:valid-calendar-data/>"));
        for lines in [
            "DTEND:20270301T100000Z",
            "DURATION:PT0S",
            "DURATION:P2W",
            "DTEND;TZID=Nowhere:20260301T100000",
            "DTEND:20270301T093000",
            "DTEND;VALUE=DATE:20270301",
        ] {
            assert_eq!(
                violated("VEVENT", &format!("{start}\n{lines}")),
                None,
                "{lines}"
            );
        }
        assert_eq!(violated("VTODO", "SUMMARY:any time"), None);
    }

    #[test]
    fn a_series_has_at_most_max_instances() {
        let series = |rule: &str| violated("VEVENT", &format!("DTSTART:20270301T100000Z\n{rule}"));
        let too_many = Some("<C:max-instances/>".to_owned());
        assert_eq!(series("RRULE:FREQ=DAILY;COUNT=100"), None);
        assert_eq!(series("RRULE:FREQ=DAILY;COUNT=101"), too_many);
        assert_eq!(
            series("RRULE:FREQ=SECONDLY;UNTIL=20270301T100200Z"),
            too_many
        );
        assert_eq!(series("RRULE:FREQ=DAILY"), None);
    }
}
