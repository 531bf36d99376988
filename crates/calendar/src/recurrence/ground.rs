//! What a series stands on: its form, its zone, its first start (rule A3).

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::clock;
use super::instance::RecurrenceId;
use super::rule::Grain;
use crate::date_or_time::{DateOrTime, NoInstant};
use crate::zones::Zones;

/// The clock that a series runs by, from its first start: what names its instances, without its rules.
#[derive(Clone, Debug)]
pub struct Ground {
    /// DTSTART as written.
    pub(crate) form: DateOrTime,
    /// The zone of the clock.
    pub(crate) zone: TimeZone,
    /// The first start on the clock.
    pub(crate) civil: DateTime,
}

impl Ground {
    /// The clock of a series that begins so.
    pub fn of(start: DateOrTime, zones: &Zones) -> Result<Self, NoInstant> {
        let (civil, zone) = start.anchor(zones)?;
        let ground = Self {
            form: start,
            zone,
            civil,
        };
        clock::resolve(&ground.zone, civil).ok_or(NoInstant::OutOfRange)?;
        Ok(ground)
    }

    /// DTSTART as written.
    pub fn start(&self) -> &DateOrTime {
        &self.form
    }

    /// Whether it is of times or of days.
    pub(crate) fn grain(&self) -> Grain {
        if self.form.is_date() {
            Grain::Days
        } else {
            Grain::Times
        }
    }

    /// What is on the clock at an instant.
    pub(crate) fn civil_at(&self, instant: Timestamp) -> DateTime {
        self.zone.to_datetime(instant)
    }

    /// What a clock time names; none at the ends of the calendar.
    pub(crate) fn id(&self, civil: DateTime) -> Result<RecurrenceId, NoInstant> {
        let resolved = clock::resolve(&self.zone, civil).ok_or(NoInstant::OutOfRange)?;
        Ok(RecurrenceId {
            instant: resolved.instant,
            civil,
        })
    }

    /// What a value of RDATE or RECURRENCE-ID names.
    ///
    /// A date names that day at the time of the first start; in a series of days a time names its day.
    pub fn id_of(&self, value: &DateOrTime, zones: &Zones) -> Result<RecurrenceId, NoInstant> {
        if self.grain() == Grain::Days {
            return self.id(self.day_of(value, zones)?.to_datetime(Time::midnight()));
        }
        if let DateOrTime::Date(date) = value {
            return self.id(date.to_datetime(self.civil.time()));
        }
        let instant = self.instant_of(value, zones)?;
        Ok(RecurrenceId {
            instant,
            civil: self.civil_at(instant),
        })
    }

    /// The instant alone of what [`id_of`](Self::id_of) tells.
    pub fn instant_id_of(&self, value: &DateOrTime, zones: &Zones) -> Result<Timestamp, NoInstant> {
        match value {
            DateOrTime::Utc(_) | DateOrTime::Zoned { .. } if self.grain() == Grain::Times => {
                self.instant_of(value, zones)
            }
            _ => Ok(self.id_of(value, zones)?.instant),
        }
    }

    /// The instant of a value that belongs to the series: without a zone it is of the series' clock.
    pub(crate) fn instant_of(
        &self,
        value: &DateOrTime,
        zones: &Zones,
    ) -> Result<Timestamp, NoInstant> {
        match value {
            DateOrTime::Floating(civil) => Ok(self.id(*civil)?.instant),
            _ => value.instant(zones),
        }
    }

    /// The day that a value means in a series of days.
    ///
    /// Midnight and the last second in UTC are how some write a mere date; Outlook writes the
    /// local midnight in UTC.
    pub(crate) fn day_of(&self, value: &DateOrTime, zones: &Zones) -> Result<Date, NoInstant> {
        let DateOrTime::Utc(instant) = value else {
            return Ok(value.anchor(zones)?.0.date());
        };
        let utc = TimeZone::UTC.to_datetime(*instant);
        let last_second = Time::constant(23, 59, 59, 0);
        let is_a_date = utc.time() == Time::midnight() || utc.time() == last_second;
        let zone = if is_a_date {
            &TimeZone::UTC
        } else {
            &self.zone
        };
        Ok(zone.to_datetime(*instant).date())
    }

    /// No rule names an instant before this one: times that follow a start in a gap may come before it.
    pub(crate) fn floor(&self) -> Option<Timestamp> {
        clock::resolve(&self.zone, self.civil).map(|start| start.floor)
    }

    /// The last instant that a clock time up to this one names: a gap shortly before moves some past it.
    pub(crate) fn last_until(&self, civil: DateTime) -> Option<Timestamp> {
        let until = clock::resolve(&self.zone, civil)?.instant;
        let day_before = clock::shifted(until, -clock::DAY);
        let [before, after] = [day_before, until].map(|at| self.zone.to_offset(at).seconds());
        Some(clock::shifted(until, i64::from(after - before).max(0)))
    }

    /// An instant of the series as DTSTART is written; the second of a fold, which has no such form, in UTC.
    pub fn value(&self, id: RecurrenceId) -> DateOrTime {
        let is_named = self.id(id.civil).is_ok_and(|it| it.instant == id.instant);
        match &self.form {
            _ if !is_named => DateOrTime::Utc(id.instant),
            DateOrTime::Date(_) => DateOrTime::Date(id.civil.date()),
            DateOrTime::Floating(_) => DateOrTime::Floating(id.civil),
            DateOrTime::Utc(_) => DateOrTime::Utc(id.instant),
            DateOrTime::Zoned { tzid, .. } => DateOrTime::Zoned {
                civil: id.civil,
                tzid: tzid.clone(),
            },
        }
    }
}
