//! Rule A4: names, Windows ids, VTIMEZONEs, display names, and where they disagree.

use calendar::{ComponentBuf, Document, Limits, ZoneOrigin, ZoneSource, Zones};
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use crate::{calendar_of, instant, read, starts_in, zones};

/// Central Europe as Outlook writes it: two rules from 1601 on.
const OUTLOOK: &str =
    "BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD
BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\n";

fn vtimezone(tzid: &str, parts: &str) -> String {
    format!("BEGIN:VTIMEZONE\nTZID:{tzid}\n{parts}END:VTIMEZONE\n")
}

fn observance(name: &str, start: &str, from: &str, to: &str, rest: &str) -> String {
    format!(
        "BEGIN:{name}\nDTSTART:{start}\nTZOFFSETFROM:{from}\nTZOFFSETTO:{to}\n{rest}END:{name}\n"
    )
}

/// An event at this time of the zone `X`, beside a VTIMEZONE of these parts.
fn event_in(tzid: &str, at: &str, parts: &str) -> ComponentBuf {
    let event = format!("BEGIN:VEVENT\nDTSTART;TZID=\"{tzid}\":{at}\nEND:VEVENT\n");
    calendar_of(&(vtimezone(tzid, parts) + &event))
}

/// The zone that a VTIMEZONE of these parts makes.
fn made(parts: &str) -> Option<TimeZone> {
    zones(&event_in("Custom", "20260101T000000", parts)).zone("Custom")
}

fn offset(zone: &TimeZone, at: &str) -> String {
    let at: DateTime = at.parse().unwrap();
    zone.to_zoned(at).unwrap().offset().to_string()
}

/// Asserts that both zones have the same local time every hour and a half between these years.
fn assert_same(one: &TimeZone, other: &TimeZone, from: i16, to: i16) {
    let mut at = instant(&format!("{from}-01-01T00:00:00Z"));
    let end = instant(&format!("{to}-01-01T00:00:00Z"));
    while at < end {
        assert_eq!(one.to_offset(at), other.to_offset(at), "{at}");
        at += jiff::SignedDuration::from_mins(90);
    }
}

#[test]
fn outlooks_rules_are_those_of_berlin_and_never_end() {
    let zone = made(OUTLOOK).unwrap();
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    assert_same(&zone, &berlin, 1997, 2060);
    assert_eq!(offset(&zone, "9000-07-01T00:00:00"), "+02");
}

#[test]
fn several_eras_are_those_of_new_york() {
    let parts = [
        observance(
            "DAYLIGHT",
            "19870405T020000",
            "-0500",
            "-0400",
            "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z\n",
        ),
        observance(
            "STANDARD",
            "19671029T020000",
            "-0400",
            "-0500",
            "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z\n",
        ),
        observance(
            "DAYLIGHT",
            "20070311T020000",
            "-0500",
            "-0400",
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\n",
        ),
        observance(
            "STANDARD",
            "20071104T020000",
            "-0400",
            "-0500",
            "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\n",
        ),
    ]
    .concat();
    let zone = made(&parts).unwrap();
    let new_york = TimeZone::get("America/New_York").unwrap();
    assert_same(&zone, &new_york, 1988, 2060);
}

#[test]
fn single_changes_and_dates_count() {
    let parts = [
        observance("STANDARD", "19700101T000000", "+0300", "+0300", ""),
        observance(
            "STANDARD",
            "20100328T020000",
            "+0300",
            "+0400",
            "RDATE:20140101T000000\nRDATE;VALUE=PERIOD:20180101T000000/PT1H\n",
        ),
        observance("STANDARD", "20120101T000000", "+0400", "+023000", ""),
    ]
    .concat();
    let zone = made(&parts).unwrap();
    for (at, expected) in [
        ("1950-01-01T00:00:00", "+03"),
        ("2010-03-28T01:59:59", "+03"),
        ("2010-03-28T03:00:00", "+04"),
        ("2013-01-01T00:00:00", "+02:30"),
        ("2014-06-01T00:00:00", "+04"),
        ("2500-01-01T00:00:00", "+04"),
    ] {
        assert_eq!(offset(&zone, at), expected, "{at}");
    }
}

