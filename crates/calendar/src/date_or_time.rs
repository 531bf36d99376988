//! The value of DTSTART, RECURRENCE-ID and their like (RFC 5545 sections 3.3.4 and 3.3.5), as written.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use thiserror::Error;

use crate::component_buf::ComponentBuf;
use crate::property::Property;
use crate::property_buf::PropertyBuf;
use crate::zones::Zones;

/// A date, or a date with time in one of its three forms.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DateOrTime {
    /// A whole day.
    Date(Date),
    /// A local time of no zone.
    Floating(DateTime),
    /// An instant.
    Utc(Timestamp),
    /// A local time of a named zone.
    Zoned {
        /// The local time.
        civil: DateTime,
        /// The name as written; what zone it is, rule A4 decides.
        tzid: String,
    },
}

/// Why a value names no instant.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoInstant {
    /// The zone name is unknown.
    #[error("unknown time zone {0:?}")]
    UnknownZone(String),
    /// The instant is outside the years that can be told.
    #[error("the time is out of range")]
    OutOfRange,
}

impl DateOrTime {
    /// Reads a property of one value: its form decides, whatever VALUE says; TZID counts for local times.
    pub fn from_property(property: &Property<'_>) -> Option<Self> {
        Self::parse(&property.value(), property.parameter("TZID").as_deref())
    }

    /// Reads every value of a property such as EXDATE; what is none of them is left out.
    pub fn list_from_property(property: &Property<'_>) -> Vec<Self> {
        let tzid = property.parameter("TZID");
        let value = property.value();
        value
            .split(',')
            .filter_map(|one| Self::parse(one, tzid.as_deref()))
            .collect()
    }

    /// Reads `19970714`, `19970714T133000` or `19970714T173000Z`, blanks around it passed over.
    ///
    /// The leap second 60 reads as 59, as RFC 5545 asks of systems without leap seconds.
    pub fn parse(value: &str, tzid: Option<&str>) -> Option<Self> {
        let value = value.trim();
        let is_mark = |byte: &u8| matches!(byte, b'T' | b't');
        let Some(mark) = value.as_bytes().iter().position(is_mark) else {
            return parse_date(value).map(Self::Date);
        };
        let (date, time) = (value.get(..mark)?, value.get(mark + 1..)?);
        let date = parse_date(date)?;
        if let Some(time) = time.strip_suffix(['Z', 'z']) {
            let utc = date.to_datetime(parse_time(time)?);
            return Some(Self::Utc(Offset::UTC.to_timestamp(utc).ok()?));
        }
        let civil = date.to_datetime(parse_time(time)?);
        Some(match tzid.map(str::trim).filter(|tzid| !tzid.is_empty()) {
            Some(tzid) => Self::Zoned {
                civil,
                tzid: tzid.to_owned(),
            },
            None => Self::Floating(civil),
        })
    }

    /// The instant that is meant; dates (their midnight) and floating times count in the local zone.
    ///
    /// A time in a DST gap moves forward, one in a fold is the first of the two (rule of RFC 5545
    /// section 3.3.5).
    pub fn instant(&self, zones: &Zones) -> Result<Timestamp, NoInstant> {
        let (civil, zone) = self.anchor(zones)?;
        let instant = zone.to_timestamp(civil);
        instant.map_err(|_| NoInstant::OutOfRange)
    }

    /// The local time and the zone that it counts in: UTC for an instant, midnight for a date.
    pub fn anchor(&self, zones: &Zones) -> Result<(DateTime, TimeZone), NoInstant> {
        Ok(match self {
            Self::Utc(instant) => (TimeZone::UTC.to_datetime(*instant), TimeZone::UTC),
            Self::Date(date) => (date.to_datetime(Time::midnight()), zones.local().clone()),
            Self::Floating(civil) => (*civil, zones.local().clone()),
            Self::Zoned { civil, tzid } => {
                let zone = zones.zone(tzid);
                (
                    *civil,
                    zone.ok_or_else(|| NoInstant::UnknownZone(tzid.clone()))?,
                )
            }
        })
    }

