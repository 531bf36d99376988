//! What the times of one object or message mean: its time zones, and the clock of its master (rules A3
//! and A4).

use std::mem::discriminant;

use calendar::{DateOrTime, Ground, NoInstant, ZoneSource, Zones};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::object::Body;
use crate::recurrence_id::RecurrenceId;

/// Time zones by name, and what the series stands on.
///
/// Dates and floating times that meet instants count in UTC.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    zones: Zones,
    ground: Option<Ground>,
}

impl Clock {
    /// The zones of an object or message by its VTIMEZONEs, each with its TZID.
    pub(crate) fn new<'z>(vtimezones: impl Iterator<Item = (&'z String, &'z Body<'z>)>) -> Self {
        let mut zones = Zones::new(ZoneSource::new(), TimeZone::UTC);
        for (tzid, vtimezone) in vtimezones {
            zones.define(tzid, &vtimezone.bytes());
        }
        Self {
            zones,
            ground: None,
        }
    }

    /// Runs by the master that begins so; a start whose zone is unknown tells nothing.
    pub(crate) fn run_from(&mut self, start: DateOrTime) {
        self.meet(&start);
        self.ground = Ground::of(start, &self.zones).ok();
    }

    /// Runs as another does, with its own zones for what it is asked.
    pub(crate) fn run_as(&mut self, other: &Self) {
        self.ground.clone_from(&other.ground);
    }

    /// Lets the name of a time's zone be decided by it, if no time before it did (rule A4).
    pub(crate) fn meet(&mut self, value: &DateOrTime) {
        if let DateOrTime::Zoned { civil, tzid } = value {
            self.zones.decide(tzid, *civil);
        }
    }

    /// Whether the zone of this name is decided.
    pub(crate) fn has_met(&self, tzid: &str) -> bool {
        self.zones.is_decided(tzid.trim())
    }

    pub(crate) fn zones(&self) -> &Zones {
        &self.zones
    }

    /// The name of the instance that a RECURRENCE-ID, RDATE or EXDATE means.
    pub(crate) fn id(&self, value: &DateOrTime) -> Result<RecurrenceId, NoInstant> {
        let Some(ground) = &self.ground else {
            return Ok(match value {
                DateOrTime::Zoned { .. } => instant_id(value.instant(&self.zones)?),
                _ => RecurrenceId::instance(value),
            });
        };
        match ground.start() {
            DateOrTime::Zoned { .. } | DateOrTime::Utc(_) => {
                Ok(instant_id(ground.instant_id_of(value, &self.zones)?))
            }
            DateOrTime::Date(_) | DateOrTime::Floating(_) => {
                let id = ground.id_of(value, &self.zones)?;
                Ok(RecurrenceId::instance(&ground.value(id)))
            }
        }
    }

    /// What names an instance, written as the master's DTSTART is.
    pub(crate) fn written(&self, id: &RecurrenceId) -> Option<DateOrTime> {
        let value = id.date_or_time()?;
        let Some(ground) = &self.ground else {
            return Some(value);
        };
        let id = ground.id_of(&value, &self.zones).ok()?;
        Some(ground.value(id))
    }

    /// The instant of a time; none where its zone is unknown.
    pub(crate) fn instant(&self, value: &DateOrTime) -> Option<Timestamp> {
        value.instant(&self.zones).ok()
    }

    /// Whether both name instances in one form: by instants, days or floating times.
    pub(crate) fn names_as(&self, other: &Self) -> bool {
        let form = |clock: &Self| {
            let start = clock.ground.as_ref().map(Ground::start);
            start.map(|start| match start {
                DateOrTime::Zoned { .. } => discriminant(&DateOrTime::Utc(Timestamp::MIN)),
                other => discriminant(other),
            })
        };
        form(self) == form(other)
    }
}

fn instant_id(instant: Timestamp) -> RecurrenceId {
    RecurrenceId::instance(&DateOrTime::Utc(instant))
}
