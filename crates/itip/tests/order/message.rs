//! What a message of a story says, and how its sender writes it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::civil::DateTime;

use super::clock::{Clock, days_later};

/// The series as its organizer has it.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) start: DateTime,
    pub(crate) minutes: i64,
    /// Days from one instance to the next; none: a single event.
    pub(crate) step: Option<i64>,
    pub(crate) count: i64,
    pub(crate) ending: Ending,
    pub(crate) without: BTreeSet<DateTime>,
    pub(crate) text: Text,
}

/// How the rule says where it ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ending {
    Count,
    Until,
}

/// One instance as its organizer has it.
#[derive(Clone, Debug)]
pub(crate) struct Single {
    pub(crate) original: DateTime,
    pub(crate) start: DateTime,
    pub(crate) minutes: i64,
    pub(crate) text: Text,
}

/// What it is about and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) title: String,
    /// Some versions have no LOCATION.
    pub(crate) place: Option<String>,
}

/// What a message says.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    Request {
        series: Option<Series>,
        singles: Vec<Single>,
    },
    /// A CANCEL of all.
    Cancel,
    CancelOne(DateTime),
    /// A CANCEL with RANGE=THISANDFUTURE.
    CancelFrom(DateTime),
}

/// Who sends a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// The organizer.
    Alice,
    /// Her SENT-BY.
    Desk,
    /// Somebody in her name.
    Mallory,
    /// Her address, not authenticated.
    Unauthenticated,
    /// Another organizer, with an event of the same UID.
    Rival,
}

/// How a RECURRENCE-ID is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    /// As the series is.
    Same,
    /// As Google does.
    Utc,
    /// As Exchange does.
    Windows,
}

/// A message of a story.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) number: usize,
    pub(crate) method: &'static str,
    pub(crate) by: By,
    pub(crate) clock: Clock,
    pub(crate) form: Form,
    /// Those of the series or of what is cancelled, and of each single.
    pub(crate) stamps: Vec<Stamp>,
    pub(crate) said: Said,
}

/// When a version was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    /// DTSTAMP, in minutes since the story began.
    pub(crate) minute: usize,
    pub(crate) sequence: usize,
}

impl By {
    pub(crate) fn address(self) -> &'static str {
        match self {
            Self::Alice | Self::Unauthenticated => "alice@example.com",
            Self::Desk => "desk@example.com",
            Self::Mallory => "mallory@example.net",
            Self::Rival => "rival@example.net",
        }
    }

    /// Whether rules B1 and B3 let the message pass.
    pub(crate) fn is_heard(self) -> bool {
        matches!(self, Self::Alice | Self::Desk)
    }
}

impl Text {
    /// A text of this number alone.
    pub(crate) fn new(title: &str, number: usize) -> Self {
        Self {
            title: format!("{title} {number}"),
            place: (number % 2 == 1).then(|| format!("Room {number}")),
        }
    }

    fn lines(&self) -> String {
        let place = self.place.iter();
        let place: String = place.map(|place| format!("LOCATION:{place}\n")).collect();
        format!("SUMMARY:{}\n{place}", self.title)
    }
}

impl Series {
    /// The time of the n-th instance, also past the last.
    pub(crate) fn at(&self, n: i64) -> DateTime {
        days_later(self.start, n * self.step.unwrap_or(1))
    }

    /// The times of its instances.
    pub(crate) fn times(&self) -> impl Iterator<Item = DateTime> {
        let count = if self.step.is_some() { self.count } else { 1 };
        (0..count)
            .map(|n| self.at(n))
            .filter(|time| !self.without.contains(time))
    }

    pub(crate) fn lines(&self, clock: Clock) -> String {
        let mut lines = span(clock, self.start, self.minutes);
        if let Some(step) = self.step {
            let every = if step == 7 { "WEEKLY" } else { "DAILY" };
            let last = self.at(self.count - 1);
            let until = match clock {
                Clock::AllDay => last.strftime("%Y%m%d").to_string(),
                _ => clock.in_utc(last).strftime("%Y%m%dT%H%M%SZ").to_string(),
            };
            let _ = match self.ending {
                Ending::Count => writeln!(lines, "RRULE:FREQ={every};COUNT={}", self.count),
                Ending::Until => writeln!(lines, "RRULE:FREQ={every};UNTIL={until}"),
            };
        }
        for time in &self.without {
            let _ = writeln!(lines, "{}", clock.line("EXDATE", *time));
        }
        lines + &self.text.lines()
    }
}

impl Message {
    /// The components, LF lines.
    pub(crate) fn components(&self, uid: &str) -> String {
        let component = |n: usize, lines: String| {
            let head = self.head(self.stamps[n]);
            format!("BEGIN:VEVENT\nUID:{uid}\n{head}{lines}END:VEVENT\n")
        };
        match &self.said {
            Said::Request { series, singles } => {
                let series = series.iter().map(|series| series.lines(self.clock));
                let singles = singles.iter().map(|single| self.single(single));
                let all = series.chain(singles).enumerate();
                all.map(|(n, lines)| component(n, lines)).collect()
            }
            Said::Cancel => component(0, String::new()),
            Said::CancelOne(original) => component(0, self.id("RECURRENCE-ID", *original)),
            Said::CancelFrom(original) => {
                component(0, self.id("RECURRENCE-ID;RANGE=THISANDFUTURE", *original))
            }
        }
    }

    fn single(&self, single: &Single) -> String {
        let times = span(self.clock, single.start, single.minutes);
        let id = self.id("RECURRENCE-ID", single.original);
        format!("{id}{times}{}", single.text.lines())
    }

    fn id(&self, name: &str, original: DateTime) -> String {
        recurrence_id(self.clock, self.form, name, original)
    }

    /// What every component has.
    fn head(&self, Stamp { minute, sequence }: Stamp) -> String {
        let organizer = if self.by == By::Rival {
            By::Rival
        } else {
            By::Alice
        };
        let status = match self.said {
            Said::Request { .. } => "",
            _ => "STATUS:CANCELLED\n",
        };
        let attendee = if self.method == "PUBLISH" {
            ""
        } else {
            "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bob@example.org\n"
        };
        format!(
            "DTSTAMP:20270101T{:02}{:02}00Z\nSEQUENCE:{sequence}\n\
             ORGANIZER;SENT-BY=\"mailto:{}\":mailto:{}\n{attendee}{status}",
            minute / 60,
            minute % 60,
            By::Desk.address(),
            organizer.address(),
        )
    }

    /// The calendar data, LF lines.
    pub(crate) fn calendar(&self, uid: &str) -> String {
        format!(
            "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Sender {}//EN\nMETHOD:{}\n{}END:VCALENDAR\n",
            self.stamps[0].minute,
            self.method,
            self.components(uid)
        )
    }
}

/// A RECURRENCE-ID in one of the forms of real senders.
pub(crate) fn recurrence_id(clock: Clock, form: Form, name: &str, original: DateTime) -> String {
    let line = match (clock, form) {
        (Clock::Berlin, Form::Utc) => Clock::Utc.line(name, clock.in_utc(original)),
        (Clock::Berlin, Form::Windows) => {
            let line = clock.line(name, original);
            line.replace("Europe/Berlin", "W. Europe Standard Time")
        }
        _ => clock.line(name, original),
    };
    line + "\n"
}

/// DTSTART and DTEND.
pub(crate) fn span(clock: Clock, start: DateTime, minutes: i64) -> String {
    format!(
        "{}\n{}\n",
        clock.line("DTSTART", start),
        clock.line("DTEND", clock.later(start, minutes))
    )
}
