//! How a series is read from its components.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

use super::{BoundRule, Series};
use crate::component_buf::ComponentBuf;
use crate::date_or_time::DateOrTime;
use crate::recurrence::bad_series::BadSeries;
use crate::recurrence::clock;
use crate::recurrence::dates::{Dates, Excluded, Extra};
use crate::recurrence::ground::Ground;
use crate::recurrence::instance::{Instance, InstanceSource};
use crate::recurrence::length::Length;
use crate::recurrence::limits::RecurrenceLimits;
use crate::recurrence::overriding::{Named, Override, Reach, Shape};
use crate::recurrence::rule::{Grain, Rule};
use crate::zones::Zones;

impl Series {
    pub(super) fn of_master(
        master: &ComponentBuf,
        zones: &Zones,
        limits: &RecurrenceLimits,
    ) -> Result<Self, BadSeries> {
        let start = start_of(master)?.ok_or(BadSeries::NoStart)?;
        let length = Length::of_component(master, &start, zones)?;
        let length = length.unwrap_or_else(|| usual_length(&start));
        let mut series = Self::on(Ground::of(start, zones)?, length, limits);
        if master.property("EXRULE").is_some() {
            return Err(BadSeries::ExceptionRule);
        }
        for rule in master.properties_named("RRULE") {
            series.add_rule(&rule.value(), zones)?;
        }
        let ground = &series.ground;
        let mut dates = Dates {
            master,
            ground,
            zones,
            left: limits.dates,
        };
        let mut extra = dates.extra()?;
        let excluded = dates.excluded()?;
        extra.push(Extra {
            id: ground.id(ground.civil)?,
            length: None,
        });
        series.extra = extra;
        series.excluded = excluded;
        Ok(series)
    }

    pub(super) fn without_master(
        first: &ComponentBuf,
        zones: &Zones,
        limits: &RecurrenceLimits,
    ) -> Result<Self, BadSeries> {
        let id = recurrence_id(first)?;
        let length = usual_length(&id);
        Ok(Self::on(Ground::of(id, zones)?, length, limits))
    }

    fn on(ground: Ground, length: Length, limits: &RecurrenceLimits) -> Self {
        Self {
            ground,
            rules: Vec::new(),
            extra: Vec::new(),
            excluded: Excluded::default(),
            overrides: Vec::new(),
            overridden: Vec::new(),
            overridden_days: Vec::new(),
            shapes: vec![Shape {
                from: Timestamp::MIN,
                shift: 0,
                length,
                source: InstanceSource::Master,
            }],
            limits: *limits,
        }
    }

    fn add_rule(&mut self, text: &str, zones: &Zones) -> Result<(), BadSeries> {
        if self.rules.len() >= self.limits.rules {
            return Err(BadSeries::TooManyRules);
        }
        let rule = Rule::parse(text, self.ground.grain(), &self.limits)?;
        let (until, until_instant) = match &rule.until {
            None => (None, None),
            Some(until) if self.ground.grain() == Grain::Days => {
                (Some(last_of(self.ground.day_of(until, zones)?)), None)
            }
            Some(DateOrTime::Date(day)) => (Some(last_of(*day)), None),
            Some(DateOrTime::Utc(instant)) => {
                // A day more, for local times come twice in a fold; the instant cuts exactly.
                let civil = clock::shifted_civil(self.ground.civil_at(*instant), clock::DAY);
                (Some(civil), Some(*instant))
            }
            Some(DateOrTime::Floating(civil) | DateOrTime::Zoned { civil, .. }) => {
                (Some(*civil), None)
            }
        };
        self.rules.push(BoundRule {
            rule,
            until,
            until_instant,
        });
        Ok(())
    }

    pub(super) fn read_override(
        &self,
        index: usize,
        component: &ComponentBuf,
        zones: &Zones,
    ) -> Result<Override, BadSeries> {
        let written = recurrence_id(component)?;
        let id = self.ground.id_of(&written, zones)?;
        let own_start = start_of(component)?;
        let start = own_start.clone().unwrap_or_else(|| self.ground.value(id));
        let length = match Length::of_component(component, &start, zones)? {
            Some(length) => length,
            None if own_start.as_ref().is_some_and(DateOrTime::is_date) => Length::DAY,
            None => self.shape_at(id.instant).length,
        };
        let (civil, zone) = start.anchor(zones)?;
        let begins = start.instant(zones)?;
        let range = component.property("RECURRENCE-ID");
        let range = range.and_then(|id| id.parameter("RANGE"));
        let is_day = written.is_date() && self.ground.grain() == Grain::Times;
        Ok(Override {
            instance: Instance {
                start: begins,
                end: length.end(begins, civil, &zone),
                recurrence_id: id,
                source: InstanceSource::Override(index),
            },
            civil: match start {
                DateOrTime::Date(_) => civil,
                _ => self.ground.civil_at(begins),
            },
            length,
            named: if is_day { Named::Day } else { Named::Instant },
            reach: match range {
                Some(range) if range.eq_ignore_ascii_case("THISANDFUTURE") => Reach::Future,
                _ => Reach::One,
            },
        })
    }

    pub(super) fn put_in_order(&mut self) {
        self.extra
            .sort_by_key(|extra| (extra.id.instant, extra.length.is_none(), extra.id.civil));
        let shapes = self.overrides.iter().filter_map(Override::shape);
        self.shapes.extend(shapes);
        self.shapes.sort_by_key(|shape| shape.from);
        for one in &self.overrides {
            let id = one.instance.recurrence_id;
            match one.named {
                Named::Instant => self.overridden.push(id.instant),
                Named::Day => self.overridden_days.push(id.civil.date()),
            }
        }
        self.overridden.sort_unstable();
        self.overridden_days.sort_unstable();
    }
}

/// DTSTART, or DUE of a to-do that has none.
fn start_of(component: &ComponentBuf) -> Result<Option<DateOrTime>, BadSeries> {
    for name in ["DTSTART", "DUE"] {
        if let Some(property) = component.property(name) {
            let value = DateOrTime::of_component(component, name);
            return value.map(Some).ok_or_else(|| BadSeries::Value {
                property: name,
                value: property.value().into_owned(),
            });
        }
    }
    Ok(None)
}

fn recurrence_id(component: &ComponentBuf) -> Result<DateOrTime, BadSeries> {
    let property = component.property("RECURRENCE-ID");
    DateOrTime::of_component(component, "RECURRENCE-ID").ok_or_else(|| BadSeries::Value {
        property: "RECURRENCE-ID",
        value: property.map_or_else(String::new, |p| p.value().into_owned()),
    })
}

/// The length of what says none.
fn usual_length(start: &DateOrTime) -> Length {
    if start.is_date() {
        Length::DAY
    } else {
        Length::NONE
    }
}

/// The last second of a day.
fn last_of(day: Date) -> DateTime {
    day.to_datetime(Time::constant(23, 59, 59, 0))
}
