//! RRULE, RDATE, EXDATE, overrides and what names an instance (RFC 5545 section 3.8.5).

use calendar::{BadRule, BadSeries, DateOrTime, InstanceSource, NoInstant, Series};

use crate::{events, instant, refused, series, starts, starts_in, zones};

const WEEKLY: &str = "DTSTART;TZID=Europe/Berlin:20260105T100000
DTEND;TZID=Europe/Berlin:20260105T110000
RRULE:FREQ=WEEKLY";

fn found(series: &Series, value: &str, tzid: Option<&str>) -> Option<String> {
    let value = DateOrTime::parse(value, tzid).unwrap();
    let zones = zones(&events("X:x"));
    let instance = series.find(&value, &zones).unwrap()?;
    Some(instance.start.to_string())
}

#[test]
fn a_single_event_is_its_own_instance() {
    let single = series("DTSTART:20260105T100000Z\nDURATION:PT30M");
    assert_eq!(
        starts(&single, "2026-01-01", "2027-01-01"),
        ["2026-01-05T10:00:00Z"]
    );
    let span = single.span();
    assert_eq!(span.first, instant("2026-01-05T10:00:00Z"));
    assert_eq!(span.last, Some(instant("2026-01-05T10:30:00Z")));
}

#[test]
fn the_local_hour_stays_across_dst() {
    let weekly = series(WEEKLY);
    let starts = starts(&weekly, "2026-03-20", "2026-04-05");
    assert_eq!(starts, ["2026-03-23T09:00:00Z", "2026-03-30T08:00:00Z"]);
}

#[test]
fn what_began_before_the_window_still_shows() {
    let long = series("DTSTART:20260105T100000Z\nDURATION:P3D\nRRULE:FREQ=WEEKLY");
    let starts = starts(&long, "2026-02-04", "2026-02-05");
    assert_eq!(starts, ["2026-02-02T10:00:00Z"]);
}

#[test]
fn exdate_and_rdate_count_as_instants() {
    let set = series(&format!(
        "{WEEKLY};COUNT=5
EXDATE:20260112T090000Z
EXDATE;TZID=America/New_York:20260119T040000
EXDATE;VALUE=DATE:20260126
RDATE;TZID=Asia/Tokyo:20260128T180000
RDATE;TZID=Europe/Berlin:20260202T100000"
    ));
    assert_eq!(
        starts(&set, "2026-01-01", "2027-01-01"),
        [
            "2026-01-05T09:00:00Z",
            "2026-01-28T09:00:00Z",
            "2026-02-02T09:00:00Z"
        ]
    );
}

#[test]
fn a_period_has_its_own_length() {
    let set = series(
        "DTSTART:20260105T100000Z\nDTEND:20260105T110000Z
RDATE;VALUE=PERIOD:20260106T100000Z/PT3H,20260107T100000Z/20260107T103000Z",
    );
    let window = instant("2026-01-01T00:00:00Z")..instant("2027-01-01T00:00:00Z");
    let minutes: Vec<_> = set
        .instances(window)
        .map(|one| one.unwrap())
        .map(|one| (one.end.as_second() - one.start.as_second()) / 60)
        .collect();
    assert_eq!(minutes, [60, 180, 30]);
}

#[test]
fn a_period_has_its_own_length_from_every_window() {
    let set = series(
        "DTSTART:20260105T080000Z\nDURATION:PT9H\nRRULE:FREQ=DAILY;COUNT=3\n\
        RDATE;VALUE=PERIOD:20260106T080000Z/PT1H",
    );
    let window = instant("2026-01-06T12:00:00Z")..instant("2026-01-08T00:00:00Z");
    let rest: Vec<_> = set
        .instances(window)
        .map(|one| one.unwrap().start)
        .collect();
    assert_eq!(rest, [instant("2026-01-07T08:00:00Z")]);
}

