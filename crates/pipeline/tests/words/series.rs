//! Recurring events: the rule, and dates that are otherwise than it says.

use crate::event::{told, with};

const SERIES: &str = "DTSTART;TZID=Europe/Berlin:20261201T100000
DURATION:PT1H
RRULE:FREQ=WEEKLY;UNTIL=20270302T090000Z
SUMMARY:Standup
ATTENDEE;CN=Alice;PARTSTAT=ACCEPTED:mailto:alice@example.org
ATTENDEE;CN=Carol:mailto:carol@example.net";

/// An override of SERIES with these lines of its own.
fn instance(id: &str, start: &str, more: &str) -> String {
    format!(
        "RECURRENCE-ID{id}\nDTSTART{start}\nDURATION:PT1H\nSUMMARY:Standup
ATTENDEE;CN=Alice;PARTSTAT=ACCEPTED:mailto:alice@example.org
ATTENDEE;CN=Carol{more}:mailto:carol@example.net"
    )
}

const EIGHTH: &str = ";TZID=Europe/Berlin:20261208T100000";

#[test]
fn a_series_comes_with_its_exceptions() {
    let series = with(SERIES, "SUMMARY", "EXDATE:20261215T090000Z\nSUMMARY");
    // Google names the date in UTC.
    let moved = instance(":20261208T090000Z", ":20261209T130000Z", "");
    assert_eq!(
        told(&[], &[&series, &moved]),
        [
            "new: Tue 1 Dec 10:00 to 11:00 Europe/Berlin, every Tuesday until 2 March 2027",
            "title: “Standup”",
            "invited: you and Carol",
            "instance of Tue 8 Dec moved to Wed 9 Dec 14:00 Europe/Berlin",
            "not on Tue 15 Dec",
        ]
    );
}

#[test]
fn one_date_moves_and_moves_back() {
    let moved = instance(EIGHTH, ";TZID=Europe/Berlin:20261208T150000", "");
    assert_eq!(
        told(&[SERIES], &[SERIES, &moved]),
        ["instance of Tue 8 Dec moved to 15:00 Europe/Berlin"]
    );
    assert_eq!(
        told(&[SERIES, &moved], &[SERIES]),
        ["instance of Tue 8 Dec moved to 10:00 Europe/Berlin"]
    );
    let in_place = instance(":20261208T090000Z", EIGHTH, "");
    assert!(told(&[SERIES], &[SERIES, &in_place]).is_empty());
}

#[test]
fn one_date_is_cancelled_either_way() {
    let excluded = with(
        SERIES,
        "SUMMARY",
        "EXDATE;TZID=Europe/Berlin:20261215T100000,20261222T100000\nSUMMARY",
    );
    assert_eq!(
        told(&[SERIES], &[&excluded]),
        ["Tue 15 Dec and Tue 22 Dec cancelled"]
    );
    assert_eq!(
        told(&[&excluded], &[SERIES]),
        ["Tue 15 Dec and Tue 22 Dec not cancelled any more"]
    );
    let marked = format!("{}\nSTATUS:CANCELLED", instance(EIGHTH, EIGHTH, ""));
    assert_eq!(told(&[SERIES], &[SERIES, &marked]), ["Tue 8 Dec cancelled"]);
}

#[test]
fn answers_for_single_dates() {
    let overrides: Vec<String> = (0..9)
        .map(|week| {
            let day = jiff::civil::date(2026, 12, 1).saturating_add(jiff::Span::new().weeks(week));
            let id = format!(";TZID=Europe/Berlin:{}T100000", day.strftime("%Y%m%d"));
            instance(&id, &id, ";PARTSTAT=ACCEPTED")
        })
        .collect();
    let mut after: Vec<&str> = vec![SERIES, &overrides[1]];
    assert_eq!(told(&[SERIES], &after), ["Carol accepted for Tue 8 Dec"]);
    after = std::iter::once(SERIES)
        .chain(overrides.iter().map(String::as_str))
        .collect();
    assert_eq!(
        told(&[SERIES], &after),
        [
            "Carol accepted for Tue 1 Dec, Tue 8 Dec, Tue 15 Dec, Tue 22 Dec, Tue 29 Dec, Tue 5 Jan 2027 and 3 more"
        ]
    );
}

