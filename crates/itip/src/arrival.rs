//! A message taken apart: its components by RECURRENCE-ID, each with its stamp (rules A3, A5, C2).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use calendar::{
    Component, DateOrTime, Method, Names, NoInstant, Property, RecurrenceLimits, Series, ZoneSource,
};

use crate::clock::Clock;
use crate::course;
use crate::incoming::Incoming;
use crate::note::Note;
use crate::object::{Body, Object, calendar_of};
use crate::reason::Reason;
use crate::recurrence_id::{BadRecurrenceId, RecurrenceId};
use crate::span;
use crate::stamp::Stamp;

/// One component of a message.
#[derive(Clone, Debug)]
pub(crate) struct Part<'a> {
    pub(crate) component: Component<'a>,
    /// Its stamp; an override that comes with a master has at least the master's DTSTAMP (rule C2).
    pub(crate) stamp: Stamp,
    pub(crate) reach: Reach,
}

/// Which instances a RECURRENCE-ID means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    One,
    /// RANGE=THISANDFUTURE.
    Future,
}

/// A message taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Arrival<'a> {
    /// What stands around the components.
    pub(crate) around: Object<'a>,
    pub(crate) parts: BTreeMap<RecurrenceId, Part<'a>>,
    /// The ORGANIZER of the first component that has one.
    pub(crate) organizer: Option<Property<'a>>,
    /// What its times mean.
    pub(crate) clock: Clock,
    /// What was noticed on the way.
    pub(crate) notes: Vec<Note>,
}

impl<'a> Arrival<'a> {
    /// Takes a message apart; without a master of its own, its instances are those of `version`.
    pub(crate) fn read(incoming: &Incoming<'a>, version: &Object<'_>) -> Result<Self, Reason> {
        let calendar = calendar_of(incoming.document).ok_or(Reason::NoComponent)?;
        let around = Object::around(&calendar);
        let meant: Vec<_> = calendar
            .components()
            .filter(|component| is_meant(component, incoming))
            .collect();
        let clock = clock(incoming.method, &around, &meant, version);
        let mut arrival = Self {
            around,
            parts: BTreeMap::new(),
            organizer: None,
            clock,
            notes: Vec::new(),
        };
        for component in meant {
            arrival.add(component, incoming)?;
        }
        if arrival.parts.is_empty() {
            return Err(Reason::NoComponent);
        }
        if !arrival.clock.zones().unknown().is_empty() {
            return Err(Reason::UnknownTimeZone);
        }
        if !arrival.clock.zones().disagreements().is_empty() {
            arrival.notes.push(Note::ZoneDisagrees);
        }
        arrival.settle_stamps();
        arrival.define_zones();
        Ok(arrival)
    }

    /// A zone that only our tables know is written beside the event, or no calendar app could read its
    /// times (rule A4).
    fn define_zones(&mut self) {
        let names: Vec<_> = self.clock.zones().undefined().map(str::to_owned).collect();
        let starts = self.parts.values().filter_map(Part::start);
        let Some(first) = starts.map(|start| start.civil()).min() else {
            return;
        };
        for name in names {
            if let Some(zone) = ZoneSource::new().vtimezone(&name, first) {
                let name = name.trim().to_owned();
                self.around.zones.insert(name, Body::made(zone));
            }
        }
    }

    fn add(&mut self, component: Component<'a>, incoming: &Incoming<'_>) -> Result<(), Reason> {
        if self.organizer.is_none() {
            self.organizer = component
                .property("ORGANIZER")
                .filter(|line| !line.value().trim().is_empty());
        }
        let line = component.property("RECURRENCE-ID");
        let reach = reach(line.as_ref());
        let id = RecurrenceId::of_line(line.as_ref(), &component, &mut self.clock);
        let id = id.map_err(|bad| match bad {
            BadRecurrenceId::NoDate | BadRecurrenceId::NoInstant(NoInstant::OutOfRange) => {
                Reason::BadDate
            }
            BadRecurrenceId::NoInstant(NoInstant::UnknownZone(_)) => Reason::UnknownTimeZone,
        })?;
        if !component.has("DTSTAMP") {
            self.notes.push(Note::NoDtstamp);
        }
        let stamp = Stamp::of(&component, incoming);
        let part = Part {
            component,
            stamp,
            reach,
        };
        match self.parts.entry(id) {
            Entry::Occupied(mut place) => {
                if part.stamp.total_order(&place.get().stamp).is_gt() {
                    place.insert(part);
                }
            }
            Entry::Vacant(place) => {
                place.insert(part);
            }
        }
        Ok(())
    }

