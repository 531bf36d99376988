//! Which component of an object is meant: the master, or the override of one instance (RFC 5545
//! section 3.8.4.4).

use std::fmt;

use calendar::{Component, DateOrTime};
use serde::{Deserialize, Serialize};

use crate::line::Line;

/// Names a component of an object: the master, or an override by its RECURRENCE-ID in one form of
/// writing: `20260301`, `20260301T090000Z`, `20260301T090000` or `20260301T090000 Europe/Berlin`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecurrenceId(String);

/// Why a RECURRENCE-ID names no instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadRecurrenceId {
    /// It is no date.
    NoDate,
    /// It has RANGE, which asks for expansion.
    Range,
}

impl RecurrenceId {
    /// The master, which has none.
    pub const MASTER: Self = Self(String::new());

    /// Reads that of a component.
    pub(crate) fn of(component: &Component<'_>) -> Result<Self, BadRecurrenceId> {
        let Some(property) = component.property("RECURRENCE-ID") else {
            return Ok(Self::MASTER);
        };
        if property.parameter("RANGE").is_some() {
            return Err(BadRecurrenceId::Range);
        }
        let value = property.date_or_time().ok_or(BadRecurrenceId::NoDate)?;
        Ok(Self::instance(&value))
    }

    /// Reads that of a stored component; one that no message can name gets a name of its own.
    pub(crate) fn of_stored(component: &Component<'_>) -> Self {
        Self::of(component).unwrap_or_else(|_| {
            let value = component
                .property("RECURRENCE-ID")
                .map(|property| property.value());
            Self(format!("? {}", value.unwrap_or_default()))
        })
    }

    /// The override of the instance at this time.
    pub(crate) fn instance(value: &DateOrTime) -> Self {
        match value {
            DateOrTime::Zoned { tzid, .. } => Self(format!("{value} {tzid}")),
            _ => Self(value.to_string()),
        }
    }

    /// The instance's time; none for the master.
    pub(crate) fn date_or_time(&self) -> Option<DateOrTime> {
        match self.0.split_once(' ') {
            Some((value, tzid)) => DateOrTime::parse(value, Some(tzid)),
            None => DateOrTime::parse(&self.0, None),
        }
    }

    /// Whether it is the master.
    pub fn is_master(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether both are written in the same form, so that they may be compared as text.
    pub(crate) fn has_form_of(&self, other: &Self) -> bool {
        self.form() == other.form()
    }

    /// Length of the value, which tells the three unzoned forms apart, and the zone.
    fn form(&self) -> (usize, Option<&str>) {
        match self.0.split_once(' ') {
            Some((value, tzid)) => (value.len(), Some(tzid)),
            None => (self.0.len(), None),
        }
    }
}

impl fmt::Display for RecurrenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