#[test]
fn rules_in_other_words_are_understood() {
    let week = "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU\n";
    let last = "RRULE:FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=25,26,27,28,29,30,31;BYDAY=SU\n";
    let date = "RRULE:FREQ=YEARLY\n";
    let odd = "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYMONTHDAY=24,25,26,27,28,29,30\n";
    for (rule, start, spring) in [
        (week, "20070311T020000", "2026-03-08"),
        (date, "20070311T020000", "2026-03-11"),
        (odd, "20070325T020000", "2026-03-29"),
    ] {
        let parts = [
            observance("DAYLIGHT", start, "-0500", "-0400", rule),
            observance("STANDARD", "20071028T020000", "-0400", "-0500", last),
        ]
        .concat();
        let zone = made(&parts).unwrap();
        assert_eq!(
            offset(&zone, &format!("{spring}T01:59:59")),
            "-05",
            "{rule}"
        );
        assert_eq!(
            offset(&zone, &format!("{spring}T03:00:00")),
            "-04",
            "{rule}"
        );
        assert_eq!(offset(&zone, "2026-10-25T00:59:59"), "-04", "{rule}");
        assert_eq!(offset(&zone, "2026-10-25T02:00:00"), "-05", "{rule}");
    }
}

#[test]
fn what_is_no_yearly_rule_or_too_much_makes_no_zone() {
    let start = |rest: &str| observance("STANDARD", "19700101T000000", "+0100", "+0200", rest);
    for rule in [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=MONTHLY;BYDAY=1SU",
        "FREQ=YEARLY;COUNT=3",
        "FREQ=YEARLY;BYDAY=SU,MO",
        "FREQ=YEARLY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;BYMINUTE=1,2,3",
        "x",
    ] {
        assert_eq!(made(&start(&format!("RRULE:{rule}\n"))), None, "{rule}");
    }
    assert_eq!(made(""), None);
    assert_eq!(made(&start("").repeat(65)), None);
    assert!(made(&start("").repeat(64)).is_some());
    assert_eq!(made(&start("RRULE:FREQ=YEARLY\n").repeat(9)), None);
    assert_eq!(made(&start("RDATE:x\n")), None);
    assert_eq!(
        made(&observance("STANDARD", "x", "+0100", "+0200", "")),
        None
    );
    assert_eq!(
        made(&observance("STANDARD", "20260101", "1", "+0200", "")),
        None
    );
}

#[test]
fn the_order_is_name_windows_id_rules_display_name() {
    let hawaii = observance("STANDARD", "16010101T000000", "-1000", "-1000", "");
    for (tzid, parts, origin, noted) in [
        ("Europe/Berlin", OUTLOOK, ZoneOrigin::Iana, false),
        ("Europe/Berlin", hawaii.as_str(), ZoneOrigin::Iana, true),
        ("europe/berlin", "", ZoneOrigin::Iana, false),
        (
            "W. Europe Standard Time",
            OUTLOOK,
            ZoneOrigin::Windows,
            false,
        ),
        (
            "W. Europe Standard Time",
            &hawaii,
            ZoneOrigin::OwnRules,
            true,
        ),
        ("Customized Time Zone", OUTLOOK, ZoneOrigin::OwnRules, false),
        (
            "(UTC+01:00) Brussels, Copenhagen, Madrid, Paris",
            OUTLOOK,
            ZoneOrigin::OwnRules,
            false,
        ),
        (
            "(UTC+01:00) Brussels, Copenhagen, Madrid, Paris",
            "",
            ZoneOrigin::DisplayName,
            false,
        ),
    ] {
        let zones = zones(&event_in(tzid, "20260701T090000", parts));
        assert_eq!(zones.named(tzid).unwrap().1, origin, "{tzid}");
        assert_eq!(zones.disagreements().len(), usize::from(noted), "{tzid}");
    }
}

