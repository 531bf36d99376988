//! A series of long ago seen through a window is the whole of it, told by a simple model, and filtered.
//!
//! The model takes from the engine the instances of the bare rule, walked from the start; dates,
//! overrides and THISANDFUTURE it works out by itself, over plain lists.

use std::collections::BTreeMap;
use std::ops::Range;

use calendar::{RecurrenceLimits, Series};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::{events, instant, read};

/// A series in words.
#[derive(Clone, Debug)]
struct Described {
    start: DateTime,
    rule: &'static str,
    minutes: i64,
    /// Further starts, some with a length of their own.
    dates: Vec<(DateTime, Option<i64>)>,
    excluded: Vec<(Index, Form)>,
    overrides: Vec<(Index, Form, Changed)>,
}

/// How a time is written.
#[derive(Clone, Copy, Debug)]
enum Form {
    Utc,
    Local,
}

/// What an override says.
#[derive(Clone, Copy, Debug)]
struct Changed {
    by_minutes: i64,
    minutes: i64,
    and_future: bool,
}

/// An instance: start, what names it, end.
type Told = (Timestamp, Timestamp, Timestamp);

const RULES: [&str; 10] = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=5;UNTIL=20260610T120000Z",
    "FREQ=WEEKLY;BYDAY=MO,WE,SU",
    "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SA;WKST=SU",
    "FREQ=WEEKLY;BYDAY=FR;COUNT=1200",
    "FREQ=MONTHLY;BYDAY=-1SU,1MO",
    "FREQ=MONTHLY;BYMONTHDAY=29,30,31;BYSETPOS=-1",
    "FREQ=YEARLY;BYWEEKNO=1,22,53;BYDAY=TH,SA",
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=3,10;BYDAY=-1SU",
    "FREQ=HOURLY;INTERVAL=18;BYMONTH=3,10,12",
];

