//! The object as an attendee's change leaves it: what is the organizer's is put back (rule F1).

use std::borrow::Cow;
use std::collections::BTreeSet;

use calendar::{ComponentBuf, PropertyBuf};

use super::Change;
use crate::case::MASTER;
use crate::changed::put_back::put_back;
use crate::changed::reply::Answer;
use crate::changed::status;
use crate::course::Course;
use crate::exdate;
use crate::line::Line;
use crate::marks;
use crate::object::{Body, Object};
use crate::owner::Owner;
use crate::recurrence_id::RecurrenceId;
use crate::state::State;
use crate::strip;

/// The object as it is to be stored.
pub(super) struct Restored<'a> {
    pub(super) object: Object<'a>,
    pub(super) names: BTreeSet<&'static str>,
    pub(super) is_changed: bool,
}

impl<'a> Restored<'a> {
    pub(super) fn of(after: &Object<'a>) -> Self {
        Self {
            object: after.clone(),
            names: BTreeSet::new(),
            is_changed: false,
        }
    }

    /// Puts back what is the organizer's: `version`, as far as the owner had it `before`.
    pub(super) fn put_back(
        &mut self,
        before: &Object<'a>,
        version: &Object<'_>,
        change: &Change<'_>,
    ) {
        let course = Course::of(version, &change.limits.recurrence)
            .ok()
            .flatten();
        let ids: Vec<_> = self.object.components.keys().cloned().collect();
        for id in ids {
            let organizers = match version.components.get(&id) {
                Some(body) => Some(body.to_buf().into_owned()),
                None => course
                    .as_ref()
                    .and_then(|course| instance(course, &id, change.state)),
            };
            match organizers {
                Some(organizers) => {
                    self.put_back_component(&id, &organizers, before, change.owner);
                }
                None if before.components.contains_key(&id) => {}
                None => {
                    self.object.components.remove(&id);
                    self.note("RECURRENCE-ID");
                }
            }
        }
        self.put_back_exdates(version);
        self.put_back_missing(before, version);
    }

    /// His own lines, which an app cannot leave out, are as they were `before`.
    fn put_back_component(
        &mut self,
        id: &RecurrenceId,
        organizers: &ComponentBuf,
        before: &Object<'_>,
        owner: &Owner,
    ) {
        let Some(body) = self.object.components.get(id) else {
            return;
        };
        let mut component = body.to_buf().into_owned();
        let mut names = put_back(&mut component, organizers, owner);
        if strip::own_attendee(&component, owner).is_none() {
            for line in own_lines(before, id, owner) {
                component.push_property(line);
                names.insert("ATTENDEE");
            }
        }
        if !names.is_empty() {
            self.object
                .components
                .insert(id.clone(), Body::made(component));
            self.names.extend(names);
            self.is_changed = true;
        }
    }

    /// An exception of the organizer's stays.
    fn put_back_exdates(&mut self, version: &Object<'_>) {
        let missing: Vec<_> = exdate::names_of(version)
            .difference(&exdate::names_of(&self.object))
            .cloned()
            .collect();
        let clock = self.object.clock();
        let dates: Vec<_> = missing.iter().filter_map(|id| clock.written(id)).collect();
        let Some(master) = self
            .object
            .components
            .get(&MASTER)
            .filter(|_| !dates.is_empty())
        else {
            return;
        };
        let mut component = master.to_buf().into_owned();
        for date in dates {
            component.push_property(date.to_property("EXDATE"));
        }
        self.object.components.insert(MASTER, Body::made(component));
        self.note("EXDATE");
    }

    /// A date goes by an EXDATE alone; what else is missing comes back.
    fn put_back_missing(&mut self, before: &Object<'a>, version: &Object<'_>) {
        let excepted = exdate::names_of(&self.object);
        for (id, body) in &before.components {
            let is_missing = !self.object.components.contains_key(id) && !excepted.contains(id);
            if is_missing && version.components.contains_key(id) {
                self.object.components.insert(id.clone(), body.clone());
                self.note("RECURRENCE-ID");
            }
        }
    }

    /// The answer waits in the outbox (RFC 6638 section 3.2.9).
    pub(super) fn note_pending(&mut self, answers: &[Answer]) {
        for answer in answers {
            let body = self.object.components.get_mut(&answer.place);
            let pending = |_: &PropertyBuf| Some(status::PENDING.to_owned());
            self.is_changed |= body.is_some_and(|body| status::note(body, "ORGANIZER", pending));
        }
    }

    fn note(&mut self, name: &'static str) {
        self.names.insert(name);
        self.is_changed = true;
    }

    /// Takes SCHEDULE-FORCE-SEND off the ORGANIZER; whether it asked for a REPLY (rule F4). What nobody
    /// knows is noted there (RFC 6638 section 7.2).
    pub(super) fn strip_force_send(&mut self, id: &RecurrenceId) -> bool {
        let Some(body) = self.object.components.get_mut(id) else {
            return false;
        };
        let has_it = |line: &dyn Line| line.parameter("SCHEDULE-FORCE-SEND").is_some();
        if !body.any_line("ORGANIZER", has_it) {
            return false;
        }
        let mut component = body.to_buf().into_owned();
        let mut is_reply = false;
        if let Some(line) = component.property_mut("ORGANIZER") {
            let force = line.parameter("SCHEDULE-FORCE-SEND").map(Cow::into_owned);
            is_reply = force.is_some_and(|force| force.trim().eq_ignore_ascii_case("REPLY"));
            line.remove_parameter("SCHEDULE-FORCE-SEND");
            if !is_reply {
                line.set_parameter(status::NAME, status::INVALID_PARAMETER);
            }
        }
        *body = Body::made(component);
        self.is_changed = true;
        is_reply
    }
}

/// The owner's lines in a component, or in the series where a date has no component yet.
fn own_lines(before: &Object<'_>, id: &RecurrenceId, owner: &Owner) -> Vec<PropertyBuf> {
    let body = before.components.get(id).or_else(|| before.master());
    let component = body.map(Body::to_buf);
    let lines = component
        .iter()
        .flat_map(|one| one.properties_named("ATTENDEE"));
    lines.filter(|line| owner.is(*line)).cloned().collect()
}

/// What the organizer's series says of a date that has an override of the owner's alone; one that was
/// cancelled stays so.
fn instance(course: &Course, id: &RecurrenceId, state: &State) -> Option<ComponentBuf> {
    let mut component = course.component(&course.find(id).ok().flatten()?);
    if state.is_cancelled(id) {
        marks::cancel_component(&mut component, state.cancel_sequence(id));
    }
    Some(component)
}