    /// Overrides that come with a master count with its DTSTAMP when theirs is older.
    fn settle_stamps(&mut self) {
        let Some(master) = self.parts.get(&RecurrenceId::MASTER) else {
            return;
        };
        let least = master.stamp.dtstamp;
        for part in self.parts.values_mut() {
            part.stamp.dtstamp = part.stamp.dtstamp.max(least);
        }
    }

    /// Whether it can be told when every component is: a VEVENT has a DTSTART that can be read, and
    /// what repeats does so in a way that can be followed.
    pub(crate) fn check_times(&self, limits: &RecurrenceLimits) -> Result<(), Reason> {
        let has_start = |part: &Part<'_>| {
            let start = part.component.property("DTSTART");
            start.map_or(part.component.is("VTODO"), |start| {
                DateOrTime::parse(&start.value(), None).is_some()
            })
        };
        if !self.parts.values().all(has_start) {
            return Err(Reason::BadDate);
        }
        for part in self.parts.values().filter(|part| repeats(&part.component)) {
            let component = part.component.to_buf();
            Series::read([&component], self.clock.zones(), limits)
                .map_err(|bad| course::refusal(&bad))?;
        }
        Ok(())
    }

    /// The latest stamp, which orders the VCALENDAR properties of messages.
    pub(crate) fn envelope_stamp(&self) -> Option<&Stamp> {
        let stamps = self.parts.values().map(|part| &part.stamp);
        stamps.max_by(|a, b| a.dtstamp.cmp(&b.dtstamp).then_with(|| a.total_order(b)))
    }
}

impl Part<'_> {
    /// DTSTART.
    pub(crate) fn start(&self) -> Option<DateOrTime> {
        self.component.property("DTSTART")?.date_or_time()
    }
}

fn repeats(component: &Component<'_>) -> bool {
    const REPEATING: Names = Names::of(&["RRULE", "RDATE", "EXRULE"]);
    component.properties_among(REPEATING).next().is_some()
}

/// RANGE=THISANDFUTURE; THISANDPRIOR, which RFC 5545 took away, counts as no range.
fn reach(id: Option<&Property<'_>>) -> Reach {
    let range = id.and_then(|id| id.parameter("RANGE"));
    match range {
        Some(range) if range.trim().eq_ignore_ascii_case("THISANDFUTURE") => Reach::Future,
        _ => Reach::One,
    }
}

/// What the times of a message mean. Only what an organizer sends of an event brings times; of an
/// answer or a cancellation the RECURRENCE-ID alone counts, as an instance of what is stored.
fn clock(
    method: Method,
    around: &Object<'_>,
    meant: &[Component<'_>],
    version: &Object<'_>,
) -> Clock {
    let brings_times = matches!(method, Method::Request | Method::Publish | Method::Add);
    let master = meant
        .iter()
        .find(|component| brings_times && method != Method::Add && !component.has("RECURRENCE-ID"));
    let mut clock = Clock::new(around.zones.iter());
    if let Some(start) = master.and_then(|master| Body::Kept(*master).start()) {
        clock.run_from(start);
    } else if version.master().is_some() {
        clock.run_as(&version.clock());
    }
    if brings_times {
        for component in meant {
            meet_times(&mut clock, component);
        }
    }
    clock
}

/// Lets the zones of a component's times be decided, each by the first value that names it.
fn meet_times(clock: &mut Clock, component: &Component<'_>) {
    let zone = component.property("TZID").map(|zone| zone.text());
    for line in component.properties_among(span::TIMED) {
        let tzid = line.parameter("TZID").or(zone.as_deref().map(Into::into));
        let Some(tzid) = tzid.filter(|tzid| !clock.has_met(tzid)) else {
            continue;
        };
        let value = line.value();
        let first = value.split([',', '/']).next().unwrap_or_default();
        if let Some(time) = DateOrTime::parse(first, Some(&tzid)) {
            clock.meet(&time);
        }
    }
}

/// Whether a component is one of those that the message is about.
fn is_meant(component: &Component<'_>, incoming: &Incoming<'_>) -> bool {
    let has_uid = |component: &Component<'_>| {
        component
            .property("UID")
            .is_some_and(|uid| uid.value().trim() == incoming.uid.trim())
    };
    component.is(incoming.kind.component_name()) && has_uid(component)
}