    /// The value of a component's property of this name, the component's own zone regarded.
    ///
    /// Zoom writes TZID as a property of the VEVENT, and its times without a zone.
    pub fn of_component(component: &ComponentBuf, name: &str) -> Option<Self> {
        let value = component.property(name)?.date_or_time()?;
        Some(value.within(component))
    }

    /// A floating time of a component that has a TZID property is a time of that zone.
    pub(crate) fn within(self, component: &ComponentBuf) -> Self {
        let Self::Floating(civil) = self else {
            return self;
        };
        match component.property("TZID").map(PropertyBuf::unescaped) {
            Some(tzid) if !tzid.trim().is_empty() => Self::Zoned {
                civil,
                tzid: tzid.trim().to_owned(),
            },
            _ => self,
        }
    }

    /// The local time as it is written: of a whole day its midnight, of an instant UTC.
    pub fn civil(&self) -> DateTime {
        match self {
            Self::Date(date) => date.at(0, 0, 0, 0),
            Self::Floating(civil) | Self::Zoned { civil, .. } => *civil,
            Self::Utc(instant) => TimeZone::UTC.to_datetime(*instant),
        }
    }

    /// Whether it is a whole day.
    pub fn is_date(&self) -> bool {
        matches!(self, Self::Date(_))
    }

    /// A property of this name with this value, VALUE=DATE or TZID set where the form needs it.
    pub fn to_property(&self, name: &str) -> PropertyBuf {
        let mut property = PropertyBuf::new(name, &self.to_string());
        match self {
            Self::Date(_) => property.set_parameter("VALUE", "DATE"),
            Self::Zoned { tzid, .. } => property.set_parameter("TZID", tzid),
            Self::Floating(_) | Self::Utc(_) => {}
        }
        property
    }
}

/// The value as RFC 5545 writes it, without its zone.
impl fmt::Display for DateOrTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = Digits::default();
        match self {
            Self::Date(date) => digits.date(*date),
            Self::Floating(civil) | Self::Zoned { civil, .. } => digits.civil(*civil),
            Self::Utc(instant) => {
                digits.civil(Offset::UTC.to_datetime(*instant));
                digits.push(b'Z');
            }
        }
        f.write_str(digits.as_str())
    }
}

/// A value while it is written: every instance is named by one, which the formatter would slow down.
#[derive(Default)]
struct Digits {
    octets: [u8; 17],
    length: usize,
}

impl Digits {
    fn date(&mut self, date: Date) {
        let year = date.year();
        // No year before the first can be read, but steps back from it may lead there.
        if year < 0 {
            self.push(b'-');
        }
        let year = year.unsigned_abs();
        self.pair((year / 100) as u8);
        self.pair((year % 100) as u8);
        self.pair(date.month().unsigned_abs());
        self.pair(date.day().unsigned_abs());
    }

    fn civil(&mut self, civil: DateTime) {
        self.date(civil.date());
        self.push(b'T');
        self.pair(civil.hour().unsigned_abs());
        self.pair(civil.minute().unsigned_abs());
        self.pair(civil.second().unsigned_abs());
    }

    fn pair(&mut self, number: u8) {
        self.push(b'0' + number / 10);
        self.push(b'0' + number % 10);
    }

    fn push(&mut self, octet: u8) {
        if let Some(place) = self.octets.get_mut(self.length) {
            *place = octet;
            self.length += 1;
        }
    }

    fn as_str(&self) -> &str {
        let written = self.octets.get(..self.length).unwrap_or_default();
        std::str::from_utf8(written).unwrap_or_default()
    }
}

fn parse_date(text: &str) -> Option<Date> {
    let [y1, y2, m, d] = pairs(text)?;
    let year = i16::from(y1) * 100 + i16::from(y2);
    Date::new(year, m, d).ok()
}