#[test]
fn the_series_moves_and_takes_its_exceptions_along() {
    let moved = instance(EIGHTH, ";TZID=Europe/Berlin:20261208T150000", "");
    let wednesdays = with(SERIES, "20261201T100000", "20261202T140000");
    assert_eq!(
        told(&[SERIES, &moved], &[&wednesdays]),
        [
            "moved from Tue 1 Dec 10:00 to Wed 2 Dec 14:00 Europe/Berlin",
            "repeats every Wednesday until 2 March 2027 instead of every Tuesday until 2 March 2027",
            "what was changed for Tue 8 Dec alone no longer counts",
        ]
    );
}

#[test]
fn what_changed_for_all_is_not_told_for_each() {
    let one = instance(EIGHTH, ";TZID=Europe/Berlin:20261208T150000", "");
    let (series, other) = (
        with(SERIES, "SUMMARY:Standup", "SUMMARY:Sit-in"),
        with(&one, "SUMMARY:Standup", "SUMMARY:Sit-in"),
    );
    assert_eq!(
        told(&[SERIES, &one], &[&series, &other]),
        ["title: “Sit-in” instead of “Standup”"]
    );
}

#[test]
fn the_zone_of_a_series_counts_even_where_its_first_date_stays() {
    let lisbon = with(
        SERIES,
        "DTSTART;TZID=Europe/Berlin:20261201T100000",
        "DTSTART;TZID=Europe/Lisbon:20261201T090000",
    );
    assert_eq!(
        told(&[SERIES], &[&lisbon]),
        ["kept in the time of Europe/Lisbon now, before of Europe/Berlin"]
    );
}

#[test]
fn dates_come_one_by_one() {
    let first = instance(EIGHTH, EIGHTH, "");
    let second = instance(
        ";TZID=Europe/Berlin:20261215T100000",
        ";TZID=Europe/Berlin:20261215T120000",
        "",
    );
    assert_eq!(
        told(&[], &[&first]),
        [
            "new: single dates of a series that is not known as a whole",
            "on Tue 8 Dec 10:00 to 11:00 Europe/Berlin: “Standup”",
        ]
    );
    assert_eq!(
        told(&[&first], &[&first, &second]),
        ["on Tue 15 Dec 12:00 to 13:00 Europe/Berlin: “Standup”"]
    );
    assert_eq!(
        told(&[&first], &[SERIES, &first]),
        [
            "the series is known as a whole now: Tue 1 Dec 10:00 to 11:00 Europe/Berlin, every Tuesday until 2 March 2027"
        ]
    );
    let extra = with(
        SERIES,
        "SUMMARY",
        "RDATE;TZID=Europe/Berlin:20261210T100000\nSUMMARY",
    );
    assert_eq!(
        told(&[SERIES], &[&extra]),
        ["also on Thu 10 Dec 10:00 to 11:00 Europe/Berlin"]
    );
}

#[test]
fn whole_days() {
    let days = "DTSTART;VALUE=DATE:20261201\nRRULE:FREQ=WEEKLY\nSUMMARY:Market";
    let out = with(days, "SUMMARY", "EXDATE;VALUE=DATE:20261208\nSUMMARY");
    assert_eq!(
        told(&[], &[&out])[..1],
        ["new: Tue 1 Dec, all day, every Tuesday"]
    );
    assert_eq!(told(&[days], &[&out]), ["Tue 8 Dec cancelled"]);
}

#[test]
fn rules_without_measure_end_and_long_lists_are_cut() {
    let seconds = with(
        SERIES,
        "FREQ=WEEKLY;UNTIL=20270302T090000Z",
        "FREQ=SECONDLY",
    );
    let titled: Vec<String> = (0..300)
        .map(|n| {
            let day = jiff::civil::date(2027, 1, 1).saturating_add(jiff::Span::new().days(n));
            let id = format!(";TZID=Europe/Berlin:{}T100000", day.strftime("%Y%m%d"));
            with(
                &instance(&id, &id, ""),
                "SUMMARY:Standup",
                &format!("SUMMARY:Title {n}"),
            )
        })
        .collect();
    let after: Vec<&str> = std::iter::once(seconds.as_str())
        .chain(titled.iter().map(String::as_str))
        .collect();
    let said = told(&[&seconds], &after);
    assert_eq!(said.len(), 13);
    assert_eq!(
        said[0],
        "title for Fri 1 Jan 2027: “Title 0” instead of “Standup”"
    );
    assert_eq!(said[12], "and 288 more changes of single dates");
}
