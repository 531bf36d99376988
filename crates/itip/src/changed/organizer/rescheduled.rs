//! New times of an organizer's event: SEQUENCE rises and everybody is asked again (RFC 6638 section
//! 3.2.8, RFC 5546 section 2.1.4).

use std::collections::BTreeSet;

use calendar::{ComponentBuf, PropertyBuf};

use super::version::{Version, names};
use super::{Change, sequence};
use crate::answer::is_unanswered;
use crate::changed::{is_clients, view};
use crate::clock::Clock;
use crate::course::Course;
use crate::extent;
use crate::line::{Line, NEEDS_ACTION};
use crate::object::{Body, Object};
use crate::recurrence_id::RecurrenceId;
use crate::span::Timed;

impl Change<'_> {
    /// New times ask everybody again, and raise SEQUENCE where the client did not (RFC 6638 section
    /// 3.2.8); another STATUS raises it too (RFC 5546 section 2.1.4). What a client wrote without it is
    /// never older than what was sent before.
    pub(super) fn reschedule(&self, before: &Version<'_, '_>, after: &mut Object<'_>) -> bool {
        let clock = after.clock();
        let goes_back = self.goes_back(before, after);
        let mut is_changed = false;
        for (id, body) in &mut after.components {
            let Some(old) = before.component(id) else {
                continue;
            };
            let new = body.to_buf().into_owned();
            let moves = self.moves(&old, before, &new, &clock) || (id.is_master() && goes_back);
            let recurrence = view::recurrence(&old, &before.clock);
            let changes = moves
                || recurrence != view::recurrence(&new, &clock)
                || status(&old) != status(&new);
            let mut component = new;
            let least = sequence(&old).saturating_add(u64::from(changes));
            let mut is_edited = raise_sequence_to(&mut component, least);
            is_edited |= moves && self.ask_all(&mut component);
            if is_edited {
                *body = Body::made(component);
                is_changed = true;
            }
        }
        is_changed
    }

    fn moves(
        &self,
        old: &ComponentBuf,
        before: &Version<'_, '_>,
        new: &ComponentBuf,
        clock: &Clock,
    ) -> bool {
        let old = Timed {
            component: old,
            clock: &before.clock,
        };
        let new = Timed {
            component: new,
            clock,
        };
        extent::moves_or_adds(old, new, &self.limits.recurrence)
    }

    fn ask_all(&self, component: &mut ComponentBuf) -> bool {
        let mut is_edited = false;
        let lines = component
            .properties_mut()
            .filter(|line| line.is("ATTENDEE"));
        for line in lines.filter(|line| !self.owner.is(*line) && !is_clients(*line)) {
            if !is_unanswered(line) {
                line.set_parameter("PARTSTAT", NEEDS_ACTION);
                line.set_parameter("RSVP", "TRUE");
                is_edited = true;
            }
        }
        is_edited
    }

    /// Whether a date that was otherwise is again as the series has it, at another time.
    fn goes_back(&self, before: &Version<'_, '_>, after: &Object<'_>) -> bool {
        let gone = before.object.components.iter();
        let mut gone = gone
            .filter(|(id, _)| !id.is_master() && !after.components.contains_key(id))
            .peekable();
        if gone.peek().is_none() {
            return false;
        }
        let Ok(Some(course)) = Course::of(after, &self.limits.recurrence) else {
            return false;
        };
        let clock = after.clock();
        gone.any(|(id, body)| {
            let Some(instance) = course.find(id).ok().flatten() else {
                return false;
            };
            let new = course.component(&instance);
            body.is_cancelled() || self.moves(&body.to_buf(), before, &new, &clock)
        })
    }

    /// A date that a guest keeps when he loses the series counts as newer than the CANCEL of that.
    pub(super) fn outlive(&self, before: &Version<'_, '_>, after: &mut Object<'_>) -> bool {
        let master = RecurrenceId::MASTER;
        let Some(old) = before.component(&master) else {
            return false;
        };
        let stays = after.master().map(names).unwrap_or_default();
        let leaving: Vec<_> = before
            .invited(self.owner)
            .into_keys()
            .filter(|name| before.lists(&master, name) && !stays.contains(name))
            .collect();
        let mut is_changed = false;
        for (id, body) in &mut after.components {
            let listed = names(body);
            if id.is_master() || !leaving.iter().any(|name| listed.contains(name)) {
                continue;
            }
            let mut component = body.to_buf().into_owned();
            if raise_sequence(&mut component, &old) {
                *body = Body::made(component);
                is_changed = true;
            }
        }
        is_changed
    }

    /// Who is taken off hears it by a CANCEL, which counts as a version of its own (RFC 5546 section
    /// 2.1.4): what he gets when he is invited again is newer than that.
    pub(super) fn uninvite(&self, before: &Version<'_, '_>, after: &mut Object<'_>) -> bool {
        if !is_scheduled(before.object) {
            return false;
        }
        let is_meeting = is_scheduled(after);
        let listed = |body: Option<&Body<'_>>| match body.filter(|_| is_meeting) {
            Some(body) => self.guests(body),
            None => BTreeSet::new(),
        };
        let series = listed(after.master());
        let loses = |id: &RecurrenceId, old: &Body<'_>| {
            let stay = listed(after.components.get(id));
            let hears = |name: &String| !stay.contains(name) && !series.contains(name);
            let has_heard = |name: &String| !self.unheard.contains(name);
            let old = self.guests(old);
            old.iter().any(|name| hears(name) && has_heard(name))
        };
        let components = before.object.components.iter();
        let cancelled: Vec<_> = components.filter(|(id, old)| loses(id, old)).collect();
        let mut is_changed = false;
        for (id, old) in cancelled {
            let Some(body) = after.components.get_mut(id) else {
                continue;
            };
            let mut component = body.to_buf().into_owned();
            if raise_sequence(&mut component, &old.to_buf()) {
                *body = Body::made(component);
                is_changed = true;
            }
        }
        is_changed
    }

    /// Whom of a component the server writes to, by addresses in lower case.
    fn guests(&self, body: &Body<'_>) -> BTreeSet<String> {
        let component = body.to_buf();
        let attendees = component.properties_named("ATTENDEE");
        let guests = attendees.filter(|line| !self.owner.is(*line) && !is_clients(*line));
        let keys = guests.map(|line| line.address().as_str().to_lowercase());
        keys.collect()
    }
}