fn described() -> impl Strategy<Value = Described> {
    let start = (
        1998..2004_i16,
        1..13_i8,
        1..29_i8,
        select(vec![0, 9, 23_i8]),
    );
    let start = start
        .prop_map(|(year, month, day, hour)| DateTime::constant(year, month, day, hour, 15, 0, 0));
    let date = (0..1200_i64, 0..24_i64, prop::option::of(0..5000_i64)).prop_map(
        |(days, hours, length)| {
            let from = DateTime::constant(2024, 6, 1, 4, 30, 0, 0);
            (from + Span::new().days(days).hours(hours), length)
        },
    );
    let form = || select(vec![Form::Utc, Form::Local]);
    let changed = (-9000..9000_i64, 0..4000_i64, any::<bool>());
    let changed = changed.prop_map(|(by_minutes, minutes, and_future)| Changed {
        by_minutes,
        minutes,
        and_future,
    });
    (
        start,
        select(RULES.to_vec()),
        select(vec![0, 45, 3000, 30_000_i64]),
        prop::collection::vec(date, 0..4),
        prop::collection::vec((any::<Index>(), form()), 0..4),
        prop::collection::vec((any::<Index>(), form(), changed), 0..4),
    )
        .prop_map(
            |(start, rule, minutes, dates, excluded, overrides)| Described {
                start,
                rule,
                minutes,
                dates,
                excluded,
                overrides,
            },
        )
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

fn at(civil: DateTime) -> Timestamp {
    berlin().to_ambiguous_timestamp(civil).compatible().unwrap()
}

fn after(at: Timestamp, minutes: i64) -> Timestamp {
    at + SignedDuration::from_mins(minutes)
}

/// A property of one time.
fn line(name: &str, at: Timestamp, form: Form) -> String {
    match form {
        Form::Utc => format!("{name}:{}\n", at.strftime("%Y%m%dT%H%M%SZ")),
        Form::Local => {
            let local = berlin().to_datetime(at).strftime("%Y%m%dT%H%M%S");
            format!("{name};TZID=Europe/Berlin:{local}\n")
        }
    }
}

impl Described {
    fn head(&self) -> String {
        let start = line("DTSTART", at(self.start), Form::Local);
        format!("{start}DURATION:PT{}M\nRRULE:{}\n", self.minutes, self.rule)
    }

    /// Every name that the rule and the dates make, and the length that a PERIOD gives it.
    fn names(&self, until: Timestamp) -> BTreeMap<Timestamp, Option<i64>> {
        let bare = series(&self.head(), 1 << 40);
        let walked = bare.instances(Timestamp::MIN..until);
        let mut names: BTreeMap<_, _> = walked
            .map(|one| (one.unwrap().recurrence_id.instant, None))
            .collect();
        for (date, length) in &self.dates {
            let name = names.entry(at(*date)).or_default();
            *name = name.or(*length);
        }
        names
    }

    /// What is left out, of these names.
    fn left_out(&self, names: &[Timestamp]) -> BTreeMap<Timestamp, Form> {
        let left_out = self.excluded.iter();
        left_out
            .map(|(index, form)| (*index.get(names), *form))
            .collect()
    }

    /// The overrides of these names; of two for one the later.
    fn overridden(&self, names: &[Timestamp]) -> BTreeMap<Timestamp, (Form, Changed)> {
        let overrides = self.overrides.iter();
        let overrides =
            overrides.map(|(index, form, changed)| (*index.get(names), (*form, *changed)));
        overrides.collect()
    }
}

/// The same with its dates and overrides at their instants.
struct Known {
    head: String,
    minutes: i64,
    names: BTreeMap<Timestamp, Option<i64>>,
    dates: Vec<(DateTime, Option<i64>)>,
    left_out: BTreeMap<Timestamp, Form>,
    overridden: BTreeMap<Timestamp, (Form, Changed)>,
}

impl Known {
    fn of(described: &Described, until: Timestamp) -> Self {
        let names = described.names(until);
        let all: Vec<_> = names.keys().copied().collect();
        let recent = &all[all.len().saturating_sub(600)..];
        Self {
            head: described.head(),
            minutes: described.minutes,
            dates: described.dates.clone(),
            left_out: described.left_out(recent),
            overridden: described.overridden(recent),
            names,
        }
    }

    fn text(&self) -> String {
        let mut text = self.head.clone();
        for (date, length) in &self.dates {
            let value = at(*date).strftime("%Y%m%dT%H%M%SZ");
            text += &match length {
                Some(length) => format!("RDATE;VALUE=PERIOD:{value}/PT{length}M\n"),
                None => format!("RDATE:{value}\n"),
            };
        }
        for (name, form) in &self.left_out {
            text += &line("EXDATE", *name, *form);
        }
        for (name, (form, changed)) in &self.overridden {
            text += &format!("--\n{}", changed.text(*name, *form));
        }
        text
    }

    /// The instances of a window, by start.
    fn told(&self, window: &Range<Timestamp>) -> Vec<Told> {
        let overrides = self.overridden.iter().map(|(name, (_, changed))| {
            let start = after(*name, changed.by_minutes);
            (start, *name, after(start, changed.minutes))
        });
        let names = self.names.iter();
        let others = names.filter(|(name, _)| {
            !self.overridden.contains_key(name) && !self.left_out.contains_key(name)
        });
        let others = others.map(|(name, length)| self.shaped(*name, *length));
        let is_in = |(start, _, end): &Told| {
            *start < window.end && (*end > window.start || *start >= window.start)
        };
        let mut told: Vec<_> = overrides.chain(others).filter(is_in).collect();
        told.sort_unstable();
        told
    }

    /// An instance without override: as the last THISANDFUTURE before it says.
    fn shaped(&self, name: Timestamp, length: Option<i64>) -> Told {
        let mut before = self.overridden.range(..name).rev();
        let future = before.find(|(_, (_, changed))| changed.and_future);
        let (start, minutes) = match future {
            None => (name, self.minutes),
            Some((from, (_, changed))) => {
                let [old, new, this] = [*from, after(*from, changed.by_minutes), name]
                    .map(|at| berlin().to_datetime(at));
                (at(this + new.duration_since(old)), changed.minutes)
            }
        };
        (start, name, after(start, length.unwrap_or(minutes)))
    }
}

impl Changed {
    fn text(&self, name: Timestamp, form: Form) -> String {
        let range = if self.and_future {
            ";RANGE=THISANDFUTURE"
        } else {
            ""
        };
        let id = line(&format!("RECURRENCE-ID{range}"), name, form);
        let start = line("DTSTART", after(name, self.by_minutes), Form::Utc);
        format!("{id}{start}DURATION:PT{}M\n", self.minutes)
    }
}

/// The series of these components.
fn series(text: &str, steps: u64) -> Series {
    let limits = RecurrenceLimits {
        steps,
        ..RecurrenceLimits::default()
    };
    read(&events(text), &limits).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_window_far_from_the_start_is_the_whole_filtered(
        described in described(),
        day in 0..1200_i64,
        days in 1..200_i64,
    ) {
        let from = after(instant("2024-06-01T00:00:00Z"), day * 1440);
        let window = from..after(from, days * 1440);
        let known = Known::of(&described, after(window.end, 20 * 1440));
        // A rule that counts has to be walked; no other gets the steps for that.
        let steps = if described.rule.contains("COUNT") { 1 << 40 } else { 4000 };
        let series = series(&known.text(), steps);
        let told = series.instances(window.clone()).map(|one| {
            let one = one.unwrap();
            (one.start, one.recurrence_id.instant, one.end)
        });
        prop_assert_eq!(told.collect::<Vec<_>>(), known.told(&window), "{}", known.text());
    }
}
