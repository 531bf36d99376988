//! Stories: what an organizer, her assistant and forgers send about one event, in the order of time,
//! and in which order it arrives.
//!
//! Left out, because the letter of the rules lets the order decide: TRANSP, which the first message
//! sets (C1), so no message has one; an ATTENDEE list that loses the user, which counts only where one
//! that had the user came before (C9), so every message has the same; a second organizer whom the user
//! would let in, since the event is theirs who come first (B3), so the rival is nobody's contact.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::{DateTime, date};

use super::clock::{Clock, Instant, days_later, minutes_later};
use super::message::{By, Message, Said, Series, Single, Stamp, Text};
use super::plot::{Act, Change, Edit, Hour, Plot, Sending};

/// A story of an event to which its hearer is invited.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) clock: Clock,
    /// Whether the user prefers that what is cancelled goes.
    pub(crate) removes: bool,
    /// Whether the event is published, so that nobody is asked.
    pub(crate) published: bool,
    /// In the order of time.
    pub(crate) messages: Vec<Message>,
    /// What arrives before the user's own edit, by number.
    pub(crate) before: Vec<usize>,
    pub(crate) edit: Option<Edit>,
    /// What arrives after it.
    pub(crate) after: Vec<usize>,
}

impl Story {
    /// The messages that arrive at all, in the order of time.
    pub(crate) fn told(&self, arrivals: impl Fn(usize) -> bool) -> Vec<&Message> {
        let messages = self.messages.iter();
        messages
            .filter(|message| arrivals(message.number))
            .collect()
    }

    /// The same messages in the order of time, each once.
    pub(crate) fn in_order(&self) -> Self {
        let mut before = self.before.clone();
        before.sort_unstable();
        before.dedup();
        Self {
            before,
            ..self.clone()
        }
    }

    pub(crate) fn of(plot: &Plot) -> Self {
        let mut teller = Teller::new(plot);
        let messages: Vec<_> = plot
            .sendings
            .iter()
            .map(|sending| teller.tell(sending))
            .collect();
        let edit = plot.edit;
        let split = if edit.is_some() {
            plot.split.min(messages.len())
        } else {
            messages.len()
        };
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for (number, sending) in plot.sendings.iter().enumerate() {
            for (copy, key) in sending.copies.iter().enumerate() {
                // What the edit meets does not change with the order: only copies come late.
                let arrivals = if number < split && (copy == 0 || edit.is_none()) {
                    &mut before
                } else {
                    &mut after
                };
                arrivals.push((*key, number));
            }
        }
        let in_order = |mut arrivals: Vec<(u8, usize)>| {
            arrivals.sort_by_key(|(key, _)| *key);
            arrivals.into_iter().map(|(_, number)| number).collect()
        };
        Self {
            clock: plot.clock,
            // What is removed takes the user's own with it.
            removes: plot.removes && edit.is_none(),
            published: plot.published,
            messages,
            before: in_order(before),
            edit,
            after: in_order(after),
        }
    }
}

/// The organizer's own calendar, from which each message is written.
struct Teller {
    clock: Clock,
    method: &'static str,
    minute: usize,
    series: Series,
    /// By what their names mean: where the clock is put forward, two times on it are one instant.
    singles: BTreeMap<Instant, Single>,
    /// The last stamp of the series, and of each instance that was ever mentioned alone.
    stamps: BTreeMap<Option<Instant>, Stamp>,
    number: usize,
    last: Option<Said>,
}

impl Teller {
    fn new(plot: &Plot) -> Self {
        // The clocks of Berlin are put forward on 28 March, at two.
        let day = match plot.step {
            Some(7) => date(2027, 3, 21),
            _ => date(2027, 3, 26),
        };
        let start = match (plot.clock, plot.hour) {
            (Clock::AllDay, _) => day.at(0, 0, 0, 0),
            (_, Hour::Morning) => day.at(10, 0, 0, 0),
            (_, Hour::Skipped) => day.at(2, 30, 0, 0),
        };
        Self {
            clock: plot.clock,
            method: if plot.published { "PUBLISH" } else { "REQUEST" },
            minute: 0,
            series: Series {
                start,
                minutes: plot.clock.unit(),
                step: plot.step,
                count: 4,
                ending: plot.ending,
                without: std::collections::BTreeSet::new(),
                text: Text::new("Version", 0),
            },
            singles: BTreeMap::new(),
            stamps: BTreeMap::new(),
            number: 0,
            last: None,
        }
    }

    fn tell(&mut self, sending: &Sending) -> Message {
        let mut forged = None;
        if !sending.by.is_heard() {
            forged = Some((
                self.series.clone(),
                self.singles.clone(),
                self.stamps.clone(),
            ));
        }
        let act = match sending.act {
            // The only date of an event is all of it.
            Act::CancelOne(..) | Act::CancelFrom(_) if self.series.step.is_none() => Act::Cancel,
            Act::Single(_, shift) if self.series.step.is_none() => {
                Act::Series(Change::Move(shift), false)
            }
            act => act,
        };
        let said = self.act(&act, sending.by);
        if !self.is_same_second(&said, sending) {
            self.minute += 2;
        }
        let stamps = self.stamps(&said, sending);
        let message = Message {
            number: self.number,
            method: match said {
                Said::Request { .. } => self.method,
                _ => "CANCEL",
            },
            // What is published is the pinned sender's alone to change (rule D5).
            by: match sending.by {
                By::Desk if self.method == "PUBLISH" => By::Alice,
                by => by,
            },
            clock: self.clock,
            form: sending.form,
            stamps,
            said,
        };
        self.number += 1;
        match forged {
            Some((series, singles, stamps)) => {
                (self.series, self.singles, self.stamps) = (series, singles, stamps);
                self.last = None;
            }
            None => self.last = Some(message.said.clone()),
        }
        message
    }

