//! One version of an object, ready to be asked what it says of a date.

use std::collections::{BTreeMap, BTreeSet};

use calendar::{ComponentBuf, DateOrTime, Document, Limits, RecurrenceLimits, Series, Zones};
use jiff::Timestamp;

use super::Detail;
use crate::facts::{self, Facts};
use crate::moment::{Clock, Moment};
use crate::object::calendar_of;

/// The properties whose change is told without their text.
const DETAILS: [(Detail, &[&str]); 3] = [
    (
        Detail::Description,
        &["DESCRIPTION", "STYLED-DESCRIPTION", "X-ALT-DESC"],
    ),
    (Detail::Link, &["URL", "CONFERENCE", "X-GOOGLE-CONFERENCE"]),
    (Detail::Attachment, &["ATTACH"]),
];

/// The steps that all dates of both versions together are looked for, about.
const STEPS: u64 = 100_000;

/// The steps for each date that these texts name.
pub(super) fn steps_for(texts: &[&[u8]]) -> u64 {
    let dates: usize = texts.iter().map(|text| dates_in(text)).sum();
    let dates = u64::try_from(dates).unwrap_or(u64::MAX);
    STEPS / dates.clamp(1, STEPS / 100)
}

/// How many dates a text names beside its rule.
fn dates_in(text: &[u8]) -> usize {
    let Ok(document) = Document::parse(text, &Limits::default()) else {
        return 0;
    };
    let components = document.descendants();
    let lines = components.flat_map(|component| component.properties());
    let names = ["RECURRENCE-ID", "EXDATE", "RDATE"];
    lines
        .filter(|line| names.iter().any(|name| line.is(name)))
        .map(|line| line.value().split(',').count())
        .sum()
}

/// One version of an object.
pub(super) struct Version {
    zones: Zones,
    master: Option<Master>,
    overrides: BTreeMap<Timestamp, Override>,
    /// EXDATE.
    excluded: BTreeMap<Timestamp, Moment>,
    /// RDATE.
    extra: BTreeMap<Timestamp, Moment>,
}

struct Master {
    component: ComponentBuf,
    facts: Facts,
    /// Rule, DTSTART and RDATE without EXDATE and overrides; none when it cannot be followed.
    series: Option<Series>,
}

struct Override {
    at: Moment,
    component: ComponentBuf,
    facts: Facts,
}

impl Version {
    pub(super) fn read(text: &[u8], steps: u64) -> Self {
        let mut components = Vec::new();
        let mut zones = Zones::new(calendar::ZoneSource::new(), jiff::tz::TimeZone::UTC);
        if let Ok(document) = Document::parse(text, &Limits::default()) {
            zones = facts::zones(&document);
            let calendar = calendar_of(&document);
            let all = calendar
                .into_iter()
                .flat_map(|calendar| calendar.components());
            let scheduled = all.filter(|part| part.is("VEVENT") || part.is("VTODO"));
            components = scheduled.map(|part| part.to_buf()).collect();
        }
        let is_override = |part: &ComponentBuf| part.property("RECURRENCE-ID").is_some();
        let (overrides, masters): (Vec<_>, Vec<_>) = components.into_iter().partition(is_override);
        let mut version = Self {
            zones,
            master: None,
            overrides: BTreeMap::new(),
            excluded: BTreeMap::new(),
            extra: BTreeMap::new(),
        };
        if let Some(master) = masters.into_iter().next() {
            version.take_master(master, steps);
        }
        for component in overrides {
            version.take_override(component);
        }
        version
    }

    fn take_master(&mut self, component: ComponentBuf, steps: u64) {
        let mut bare = component.clone();
        bare.remove_properties("EXDATE");
        let limits = RecurrenceLimits {
            steps,
            ..RecurrenceLimits::default()
        };
        self.master = Some(Master {
            facts: facts::of_component(&component, &self.zones),
            series: Series::read([&bare], &self.zones, &limits).ok(),
            component,
        });
        self.excluded = self.dates("EXDATE");
        self.extra = self.dates("RDATE");
    }

    /// The dates of a property of the master, by what they name.
    fn dates(&self, name: &str) -> BTreeMap<Timestamp, Moment> {
        let Some(master) = &self.master else {
            return BTreeMap::new();
        };
        let values = master.component.properties_named(name).flat_map(|line| {
            let tzid = line.parameter("TZID").map(|tzid| tzid.into_owned());
            let value = line.value().into_owned();
            let one = |one: &str| DateOrTime::parse(one.split('/').next()?, tzid.as_deref());
            value.split(',').filter_map(one).collect::<Vec<_>>()
        });
        values.filter_map(|value| self.named(&value)).collect()
    }

    fn take_override(&mut self, component: ComponentBuf) {
        let Some(value) = DateOrTime::of_component(&component, "RECURRENCE-ID") else {
            return;
        };
        let Some((instant, at)) = self.named(&value) else {
            return;
        };
        let facts = facts::of_component(&component, &self.zones);
        let facts = match self.clock() {
            Some(clock) => told_beside(facts, clock),
            None => facts,
        };
        let one = Override {
            at,
            component,
            facts,
        };
        self.overrides.entry(instant).or_insert(one);
    }