#[test]
fn the_length_is_exact_by_dtend_and_nominal_by_duration() {
    for (length, expected) in [
        (
            "DTEND;TZID=Europe/Berlin:20260328T060000",
            "2026-03-29T05:00:00Z",
        ),
        ("DURATION:PT8H", "2026-03-29T05:00:00Z"),
        ("DURATION:P1D", "2026-03-29T20:00:00Z"),
    ] {
        let night = series(&format!(
            "DTSTART;TZID=Europe/Berlin:20260327T220000\n{length}\nRRULE:FREQ=DAILY"
        ));
        let window = instant("2026-03-28T20:00:00Z")..instant("2026-03-28T23:00:00Z");
        let ends: Vec<_> = night
            .instances(window)
            .map(|one| one.unwrap().end)
            .collect();
        assert_eq!(ends.last(), Some(&instant(expected)), "{length}");
    }
}

#[test]
fn count_counts_the_start_even_off_the_rule() {
    let off = series("DTSTART:20260106T100000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3");
    assert_eq!(
        starts(&off, "2026-01-01", "2027-01-01"),
        [
            "2026-01-06T10:00:00Z",
            "2026-01-12T10:00:00Z",
            "2026-01-19T10:00:00Z"
        ]
    );
}

#[test]
fn until_is_read_in_every_form() {
    for until in [
        "20260119T090000Z",
        "20260119",
        "20260119T100000",
        "20260125T235959Z",
    ] {
        let set = series(&format!("{WEEKLY};UNTIL={until}"));
        assert_eq!(starts(&set, "2026-01-01", "2027-01-01").len(), 3, "{until}");
        assert!(set.span().last.is_some());
    }
    let earlier = series(&format!("{WEEKLY};UNTIL=20260119T085959Z"));
    assert_eq!(starts(&earlier, "2026-01-01", "2027-01-01").len(), 2);
    let before = series(&format!("{WEEKLY};UNTIL=20200101"));
    assert_eq!(starts(&before, "2026-01-01", "2027-01-01").len(), 1);
}

#[test]
fn whole_days_are_days_of_the_local_zone() {
    let days =
        series("DTSTART;VALUE=DATE:20260327\nRRULE:FREQ=DAILY;BYHOUR=5,6;UNTIL=20260329T150000Z");
    // Tokyo, where 15:00 UTC is the next midnight.
    assert_eq!(
        starts_in("Asia/Tokyo", &days, "2026-01-01", "2027-01-01"),
        ["03-27 00:00", "03-28 00:00", "03-29 00:00", "03-30 00:00"]
    );
    for until in ["20260329", "20260329T000000Z", "20260329T235959Z"] {
        let days = series(&format!(
            "DTSTART;VALUE=DATE:20260327\nRRULE:FREQ=DAILY;UNTIL={until}"
        ));
        assert_eq!(
            starts(&days, "2026-01-01", "2027-01-01").len(),
            3,
            "{until}"
        );
    }
    assert_eq!(
        found(&days, "20260328", None).as_deref(),
        Some("2026-03-27T15:00:00Z")
    );
    let value = days.value_of(
        days.instances(instant("2026-03-28T00:00:00Z")..instant("2026-03-28T01:00:00Z"))
            .next()
            .unwrap()
            .unwrap()
            .recurrence_id,
    );
    assert_eq!(value.to_string(), "20260328");
}

#[test]
fn whole_days_leave_out_days_however_they_are_written() {
    let days = series(
        "DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;COUNT=6
EXDATE;VALUE=DATE:20260106\nEXDATE:20260107T000000Z
EXDATE;TZID=Europe/Berlin:20260108T000000\nEXDATE:20260109T000000",
    );
    assert_eq!(
        starts_in("Asia/Tokyo", &days, "2026-01-01", "2027-01-01"),
        ["01-05 00:00", "01-10 00:00"]
    );
}

