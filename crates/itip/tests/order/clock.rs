//! The clock that a series goes by, with arithmetic of the test's own.

use jiff::ToSpan;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// How the times of a story are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// In a zone that changes its offset during the series.
    Berlin,
    Utc,
    /// DATE values.
    AllDay,
}

/// Seconds since 1970; a day without time counts as its midnight in UTC.
pub(crate) type Instant = i64;

impl Clock {
    pub(crate) fn zone(self) -> TimeZone {
        match self {
            Self::Berlin => TimeZone::get("Europe/Berlin").unwrap(),
            Self::Utc | Self::AllDay => TimeZone::UTC,
        }
    }

    pub(crate) fn instant(self, at: DateTime) -> Instant {
        let zoned = at.to_zoned(self.zone()).unwrap();
        zoned.timestamp().as_second()
    }

    /// The same instant on the clock of UTC.
    pub(crate) fn in_utc(self, at: DateTime) -> DateTime {
        let zoned = at.to_zoned(self.zone()).unwrap();
        zoned.with_time_zone(TimeZone::UTC).datetime()
    }

    /// So many minutes later, as they pass.
    pub(crate) fn later(self, at: DateTime, minutes: i64) -> DateTime {
        let zoned = at.to_zoned(self.zone()).unwrap();
        zoned.checked_add(minutes.minutes()).unwrap().datetime()
    }

    /// The length of an event, in minutes.
    pub(crate) fn unit(self) -> i64 {
        match self {
            Self::AllDay => 24 * 60,
            _ => 60,
        }
    }

    /// A property as this clock writes it.
    pub(crate) fn line(self, name: &str, at: DateTime) -> String {
        let time = at.strftime("%Y%m%dT%H%M%S");
        match self {
            Self::Berlin => format!("{name};TZID=Europe/Berlin:{time}"),
            Self::Utc => format!("{name}:{time}Z"),
            Self::AllDay => format!("{name};VALUE=DATE:{}", at.strftime("%Y%m%d")),
        }
    }
}

/// The time so many days later on the wall.
pub(crate) fn days_later(at: DateTime, days: i64) -> DateTime {
    at.checked_add(days.days()).unwrap()
}

/// The time so many minutes later on the wall.
pub(crate) fn minutes_later(at: DateTime, minutes: i64) -> DateTime {
    at.checked_add(minutes.minutes()).unwrap()
}
