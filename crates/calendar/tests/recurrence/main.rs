//! Tests of recurrence and time zones: sets, DST, hostile rules, rules that other engines answered.
#![cfg(test)]

mod bombs;
mod corpus;
mod dst;
mod engines;
mod model;
mod properties;
mod sets;
mod zones;

use calendar::{
    BadSeries, ComponentBuf, Document, Limits, RecurrenceLimits, Series, ZoneSource, Zones,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The components of these lines, each of them a VEVENT parted by `--`.
fn events(text: &str) -> ComponentBuf {
    let events: Vec<_> = text
        .split("--")
        .map(|event| format!("BEGIN:VEVENT\n{}\nEND:VEVENT\n", event.trim()))
        .collect();
    calendar_of(&events.concat())
}

/// A VCALENDAR with these lines in it.
fn calendar_of(text: &str) -> ComponentBuf {
    let text = format!("BEGIN:VCALENDAR\n{text}END:VCALENDAR\n");
    let document = Document::parse(text, &Limits::default()).unwrap();
    let calendar = document.components().next().unwrap();
    calendar.to_buf()
}

fn zones(calendar: &ComponentBuf) -> Zones {
    let source = ZoneSource::new();
    let local = source.resolve("Asia/Tokyo").unwrap();
    Zones::of_calendar(calendar, source, local)
}

fn read(calendar: &ComponentBuf, limits: &RecurrenceLimits) -> Result<Series, BadSeries> {
    let components = calendar.components().filter(|c| !c.is("VTIMEZONE"));
    Series::read(components, &zones(calendar), limits)
}

/// The series of these events, see [`events`].
fn series(text: &str) -> Series {
    read(&events(text), &RecurrenceLimits::default()).unwrap()
}

/// The error of these events.
fn refused(text: &str) -> BadSeries {
    read(&events(text), &RecurrenceLimits::default()).unwrap_err()
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Starts of the instances between two days in UTC, or the error that ended them.
fn starts(series: &Series, from: &str, to: &str) -> Vec<String> {
    let day = |day: &str| instant(&format!("{day}T00:00:00Z"));
    let instances = series.instances(day(from)..day(to));
    instances
        .map(|instance| match instance {
            Ok(instance) => instance.start.to_string(),
            Err(error) => error.to_string(),
        })
        .collect()
}

/// Starts as [`starts`], on the clock of a zone.
fn starts_in(zone: &str, series: &Series, from: &str, to: &str) -> Vec<String> {
    let zone = TimeZone::get(zone).unwrap();
    let local = |start: &String| {
        let zoned = instant(start).to_zoned(zone.clone());
        zoned.strftime("%m-%d %H:%M").to_string()
    };
    starts(series, from, to).iter().map(local).collect()
}
