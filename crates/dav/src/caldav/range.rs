//! time-range, expand and their like: two instants in UTC (RFC 4791, 9.9).

use std::ops::Range;

use calendar::DateOrTime;
use jiff::Timestamp;

use super::bounds::{self, Side};
use crate::failure::{Failure, Outcome};
use crate::xml::Element;

/// Which end of a range may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    /// One of them.
    OneMayMiss,
    /// None.
    Both,
}

/// Reads `start` and `end`.
pub(crate) fn read(element: &Element, ends: Ends) -> Outcome<Range<Timestamp>> {
    let start = instant(element.attribute("start"))?;
    let end = instant(element.attribute("end"))?;
    let is_enough = match ends {
        Ends::OneMayMiss => start.is_some() || end.is_some(),
        Ends::Both => start.is_some() && end.is_some(),
    };
    let range = start.unwrap_or(Timestamp::MIN)..end.unwrap_or(Timestamp::MAX);
    match is_enough && range.start < range.end {
        true => Ok(range),
        false => Err(Failure::bad_request()),
    }
}

/// One end. What is later than can be told is the latest that can: clients write the last year there is.
fn instant(value: Option<&str>) -> Outcome<Option<Timestamp>> {
    let Some(value) = value.map(str::trim) else {
        return Ok(None);
    };
    let is_utc = value.ends_with(['Z', 'z'])
        && DateOrTime::parse(value.trim_end_matches(['Z', 'z']), None)
            .is_some_and(|civil| !civil.is_date());
    if !is_utc {
        return Err(Failure::bad_request());
    }
    match bounds::outside(value) {
        Some(Side::Before) => Err(Side::Before.refusal()),
        Some(Side::After) => Ok(Some(Timestamp::MAX)),
        None => match DateOrTime::parse(value, None) {
            Some(DateOrTime::Utc(instant)) => Ok(Some(instant)),
            _ => Err(Failure::bad_request()),
        },
    }
}