    /// Carries an act out in the organizer's calendar, and says what is told of it.
    fn act(&mut self, act: &Act, by: By) -> Said {
        let text = Text::new(
            if by.is_heard() { "Version" } else { "Forged" },
            self.number,
        );
        match *act {
            Act::Series(change, carries) => {
                self.change(change, text, by);
                let singles = if carries {
                    self.singles.clone()
                } else {
                    BTreeMap::new()
                };
                self.singles.clone_from(&singles);
                Said::Request {
                    series: Some(self.series.clone()),
                    singles: singles.into_values().collect(),
                }
            }
            Act::Single(slot, shift) => {
                let original = self.series.at(slot);
                let single = Single {
                    original,
                    start: self.shifted(original, shift),
                    minutes: self.series.minutes,
                    text,
                };
                self.singles
                    .insert(self.clock.instant(original), single.clone());
                Said::Request {
                    series: None,
                    singles: vec![single],
                }
            }
            Act::Cancel => Said::Cancel,
            Act::CancelOne(slot, excepts) => {
                let original = self.series.at(slot);
                self.singles.remove(&self.clock.instant(original));
                if excepts {
                    self.series.without.insert(original);
                }
                Said::CancelOne(original)
            }
            Act::CancelFrom(slot) => {
                let original = self.series.at(slot);
                let first = self.clock.instant(original);
                self.singles.retain(|other, _| *other < first);
                self.series.count = self.series.count.min(slot);
                Said::CancelFrom(original)
            }
        }
    }

    fn change(&mut self, change: Change, text: Text, by: By) {
        match change {
            Change::Nothing => {}
            Change::Text => self.series.text = text.clone(),
            Change::Move(shift) => {
                let start = self.shifted(self.series.start, shift);
                self.series.start = start;
                self.series.without.clear();
                self.singles.clear();
            }
            Change::Count(count) => self.series.count = count,
            Change::Without(slot) => {
                let time = self.series.at(slot);
                self.series.without.insert(time);
                self.singles.remove(&self.clock.instant(time));
            }
        }
        if !by.is_heard() {
            self.series.text = text;
        }
    }

    /// A day later for each 4, and as much more in half hours or days.
    fn shifted(&self, at: DateTime, shift: u8) -> DateTime {
        let shift = i64::from(shift);
        match self.clock {
            Clock::AllDay => days_later(at, shift),
            _ => days_later(minutes_later(at, 30 * (shift % 4)), shift / 4),
        }
    }

    /// SEQUENCE never falls within a component, as rule C2 needs it; between components it means
    /// nothing. Overrides that a series carries bear the stamps of their own last change, or new ones.
    fn stamps(&mut self, said: &Said, sending: &Sending) -> Vec<Stamp> {
        let key = |original: DateTime| Some(self.clock.instant(original));
        let (keys, carried): (Vec<Option<Instant>>, bool) = match said {
            Said::Request { series, singles } => {
                let singles = singles.iter().map(|single| key(single.original));
                let series = series.iter().map(|_| None);
                (series.chain(singles).collect(), !sending.raises)
            }
            Said::Cancel | Said::CancelFrom(_) => (vec![None], false),
            Said::CancelOne(original) => (vec![key(*original)], false),
        };
        let raise = usize::from(sending.raises) + if sending.by.is_heard() { 0 } else { 50 };
        let minute = self.minute;
        let stamped = |(n, key): (usize, Option<Instant>)| {
            let none = Stamp {
                minute,
                sequence: 0,
            };
            let stamp = self.stamps.entry(key).or_insert(none);
            if n == 0 || !carried {
                stamp.minute = minute;
            }
            stamp.sequence += raise;
            *stamp
        };
        keys.into_iter().enumerate().map(stamped).collect()
    }

    /// Whether it bears the DTSTAMP of the message before: a series that its overrides follow one by
    /// one, or a version that another replaces at once.
    fn is_same_second(&self, said: &Said, sending: &Sending) -> bool {
        let (
            Said::Request { series, singles },
            Some(Said::Request {
                series: before,
                singles: beside,
            }),
        ) = (said, &self.last)
        else {
            return false;
        };
        let instant = |single: &Single| self.clock.instant(single.original);
        let is_apart = series.is_none()
            && singles
                .iter()
                .all(|one| beside.iter().all(|other| instant(other) != instant(one)));
        let is_again =
            series.is_some() && before.is_some() && singles.is_empty() && beside.is_empty();
        sending.same_second && !sending.raises && (is_apart || is_again)
    }
}

/// The story as a scenario of `tests/scenarios/`.
impl fmt::Debug for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "account bob bob@example.org")?;
        if self.removes {
            writeln!(f, "prefer cancel remove")?;
        }
        for number in &self.before {
            write_message(f, &self.messages[*number])?;
        }
        if let Some(edit) = self.edit {
            writeln!(f, "# the user's own edit: {edit:?}")?;
        }
        for number in &self.after {
            write_message(f, &self.messages[*number])?;
        }
        Ok(())
    }
}

fn write_message(f: &mut fmt::Formatter<'_>, message: &Message) -> fmt::Result {
    let Message {
        number, method, by, ..
    } = message;
    let words = match by {
        By::Alice | By::Desk => "",
        By::Unauthenticated => " failed",
        By::Mallory | By::Rival => " updatecal",
    };
    writeln!(
        f,
        "receive {method} from {}{words} digest={number:02}",
        by.address()
    )?;
    for line in message.components("event-1").lines() {
        writeln!(f, "  {line}")?;
    }
    Ok(())
}
