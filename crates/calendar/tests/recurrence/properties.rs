//! What holds of every series, however odd: order, limits, and that each instance is found by its name.

use calendar::{RecurrenceLimits, Series, TooManySteps};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::{events, instant, read, zones};

const LIMITS: fn() -> RecurrenceLimits = || RecurrenceLimits {
    steps: 5000,
    ..RecurrenceLimits::default()
};

/// One part of a rule, right or wrong.
fn part() -> impl Strategy<Value = String> {
    let names = [
        "BYSECOND",
        "BYMINUTE",
        "BYHOUR",
        "BYDAY",
        "BYMONTHDAY",
        "BYYEARDAY",
        "BYWEEKNO",
        "BYMONTH",
        "BYSETPOS",
        "WKST",
        "UNTIL",
        "COUNT",
        "INTERVAL",
        "SKIP",
        "RSCALE",
        "X",
    ];
    let value = prop_oneof![
        6 => prop::collection::vec(-60..400_i32, 1..5)
            .prop_map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")),
        4 => subsequence(vec!["1", "2", "3", "-1", "5", "10"], 1..4).prop_map(|all| all.join(",")),
        4 => subsequence(vec!["MO", "TU", "1FR", "-1SU", "SA"], 1..4).prop_map(|all| all.join(",")),
        2 => select(vec!["20260401", "20270101T000000Z", "99991231T235959Z", "19700101T000000"])
            .prop_map(str::to_owned),
        1 => select(vec!["FORWARD", "BACKWARD", "GREGORIAN", "4294967295"]).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ];
    (select(names.to_vec()), value).prop_map(|(name, value)| format!("{name}={value}"))
}

fn rule() -> impl Strategy<Value = String> {
    let frequency = select(vec![
        "YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY",
    ]);
    (frequency, prop::collection::vec(part(), 0..4))
        .prop_map(|(frequency, parts)| format!("FREQ={frequency};{}", parts.join(";")))
}

/// A time in any form, near DST changes and at the ends of the calendar too.
fn time() -> impl Strategy<Value = String> {
    let zones = select(vec![
        ";TZID=Europe/Berlin:",
        ";TZID=Pacific Standard Time:",
        ";TZID=Pacific/Apia:",
        ";VALUE=DATE:",
        ":",
    ]);
    let days = select(vec![
        "20260329", "20261025", "20260131", "20240229", "20111229", "00010101", "99991231",
        "19980105", "20260330",
    ]);
    let times = select(vec!["", "T023000", "T000000", "T235959", "T090000Z"]);
    (zones, days, times).prop_map(|(zone, day, time)| format!("{zone}{day}{time}"))
}

/// A master with whatever else, and overrides.
fn components() -> impl Strategy<Value = String> {
    let length = select(vec![
        "",
        "DURATION:P1D\n",
        "DURATION:PT90M\n",
        "DURATION:P9999999999D\n",
    ]);
    let range = select(vec!["", ";RANGE=THISANDFUTURE"]);
    let lines = prop::collection::vec((select(vec!["RDATE", "EXDATE"]), time()), 0..3);
    let overrides = prop::collection::vec((range, time(), time()), 0..3);
    let rules = prop::collection::vec(rule(), 0..3);
    (time(), length, rules, lines, overrides).prop_map(
        |(start, length, rules, lines, overrides)| {
            let mut text = format!("DTSTART{start}\n{length}");
            for rule in rules {
                text.push_str(&format!("RRULE:{rule}\n"));
            }
            for (name, value) in lines {
                text.push_str(&format!("{name}{value}\n"));
            }
            for (range, id, start) in overrides {
                text.push_str(&format!("--\nRECURRENCE-ID{range}{id}\nDTSTART{start}\n"));
            }
            text
        },
    )
}

fn assert_sound(series: &Series, from: Timestamp, to: Timestamp) -> Result<(), TestCaseError> {
    let nowhere = zones(&events("X:x"));
    let mut instances = series.instances(from..to);
    let mut last = Timestamp::MIN;
    let mut ended = false;
    let mut to_find = 10;
    while let Some(one) = instances.next() {
        prop_assert!(!ended, "something after an error");
        prop_assert!(instances.steps() <= LIMITS().steps);
        let Ok(one) = one else {
            prop_assert_eq!(one, Err(TooManySteps { budget: 5000 }));
            ended = true;
            continue;
        };
        prop_assert!(last <= one.start && one.start <= one.end && one.start < to);
        prop_assert!(one.end > from || one.start >= from);
        last = one.start;
        if to_find == 0 {
            continue;
        }
        to_find -= 1;
        let found = series.find(&series.value_of(one.recurrence_id), &nowhere);
        if let Ok(found) = found {
            let found = found.map(|found| found.recurrence_id.instant);
            prop_assert_eq!(found, Some(one.recurrence_id.instant));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn instances_are_in_order_within_limits_and_found(text in components()) {
        let Ok(series) = read(&events(&text), &LIMITS()) else { return Ok(()) };
        assert_sound(&series, instant("2026-03-28T00:00:00Z"), instant("2026-04-02T00:00:00Z"))?;
        assert_sound(&series, instant("2011-12-25T00:00:00Z"), instant("2013-01-01T00:00:00Z"))?;
        assert_sound(&series, Timestamp::MIN, instant("2000-01-01T00:00:00Z"))?;
        assert_sound(&series, instant("9999-12-01T00:00:00Z"), Timestamp::MAX)?;
        let _ = series.span();
    }

    #[test]
    fn no_text_makes_rules_panic(text in "\\PC{0,40}", rule in "[A-Z=;,0-9+-]{0,60}") {
        let _ = read(&events(&format!("DTSTART:20260105T100000Z\nRRULE:{text}")), &LIMITS());
        let _ = read(&events(&format!("DTSTART:20260105\nRRULE:FREQ=DAILY;{rule}")), &LIMITS());
    }

    #[test]
    fn a_window_tells_a_part_of_a_wider_one(text in components(), hours in 0..9000_i64) {
        let Ok(series) = read(&events(&text), &LIMITS()) else { return Ok(()) };
        let (from, to) = (instant("2026-01-01T00:00:00Z"), instant("2027-01-01T00:00:00Z"));
        let cut = Timestamp::from_second(from.as_second() + hours * 3600).unwrap();
        let Ok(wide) = series.instances(from..to).collect::<Result<Vec<_>, _>>() else {
            return Ok(());
        };
        let Ok(narrow) = series.instances(cut..to).collect::<Result<Vec<_>, _>>() else {
            return Ok(());
        };
        let part = wide.into_iter().filter(|one| one.start >= cut || one.end > cut);
        prop_assert_eq!(part.collect::<Vec<_>>(), narrow);
    }
}