impl Change<'_> {
    /// What comes again after the owner deleted it counts as newer than the CANCEL of it, and everybody is
    /// asked again (rules C2 and F3).
    pub(super) fn revive(&self, gone: &Version<'_, '_>, after: &mut Object<'_>) -> bool {
        const ABOVE_ITS_CANCEL: u64 = 2;
        let organizer = gone.object.organizer();
        let is_own = organizer.is_some_and(|line| self.owner.is(&line));
        if !is_own || gone.invited(self.owner).is_empty() {
            return false;
        }
        let components = gone.object.components.values();
        let last = components.map(|body| sequence(&body.to_buf())).max();
        let least = last.unwrap_or(0).saturating_add(ABOVE_ITS_CANCEL);
        let mut is_changed = false;
        for body in after.components.values_mut() {
            let mut component = body.to_buf().into_owned();
            let is_raised = raise_sequence_to(&mut component, least);
            if self.ask_all(&mut component) || is_raised {
                *body = Body::made(component);
                is_changed = true;
            }
        }
        is_changed
    }
}

/// Whether the server schedules an object, if its organizer is the owner (rule F4).
fn is_scheduled(object: &Object<'_>) -> bool {
    object.organizer().is_some_and(|line| !is_clients(&line))
}

/// STATUS in capitals; that of who says none is CONFIRMED.
fn status(component: &ComponentBuf) -> String {
    let status = component.property("STATUS");
    let status = status.map(|status| status.value().trim().to_ascii_uppercase());
    status.unwrap_or_else(|| "CONFIRMED".to_owned())
}

/// Raises SEQUENCE above the old one; whether it had to.
fn raise_sequence(component: &mut ComponentBuf, old: &ComponentBuf) -> bool {
    raise_sequence_to(component, sequence(old).saturating_add(1))
}

/// Raises SEQUENCE to this at least; whether it had to.
fn raise_sequence_to(component: &mut ComponentBuf, least: u64) -> bool {
    if sequence(component) >= least {
        return false;
    }
    component.set_property(PropertyBuf::new("SEQUENCE", &least.to_string()));
    true
}