#[test]
fn overrides_match_by_instant() {
    for id in [
        "RECURRENCE-ID:20260112T090000Z",
        "RECURRENCE-ID;TZID=W. Europe Standard Time:20260112T100000",
        "RECURRENCE-ID;TZID=\"(UTC+01:00) Brussels, Copenhagen, Madrid, Paris\":20260112T100000",
        "RECURRENCE-ID;VALUE=DATE:20260112",
        "RECURRENCE-ID:20260112T100000",
    ] {
        let set = series(&format!(
            "{WEEKLY};COUNT=3\n--\n{id}\nDTSTART:20260113T120000Z\nDTEND:20260113T123000Z"
        ));
        assert_eq!(
            starts(&set, "2026-01-01", "2027-01-01"),
            [
                "2026-01-05T09:00:00Z",
                "2026-01-13T12:00:00Z",
                "2026-01-19T09:00:00Z"
            ],
            "{id}"
        );
        assert_eq!(
            found(&set, "20260112T090000Z", None).as_deref(),
            Some("2026-01-13T12:00:00Z"),
            "{id}"
        );
    }
}

#[test]
fn an_override_may_leave_its_times_out_and_move_far() {
    let bare = series(&format!(
        "{WEEKLY};COUNT=3\n--\nRECURRENCE-ID:20260112T090000Z\nSTATUS:CANCELLED"
    ));
    let window = instant("2026-01-12T00:00:00Z")..instant("2026-01-13T00:00:00Z");
    let one = bare.instances(window).next().unwrap().unwrap();
    assert_eq!(one.source, InstanceSource::Override(1));
    assert_eq!(one.end, instant("2026-01-12T10:00:00Z"));

    let far = series(&format!(
        "{WEEKLY}\n--\nRECURRENCE-ID:20260112T090000Z\nDTSTART:20300101T120000Z"
    ));
    let new_year = starts(&far, "2030-01-01", "2030-01-02");
    assert_eq!(new_year, ["2030-01-01T12:00:00Z"]);
    assert!(starts(&far, "2026-01-12", "2026-01-13").is_empty());
}

#[test]
fn overrides_stand_without_master() {
    let alone = series(
        "RECURRENCE-ID;TZID=Europe/Paris:20210420T100000
DTSTART;TZID=Europe/Paris:20210420T110000\nDURATION:PT1H\n--
RECURRENCE-ID;TZID=Europe/Paris:20210413T100000\nDTSTART;TZID=Europe/Paris:20210413T100000",
    );
    assert_eq!(
        starts(&alone, "2021-01-01", "2022-01-01"),
        ["2021-04-13T08:00:00Z", "2021-04-20T09:00:00Z"]
    );
    assert!(found(&alone, "20210420T080000Z", None).is_some());
    assert_eq!(found(&alone, "20210427T080000Z", None), None);
}

#[test]
fn this_and_future_moves_what_follows() {
    let moved = series(&format!(
        "{WEEKLY};COUNT=14\n--\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260323T090000Z
DTSTART;TZID=Europe/Berlin:20260324T140000\nDTEND;TZID=Europe/Berlin:20260324T160000"
    ));
    let starts = starts_in("Europe/Berlin", &moved, "2026-03-10", "2027-01-01");
    assert_eq!(
        starts,
        ["03-16 10:00", "03-24 14:00", "03-31 14:00", "04-07 14:00"]
    );
    let window = instant("2026-03-31T00:00:00Z")..instant("2026-04-01T00:00:00Z");
    let one = moved.instances(window).next().unwrap().unwrap();
    assert_eq!(one.source, InstanceSource::Override(1));
    assert_eq!(one.end, instant("2026-03-31T14:00:00Z"));
    assert_eq!(one.recurrence_id.instant, instant("2026-03-30T08:00:00Z"));
    assert_eq!(
        moved.value_of(one.recurrence_id).to_string(),
        "20260330T100000"
    );
}

#[test]
fn an_earlier_future_stays_in_order() {
    let moved = series(&format!(
        "{WEEKLY};COUNT=6\n--\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260126T090000Z
DTSTART;TZID=Europe/Berlin:20260106T100000"
    ));
    let starts = starts_in("Europe/Berlin", &moved, "2026-01-01", "2027-01-01");
    assert_eq!(
        starts,
        [
            "01-05 10:00",
            "01-06 10:00",
            "01-12 10:00",
            "01-13 10:00",
            "01-19 10:00",
            "01-20 10:00"
        ]
    );
}

