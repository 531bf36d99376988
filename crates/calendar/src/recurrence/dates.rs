//! RDATE and EXDATE: what is added to the rules and taken from them (RFC 5545 sections 3.8.5.1 and 3.8.5.2).

use jiff::Timestamp;
use jiff::civil::Date;

use super::bad_series::BadSeries;
use super::ground::Ground;
use super::instance::RecurrenceId;
use super::length::Length;
use super::rule::Grain;
use crate::component_buf::ComponentBuf;
use crate::date_or_time::DateOrTime;
use crate::duration::Duration;
use crate::property_buf::PropertyBuf;
use crate::zones::Zones;

/// An instance that no rule makes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extra {
    /// What names it.
    pub(crate) id: RecurrenceId,
    /// The length that a PERIOD gives it.
    pub(crate) length: Option<Length>,
}

/// What is taken out, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Excluded {
    instants: Vec<Timestamp>,
    days: Vec<Date>,
}

/// Reads the dates of a master.
pub(crate) struct Dates<'a> {
    pub(crate) master: &'a ComponentBuf,
    pub(crate) ground: &'a Ground,
    pub(crate) zones: &'a Zones,
    /// How many values may still come.
    pub(crate) left: usize,
}

impl Dates<'_> {
    /// Every instance of RDATE, in no order.
    pub(crate) fn extra(&mut self) -> Result<Vec<Extra>, BadSeries> {
        let mut extra = Vec::new();
        self.each("RDATE", |dates, property, value| {
            extra.push(dates.one_extra(property, value)?);
            Ok(())
        })?;
        Ok(extra)
    }

    /// Everything that EXDATE takes out.
    pub(crate) fn excluded(&mut self) -> Result<Excluded, BadSeries> {
        let mut excluded = Excluded::default();
        self.each("EXDATE", |dates, property, value| {
            let value = dates.value("EXDATE", property, value)?;
            let is_day = value.is_date() || dates.ground.grain() == Grain::Days;
            if is_day {
                excluded
                    .days
                    .push(dates.ground.day_of(&value, dates.zones)?);
            } else {
                let instant = dates.ground.instant_of(&value, dates.zones)?;
                excluded.instants.push(instant);
            }
            Ok(())
        })?;
        excluded.instants.sort_unstable();
        excluded.days.sort_unstable();
        Ok(excluded)
    }

    /// Goes through the values of every property of this name; empty ones are passed over.
    fn each(
        &mut self,
        name: &'static str,
        mut take: impl FnMut(&Self, &PropertyBuf, &str) -> Result<(), BadSeries>,
    ) -> Result<(), BadSeries> {
        for property in self.master.properties_named(name) {
            let values = property.value();
            for value in values.split(',').filter(|value| !value.trim().is_empty()) {
                self.left = self.left.checked_sub(1).ok_or(BadSeries::TooManyDates)?;
                take(self, property, value)?;
            }
        }
        Ok(())
    }

    fn one_extra(&self, property: &PropertyBuf, value: &str) -> Result<Extra, BadSeries> {
        let Some((start, end)) = value.split_once('/') else {
            let start = self.value("RDATE", property, value)?;
            let id = self.ground.id_of(&start, self.zones)?;
            return Ok(Extra { id, length: None });
        };
        let start = self.value("RDATE", property, start)?;
        let length = match Duration::parse(end) {
            Some(duration) => Length::of(duration),
            None => {
                let end = self.value("RDATE", property, end)?;
                Length::between(&start, &end, self.zones)?
            }
        };
        let id = self.ground.id_of(&start, self.zones)?;
        Ok(Extra {
            id,
            length: Some(length),
        })
    }

    fn value(
        &self,
        name: &'static str,
        property: &PropertyBuf,
        value: &str,
    ) -> Result<DateOrTime, BadSeries> {
        let read = DateOrTime::parse(value, property.parameter("TZID").as_deref());
        let read = read.map(|read| read.within(self.master));
        read.ok_or_else(|| BadSeries::Value {
            property: name,
            value: value.to_owned(),
        })
    }
}

impl Excluded {
    /// Whether this instance is taken out.
    pub(crate) fn contains(&self, id: RecurrenceId) -> bool {
        self.instants.binary_search(&id.instant).is_ok()
            || self.days.binary_search(&id.civil.date()).is_ok()
    }
}
