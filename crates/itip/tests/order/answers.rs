//! Stories of the user's own event: what its attendees and others answer, and in which order that arrives.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::{DateTime, datetime};
use proptest::prelude::*;

use super::clock::{Clock, Instant, minutes_later};
use super::message::{Ending, Form, Series, Text, recurrence_id, span};
use super::seen::{Instance, Seen, Standing};

/// SEQUENCE of the event as the user put it.
const SEQUENCE: usize = 2;
const OWNER: &str = "bob@example.org";
/// Who is invited, in this order; the last only delegates.
const INVITED: [Who; 3] = [Who::Carol, Who::Dave, Who::Erin];

/// An event of the user's own and the answers to it.
#[derive(Clone)]
pub(crate) struct Answers {
    pub(crate) clock: Clock,
    series: Series,
    /// The instances that the user moved.
    moved: Vec<i64>,
    /// In the order of time.
    pub(crate) replies: Vec<Reply>,
    /// What arrives before the user's other machine has stored the event, by number.
    pub(crate) early: Vec<usize>,
    pub(crate) arrivals: Vec<usize>,
}

/// A REPLY.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) who: Who,
    /// What it answers: the series, or an instance by its number.
    about: Vec<Option<i64>>,
    partstat: Partstat,
    age: Age,
    form: Form,
    copies: Vec<(bool, u8)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Carol,
    Dave,
    /// Hands over to Frank, always, so that whom she named does not depend on what came last.
    Erin,
    Frank,
    /// Nobody invited her.
    Crasher,
    /// Somebody in Carol's name.
    Mallory,
    /// Carol's address, not authenticated.
    Unauthenticated,
}

#[derive(Clone, Copy, Debug)]
enum Partstat {
    Accepted,
    Declined,
    Tentative,
}

/// Which version of the event an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    Current,
    /// The times were others then.
    Old,
}

impl Who {
    /// The address in From.
    pub(crate) fn address(self) -> &'static str {
        match self {
            Self::Mallory => "mallory@example.net",
            other => other.named(),
        }
    }

    /// The address in ATTENDEE.
    fn named(self) -> &'static str {
        match self {
            Self::Carol | Self::Mallory | Self::Unauthenticated => "carol@example.net",
            Self::Dave => "dave@example.net",
            Self::Erin => "erin@example.net",
            Self::Frank => "frank@example.net",
            Self::Crasher => "crasher@example.net",
        }
    }
}

impl Partstat {
    fn word(self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::Declined => "DECLINED",
            Self::Tentative => "TENTATIVE",
        }
    }
}

impl Reply {
    fn partstat(&self) -> &'static str {
        match self.who {
            Who::Erin => "DELEGATED",
            _ => self.partstat.word(),
        }
    }

    fn sequence(&self) -> usize {
        match self.age {
            Age::Current => SEQUENCE,
            Age::Old => SEQUENCE - 1,
        }
    }
}

impl Answers {
    /// The event as the user put it, LF lines.
    pub(crate) fn put(&self, uid: &str) -> String {
        let moved = self.moved.iter().map(|slot| {
            let original = self.series.at(*slot);
            let times = span(self.clock, self.moved_to(original), self.series.minutes);
            format!(
                "{}\n{times}SUMMARY:Moved\n",
                self.clock.line("RECURRENCE-ID", original)
            )
        });
        let invited: String = INVITED
            .iter()
            .map(|who| format!("ATTENDEE;RSVP=TRUE:mailto:{}\n", who.named()))
            .collect();
        let components = std::iter::once(self.series.lines(self.clock))
            .chain(moved)
            .map(|lines| {
                format!(
                    "BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20270101T000000Z\nSEQUENCE:{SEQUENCE}\n\
                 ORGANIZER:mailto:{OWNER}\n{invited}{lines}END:VEVENT\n"
                )
            });
        let components: String = components.collect();
        format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Mine//EN\n{components}END:VCALENDAR\n")
    }

    fn moved_to(&self, original: DateTime) -> DateTime {
        minutes_later(original, self.series.minutes)
    }

    fn components(&self, number: usize, uid: &str) -> String {
        let reply = &self.replies[number];
        let delegates = match reply.who {
            Who::Erin => format!(";DELEGATED-TO=\"mailto:{}\"", Who::Frank.named()),
            _ => String::new(),
        };
        let component = |about: &Option<i64>| {
            let id = about.map(|slot| {
                let original = self.series.at(slot);
                recurrence_id(self.clock, reply.form, "RECURRENCE-ID", original)
            });
            format!(
                "BEGIN:VEVENT\nUID:{uid}\n{}DTSTAMP:20270102T00{number:02}00Z\nSEQUENCE:{}\n\
                 ORGANIZER:mailto:{OWNER}\nATTENDEE;PARTSTAT={}{delegates}:mailto:{}\nEND:VEVENT\n",
                id.unwrap_or_default(),
                reply.sequence(),
                reply.partstat(),
                reply.who.named()
            )
        };
        reply.about.iter().map(component).collect()
    }

    /// The calendar data of a reply, LF lines.
    pub(crate) fn calendar(&self, number: usize, uid: &str) -> String {
        let components = self.components(number, uid);
        format!(
            "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Guest//EN\nMETHOD:REPLY\n{components}END:VCALENDAR\n"
        )
    }

