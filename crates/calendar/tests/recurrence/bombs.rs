//! Rules made to cost: each ends within its steps, which are counted, and says so.

use calendar::{BadRule, BadSeries, RecurrenceLimits, Series, TooManySteps};
use jiff::Timestamp;

use crate::{events, instant, read, refused, series};

const STEPS: u64 = 100_000;

/// What a window of a series gives: instances, steps, and whether it ended in too much.
#[derive(Debug, PartialEq)]
struct Told {
    instances: usize,
    steps: u64,
    too_much: bool,
}

fn told(series: &Series, from: &str, to: &str) -> Told {
    let window = instant(from)..instant(to);
    let mut all = series.instances(window);
    let mut told = Told {
        instances: 0,
        steps: 0,
        too_much: false,
    };
    for one in all.by_ref() {
        match one {
            Ok(_) => told.instances += 1,
            Err(error) => {
                assert_eq!(error, TooManySteps { budget: STEPS });
                told.too_much = true;
            }
        }
    }
    told.steps = all.steps();
    told
}

fn year_of_2026(rule: &str) -> Told {
    let set = series(&format!(
        "DTSTART;TZID=Europe/Berlin:19980105T100000\nDURATION:PT1H\n{rule}"
    ));
    told(&set, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")
}

#[test]
fn a_series_of_1998_shows_in_2026_for_the_steps_of_its_year() {
    let weekly = year_of_2026("RRULE:FREQ=WEEKLY");
    assert_eq!(
        weekly,
        Told {
            instances: 52,
            steps: 440,
            too_much: false
        }
    );
    for (rule, instances, steps) in [
        ("RRULE:FREQ=DAILY", 365, 738),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", 53, 261),
        ("RRULE:FREQ=MONTHLY;BYDAY=2TU", 12, 512),
        ("RRULE:FREQ=YEARLY", 1, 1835),
        ("RRULE:FREQ=HOURLY;INTERVAL=4", 2190, 2200),
        (
            "RRULE:FREQ=SECONDLY;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
            365,
            738,
        ),
    ] {
        let told = year_of_2026(rule);
        let expected = Told {
            instances,
            steps,
            too_much: false,
        };
        assert_eq!(told, expected, "{rule}");
    }
}

#[test]
fn counted_rules_are_walked_from_the_start() {
    let weekly = year_of_2026("RRULE:FREQ=WEEKLY;COUNT=2000");
    assert_eq!((weekly.instances, weekly.steps), (52, 12_104));
    let daily = year_of_2026("RRULE:FREQ=DAILY;COUNT=1000000000");
    assert_eq!(
        (daily.instances, daily.steps, daily.too_much),
        (365, 21_178, false)
    );
    let minutely = year_of_2026("RRULE:FREQ=MINUTELY;COUNT=1000000000");
    assert_eq!(
        (minutely.instances, minutely.steps, minutely.too_much),
        (0, STEPS, true)
    );
}

#[test]
fn what_is_dense_or_barren_ends_at_the_budget() {
    for (rule, instances, steps) in [
        ("FREQ=SECONDLY", 13_597, STEPS),
        ("FREQ=SECONDLY;UNTIL=99991231T235959Z", 13_597, STEPS),
        ("FREQ=SECONDLY;BYSETPOS=2", 0, STEPS),
        ("FREQ=MINUTELY;BYSETPOS=2", 0, STEPS),
        ("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", 0, STEPS),
        ("FREQ=MINUTELY", 98_557, STEPS),
        (
            "FREQ=HOURLY;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14",
            99_584,
            99_990,
        ),
    ] {
        let told = year_of_2026(&format!("RRULE:{rule}"));
        assert!(told.too_much, "{rule}: {told:?}");
        assert_eq!((told.instances, told.steps), (instances, steps), "{rule}");
    }
}

#[test]
fn barren_rules_of_days_end_with_the_window() {
    for (rule, steps) in [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 1835),
        ("FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2", 512),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", 740),
        ("FREQ=YEARLY;INTERVAL=4294967295", 367),
        ("FREQ=SECONDLY;INTERVAL=4294967295", 1),
    ] {
        let told = year_of_2026(&format!("RRULE:{rule}"));
        let expected = Told {
            instances: 0,
            steps,
            too_much: false,
        };
        assert_eq!(told, expected, "{rule}");
    }
    // Without an end to the window the budget is the end.
    let set = series("DTSTART:19980105T100000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30");
    let told = told(&set, "2026-01-01T00:00:00Z", "9999-12-01T00:00:00Z");
    assert_eq!(
        (told.instances, told.steps, told.too_much),
        (0, 99_824, true)
    );
}

#[test]
fn periods_with_too_many_instances_are_refused() {
    let product = format!(
        "BYHOUR={};BYMINUTE={};BYSECOND={}",
        up_to(23),
        up_to(59),
        up_to(59)
    );
    for rule in [
        format!("FREQ=DAILY;{product}"),
        format!("FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;{product};BYSETPOS=1"),
        format!(
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR={};BYMINUTE={}",
            up_to(23),
            up_to(59)
        ),
    ] {
        let error = refused(&format!("DTSTART:19980105T100000Z\nRRULE:{rule}"));
        assert_eq!(error, BadSeries::Rule(BadRule::TooDense), "{rule}");
    }
    let long = "1,".repeat(10_000);
    let error = refused(&format!(
        "DTSTART:19980105T100000Z\nRRULE:FREQ=DAILY;BYMONTH={long}"
    ));
    assert_eq!(error, BadSeries::Rule(BadRule::TooLong));
}

