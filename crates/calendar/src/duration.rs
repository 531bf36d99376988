//! The DURATION value type (RFC 5545 section 3.3.6).

use std::fmt;

use jiff::{SignedDuration, Timestamp};

/// The seconds of a day on which no clock changes.
pub(crate) const DAY: i64 = 86_400;

/// A duration in nominal days, which follow the calendar across DST, and exact seconds.
///
/// Both have the same sign, or one is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Duration {
    /// Days; a week is seven.
    pub days: i64,
    /// Seconds, those of hours and minutes included.
    pub seconds: i64,
}

impl Duration {
    /// Reads a duration such as `-PT15M` or `P1DT2H`; none when it is no such value or out of range.
    ///
    /// Zero parts (`P`, `PT`) are taken, as clients write them.
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim().to_ascii_uppercase();
        let (sign, rest) = match value.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, value.strip_prefix('+').unwrap_or(&value)),
        };
        let rest = rest.strip_prefix('P')?;
        let (date, time) = rest.split_once('T').unwrap_or((rest, ""));
        let days = sum(date, &[('W', 7), ('D', 1)])?;
        let seconds = sum(time, &[('H', 3600), ('M', 60), ('S', 1)])?;
        Some(Self {
            days: sign * days,
            seconds: sign * seconds,
        })
    }

    /// All of it in seconds, days taken for 24 hours.
    pub fn in_seconds(self) -> i64 {
        self.days.saturating_mul(DAY).saturating_add(self.seconds)
    }

    /// The instant that lies it behind another, days taken for 24 hours, as they are in UTC; none past the
    /// last instant there is.
    pub fn after(self, at: Timestamp) -> Option<Timestamp> {
        let length = SignedDuration::from_secs(self.in_seconds());
        at.checked_add(length).ok()
    }
}

/// Adds up numbers with these units, each at most once and in this order.
fn sum(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let mut total = 0_i64;
    let mut rest = text;
    for &(unit, weight) in units {
        if let Some((number, tail)) = rest.split_once(unit) {
            total = total.checked_add(digits(number)?.checked_mul(weight)?)?;
            rest = tail;
        }
    }
    rest.is_empty().then_some(total)
}

fn digits(number: &str) -> Option<i64> {
    let is_number = number.bytes().all(|b| b.is_ascii_digit());
    // Ten digits are three centuries of seconds; more would overflow only later.
    (is_number && number.len() <= 10)
        .then(|| number.parse().ok())
        .flatten()
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.days < 0 || self.seconds < 0 {
            f.write_str("-")?;
        }
        f.write_str("P")?;
        let days = self.days.unsigned_abs();
        let seconds = self.seconds.unsigned_abs();
        if days > 0 {
            write!(f, "{days}D")?;
        }
        if seconds == 0 && days > 0 {
            return Ok(());
        }
        f.write_str("T")?;
        let parts = [
            (seconds / 3600, 'H'),
            (seconds / 60 % 60, 'M'),
            (seconds % 60, 'S'),
        ];
        for (number, unit) in parts {
            if number > 0 || (seconds == 0 && unit == 'S') {
                write!(f, "{number}{unit}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(value: &str) -> Option<(i64, i64)> {
        Duration::parse(value).map(|d| (d.days, d.seconds))
    }

    #[test]
    fn reads_the_forms_of_rfc_5545() {
        assert_eq!(parsed("P15DT5H0M20S"), Some((15, 18_020)));
        assert_eq!(parsed("P7W"), Some((49, 0)));
        assert_eq!(parsed("-PT15M"), Some((0, -900)));
        assert_eq!(parsed("+PT1H30M"), Some((0, 5400)));
        assert_eq!(parsed("-P0DT0H0M0S"), Some((0, 0)));
        assert_eq!(parsed("pt1h"), Some((0, 3600)));
    }

    #[test]
    fn refuses_what_is_none() {
        for value in [
            "",
            "15M",
            "PT15",
            "PT1S1H",
            "P1H",
            "PT1M1M",
            "P-1D",
            "P99999999999D",
            "P1é",
            "PTxS",
        ] {
            assert_eq!(parsed(value), None, "{value}");
        }
    }

    #[test]
    fn prints_what_it_reads_again() {
        for value in ["PT0S", "P1D", "-P1DT2H", "PT1H1S", "-PT15M", "P49D"] {
            let duration = Duration::parse(value).unwrap();
            assert_eq!(duration.to_string(), value);
        }
    }
}
