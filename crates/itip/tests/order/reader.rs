//! Reads a stored object as a calendar program would, line by line and without the crate's own reader.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};

use super::clock::{Clock, Instant, days_later};
use super::seen::{Instance, Seen, Standing};

/// A content line in pieces.
struct Line<'a> {
    name: &'a str,
    parameters: &'a str,
    value: &'a str,
}

/// A VEVENT's lines; inner components are lines of it as well.
type Event<'a> = Vec<Line<'a>>;

/// What a stored object shows.
pub(crate) fn seen(text: &str) -> Seen {
    let text = text.replace("\r\n ", "").replace("\r\n\t", "");
    let events: Vec<Event<'_>> = text
        .split("BEGIN:VEVENT\r\n")
        .skip(1)
        .map(|event| {
            let lines = event.split("END:VEVENT").next().unwrap();
            lines.split_terminator("\r\n").map(Line::of).collect()
        })
        .collect();
    let mut seen = Seen::new();
    for event in &events {
        if line(event, "RECURRENCE-ID").is_none() {
            for start in series(event) {
                seen.insert(start, instance(event, start));
            }
        }
    }
    let mut overridden = Vec::new();
    for event in &events {
        if let Some(id) = line(event, "RECURRENCE-ID") {
            let id = id.instant();
            assert!(
                !overridden.contains(&id),
                "two overrides of one instance:\n{text}"
            );
            overridden.push(id);
            seen.insert(
                id,
                instance(event, line(event, "DTSTART").unwrap().instant()),
            );
        }
    }
    seen
}

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Self {
        let (head, value) = split_value(line);
        let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
        Self {
            name,
            parameters,
            value,
        }
    }

    fn parameter(&self, name: &str) -> Option<&'a str> {
        let mut all = self.parameters.split(';');
        all.find_map(|one| one.strip_prefix(name)?.strip_prefix('='))
            .map(|value| value.trim_matches('"'))
    }

    /// The clock and the time on it of one of the values.
    fn time(&self, value: &str) -> (Clock, DateTime) {
        if let Some(utc) = value.strip_suffix('Z') {
            return (Clock::Utc, parse(utc));
        }
        match self.parameter("TZID") {
            _ if value.len() == 8 => (Clock::AllDay, parse(value)),
            Some("Europe/Berlin" | "W. Europe Standard Time") => (Clock::Berlin, parse(value)),
            other => panic!("a time in {other:?}: {value}"),
        }
    }

    fn instant(&self) -> Instant {
        let (clock, at) = self.time(self.value);
        clock.instant(at)
    }
}

/// At the first colon outside of quotes.
fn split_value(line: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, c) in line.char_indices() {
        quoted ^= c == '"';
        if c == ':' && !quoted {
            return (&line[..at], &line[at + 1..]);
        }
    }
    panic!("no content line: {line:?}")
}

fn parse(value: &str) -> DateTime {
    if value.len() == 8 {
        return Date::strptime("%Y%m%d", value)
            .unwrap()
            .to_datetime(jiff::civil::Time::midnight());
    }
    DateTime::strptime("%Y%m%dT%H%M%S", value).unwrap()
}

fn line<'e, 'a>(event: &'e Event<'a>, name: &str) -> Option<&'e Line<'a>> {
    event.iter().find(|line| line.name == name)
}

fn length(event: &Event<'_>) -> Instant {
    let start = line(event, "DTSTART").unwrap().instant();
    if let Some(end) = line(event, "DTEND") {
        return end.instant() - start;
    }
    let duration = line(event, "DURATION").map_or("P0D", |line| line.value);
    let span: jiff::SignedDuration =
        match duration.strip_prefix('P').and_then(|d| d.strip_suffix('D')) {
            Some(days) => jiff::SignedDuration::from_hours(24 * days.parse::<i64>().unwrap()),
            None => duration.parse().unwrap(),
        };
    span.as_secs()
}

/// The starts of a master: its rule and RDATEs without its EXDATEs.
fn series(event: &Event<'_>) -> Vec<Instant> {
    let start = line(event, "DTSTART").unwrap();
    let (clock, first) = start.time(start.value);
    let mut starts = match line(event, "RRULE") {
        Some(rule) => by_rule(clock, first, rule.value),
        None => vec![clock.instant(first)],
    };
    starts.extend(dates(event, "RDATE"));
    starts.sort_unstable();
    starts.dedup();
    let without = dates(event, "EXDATE");
    starts.retain(|start| !without.contains(start));
    starts
}

fn dates(event: &Event<'_>, name: &str) -> Vec<Instant> {
    let lines = event.iter().filter(|line| line.name == name);
    let instants = |line: &Line<'_>| {
        let values = line.value.split(',');
        let times = values.map(|value| line.time(value));
        times
            .map(|(clock, at)| clock.instant(at))
            .collect::<Vec<_>>()
    };
    lines.flat_map(instants).collect()
}

fn by_rule(clock: Clock, first: DateTime, rule: &str) -> Vec<Instant> {
    let part = |name: &str| {
        let mut parts = rule.split(';');
        parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
    };
    let step = match part("FREQ") {
        Some("DAILY") => 1,
        Some("WEEKLY") => 7,
        other => panic!("a rule of {other:?}"),
    };
    let count = part("COUNT").map_or(1000, |count| count.parse().unwrap());
    let until = part("UNTIL").map_or(Instant::MAX, |until| match until.strip_suffix('Z') {
        Some(utc) => Clock::Utc.instant(parse(utc)),
        None => clock.instant(parse(until)),
    });
    let starts = (0..count).map(|n| clock.instant(days_later(first, n * step)));
    starts.take_while(|start| *start <= until).collect()
}

fn instance(event: &Event<'_>, start: Instant) -> Instance {
    let value = |name: &str| line(event, name).map_or("", |line| line.value);
    let own = ["TRIGGER", "COLOR", "CATEGORIES", "X-MY-NOTE"];
    let own = own.iter().filter(|name| line(event, name).is_some());
    let attendees = event.iter().filter(|line| line.name == "ATTENDEE");
    Instance {
        start,
        end: start + length(event),
        title: value("SUMMARY").to_owned(),
        place: line(event, "LOCATION").map(|line| line.value.to_owned()),
        standing: if value("STATUS") == "CANCELLED" {
            Standing::Cancelled
        } else {
            Standing::Confirmed
        },
        own: own.map(|name| value(name).to_owned()).collect(),
        answers: attendees.map(answer).collect::<BTreeMap<_, _>>(),
    }
}

fn answer(attendee: &Line<'_>) -> (String, String) {
    let address = attendee.value.trim_start_matches("mailto:").to_owned();
    let partstat = attendee.parameter("PARTSTAT").unwrap_or("NEEDS-ACTION");
    (address, partstat.to_owned())
}