    /// What stands in the calendar when the answers came in order (rules B4, E1 to E3).
    pub(crate) fn expected(&self) -> Seen {
        let arrives =
            |number: &usize| self.early.contains(number) || self.arrivals.contains(number);
        let told: Vec<_> = (0..self.replies.len())
            .filter(arrives)
            .map(|number| &self.replies[number])
            .collect();
        let mut invited = INVITED.to_vec();
        if told
            .iter()
            .any(|reply| reply.who == Who::Erin && reply.age == Age::Current)
        {
            invited.push(Who::Frank);
        }
        let last = |who: Who, about: Option<i64>| {
            let mut all = told
                .iter()
                .rev()
                .filter(|reply| reply.who == who && reply.age == Age::Current);
            all.find(|reply| reply.about.contains(&about))
                .map(|reply| reply.partstat())
        };
        let mut seen = Seen::new();
        for slot in 0..self.series.count {
            let original = self.series.at(slot);
            let is_moved = self.moved.contains(&slot);
            // An override that the user made is a component of its own; one made by an answer is the
            // series but for the answers to it alone (rule E2).
            let answer = |who: Who| {
                last(who, Some(slot)).or_else(|| if is_moved { None } else { last(who, None) })
            };
            let guests = if is_moved { &INVITED[..] } else { &invited };
            let answers = guests.iter().map(|who| {
                (
                    who.named().to_owned(),
                    answer(*who).unwrap_or("NEEDS-ACTION").to_owned(),
                )
            });
            let start = self.clock.instant(if is_moved {
                self.moved_to(original)
            } else {
                original
            });
            let instance = Instance {
                start,
                end: start + self.series.minutes * 60,
                title: if is_moved { "Moved" } else { "Mine" }.to_owned(),
                place: None,
                standing: Standing::Confirmed,
                own: Vec::new(),
                answers: answers.collect::<BTreeMap<_, _>>(),
            };
            let original: Instant = self.clock.instant(original);
            seen.insert(original, instance);
        }
        seen
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "account bob {OWNER}")?;
        for number in &self.early {
            self.write_reply(f, *number)?;
        }
        writeln!(f, "put personal")?;
        for line in self.put("event-1").lines() {
            writeln!(f, "  {line}")?;
        }
        for number in &self.arrivals {
            self.write_reply(f, *number)?;
        }
        Ok(())
    }
}

impl Answers {
    fn write_reply(&self, f: &mut fmt::Formatter<'_>, number: usize) -> fmt::Result {
        let who = self.replies[number].who;
        let failed = if who == Who::Unauthenticated {
            " failed"
        } else {
            ""
        };
        writeln!(
            f,
            "receive REPLY from {}{failed} digest={number:02}",
            who.address()
        )?;
        for line in self.components(number, "event-1").lines() {
            writeln!(f, "  {line}")?;
        }
        Ok(())
    }
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        5 => Just(Who::Carol),
        5 => Just(Who::Dave),
        1 => Just(Who::Erin),
        2 => Just(Who::Frank),
        1 => Just(Who::Crasher),
        1 => Just(Who::Mallory),
        1 => Just(Who::Unauthenticated),
    ]
}

fn reply(form: BoxedStrategy<Form>) -> impl Strategy<Value = Reply> {
    let about = prop::collection::vec(
        prop_oneof![1 => Just(None), 2 => (0_i64..5).prop_map(Some)],
        1..4,
    );
    let partstat = prop_oneof![
        Just(Partstat::Accepted),
        Just(Partstat::Declined),
        Just(Partstat::Tentative)
    ];
    let age = prop_oneof![5 => Just(Age::Current), 1 => Just(Age::Old)];
    let copy = (prop::bool::weighted(0.2), 0_u8..12);
    let copies = prop_oneof![6 => prop::collection::vec(copy.clone(), 1), 2 => prop::collection::vec(copy, 0..3)];
    (who(), about, partstat, age, form, copies).prop_map(
        |(who, mut about, partstat, age, form, copies)| {
            about.sort_unstable();
            about.dedup();
            Reply {
                who,
                about,
                partstat,
                age,
                form,
                copies,
            }
        },
    )
}

/// Stories of a clock, a rule and the instances that the user moved.
pub(crate) fn answers(form: BoxedStrategy<Form>) -> impl Strategy<Value = Answers> {
    let clock = prop_oneof![Just(Clock::Berlin), Just(Clock::Utc), Just(Clock::AllDay)];
    let step = prop_oneof![Just(1), Just(7)];
    let moved = prop::collection::btree_set(0_i64..4, 0..3);
    let replies = prop::collection::vec(reply(form), 1..8);
    (clock, step, moved, replies).prop_map(|(clock, step, moved, replies)| {
        let series = Series {
            start: match clock {
                Clock::AllDay => datetime(2027, 3, 26, 0, 0, 0, 0),
                _ => datetime(2027, 3, 26, 10, 0, 0, 0),
            },
            minutes: clock.unit(),
            step: Some(step),
            count: 4,
            ending: Ending::Count,
            without: std::collections::BTreeSet::new(),
            text: Text {
                title: "Mine".to_owned(),
                place: None,
            },
        };
        told(series, moved.into_iter().collect(), (clock, replies))
    })
}

fn told(series: Series, moved: Vec<i64>, (clock, mut replies): (Clock, Vec<Reply>)) -> Answers {
    for reply in &mut replies {
        // Whom an answer for a single date brings in, rule E3 leaves open.
        if reply.about.is_empty() || matches!(reply.who, Who::Erin | Who::Frank) {
            reply.about = vec![None];
        }
    }
    let arriving = |early: bool| {
        let mut all: Vec<(u8, usize)> = Vec::new();
        for (number, reply) in replies.iter().enumerate() {
            let copies = reply.copies.iter().filter(|copy| copy.0 == early);
            all.extend(copies.map(|copy| (copy.1, number)));
        }
        all.sort_by_key(|(key, _)| *key);
        all.into_iter().map(|(_, number)| number).collect()
    };
    Answers {
        clock,
        series,
        moved,
        early: arriving(true),
        arrivals: arriving(false),
        replies,
    }
}
