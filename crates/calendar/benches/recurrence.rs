//! How fast series and zones are read, and instances told; results in RESULTS.md.

use calendar::{
    ComponentBuf, DateOrTime, Document, Limits, RecurrenceLimits, Series, ZoneSource, Zones,
};
use divan::{Bencher, black_box};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Rules that people use, by DTSTART 1998.
const RULES: [&str; 5] = [
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;COUNT=2000",
    "FREQ=DAILY",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=YEARLY",
];

/// Central Europe as Outlook writes it.
const VTIMEZONE: &str = "BEGIN:VTIMEZONE\r\nTZID:Custom\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\n\
    TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n\
    BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n\
    RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";

fn main() {
    divan::main();
}

fn calendar(text: &str) -> Option<ComponentBuf> {
    let text = format!("BEGIN:VCALENDAR\r\n{text}END:VCALENDAR\r\n");
    let document = Document::parse(text, &Limits::default()).ok()?;
    Some(document.components().next()?.to_buf())
}

fn event(tzid: &str, rule: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\nUID:x\r\nDTSTART;TZID={tzid}:19980105T100000\r\n\
        DTEND;TZID={tzid}:19980105T110000\r\nRRULE:{rule}\r\nEND:VEVENT\r\n"
    )
}

fn zones(calendar: &ComponentBuf) -> Zones {
    Zones::of_calendar(calendar, ZoneSource::new(), TimeZone::UTC)
}

fn read(calendar: &ComponentBuf, zones: &Zones) -> Option<Series> {
    let components = calendar.components().filter(|c| c.is("VEVENT"));
    Series::read(components, zones, &RecurrenceLimits::default()).ok()
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

#[divan::bench(args = RULES)]
fn the_year_2026(bencher: Bencher<'_, '_>, rule: &str) {
    let series = calendar(&event("Europe/Berlin", rule)).and_then(|c| read(&c, &zones(&c)));
    let window = instant("2026-01-01T00:00:00Z")..instant("2027-01-01T00:00:00Z");
    bencher.bench(|| {
        let instances = black_box(&series).as_ref()?.instances(window.clone());
        Some(instances.filter(Result::is_ok).count())
    });
}

#[divan::bench(args = RULES)]
fn find_one_of_2026(bencher: Bencher<'_, '_>, rule: &str) {
    let calendar = calendar(&event("Europe/Berlin", rule)).unwrap_or(ComponentBuf::new("X"));
    let zones = zones(&calendar);
    let series = read(&calendar, &zones);
    let id = DateOrTime::parse("20260713T080000Z", None);
    bencher.bench(|| black_box(&series).as_ref()?.find(id.as_ref()?, &zones).ok());
}

#[divan::bench]
fn read_a_series_with_100_overrides(bencher: Bencher<'_, '_>) {
    let overrides: String = (1..=100)
        .map(|day| {
            let day = instant("1998-01-05T09:00:00Z").as_second() + i64::from(day) * 7 * 86_400;
            let day = Timestamp::from_second(day).unwrap_or_default();
            let day = day.strftime("%Y%m%d");
            format!(
                "BEGIN:VEVENT\r\nUID:x\r\nRECURRENCE-ID:{day}T090000Z\r\n\
                DTSTART;TZID=Europe/Berlin:{day}T140000\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
            )
        })
        .collect();
    let calendar = calendar(&(event("Europe/Berlin", "FREQ=WEEKLY") + &overrides));
    let calendar = calendar.unwrap_or(ComponentBuf::new("X"));
    let zones = zones(&calendar);
    bencher.bench(|| read(black_box(&calendar), &zones));
}

#[divan::bench(args = ["Europe/Berlin", "W. Europe Standard Time", "Custom"])]
fn zones_and_series(bencher: Bencher<'_, '_>, tzid: &str) {
    let calendar = calendar(&(VTIMEZONE.to_owned() + &event(tzid, "FREQ=WEEKLY")));
    let calendar = calendar.unwrap_or(ComponentBuf::new("X"));
    let source = ZoneSource::new();
    bencher.bench(|| {
        let zones = Zones::of_calendar(black_box(&calendar), source.clone(), TimeZone::UTC);
        read(&calendar, &zones)
    });
}

#[divan::bench]
fn a_second_rule_to_its_budget(bencher: Bencher<'_, '_>) {
    let series = calendar(&event("Europe/Berlin", "FREQ=SECONDLY;BYSETPOS=2"));
    let series = series.and_then(|c| read(&c, &zones(&c)));
    let window = instant("2026-01-01T00:00:00Z")..instant("2027-01-01T00:00:00Z");
    bencher.bench(|| {
        Some(
            black_box(&series)
                .as_ref()?
                .instances(window.clone())
                .count(),
        )
    });
}

#[divan::bench]
fn a_year_past_the_budget(bencher: Bencher<'_, '_>) {
    let all = |last: u32| {
        let all = (1..=last).map(|n| n.to_string());
        all.collect::<Vec<_>>().join(",")
    };
    let rule = format!(
        "FREQ=YEARLY;BYYEARDAY={};BYHOUR=1,2,3,4,5,6,7,8,9,10;BYMINUTE=1,2;BYSETPOS={}",
        all(366),
        all(366)
    );
    let series = calendar(&event("Europe/Berlin", &rule)).and_then(|c| read(&c, &zones(&c)));
    let window = instant("2026-01-01T00:00:00Z")..instant("9999-01-01T00:00:00Z");
    bencher.bench(|| {
        Some(
            black_box(&series)
                .as_ref()?
                .instances(window.clone())
                .count(),
        )
    });
}
