//! An attendee changes or deletes the copy of somebody else's event (RFC 6638 section 3.2.2, rules F1
//! and F2).

use std::borrow::Cow;
use std::collections::BTreeSet;

use calendar::{ComponentBuf, Method, PropertyBuf};

use super::message;
use super::put_back::put_back;
use super::reply::{self, Answer};
use super::status;
use super::{Delay, Forbidden, OutgoingMessage, Reply, Scheduled, Sides};
use crate::case::MASTER;
use crate::course::Course;
use crate::exdate;
use crate::incoming::Timestamp;
use crate::limits::Limits;
use crate::line::{Line, NEEDS_ACTION};
use crate::marks;
use crate::object::{Body, Object};
use crate::owner::Owner;
use crate::recurrence_id::RecurrenceId;
use crate::state::State;
use crate::strip;

/// All that decides beside the objects.
pub(super) struct Change<'a> {
    pub(super) organizer: PropertyBuf,
    pub(super) state: &'a State,
    pub(super) now: Timestamp,
    pub(super) reply: Reply,
    pub(super) owner: &'a Owner,
    pub(super) limits: &'a Limits,
}

impl Change<'_> {
    pub(super) fn decide(&self, sides: &Sides<'_>) -> Result<Scheduled, Forbidden> {
        match (&sides.before, &sides.after) {
            (Some(before), Some(after)) => {
                self.check_organizer(before, after)?;
                Ok(self.modified(before, after, sides))
            }
            (Some(before), None) => Ok(self.removed(before)),
            // What the owner's client stores itself is taken as it is, and sends nothing (F8).
            (None, _) => Ok(Scheduled::default()),
        }
    }

    /// Whether every component has the organizer, or lacks him as it did before: not all senders write
    /// him into single dates.
    fn check_organizer(&self, before: &Object<'_>, after: &Object<'_>) -> Result<(), Forbidden> {
        let address = self.organizer.address();
        let has_none = |id: &RecurrenceId| {
            let body = before.components.get(id);
            body.is_some_and(|body| body.line("ORGANIZER").is_none())
        };
        let is_same = |(id, body): (&RecurrenceId, &Body<'_>)| match body.line("ORGANIZER") {
            Some(line) => line.address().same_ignoring_case(&address),
            None => has_none(id),
        };
        if after.components.iter().all(is_same) {
            Ok(())
        } else {
            Err(Forbidden::Organizer)
        }
    }

    fn modified(&self, before: &Object<'_>, after: &Object<'_>, sides: &Sides<'_>) -> Scheduled {
        let own = before.components.keys();
        let own = own
            .filter(|id| {
                let base = sides.base.as_ref();
                base.is_some_and(|base| !base.components.contains_key(id))
            })
            .collect();
        let version = sides
            .base
            .as_ref()
            .map(|base| marks::marked(base, self.state, &own, &self.limits.recurrence));
        let version = version.as_deref().unwrap_or(before);
        let mut stored = Restored::of(after);
        stored.put_back(before, version, self);
        let mut scheduled = Scheduled {
            put_back: stored.names.iter().map(|name| (*name).to_owned()).collect(),
            ..Scheduled::default()
        };
        let answers = self.answers(before, &mut stored);
        if let Some(message) = self.message(&answers, after, Delay::None) {
            stored.note_pending(&answers);
            scheduled.messages.push(message);
        }
        if stored.is_changed {
            scheduled.text = Some(stored.object.to_bytes());
        }
        scheduled
    }

    /// What the owner's lines say that they did not say before.
    fn answers(&self, before: &Object<'_>, stored: &mut Restored<'_>) -> Vec<Answer> {
        let course = Course::of(before, &self.limits.recurrence).ok().flatten();
        let mut answers = Vec::new();
        let ids: Vec<_> = stored.object.components.keys().cloned().collect();
        for id in ids {
            let is_forced = stored.strip_force_send(&id);
            let Some(after) = stored.object.components.get(&id).map(Body::to_buf) else {
                continue;
            };
            let Some(attendee) = strip::own_attendee(&after, self.owner).cloned() else {
                continue;
            };
            let old = before.components.get(&id).or_else(|| before.master());
            let old = old.map(Body::to_buf);
            let said = old
                .as_deref()
                .map_or_else(|| NEEDS_ACTION.to_owned(), |old| self.partstat(old));
            let partstat = attendee.partstat();
            if partstat != said || is_forced {
                answers.push(Answer {
                    id,
                    comments: new_comments(old.as_deref(), &after),
                    component: after.into_owned(),
                    attendee,
                    partstat,
                });
            }
        }
        if let Some(course) = course {
            answers.extend(self.declined_dates(before, &stored.object, &course));
        }
        answers
    }

    /// Dates that the owner took out are declined.
    fn declined_dates(
        &self,
        before: &Object<'_>,
        after: &Object<'_>,
        course: &Course,
    ) -> Vec<Answer> {
        let known = exdate::names_of(before);
        let new = exdate::names_of(after);
        let new = new.difference(&known);
        let decline = |id: &RecurrenceId| {
            let component = match before.components.get(id) {
                Some(body) if body.is_cancelled() => return None,
                Some(body) => body.to_buf().into_owned(),
                None => course.component(&course.find(id).ok().flatten()?),
            };
            let attendee = strip::own_attendee(&component, self.owner)?.clone();
            (attendee.partstat() != "DECLINED").then(|| Answer {
                // The exception stands in the series.
                id: MASTER,
                component,
                attendee,
                partstat: "DECLINED".to_owned(),
                comments: Vec::new(),
            })
        };
        new.filter_map(decline).collect()
    }

    /// Rule F2: DECLINED after the hold, unless there is nothing to decline.
    fn removed(&self, before: &Object<'_>) -> Scheduled {
        let mut scheduled = Scheduled::default();
        let bodies = before
            .components
            .iter()
            .filter(|(_, body)| !body.is_cancelled());
        let answers: Vec<_> = bodies
            .filter_map(|(id, body)| {
                let component = body.to_buf().into_owned();
                let attendee = strip::own_attendee(&component, self.owner)?.clone();
                Some(Answer {
                    id: id.clone(),
                    partstat: attendee.partstat(),
                    component,
                    attendee,
                    comments: Vec::new(),
                })
            })
            .collect();
        let was_answered = answers.iter().any(|answer| answer.partstat != NEEDS_ACTION);
        if self.reply == Reply::Suppress || !was_answered {
            return scheduled;
        }
        let declined = answers
            .into_iter()
            .filter(|answer| answer.partstat != "DECLINED");
        let declined: Vec<_> = declined
            .map(|answer| Answer {
                partstat: "DECLINED".to_owned(),
                ..answer
            })
            .collect();
        let is_past = |end: Timestamp| end < self.now;
        if message::ends(before, &before.clock(), self.limits).is_some_and(is_past) {
            return scheduled;
        }
        scheduled
            .messages
            .extend(self.message(&declined, before, Delay::Hold));
        scheduled
    }

    fn message(
        &self,
        answers: &[Answer],
        around: &Object<'_>,
        delay: Delay,
    ) -> Option<OutgoingMessage> {
        let sender = self.owner.address_of(&answers.first()?.attendee)?;
        let recipient = self.organizer.address();
        let ends = message::ends(around, &around.clock(), self.limits);
        let is_long_past = ends.is_some_and(|ends| message::is_long_past(ends, self.now));
        if is_long_past || !recipient.is_mail() {
            return None;
        }
        let answers = answers.iter();
        let components: Vec<_> = answers
            .map(|answer| reply::component(answer, &self.organizer))
            .collect();
        Some(OutgoingMessage {
            method: Method::Reply,
            recipient: recipient.as_str().to_owned(),
            sender: sender.as_str().to_owned(),
            text: message::text(Method::Reply, &components, around, self.now),
            known: self.state.base().map(|base| base.as_bytes().to_vec()),
            delay,
            ends,
        })
    }

    fn partstat(&self, component: &ComponentBuf) -> String {
        strip::own_attendee(component, self.owner)
            .map_or_else(|| NEEDS_ACTION.to_owned(), Line::partstat)
    }
}

