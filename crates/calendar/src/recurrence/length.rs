//! How long each instance is (RFC 5545 section 3.8.5.3).

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::clock::{self, shifted};
use crate::component_buf::ComponentBuf;
use crate::date_or_time::{DateOrTime, NoInstant};
use crate::duration::Duration;
use crate::zones::Zones;

/// The length of instances: exact where DTEND gave it, nominal in days where DURATION or dates did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Length(Duration);

impl Length {
    /// No length.
    pub(crate) const NONE: Self = Self(Duration {
        days: 0,
        seconds: 0,
    });

    /// One day.
    pub(crate) const DAY: Self = Self(Duration {
        days: 1,
        seconds: 0,
    });

    /// The length that DTEND, DUE or DURATION give a component; none without them.
    ///
    /// An end before the start counts as the start.
    pub(crate) fn of_component(
        component: &ComponentBuf,
        start: &DateOrTime,
        zones: &Zones,
    ) -> Result<Option<Self>, NoInstant> {
        let end = ["DTEND", "DUE"].iter();
        let mut end = end.filter_map(|name| DateOrTime::of_component(component, name));
        if let Some(end) = end.next() {
            return Self::between(start, &end, zones).map(Some);
        }
        let duration = component.property("DURATION");
        Ok(duration
            .and_then(|p| Duration::parse(&p.value()))
            .map(Self::of))
    }

    /// From one time to another: days between dates, else exact seconds.
    pub(crate) fn between(
        start: &DateOrTime,
        end: &DateOrTime,
        zones: &Zones,
    ) -> Result<Self, NoInstant> {
        if let (DateOrTime::Date(start), DateOrTime::Date(end)) = (start, end) {
            let days = clock::days_between(*start, *end).max(0);
            return Ok(Self(Duration { days, seconds: 0 }));
        }
        let seconds = end.instant(zones)?.as_second() - start.instant(zones)?.as_second();
        Ok(Self(Duration {
            days: 0,
            seconds: seconds.max(0),
        }))
    }

    /// A DURATION; a negative one is none.
    pub(crate) fn of(duration: Duration) -> Self {
        Self(Duration {
            days: duration.days.max(0),
            seconds: duration.seconds.max(0),
        })
    }

    /// Where an instance that begins there ends.
    pub(crate) fn end(self, start: Timestamp, civil: DateTime, zone: &TimeZone) -> Timestamp {
        let Duration { days, seconds } = self.0;
        if days == 0 {
            return shifted(start, seconds);
        }
        let day = Span::new()
            .try_days(days)
            .and_then(|days| civil.checked_add(days))
            .and_then(|civil| zone.to_timestamp(civil));
        shifted(day.unwrap_or(Timestamp::MAX), seconds)
    }

    /// No instance of this length takes more seconds, whatever the clocks do meanwhile.
    pub(crate) fn most_seconds(self) -> i64 {
        let Duration { days, seconds } = self.0;
        let slack = if days == 0 { 0 } else { clock::DAY };
        seconds
            .saturating_add(days.saturating_mul(clock::DAY))
            .saturating_add(slack)
    }
}
