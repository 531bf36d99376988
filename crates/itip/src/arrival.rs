//! A message taken apart: its components by RECURRENCE-ID, each with its stamp (rules A3, A5, C2).

use std::collections::BTreeMap;

use calendar::{Component, DateOrTime, Property};

use crate::incoming::Incoming;
use crate::line::Line;
use crate::note::Note;
use crate::object::{Object, calendar_of};
use crate::reason::Reason;
use crate::recurrence_id::{BadRecurrenceId, RecurrenceId};
use crate::stamp::Stamp;

/// One component of a message.
#[derive(Clone, Debug)]
pub(crate) struct Part<'a> {
    pub(crate) component: Component<'a>,
    /// Its stamp; an override that comes with a master has at least the master's DTSTAMP (rule C2).
    pub(crate) stamp: Stamp,
}

/// A message taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Arrival<'a> {
    /// What stands around the components.
    pub(crate) around: Object<'a>,
    pub(crate) parts: BTreeMap<RecurrenceId, Part<'a>>,
    /// The ORGANIZER of the first component that has one.
    pub(crate) organizer: Option<Property<'a>>,
    /// What was noticed on the way.
    pub(crate) notes: Vec<Note>,
}

impl<'a> Arrival<'a> {
    /// Takes a message apart; components about a range of instances stay out, noted.
    pub(crate) fn read(incoming: &Incoming<'a>) -> Result<Self, Reason> {
        let calendar = calendar_of(incoming.document).ok_or(Reason::NoComponent)?;
        let mut arrival = Self {
            around: Object::around(&calendar),
            parts: BTreeMap::new(),
            organizer: None,
            notes: Vec::new(),
        };
        for component in calendar
            .components()
            .filter(|component| is_meant(component, incoming))
        {
            arrival.add(component, incoming)?;
        }
        if arrival.parts.is_empty() && arrival.notes.is_empty() {
            return Err(Reason::NoComponent);
        }
        arrival.settle_stamps();
        Ok(arrival)
    }

    fn add(&mut self, component: Component<'a>, incoming: &Incoming<'_>) -> Result<(), Reason> {
        if self.organizer.is_none() {
            self.organizer = component
                .property("ORGANIZER")
                .filter(|line| !line.value().trim().is_empty());
        }
        let id = match RecurrenceId::of(&component) {
            Ok(id) => id,
            Err(BadRecurrenceId::NoDate) => return Err(Reason::BadDate),
            Err(BadRecurrenceId::Range) => {
                self.notes.push(Note::NeedsRecurrence);
                return Ok(());
            }
        };
        if component.property("DTSTAMP").is_none() {
            self.notes.push(Note::NoDtstamp);
        }
        let stamp = Stamp::of(&component, incoming);
        let is_later = |part: &Part<'_>| stamp.total_order(&part.stamp).is_gt();
        if self.parts.get(&id).is_none_or(is_later) {
            self.parts.insert(id, Part { component, stamp });
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

    pub(crate) fn has_master(&self) -> bool {
        self.parts.contains_key(&RecurrenceId::MASTER)
    }

    /// Whether every event says when it is: a VEVENT has a DTSTART that can be read.
    pub(crate) fn has_times(&self) -> bool {
        self.parts.values().all(|part| {
            let start = part.component.property("DTSTART");
            start.map_or(part.component.is("VTODO"), |start| {
                start.date_or_time().is_some()
            })
        })
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

/// Whether a component is one of those that the message is about.
fn is_meant(component: &Component<'_>, incoming: &Incoming<'_>) -> bool {
    let has_uid = |component: &Component<'_>| {
        component
            .property("UID")
            .is_some_and(|uid| uid.value().trim() == incoming.uid.trim())
    };
    component.is(incoming.kind.component_name()) && has_uid(component)
}
