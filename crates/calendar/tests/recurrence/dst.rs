//! Gaps and folds (RFC 5545 sections 3.3.5 and 3.3.10).

use crate::{events, instant, series, starts_in, zones};

#[test]
fn an_instance_in_a_gap_moves_forward_and_counts() {
    let daily = series("DTSTART;TZID=Europe/Berlin:20260328T023000\nRRULE:FREQ=DAILY;COUNT=3");
    assert_eq!(
        starts_in("Europe/Berlin", &daily, "2026-01-01", "2027-01-01"),
        ["03-28 02:30", "03-29 03:30", "03-30 02:30"]
    );
}

#[test]
fn a_fold_is_the_first_of_two() {
    let daily = series("DTSTART;TZID=Europe/Berlin:20261024T023000\nRRULE:FREQ=DAILY;COUNT=3");
    let window = instant("2026-10-25T00:00:00Z")..instant("2026-10-26T00:00:00Z");
    let starts: Vec<_> = daily
        .instances(window)
        .map(|one| one.unwrap().start)
        .collect();
    assert_eq!(starts, [instant("2026-10-25T00:30:00Z")]);
}

#[test]
fn half_hours_stay_in_order_and_single_in_a_gap() {
    let often = series(
        "DTSTART;TZID=Europe/Berlin:20260329T013000\nRRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=7",
    );
    // 02:00 and 02:30 become 03:00 and 03:30, which the rule names as well.
    assert_eq!(
        starts_in("Europe/Berlin", &often, "2026-01-01", "2027-01-01"),
        [
            "03-29 01:30",
            "03-29 03:00",
            "03-29 03:30",
            "03-29 04:00",
            "03-29 04:30"
        ]
    );
}

#[test]
fn what_moved_out_of_a_gap_waits_its_turn() {
    let often = series(
        "DTSTART;TZID=Europe/Berlin:20260329T024500\nRDATE;TZID=Europe/Berlin:20260329T031000\n\
        RRULE:FREQ=MINUTELY;INTERVAL=15;COUNT=4",
    );
    assert_eq!(
        starts_in("Europe/Berlin", &often, "2026-01-01", "2027-01-01"),
        [
            "03-29 03:00",
            "03-29 03:10",
            "03-29 03:15",
            "03-29 03:30",
            "03-29 03:45"
        ]
    );
}

#[test]
fn a_midnight_that_does_not_exist_is_the_next_hour() {
    let days = series("DTSTART;TZID=America/Sao_Paulo:20181103T000000\nRRULE:FREQ=DAILY;COUNT=3");
    assert_eq!(
        starts_in("America/Sao_Paulo", &days, "2018-01-01", "2019-01-01"),
        ["11-03 00:00", "11-04 01:00", "11-05 00:00"]
    );
}

#[test]
fn a_day_that_samoa_left_out_moves_to_the_next() {
    let days = series("DTSTART;TZID=Pacific/Apia:20111229T090000\nRRULE:FREQ=DAILY;COUNT=4");
    assert_eq!(
        starts_in("Pacific/Apia", &days, "2011-12-01", "2012-02-01"),
        ["12-29 09:00", "12-31 09:00", "01-01 09:00"]
    );
}

#[test]
fn the_second_of_a_fold_is_named_in_utc() {
    let text =
        "DTSTART;TZID=Europe/Berlin:20261024T023000\nRDATE:20261025T003000Z,20261025T013000Z";
    let set = series(text);
    let window = instant("2026-10-25T00:00:00Z")..instant("2026-10-26T00:00:00Z");
    let names = set.instances(window).map(|one| {
        let one = one.unwrap();
        let name = set.value_of(one.recurrence_id);
        assert_eq!(set.find(&name, &zones(&events(text))), Ok(Some(one)));
        name.to_string()
    });
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["20261025T023000", "20261025T013000Z"]
    );
}

#[test]
fn a_span_holds_what_gaps_move_about() {
    // 03:00 is in the gap and becomes 04:00; 03:45, which the rule names next, is not.
    let begins = series(
        "DTSTART;TZID=Pacific/Chatham:20210926T030000\nRRULE:FREQ=MINUTELY;INTERVAL=45;COUNT=3",
    );
    assert_eq!(
        starts_in("Pacific/Chatham", &begins, "2021-09-25", "2021-09-27"),
        ["09-26 03:45", "09-26 04:00", "09-26 04:30"]
    );
    assert!(begins.span().first <= instant("2021-09-25T14:00:00Z"));
    // 02:30 is in the gap and becomes 03:30, after UNTIL on the clock.
    let ends = series(
        "DTSTART;TZID=Europe/Berlin:20260328T023000\nRRULE:FREQ=DAILY;UNTIL=20260329T030000",
    );
    assert_eq!(
        starts_in("Europe/Berlin", &ends, "2026-03-01", "2026-04-01"),
        ["03-28 02:30", "03-29 03:30"]
    );
    assert!(ends.span().last >= Some(instant("2026-03-29T01:30:00Z")));
}