#[test]
fn a_disagreement_tells_both_offsets() {
    let hawaii = observance("STANDARD", "16010101T000000", "-1000", "-1000", "");
    let zones = zones(&event_in(
        "Romance Standard Time",
        "20260701T090000",
        &hawaii,
    ));
    let [one] = zones.disagreements() else {
        panic!("{:?}", zones.disagreements());
    };
    assert_eq!(
        (one.named, one.own),
        (Offset::constant(2), Offset::constant(-10))
    );
    assert_eq!(one.taken, ZoneOrigin::OwnRules);
}

#[test]
fn names_of_rules_match_without_case_blanks_and_escapes() {
    let rules = vtimezone("Paris\\,  MADRID", OUTLOOK);
    let event = "BEGIN:VEVENT\nDTSTART;TZID=\"paris, madrid\":20260701T090000\nEND:VEVENT\n";
    let calendar = calendar_of(&(rules + event));
    let series = read(&calendar, &calendar::RecurrenceLimits::default()).unwrap();
    assert_eq!(series.span().first, instant("2026-07-01T07:00:00Z"));
}

#[test]
fn a_series_follows_its_own_rules() {
    let event = "BEGIN:VEVENT\nDTSTART;TZID=Custom:20260328T023000\n\
        RRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\n";
    let calendar = calendar_of(&(vtimezone("Custom", OUTLOOK) + event));
    let series = read(&calendar, &calendar::RecurrenceLimits::default()).unwrap();
    assert_eq!(
        starts_in("Europe/Berlin", &series, "2026-01-01", "2027-01-01"),
        ["03-28 02:30", "03-29 03:30", "03-30 02:30"]
    );
}

#[test]
fn an_unknown_name_is_unknown() {
    let calendar = event_in("(GMT+02.00) Auto-Detected", "20260701T090000", "");
    assert_eq!(zones(&calendar).unknown(), ["(GMT+02.00) Auto-Detected"]);
    let many: String = (0..1000)
        .map(|n| format!("BEGIN:VEVENT\nDTSTART;TZID=Zone{n}:20260701T090000\nEND:VEVENT\n"))
        .collect();
    assert_eq!(zones(&calendar_of(&many)).unknown().len(), 256);
}

#[test]
fn every_zone_of_real_mails_is_known() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("SKIPPED: no samples; zones of real mails were NOT tested");
        return;
    };
    let mut seen = 0;
    for path in entries.map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        if name.ends_with(".ics") && !name.starts_with("fuzz-") {
            seen += assert_known(&name, &bytes);
        } else if name.ends_with(".eml") {
            let mail = mail_parser::MessageParser::default().parse(&bytes);
            for part in mail.iter().flat_map(|mail| &mail.parts) {
                seen += assert_known(&name, part.contents());
            }
        }
    }
    assert!(seen > 50, "only {seen} calendars");
}

/// Asserts that every zone of every calendar in this text is known; gives their number.
fn assert_known(name: &str, text: &[u8]) -> usize {
    let document = Document::parse(text, &Limits::default()).unwrap();
    let calendars = document.components().filter(|c| c.is("VCALENDAR"));
    calendars
        .map(|calendar| {
            let zones = Zones::of_calendar(&calendar.to_buf(), ZoneSource::new(), TimeZone::UTC);
            // Names of RFC 2446, which shows no VTIMEZONE for them.
            let is_of_the_rfc = |tzid: &&str| tzid.starts_with("America-");
            let unknown = zones.unknown();
            assert!(unknown.iter().all(is_of_the_rfc), "{name}: {unknown:?}");
            assert_eq!(zones.disagreements(), [], "{name}");
        })
        .count()
}
