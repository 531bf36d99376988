//! Series of strangers: what their rules, dates and overrides tell, and what it costs (RFC 5545 section 3.8.5).
#![no_main]

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use calendar::{
    ComponentBuf, Document, Instance, Limits, RecurrenceLimits, Series, TooManySteps, ZoneSource,
    Zones,
};
use fuzz::Choices;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use libfuzzer_sys::fuzz_target;

const STEPS: u64 = 3000;

/// How many instances of a window are looked at.
const MOST: usize = 300;

static LOCAL: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Berlin").expect("a zone"));

fuzz_target!(|octets: &[u8]| {
    let Ok(document) = Document::parse(octets, &Limits::default()) else {
        return;
    };
    let mut choices = Choices::of(octets);
    let calendars = document.components().filter(|c| c.is("VCALENDAR"));
    for calendar in calendars.take(4).map(|calendar| calendar.to_buf()) {
        let zones = Zones::of_calendar(&calendar, ZoneSource::new(), LOCAL.clone());
        for components in events(&calendar).values().take(8) {
            is_sound(components, &zones, &mut choices);
        }
    }
});

/// Events and to-dos by their UID.
fn events(calendar: &ComponentBuf) -> BTreeMap<String, Vec<&ComponentBuf>> {
    let mut events = BTreeMap::<_, Vec<_>>::new();
    for component in calendar.components() {
        if component.is("VEVENT") || component.is("VTODO") {
            let uid = component.property("UID").map(|uid| uid.value().into());
            events
                .entry(uid.unwrap_or_default())
                .or_default()
                .push(component);
        }
    }
    events
}

fn is_sound(components: &[&ComponentBuf], zones: &Zones, choices: &mut Choices) {
    let limits = choices.one_of(&[usual(), usual(), small()]);
    let series = match Series::read(components.iter().copied(), zones, &limits) {
        Ok(series) => series,
        Err(error) => return assert!(!error.code().is_empty() && !error.to_string().is_empty()),
    };
    let span = series.span();
    assert!(span.last.is_none_or(|last| span.first <= last));
    for window in windows(&series, choices) {
        let told = told(&series, window.clone());
        for one in &told.instances {
            assert!(span.first <= one.start, "{span:?} {one:?}");
            assert!(
                span.last.is_none_or(|last| one.end <= last),
                "{span:?} {one:?}"
            );
        }
        for one in told.instances.iter().step_by(told.instances.len() / 8 + 1) {
            is_found(&series, one, zones);
        }
        is_part(&series, window, &told, choices);
    }
}

/// Windows at the start, at the end, around today and anywhere.
fn windows(series: &Series, choices: &mut Choices) -> [Range<Timestamp>; 4] {
    let first = series.span().first;
    let days = |days: usize| SignedDuration::from_hours(24 * days as i64);
    let after = |at: Timestamp, length| at.checked_add(length).unwrap_or(Timestamp::MAX);
    let today = Timestamp::from_second(1_767_225_600).expect("a time");
    let anywhere = after(first, days(choices.below(40_000)));
    let last = after(Timestamp::MAX, -days(choices.below(400)));
    [
        Timestamp::MIN..after(first, days(choices.below(800))),
        today..after(today, days(366)),
        anywhere..after(anywhere, days(1 + choices.below(100))),
        last..Timestamp::MAX,
    ]
}

/// The first instances of a window, and how they ended.
struct Told {
    instances: Vec<Instance>,
    is_whole: bool,
}

/// Tells a window: in order, within it, within the steps, and nothing after too much.
fn told(series: &Series, window: Range<Timestamp>) -> Told {
    let mut all = series.instances(window.clone());
    let mut instances = Vec::<Instance>::new();
    while instances.len() < MOST {
        let one = match all.next() {
            Some(Ok(one)) => one,
            None => {
                return Told {
                    instances,
                    is_whole: true,
                };
            }
            Some(Err(error)) => {
                assert_eq!(error, TooManySteps { budget: STEPS });
                assert!(all.next().is_none(), "something after an error");
                break;
            }
        };
        assert!(all.steps() <= STEPS);
        assert!(one.start <= one.end && one.start < window.end, "{one:?}");
        assert!(
            one.end > window.start || one.start >= window.start,
            "{one:?}"
        );
        assert!(
            instances.last().is_none_or(|last| last.start <= one.start),
            "{one:?}"
        );
        instances.push(one);
    }
    Told {
        instances,
        is_whole: false,
    }
}

/// An instance is found by what names it.
fn is_found(series: &Series, one: &Instance, zones: &Zones) {
    let name = series.value_of(one.recurrence_id);
    if let Ok(found) = series.find(&name, zones) {
        let found = found.map(|found| found.recurrence_id.instant);
        assert_eq!(found, Some(one.recurrence_id.instant), "{name} of {one:?}");
    }
}

/// A window that begins later tells the same of its time.
fn is_part(series: &Series, window: Range<Timestamp>, wide: &Told, choices: &mut Choices) {
    let (Some(one), true) = (wide.instances.get(choices.below(MOST)), wide.is_whole) else {
        return;
    };
    let cut = choices.one_of(&[one.start, one.end]);
    if !window.contains(&cut) {
        return;
    }
    let mut narrow = told(series, cut..window.end);
    let mut part = wide.instances.clone();
    part.retain(|one| one.end > cut || one.start >= cut);
    // A time in a gap and the one that it moves to are one instance, but may end apart.
    let is_twin = |one: &Instance| {
        let mut all = wide.instances.iter().map(|other| other.recurrence_id);
        let id = one.recurrence_id;
        all.any(|other| other.instant == id.instant && other.civil != id.civil)
    };
    narrow.instances.retain(|one| !is_twin(one));
    if narrow.is_whole {
        assert_eq!(narrow.instances, part, "from {cut}");
    }
}

fn usual() -> RecurrenceLimits {
    RecurrenceLimits {
        steps: STEPS,
        ..RecurrenceLimits::default()
    }
}

/// Limits so small that they are met.
fn small() -> RecurrenceLimits {
    RecurrenceLimits {
        steps: STEPS,
        rules: 1,
        rule_length: 60,
        candidates: 20,
        dates: 3,
        overrides: 1,
    }
}