fn parse_time(text: &str) -> Option<Time> {
    let [hour, minute, second] = pairs(text)?;
    let second = if second == 60 { 59 } else { second };
    Time::new(hour, minute, second, 0).ok()
}

/// Exactly `N` numbers of two digits.
fn pairs<const N: usize>(text: &str) -> Option<[i8; N]> {
    let bytes = text.as_bytes();
    if bytes.len() != 2 * N || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut numbers = [0; N];
    for (number, pair) in numbers.iter_mut().zip(bytes.chunks_exact(2)) {
        *number = pair.iter().fold(0, |sum, b| sum * 10 + (b - b'0') as i8);
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::ZoneSource;

    fn instant(value: &str, tzid: Option<&str>) -> String {
        let value = DateOrTime::parse(value, tzid).unwrap();
        let source = ZoneSource::new();
        let local = source.resolve("Asia/Tokyo").unwrap();
        match value.instant(&Zones::new(source, local)) {
            Ok(instant) => instant.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn reads_and_prints_every_form() {
        for (value, tzid) in [
            ("19970714", None),
            ("19970714T133000", None),
            ("19970714T173000Z", None),
            ("00010101T000000", Some("Europe/Berlin")),
            ("20260228T235959", Some("Nowhere; at all: \"x\"")),
        ] {
            let parsed = DateOrTime::parse(value, tzid).unwrap();
            assert_eq!(parsed.to_string(), value);
            let property = parsed.to_property("DTSTART");
            let again = property.date_or_time();
            assert_eq!(again, Some(parsed));
        }
    }

    #[test]
    fn tolerates_blanks_lower_case_and_leap_seconds() {
        let leap = DateOrTime::parse(" 20161231t235960z ", Some("Europe/Berlin"));
        assert_eq!(leap.unwrap().to_string(), "20161231T235959Z");
        let bare = DateOrTime::parse("20260101T000000", Some(" "));
        assert!(matches!(bare, Some(DateOrTime::Floating(_))));
    }

    #[test]
    fn refuses_what_is_no_date() {
        for value in [
            "",
            "T",
            "2026",
            "20261301",
            "20260230",
            "20260101T",
            "20260101T2500",
            "20260101T250000",
            "20260101T000000+0100",
            "2026-01-01",
            "20260101T000000ZZ",
            "é0260101",
            "20260101T0000é0",
            "99999999",
            "+2026010",
            "20260101T000000.5",
        ] {
            assert_eq!(DateOrTime::parse(value, None), None, "{value}");
        }
    }

    #[test]
    fn finds_the_instant_in_its_zone() {
        assert_eq!(
            instant("20260702T090000", Some("Europe/Berlin")),
            "2026-07-02T07:00:00Z"
        );
        assert_eq!(
            instant("20260102T090000", Some("America/New_York")),
            "2026-01-02T14:00:00Z"
        );
        assert_eq!(
            instant("20260102T090000Z", Some("America/New_York")),
            "2026-01-02T09:00:00Z"
        );
        assert_eq!(instant("20260102", None), "2026-01-01T15:00:00Z");
        assert_eq!(instant("20260102T090000", None), "2026-01-02T00:00:00Z");
    }

    #[test]
    fn gaps_move_forward_and_folds_take_the_first() {
        assert_eq!(
            instant("20260329T023000", Some("Europe/Berlin")),
            "2026-03-29T01:30:00Z"
        );
        assert_eq!(
            instant("20261025T023000", Some("Europe/Berlin")),
            "2026-10-25T00:30:00Z"
        );
    }

    #[test]
    fn an_unknown_zone_is_never_guessed() {
        assert_eq!(
            instant("20260702T090000", Some("Pacific Time")),
            "unknown time zone \"Pacific Time\""
        );
    }
}
