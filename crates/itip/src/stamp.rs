//! When a version of a component was made: SEQUENCE, then DTSTAMP (RFC 5546 section 2.1.5, rule C2).

use std::cmp::Ordering;

use calendar::{Component, DateOrTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::incoming::{Incoming, Timestamp};
use crate::line::Line;

/// What orders the versions of one component, and settles what is equal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    /// SEQUENCE; 0 when it is missing.
    pub(crate) sequence: u64,
    /// DTSTAMP; the Date field when it is missing.
    pub(crate) dtstamp: Timestamp,
    /// LAST-MODIFIED.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_modified: Option<Timestamp>,
    /// The Date field of the mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) date: Option<Timestamp>,
    /// The digest of the mail.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) digest: String,
}

impl Stamp {
    /// The stamp of a component of a message.
    pub(crate) fn of(component: &Component<'_>, incoming: &Incoming<'_>) -> Self {
        let instead = incoming.date.unwrap_or(incoming.received);
        Self {
            sequence: sequence(component.property("SEQUENCE").as_ref()),
            dtstamp: instant(component, "DTSTAMP").unwrap_or(instead),
            last_modified: instant(component, "LAST-MODIFIED"),
            date: incoming.date,
            digest: incoming.digest.to_owned(),
        }
    }

    /// The stamp of a stored component of which no message is known.
    pub(crate) fn of_stored(component: &Component<'_>) -> Self {
        Self {
            sequence: sequence(component.property("SEQUENCE").as_ref()),
            dtstamp: instant(component, "DTSTAMP").unwrap_or_default(),
            last_modified: None,
            date: None,
            digest: String::new(),
        }
    }

    /// SEQUENCE, then DTSTAMP.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        (self.sequence, self.dtstamp).cmp(&(other.sequence, other.dtstamp))
    }

    /// What settles equal SEQUENCE and DTSTAMP: LAST-MODIFIED, Date, digest.
    pub(crate) fn tie_break(&self, other: &Self) -> Ordering {
        let key = |stamp: &'_ Self| (stamp.last_modified, stamp.date);
        key(self)
            .cmp(&key(other))
            .then_with(|| self.digest.cmp(&other.digest))
    }

    /// Order and tie-break together.
    pub(crate) fn total_order(&self, other: &Self) -> Ordering {
        self.order(other).then_with(|| self.tie_break(other))
    }
}

/// The number of a SEQUENCE, 0 when it is missing or none.
pub(crate) fn sequence(line: Option<&impl Line>) -> u64 {
    line.map_or(0, |line| line.value().trim().parse().unwrap_or(0))
}

/// A UTC property in milliseconds; senders who forget the Z mean UTC all the same.
pub(crate) fn instant(component: &Component<'_>, name: &str) -> Option<Timestamp> {
    let value = component.property(name)?.date_or_time()?;
    let civil = match value {
        DateOrTime::Utc(instant) => return Some(instant.as_millisecond()),
        DateOrTime::Floating(civil) | DateOrTime::Zoned { civil, .. } => civil,
        DateOrTime::Date(_) => return None,
    };
    let utc = civil.to_zoned(TimeZone::UTC).ok()?;
    Some(utc.timestamp().as_millisecond())
}
