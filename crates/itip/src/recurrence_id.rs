//! Which component of an object is meant: the master, or the override of one instance (RFC 5545
//! section 3.8.4.4, rule A3).

use std::fmt;

use calendar::{Component, DateOrTime, NoInstant, Property};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::clock::Clock;
use crate::line;
use crate::short_text::ShortText;

/// Names a component of an object: the master, or an override by the instant of its RECURRENCE-ID,
/// however that was written.
///
/// `20260301T080000Z` in a series of times, `20260301` in one of days, `20260301T090000` in a floating
/// one; in this order, so that names of one series sort by time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RecurrenceId(ShortText);

/// Why a RECURRENCE-ID names no instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BadRecurrenceId {
    /// It is no date.
    NoDate,
    /// Its zone is unknown, or it is out of range.
    NoInstant(NoInstant),
}

impl RecurrenceId {
    /// The master, which has none.
    pub(crate) const MASTER: Self = Self(ShortText::EMPTY);

    /// Reads that of a component.
    pub(crate) fn of(
        component: &Component<'_>,
        clock: &mut Clock,
    ) -> Result<Self, BadRecurrenceId> {
        let line = component.property("RECURRENCE-ID");
        Self::of_line(line.as_ref(), component, clock)
    }

    /// As [`of`](Self::of), of the RECURRENCE-ID of a component.
    pub(crate) fn of_line(
        line: Option<&Property<'_>>,
        component: &Component<'_>,
        clock: &mut Clock,
    ) -> Result<Self, BadRecurrenceId> {
        let Some(property) = line else {
            return Ok(Self::MASTER);
        };
        let mut value = property.date_or_time();
        if matches!(value, Some(DateOrTime::Floating(_))) {
            let zone = component.property("TZID").map(|zone| zone.text());
            value = line::within(value, zone.as_deref());
        }
        let value = value.ok_or(BadRecurrenceId::NoDate)?;
        clock.meet(&value);
        clock.id(&value).map_err(BadRecurrenceId::NoInstant)
    }

    /// Reads that of a stored component; one that no message can name gets a name of its own.
    pub(crate) fn of_stored(component: &Component<'_>, clock: &mut Clock) -> Self {
        Self::of(component, clock).unwrap_or_else(|_| {
            let property = component.property("RECURRENCE-ID");
            let value = property.map(|property| property.value().into_owned());
            Self::unreadable(&value.unwrap_or_default())
        })
    }

    /// A name that no message can mean.
    pub(crate) fn unreadable(value: &str) -> Self {
        Self(ShortText::of(&format!("? {value}")))
    }

    /// The override of the instance at this time: an instant, a date or a floating time.
    pub(crate) fn instance(value: &DateOrTime) -> Self {
        Self(ShortText::written(value))
    }

    /// The instance's time; none for the master.
    pub(crate) fn date_or_time(&self) -> Option<DateOrTime> {
        // The first form of the state wrote a zone behind the local time.
        self.0.with(|text| match text.split_once(' ') {
            Some((value, tzid)) => DateOrTime::parse(value, Some(tzid)),
            None => DateOrTime::parse(text, None),
        })
    }

    /// Whether it is the master.
    pub(crate) fn is_master(&self) -> bool {
        self.0 == ShortText::EMPTY
    }

    /// Whether it is this instance or a later one of the same series.
    pub(crate) fn is_from(&self, first: &Self) -> bool {
        !first.is_master() && self.0.len() == first.0.len() && self >= first
    }
}

impl fmt::Display for RecurrenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Default for RecurrenceId {
    fn default() -> Self {
        Self::MASTER
    }
}

impl Serialize for RecurrenceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.with(|text| serializer.serialize_str(text))
    }
}

impl<'de> Deserialize<'de> for RecurrenceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self(ShortText::of(&text)))
    }
}