    /// DTSTART of the master, on whose clock all dates are told.
    fn clock(&self) -> Option<&Moment> {
        self.master.as_ref()?.facts.start.as_ref()
    }

    /// What a RECURRENCE-ID, EXDATE or RDATE names: its instant, and the moment on the series' clock.
    fn named(&self, value: &DateOrTime) -> Option<(Timestamp, Moment)> {
        let series = self
            .master
            .as_ref()
            .and_then(|master| master.series.as_ref());
        let found = series.and_then(|series| series.find(value, &self.zones).ok().flatten());
        let instant = match found {
            Some(instance) => instance.recurrence_id.instant,
            None => value.instant(&self.zones).ok()?,
        };
        let moment = Moment::of(value, &self.zones);
        let at = match self.clock() {
            Some(clock) if found.is_some() && !moment.is_same(clock) => clock.at(instant),
            Some(clock) => moment.beside(clock),
            None => moment,
        };
        Some((instant, at))
    }

    pub(super) fn master(&self) -> Option<&Facts> {
        self.master.as_ref().map(|master| &master.facts)
    }

    /// Every date that it says something about, beside its rule.
    pub(super) fn dates_named(&self) -> BTreeSet<Timestamp> {
        let overrides = self.overrides.keys();
        let all = overrides
            .chain(self.excluded.keys())
            .chain(self.extra.keys());
        all.copied().collect()
    }

    /// How it names this date, if it says something about it.
    pub(super) fn name_of(&self, at: Timestamp) -> Option<&Moment> {
        let own = self.overrides.get(&at).map(|one| &one.at);
        own.or_else(|| self.excluded.get(&at))
            .or_else(|| self.extra.get(&at))
    }

    /// What is said of this date; none when the series has none, or takes it out.
    pub(super) fn says(&self, at: Timestamp) -> Option<Facts> {
        if let Some(one) = self.overrides.get(&at) {
            return Some(one.facts.clone());
        }
        if self.excluded.contains_key(&at) {
            return None;
        }
        self.series_says(at)
    }

    /// What the series says of it, whatever overrides and EXDATE say.
    pub(super) fn series_says(&self, at: Timestamp) -> Option<Facts> {
        let master = self.master.as_ref()?;
        let clock = master.facts.start.as_ref()?;
        let facts = &master.facts;
        let find = |series: &Series| series.find(&asked(clock, at), &self.zones);
        let (start, end) = match master.series.as_ref().map(find) {
            Some(Ok(instance)) => {
                let instance = instance?;
                (clock.at(instance.start), clock.at(instance.end))
            }
            // A rule that cannot be followed is believed to have the date.
            Some(Err(_)) | None => {
                let start = clock.at(at);
                let end = facts.end.as_ref().unwrap_or(clock);
                let length = end.civil.duration_since(clock.civil);
                let civil = start.civil.saturating_add(length);
                (start.clone(), Moment { civil, ..start })
            }
        };
        Some(Facts {
            start: Some(start),
            end: facts.end.as_ref().map(|_| end),
            recurrence: None,
            ..facts.clone()
        })
    }

    /// Whether EXDATE takes a date out.
    pub(super) fn is_excluded(&self, at: Timestamp) -> bool {
        self.excluded.contains_key(&at)
    }

    /// Whether a date is one by RDATE alone.
    pub(super) fn is_extra(&self, at: Timestamp) -> bool {
        self.extra.contains_key(&at)
    }

    /// What else changed of the master.
    pub(super) fn details_changed(&self, after: &Self) -> Vec<Detail> {
        match (&self.master, &after.master) {
            (Some(old), Some(new)) => details(&old.component, &new.component),
            _ => Vec::new(),
        }
    }

    /// What else changed of one date: only where both versions have an override of it.
    pub(super) fn instance_details_changed(&self, after: &Self, at: Timestamp) -> Vec<Detail> {
        match (self.overrides.get(&at), after.overrides.get(&at)) {
            (Some(old), Some(new)) => details(&old.component, &new.component),
            _ => Vec::new(),
        }
    }
}

/// The value that asks a series for a date.
fn asked(clock: &Moment, at: Timestamp) -> DateOrTime {
    let civil = clock.at(at).civil;
    match clock.clock {
        Clock::Day => DateOrTime::Date(civil.date()),
        Clock::Floating => DateOrTime::Floating(civil),
        Clock::Zone { .. } => DateOrTime::Utc(at),
    }
}

/// An override's times on the clock of the series, where they are told in UTC.
fn told_beside(facts: Facts, clock: &Moment) -> Facts {
    Facts {
        start: facts.start.map(|start| start.beside(clock)),
        end: facts.end.map(|end| end.beside(clock)),
        ..facts
    }
}

fn details(before: &ComponentBuf, after: &ComponentBuf) -> Vec<Detail> {
    let texts = |component: &ComponentBuf, names: &[&str]| -> BTreeSet<String> {
        let lines = component.properties();
        let lines = lines.filter(|line| names.iter().any(|name| line.is(name)));
        lines.map(|line| line.value().trim().to_owned()).collect()
    };
    let changed = DETAILS
        .iter()
        .filter(|(_, names)| texts(before, names) != texts(after, names));
    changed.map(|(detail, _)| *detail).collect()
}
