//! time-range, expand and their like: two instants in UTC (RFC 4791, 9.9).

use std::ops::Range;

use calendar::DateOrTime;
use jiff::Timestamp;

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

fn instant(value: Option<&str>) -> Outcome<Option<Timestamp>> {
    match value.map(|value| DateOrTime::parse(value, None)) {
        None => Ok(None),
        Some(Some(DateOrTime::Utc(instant))) => Ok(Some(instant)),
        Some(_) => Err(Failure::bad_request()),
    }
}
