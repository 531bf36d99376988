//! A time as a person reads it: on the clock of a zone with an IANA name, compared as an instant
//! (rules A3 and A4).

use std::fmt;

use calendar::{DateOrTime, ZoneSource, Zones};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// When something begins or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The local time; midnight for a whole day.
    pub civil: DateTime,
    /// What clock that is.
    pub clock: Clock,
}

/// The clock of a [`Moment`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clock {
    /// None: the moment is a whole day.
    Day,
    /// Whichever clock the reader has (RFC 5545 section 3.3.5, form 1).
    Floating,
    /// That of a zone.
    Zone {
        /// Its IANA name; the name as written for a zone that has none.
        name: String,
        /// The zone; none when no step of rule A4 knows the name.
        zone: Option<TimeZone>,
    },
}

impl Clock {
    fn utc() -> Self {
        Self::Zone {
            name: "UTC".to_owned(),
            zone: Some(TimeZone::UTC),
        }
    }

    /// The zone that a name means; `at` is when it is asked.
    fn named(tzid: &str, zones: &Zones, at: DateTime) -> Self {
        let zone = zones.zone(tzid);
        // A zone made of rules has the name "".
        let own = zone.as_ref().and_then(TimeZone::iana_name);
        let own = own.filter(|name| !name.is_empty());
        let name = match (own, &zone) {
            (Some(name), _) => name.to_owned(),
            (None, Some(zone)) => name_of_rules(tzid, zone, at),
            (None, None) => tzid.trim().to_owned(),
        };
        Self::Zone { name, zone }
    }

    /// The zone's name; none for whole days and floating times.
    pub fn zone_name(&self) -> Option<&str> {
        match self {
            Self::Zone { name, .. } => Some(name),
            Self::Day | Self::Floating => None,
        }
    }
}

/// A name for a zone that a message describes by rules: the IANA name that its own name stands for,
/// where both say the same; else its own; and where that says nothing, its distance from UTC.
fn name_of_rules(tzid: &str, zone: &TimeZone, at: DateTime) -> String {
    let offset = |zone: &TimeZone| Some(zone.to_zoned(at).ok()?.offset());
    let known = ZoneSource::new().resolve(tzid);
    let known = known.filter(|known| offset(known) == offset(zone));
    let iana = known.as_ref().and_then(TimeZone::iana_name);
    let says_something = tzid.chars().any(char::is_alphanumeric);
    match (iana, offset(zone)) {
        (Some(iana), _) => iana.to_owned(),
        (None, Some(offset)) if !says_something => format!("UTC{offset}"),
        (None, _) => tzid.trim().to_owned(),
    }
}

impl Moment {
    /// Reads a value of the calendar that these are the zones of.
    pub fn of(value: &DateOrTime, zones: &Zones) -> Self {
        let (civil, clock) = match value {
            DateOrTime::Date(date) => (date.to_datetime(jiff::civil::Time::midnight()), Clock::Day),
            DateOrTime::Floating(civil) => (*civil, Clock::Floating),
            DateOrTime::Utc(instant) => (TimeZone::UTC.to_datetime(*instant), Clock::utc()),
            DateOrTime::Zoned { civil, tzid } => (*civil, Clock::named(tzid, zones, *civil)),
        };
        Self { civil, clock }
    }

    /// The instant, where the clock says one.
    pub fn instant(&self) -> Option<Timestamp> {
        let Clock::Zone {
            zone: Some(zone), ..
        } = &self.clock
        else {
            return None;
        };
        Some(zone.to_zoned(self.civil).ok()?.timestamp())
    }

    /// Where it is among others; whole days and floating times as if in UTC.
    pub fn place_in_time(&self) -> Timestamp {
        let civil = || TimeZone::UTC.to_timestamp(self.civil).unwrap_or_default();
        self.instant().unwrap_or_else(civil)
    }

    /// Whether it is a whole day.
    pub fn is_day(&self) -> bool {
        self.clock == Clock::Day
    }

    /// Whether both are the same moment, whatever clocks they are told on.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self.instant(), other.instant()) {
            (Some(one), Some(other)) => one == other,
            _ => self == other,
        }
    }

    /// A moment told in UTC, told on the clock of the other; any other stays as it is.
    ///
    /// Google writes RECURRENCE-IDs in UTC, whatever the zone of the series.
    #[must_use]
    pub fn beside(&self, other: &Self) -> Self {
        match (&self.clock, &other.clock) {
            (Clock::Zone { name, .. }, Clock::Zone { zone: Some(_), .. }) if name == "UTC" => self
                .instant()
                .map_or_else(|| self.clone(), |instant| other.at(instant)),
            _ => self.clone(),
        }
    }

    /// The instant on this moment's clock.
    pub(crate) fn at(&self, instant: Timestamp) -> Self {
        let zone = match &self.clock {
            Clock::Zone {
                zone: Some(zone), ..
            } => zone.clone(),
            // Whole days and floating times are counted in UTC wherever they must be counted.
            _ => TimeZone::UTC,
        };
        Self {
            civil: zone.to_datetime(instant),
            clock: self.clock.clone(),
        }
    }
}

/// `2026-12-08`, `2026-12-08T10:00:00` or `2026-12-08T10:00:00[Europe/Berlin]`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.clock {
            Clock::Day => write!(f, "{}", self.civil.date()),
            Clock::Floating => write!(f, "{}", self.civil),
            Clock::Zone { name, .. } => write!(f, "{}[{name}]", self.civil),
        }
    }
}