#[test]
fn a_period_past_the_budget_is_not_begun() {
    let all = |last: u32| {
        (1..=last)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(",")
    };
    let dense = year_of_2026(&format!(
        "RRULE:FREQ=YEARLY;BYYEARDAY={};BYHOUR=1,2,3,4,5;BYSETPOS={}",
        all(366),
        all(366)
    ));
    assert_eq!((dense.instances, dense.steps, dense.too_much), (0, 0, true));
}

#[test]
fn long_lists_have_their_natural_size() {
    let many = "MO,".repeat(5000);
    let set = series(&format!(
        "DTSTART:20260105T100000Z\nRRULE:FREQ=WEEKLY;BYDAY={many}TU"
    ));
    let told = told(&set, "2026-01-05T00:00:00Z", "2026-02-02T00:00:00Z");
    assert_eq!((told.instances, told.steps), (8, 45));
}

#[test]
fn lists_of_components_and_dates_have_limits() {
    let limits = RecurrenceLimits {
        rules: 1,
        dates: 2,
        overrides: 1,
        ..RecurrenceLimits::default()
    };
    let start = "DTSTART:20260105T100000Z";
    let over = "--\nRECURRENCE-ID:20260105T100000Z\n";
    for (text, expected) in [
        (format!("{start}\nRRULE:FREQ=DAILY"), None),
        (
            format!("{start}\nRRULE:FREQ=DAILY\nRRULE:FREQ=DAILY"),
            Some(BadSeries::TooManyRules),
        ),
        (format!("{start}\nRDATE:20260106,20260107"), None),
        (
            format!("{start}\nRDATE:20260106,20260107\nEXDATE:20260106"),
            Some(BadSeries::TooManyDates),
        ),
        (format!("{start}\n{over}"), None),
        (
            format!("{start}\n{over}{over}"),
            Some(BadSeries::TooManyOverrides),
        ),
    ] {
        let error = read(&events(&text), &limits).err();
        assert_eq!(error, expected, "{text}");
    }
}

#[test]
fn several_rules_share_the_steps() {
    let rules = "RRULE:FREQ=SECONDLY\n".repeat(8);
    let told = year_of_2026(rules.trim());
    assert_eq!(
        (told.instances, told.steps, told.too_much),
        (0, STEPS, true)
    );
}

#[test]
fn what_came_before_too_much_is_told() {
    let set = series("DTSTART:20260105T100000Z\nRRULE:FREQ=SECONDLY;COUNT=4000000");
    let told = told(&set, "2026-01-05T00:00:00Z", "9999-12-01T00:00:00Z");
    assert_eq!(
        (told.instances, told.steps, told.too_much),
        (100_000, STEPS, true)
    );
    assert_eq!(set.span().last, None);
}

#[test]
fn one_instance_is_found_without_a_walk() {
    let set = series("DTSTART:19980105T100000Z\nRRULE:FREQ=MINUTELY");
    let from = instant("2026-11-21T09:00:00Z");
    let window = from..Timestamp::from_second(from.as_second() + 60).unwrap();
    let mut instances = set.instances(window);
    assert_eq!(instances.next().unwrap().unwrap().start, from);
    assert_eq!(instances.steps(), 1444);
}

/// The numbers from 0 to the last.
fn up_to(last: u32) -> String {
    let all: Vec<_> = (0..=last).map(|n| n.to_string()).collect();
    all.join(",")
}

#[test]
fn what_counts_far_or_ends_late_ends_at_the_budget() {
    let hours = format!("BYHOUR={}", up_to(23));
    let minutes = format!("{hours};BYMINUTE={}", up_to(59));
    let whole_year = format!("BYYEARDAY={};{hours}", up_to(366).trim_start_matches("0,"));
    for (rule, instances, steps) in [
        ("FREQ=SECONDLY;COUNT=1000000000".to_owned(), 0, STEPS),
        ("FREQ=HOURLY;COUNT=1000000000".to_owned(), 0, STEPS),
        (
            "FREQ=DAILY;UNTIL=99991231T235959Z".to_owned(),
            49_997,
            STEPS,
        ),
        ("FREQ=YEARLY;UNTIL=99991231".to_owned(), 269, 99_824),
        (format!("FREQ=DAILY;{minutes}"), 95_040, 99_429),
        (format!("FREQ=DAILY;{minutes};COUNT=1000000000"), 0, 99_429),
        (
            format!("FREQ=MONTHLY;BYDAY=1MO,2TU;{minutes}"),
            89_280,
            98_974,
        ),
        (format!("FREQ=YEARLY;{whole_year};BYSETPOS=1,-1"), 4, 89_670),
        (
            format!("FREQ=YEARLY;{whole_year};UNTIL=99991231T235959Z"),
            61_368,
            91_500,
        ),
    ] {
        let set = series(&format!("DTSTART:19980105T100000Z\nRRULE:{rule}"));
        let told = told(&set, "2026-01-01T00:00:00Z", "9999-12-01T00:00:00Z");
        let expected = Told {
            instances,
            steps,
            too_much: true,
        };
        assert_eq!(told, expected, "{rule}");
    }
}

#[test]
fn too_much_says_so() {
    let set = series("DTSTART:19980105T100000Z\nRRULE:FREQ=SECONDLY;COUNT=1000000000");
    let all = set.instances(instant("2026-01-01T00:00:00Z")..Timestamp::MAX);
    let ends: Vec<_> = all.map(|one| one.unwrap_err().to_string()).collect();
    assert_eq!(
        ends,
        ["the recurrence is too much to expand: more than 100000 steps"]
    );
}
