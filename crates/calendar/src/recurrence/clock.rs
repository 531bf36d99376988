//! Local time and instants, and arithmetic on them that ends at the last year instead of failing.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

pub(crate) use crate::duration::DAY;

/// The instant so many seconds later, or the last or first there is.
pub fn shifted(at: Timestamp, seconds: i64) -> Timestamp {
    let limit = if seconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    at.checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(limit)
}

/// The local time so many seconds later on the same clock, or the last or first there is.
pub(crate) fn shifted_civil(at: DateTime, seconds: i64) -> DateTime {
    at.saturating_add(SignedDuration::from_secs(seconds))
}

/// Whole days from one date to another.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_secs() / DAY
}

/// A local time as an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// The instant: in a gap moved forward, in a fold the first of the two.
    pub(crate) instant: Timestamp,
    /// No later local time comes before this instant, though one in a gap may come before its own.
    pub(crate) floor: Timestamp,
}

/// The instant of a local time; none at the ends of the calendar.
pub(crate) fn resolve(zone: &TimeZone, civil: DateTime) -> Option<Resolved> {
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    let floor = match ambiguous.offset() {
        AmbiguousOffset::Gap { after, .. } => Some(after.to_timestamp(civil).ok()?),
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => None,
    };
    let instant = ambiguous.compatible().ok()?;
    Some(Resolved {
        instant,
        floor: floor.unwrap_or(instant),
    })
}
