//! A VTIMEZONE made into a zone, once: a list of its changes and a POSIX rule for what goes on (rule A4).

use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use super::observance::{FIRST_YEAR, Observance, Season};
use super::posix;
use super::tzif::{self, Change};
use crate::component_buf::ComponentBuf;

/// The last year of the list, where no POSIX rule can go on.
const LAST_YEAR: i16 = 2100;

/// The most years that all rules of a zone together are followed through.
const MOST_YEARS: usize = 1000;

/// The zone that a VTIMEZONE describes; none when it is empty, too much or not understood.
///
/// Only yearly rules are followed, from 1970 on. Before the first change its offset-before counts.
pub(super) fn zone(vtimezone: &ComponentBuf) -> Option<TimeZone> {
    let observances = Observance::all(vtimezone)?;
    let footer = endless(&observances);
    if let (Some(footer), 2) = (&footer, observances.len()) {
        // Nothing but the rule that goes on, which then also tells the years before it began.
        return TimeZone::posix(&footer.rule).ok();
    }
    let changes = changes(&observances, list_until(&observances, footer.as_ref()))?;
    let footer = footer.unwrap_or_else(|| tzif::Footer {
        rule: posix::fixed(changes.last().map_or(Offset::UTC, |last| last.to)),
        daylight: None,
    });
    let Some(first) = changes.first() else {
        // Rules that ended before 1970: what began last goes on.
        let latest = observances.iter().max_by_key(|o| o.start)?;
        return Some(TimeZone::fixed(latest.to));
    };
    let bytes = tzif::bytes(first.from, &changes, &footer)?;
    TimeZone::tzif("", &bytes).ok()
}

/// The POSIX rule of the observances that never end: exactly two, from one to the other.
fn endless(observances: &[Observance]) -> Option<tzif::Footer> {
    let open: Vec<_> = observances.iter().filter(|o| o.is_open()).collect();
    let (standard, daylight) = match open.as_slice() {
        [one, two] if one.season == Season::Standard => (one, two),
        [one, two] => (two, one),
        _ => return None,
    };
    Some(tzif::Footer {
        rule: posix::rule(standard, daylight)?,
        daylight: Some(daylight.to),
    })
}

/// The last year that the list of changes must hold.
fn list_until(observances: &[Observance], footer: Option<&tzif::Footer>) -> i16 {
    if footer.is_none() && observances.iter().any(Observance::is_open) {
        return LAST_YEAR;
    }
    let last = observances.iter().map(Observance::last_year).max();
    // One whole year more, after which the POSIX rule says the same.
    last.unwrap_or(0)
        .max(FIRST_YEAR)
        .saturating_add(1)
        .min(LAST_YEAR)
}

/// Every change up to this year in order; none when there are too many.
fn changes(observances: &[Observance], last_year: i16) -> Option<Vec<Change>> {
    let years: usize = observances.iter().map(|o| o.years(last_year)).sum();
    if years > MOST_YEARS {
        return None;
    }
    let mut changes = Vec::new();
    for observance in observances {
        for onset in observance.onsets(last_year) {
            changes.push(Change {
                at: utc_second(onset, observance.from)?,
                from: observance.from,
                to: observance.to,
            });
        }
    }
    changes.sort_by_key(|change| change.at);
    changes.dedup_by_key(|change| change.at);
    Some(changes)
}

/// The second since 1970 of a local time at this offset.
fn utc_second(local: DateTime, offset: Offset) -> Option<i64> {
    let utc = local
        .checked_sub(SignedDuration::from_secs(i64::from(offset.seconds())))
        .ok()?;
    Some(TimeZone::UTC.to_timestamp(utc).ok()?.as_second())
}