/// The object as it is to be stored.
struct Restored<'a> {
    object: Object<'a>,
    names: BTreeSet<&'static str>,
    is_changed: bool,
}

impl<'a> Restored<'a> {
    fn of(after: &Object<'a>) -> Self {
        Self {
            object: after.clone(),
            names: BTreeSet::new(),
            is_changed: false,
        }
    }

    /// Puts back what is the organizer's: `version`, as far as the owner had it `before`.
    fn put_back(&mut self, before: &Object<'a>, version: &Object<'_>, change: &Change<'_>) {
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
                Some(organizers) => self.put_back_component(&id, &organizers, change.owner),
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

    fn put_back_component(&mut self, id: &RecurrenceId, organizers: &ComponentBuf, owner: &Owner) {
        let Some(body) = self.object.components.get(id) else {
            return;
        };
        let mut component = body.to_buf().into_owned();
        let names = put_back(&mut component, organizers, owner);
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
    fn note_pending(&mut self, answers: &[Answer]) {
        for answer in answers {
            let body = self.object.components.get_mut(&answer.id);
            let pending = |_: &PropertyBuf| Some(status::PENDING.to_owned());
            self.is_changed |= body.is_some_and(|body| status::note(body, "ORGANIZER", pending));
        }
    }

    fn note(&mut self, name: &'static str) {
        self.names.insert(name);
        self.is_changed = true;
    }

    /// Takes SCHEDULE-FORCE-SEND off the ORGANIZER; whether it asked for a REPLY (rule F4).
    fn strip_force_send(&mut self, id: &RecurrenceId) -> bool {
        let Some(body) = self.object.components.get(id) else {
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
            is_reply = force.is_some_and(|force| force.eq_ignore_ascii_case("REPLY"));
            line.remove_parameter("SCHEDULE-FORCE-SEND");
        }
        self.object
            .components
            .insert(id.clone(), Body::made(component));
        self.is_changed = true;
        is_reply
    }
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

fn new_comments(old: Option<&ComponentBuf>, new: &ComponentBuf) -> Vec<PropertyBuf> {
    let is_old = |line: &PropertyBuf| {
        old.is_some_and(|old| old.properties_named("COMMENT").any(|other| other == line))
    };
    let comments = new.properties_named("COMMENT");
    comments.filter(|line| !is_old(line)).cloned().collect()
}