#[test]
fn find_knows_rule_dates_and_what_is_left_out() {
    let set = series(&format!(
        "{WEEKLY};BYDAY=MO,WE\nRDATE:20260220T120000Z\nEXDATE:20260112T090000Z"
    ));
    for (value, tzid, expected) in [
        ("20260105T090000Z", None, true),
        ("20260107T100000", Some("Romance Standard Time"), true),
        ("20260107T100000", None, true),
        ("20260107", None, true),
        ("20260220T120000Z", None, true),
        ("20260112T090000Z", None, false),
        ("20260112", None, false),
        ("20260106T090000Z", None, false),
        ("20260107T091000Z", None, false),
        ("20990107T090000Z", None, true),
        ("20251231T090000Z", None, false),
    ] {
        assert_eq!(found(&set, value, tzid).is_some(), expected, "{value}");
    }
    let unknown = DateOrTime::parse("20260105T100000", Some("Nowhere")).unwrap();
    assert!(set.find(&unknown, &zones(&events("X:x"))).is_err());
}

#[test]
fn several_rules_are_one_set() {
    let set = series(&format!(
        "{WEEKLY};COUNT=3\nRRULE:FREQ=DAILY;COUNT=3\nRDATE:20260106T090000Z"
    ));
    assert_eq!(
        starts_in("Europe/Berlin", &set, "2026-01-01", "2027-01-01"),
        [
            "01-05 10:00",
            "01-06 10:00",
            "01-07 10:00",
            "01-12 10:00",
            "01-19 10:00"
        ]
    );
}

#[test]
fn to_dos_recur_by_start_or_due() {
    let todo = series("DUE:20260105T100000Z\nRRULE:FREQ=DAILY;COUNT=2");
    assert_eq!(starts(&todo, "2026-01-01", "2027-01-01").len(), 2);
}

#[test]
fn zoom_writes_the_zone_as_a_property() {
    let zoom = series("TZID:America/New_York\nDTSTART:20260105T100000\nRRULE:FREQ=WEEKLY;COUNT=1");
    assert_eq!(
        starts(&zoom, "2026-01-01", "2027-01-01"),
        ["2026-01-05T15:00:00Z"]
    );
}

#[test]
fn what_cannot_be_told_is_refused() {
    let weekly = |rest: &str| refused(&WEEKLY.replace("RRULE:FREQ=WEEKLY", rest));
    let unreadable = |rule: &str| BadSeries::Rule(BadRule::Unreadable(rule.to_owned()));
    for rule in [
        "",
        "FREQ=",
        "FREQ=FORTNIGHTLY",
        "INTERVAL=2",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYDAY=€",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYSETPOS=367",
    ] {
        assert_eq!(weekly(&format!("RRULE:{rule}")), unreadable(rule));
    }
    assert_eq!(
        weekly("RRULE:RSCALE=CHINESE;FREQ=YEARLY"),
        BadSeries::Rule(BadRule::Calendar("CHINESE".into()))
    );
    assert_eq!(weekly("EXRULE:FREQ=SECONDLY"), BadSeries::ExceptionRule);
    assert_eq!(refused("SUMMARY:x"), BadSeries::NoStart);
    assert_eq!(
        refused("DTSTART:20260105T10\n--\nDTSTART:x"),
        BadSeries::SeveralMasters
    );
    assert_eq!(refused("DTSTART:20260105T10").code(), "bad-date");
    assert_eq!(weekly("RDATE:x").code(), "bad-date");
    assert_eq!(
        refused("DTSTART;TZID=Pacific Time:20260105T100000"),
        BadSeries::NoInstant(NoInstant::UnknownZone("Pacific Time".into()))
    );
    assert_eq!(
        refused("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=HOURLY"),
        BadSeries::Rule(BadRule::FinerThanDays)
    );
}

#[test]
fn the_gregorian_scale_is_followed() {
    let leap =
        series("DTSTART;VALUE=DATE:20240229\nRRULE:RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD");
    assert_eq!(
        starts_in("Asia/Tokyo", &leap, "2025-01-01", "2027-01-01"),
        ["03-01 00:00", "03-01 00:00"]
    );
}

#[test]
fn a_week_of_the_year_has_the_weekday_of_the_start() {
    let thursdays = series("DTSTART:20260108T100000Z\nRRULE:FREQ=YEARLY;BYWEEKNO=2,20;COUNT=4");
    assert_eq!(
        starts(&thursdays, "2026-01-01", "2030-01-01"),
        [
            "2026-01-08T10:00:00Z",
            "2026-05-14T10:00:00Z",
            "2027-01-14T10:00:00Z",
            "2027-05-20T10:00:00Z"
        ]
    );
}

#[test]
fn a_start_in_the_last_week_of_the_year_before_is_followed_by_the_rest_of_it() {
    let weekend =
        series("DTSTART:20160102T100000Z\nRRULE:FREQ=YEARLY;BYWEEKNO=53;BYDAY=SA,SU;COUNT=4");
    assert_eq!(
        starts(&weekend, "2016-01-01", "2030-01-01"),
        [
            "2016-01-02T10:00:00Z",
            "2016-01-03T10:00:00Z",
            "2021-01-02T10:00:00Z",
            "2021-01-03T10:00:00Z"
        ]
    );
}

#[test]
fn every_other_year_is_counted_by_the_years_whose_weeks_they_are() {
    let of_2015 =
        series("DTSTART:20160102T100000Z\nRRULE:FREQ=YEARLY;INTERVAL=2;BYWEEKNO=53,1;BYDAY=SA");
    assert_eq!(
        starts(&of_2015, "2016-01-01", "2021-02-01"),
        [
            "2016-01-02T10:00:00Z",
            "2017-01-07T10:00:00Z",
            "2019-01-05T10:00:00Z",
            "2021-01-09T10:00:00Z"
        ]
    );
    let of_2020 =
        series("DTSTART:20191230T100000Z\nRRULE:FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO,TU");
    assert_eq!(
        starts(&of_2020, "2019-01-01", "2023-12-01"),
        [
            "2019-12-30T10:00:00Z",
            "2019-12-31T10:00:00Z",
            "2022-01-03T10:00:00Z",
            "2022-01-04T10:00:00Z"
        ]
    );
    assert_eq!(
        starts(&of_2020, "2025-12-01", "2026-02-01"),
        ["2025-12-29T10:00:00Z", "2025-12-30T10:00:00Z"],
        "whichever year it is looked for in"
    );
}

#[test]
fn the_number_of_instances_is_told_where_there_is_an_end() {
    for (rule, number) in [
        ("RRULE:FREQ=DAILY;COUNT=5", 5),
        ("RRULE:FREQ=DAILY;COUNT=5\nRDATE:20270101T100000Z", 6),
        (
            "RRULE:FREQ=DAILY;COUNT=5\nEXDATE:20260106T100000Z,20260107T100000Z",
            3,
        ),
        ("RRULE:FREQ=HOURLY;UNTIL=20260105T150000Z", 6),
        ("SUMMARY:once", 1),
    ] {
        let set = series(&format!("DTSTART:20260105T100000Z\n{rule}"));
        assert!(set.has_more_than(number - 1), "{rule}");
        assert!(!set.has_more_than(number), "{rule}");
    }
    for endless in ["FREQ=DAILY", "FREQ=DAILY;UNTIL=20770101T000000Z"] {
        let set = series(&format!("DTSTART:20260105T100000Z\nRRULE:{endless}"));
        assert!(!set.has_more_than(1), "{endless}");
    }
    let counted = series("DTSTART:20260105T100000Z\nRRULE:FREQ=DAILY;UNTIL=20760101T000000Z");
    assert!(counted.has_more_than(18_000));
}

#[test]
fn days_follow_the_clock_and_seconds_do_not() {
    let weekly = series(WEEKLY);
    let later = |at: &str, by: &str| {
        let by = calendar::Duration::parse(by).unwrap();
        weekly.later(instant(at), by).to_string()
    };
    let after_the_change = "2026-03-30T08:00:00Z";
    assert_eq!(later(after_the_change, "-P2D"), "2026-03-28T09:00:00Z");
    assert_eq!(later(after_the_change, "-PT48H"), "2026-03-28T08:00:00Z");
    assert_eq!(later(after_the_change, "-P1DT1H"), "2026-03-29T07:00:00Z");
}
