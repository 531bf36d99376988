//! The organizer makes, changes or deletes an event of his own (RFC 6638 section 3.2.1, rules F3, F4
//! and F6).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use calendar::{CalendarUserAddress, ComponentBuf, Method, PropertyBuf};

use super::view;
use super::{Delay, Door, Forbidden, OutgoingMessage, Scheduled, Seen, Sides, is_clients, message};
use crate::clock::Clock;
use crate::course::Course;
use crate::extent;
use crate::incoming::Timestamp;
use crate::limits::Limits;
use crate::line::Line;
use crate::object::{Body, Object};
use crate::owner::Owner;
use crate::recurrence_id::RecurrenceId;
use crate::span::Timed;
use crate::state::State;

const NEEDS_ACTION: &str = "NEEDS-ACTION";

/// All that decides beside the objects.
pub(super) struct Change<'a> {
    pub(super) state: &'a State,
    pub(super) now: Timestamp,
    pub(super) door: Door,
    pub(super) seen: Seen,
    pub(super) owner: &'a Owner,
    pub(super) limits: &'a Limits,
}

impl Change<'_> {
    pub(super) fn decide(&self, sides: &Sides<'_>) -> Result<Scheduled, Forbidden> {
        if let Some(after) = &sides.after {
            self.check_organizer(after)?;
        }
        let before = sides
            .before
            .as_ref()
            .map(|object| Version::of(object, self.limits));
        let Some(after) = &sides.after else {
            return Ok(Scheduled {
                messages: before.map_or_else(Vec::new, |before| self.cancels(&before, None)),
                ..Scheduled::default()
            });
        };
        let mut object = after.clone();
        let mut is_changed = false;
        if let Some(before) = &before {
            is_changed |= self.keep_dates(before.object, &mut object);
            is_changed |= self.keep_answers(before.object, &mut object);
            is_changed |= self.reschedule(before, &mut object);
        }
        let forced = strip_force_send(&mut object);
        is_changed |= !forced.is_empty();
        let after = Version::of(&object, self.limits);
        let mut messages = self.requests(before.as_ref(), &after, &forced);
        if let Some(before) = &before {
            messages.extend(self.cancels(before, Some(&after)));
        }
        Ok(Scheduled {
            text: is_changed.then(|| object.to_bytes()),
            put_back: Vec::new(),
            messages,
        })
    }

    /// All components have one organizer, and that is the owner, or none.
    fn check_organizer(&self, after: &Object<'_>) -> Result<(), Forbidden> {
        let mut addresses = BTreeSet::new();
        for body in after.components.values() {
            match body.line("ORGANIZER") {
                Some(line) if !self.owner.is(&line) => return Err(Forbidden::Organizer),
                Some(line) => addresses.insert(line.address().as_str().to_lowercase()),
                None => false,
            };
        }
        if addresses.len() > 1 {
            Err(Forbidden::SeveralOrganizers)
        } else {
            Ok(())
        }
    }

    /// Dates that answers made, which the client may not know, come back where the series still has them.
    fn keep_dates(&self, before: &Object<'_>, after: &mut Object<'_>) -> bool {
        let made = self.state.made.iter();
        let missing: Vec<_> = made
            .filter(|id| self.seen == Seen::Earlier && before.components.contains_key(id))
            .filter(|id| !after.components.contains_key(id))
            .collect();
        if missing.is_empty() {
            return false;
        }
        let Ok(Some(course)) = Course::of(after, &self.limits.recurrence) else {
            return false;
        };
        let mut is_changed = false;
        for id in missing {
            if let Ok(Some(instance)) = course.find(id) {
                let component = Body::made(course.component(&instance));
                after.components.insert(id.clone(), component);
                is_changed = true;
            }
        }
        is_changed
    }

    /// Answers that came since the version that the client changed survive its PUT (RFC 6638 section
    /// 3.2.10.1).
    fn keep_answers(&self, before: &Object<'_>, after: &mut Object<'_>) -> bool {
        if self.seen == Seen::Current {
            return false;
        }
        let mut is_changed = false;
        for (id, body) in &mut after.components {
            let Some(old) = before.components.get(id).map(Body::to_buf) else {
                continue;
            };
            let mut component = body.to_buf().into_owned();
            let mut is_kept = false;
            for line in component
                .properties_mut()
                .filter(|line| line.is("ATTENDEE"))
            {
                let address = line.address();
                let has_answered = self
                    .state
                    .reply_of(&address.as_str().to_lowercase(), id)
                    .is_some();
                let mut olds = old.properties_named("ATTENDEE");
                let old = olds.find(|old| old.is_named(&address));
                if let Some(old) = old.filter(|old| has_answered && **old != *line) {
                    *line = old.clone();
                    is_kept = true;
                }
            }
            if is_kept {
                *body = Body::made(component);
                is_changed = true;
            }
        }
        is_changed
    }

    /// New times ask everybody again, and raise SEQUENCE where the client did not (RFC 6638 section
    /// 3.2.8).
    fn reschedule(&self, before: &Version<'_, '_>, after: &mut Object<'_>) -> bool {
        let clock = after.clock();
        let mut is_changed = false;
        for (id, body) in &mut after.components {
            let Some(old) = before.component(id) else {
                continue;
            };
            let new = body.to_buf().into_owned();
            let moves = self.moves(&old, before, &new, &clock);
            let changes = moves || takes_away(&old, &new);
            let mut component = new;
            let mut is_edited = changes && raise_sequence(&mut component, &old);
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
            let partstat = line.parameter("PARTSTAT").map(Cow::into_owned);
            if partstat.is_some_and(|partstat| !partstat.eq_ignore_ascii_case(NEEDS_ACTION)) {
                line.set_parameter("PARTSTAT", NEEDS_ACTION);
                line.set_parameter("RSVP", "TRUE");
                is_edited = true;
            }
        }
        is_edited
    }

    /// REQUEST to everybody for whom something that matters is new.
    fn requests(
        &self,
        before: Option<&Version<'_, '_>>,
        after: &Version<'_, '_>,
        forced: &BTreeSet<String>,
    ) -> Vec<OutgoingMessage> {
        let is_new_meeting = before.is_none_or(|before| before.invited(self.owner).is_empty());
        let delay = match self.door {
            Door::Caldav if is_new_meeting => Delay::Hold,
            Door::Caldav | Door::Web => Delay::None,
        };
        let mut messages = Vec::new();
        for (key, attendee) in after.invited(self.owner) {
            let new = after.seen_by(&attendee);
            let old = before
                .map(|before| before.seen_by(&attendee))
                .unwrap_or_default();
            let matters = |(id, component): (&RecurrenceId, &ComponentBuf)| {
                let old = before.zip(old.get(id));
                let old = old.map(|(before, old)| view::essence(old, &before.clock));
                old.is_none_or(|old| old != view::essence(component, &after.clock))
            };
            // Of dates without their series the missing ones are cancelled.
            let is_fewer = new.contains_key(&RecurrenceId::MASTER)
                && old
                    .keys()
                    .any(|id| !new.contains_key(id) && !id.is_master());
            if new.iter().any(matters) || is_fewer || forced.contains(&key) {
                let components: Vec<_> = new.values().map(view::sent).collect();
                let message = self.message(Method::Request, &attendee, &components, after, delay);
                messages.extend(message.map(|message| OutgoingMessage {
                    known: before.and_then(|before| before.told(&old, self.now)),
                    ..message
                }));
            }
        }
        messages
    }

    /// CANCEL to those who are not invited any more, or not to a date that they had beside others: to
    /// everybody when the event goes.
    fn cancels(
        &self,
        before: &Version<'_, '_>,
        after: Option<&Version<'_, '_>>,
    ) -> Vec<OutgoingMessage> {
        let invited = after
            .map(|after| after.invited(self.owner))
            .unwrap_or_default();
        let mut messages = Vec::new();
        for (key, attendee) in before.invited(self.owner) {
            let kept = after.filter(|_| invited.contains_key(&key));
            let is_lost = |id: &RecurrenceId| kept.is_none_or(|kept| kept.lost(id, &attendee));
            let mut seen = before.seen_by(&attendee);
            seen.retain(|id, _| is_lost(id));
            let now = |id: &RecurrenceId| {
                let body = after?.object.components.get(id)?;
                Some(body.to_buf().into_owned())
            };
            let components: Vec<_> = seen
                .iter()
                .filter(|(_, component)| !is_cancelled(component))
                .map(|(id, component)| cancelled(component, now(id).as_ref(), &attendee))
                .collect();
            let version = after.unwrap_or(before);
            let message =
                self.message(Method::Cancel, &attendee, &components, version, Delay::None);
            messages.extend(message.map(|message| OutgoingMessage {
                known: before.told(&seen, self.now),
                ..message
            }));
        }
        messages
    }

    fn message(
        &self,
        method: Method,
        attendee: &CalendarUserAddress,
        components: &[ComponentBuf],
        version: &Version<'_, '_>,
        delay: Delay,
    ) -> Option<OutgoingMessage> {
        let organizer = components
            .iter()
            .find_map(|one| one.property("ORGANIZER"))?;
        let ends = message::ends(version.object, &version.clock, self.limits);
        let is_long_past = ends.is_some_and(|ends| message::is_long_past(ends, self.now));
        if is_long_past || components.is_empty() || !attendee.is_mail() {
            return None;
        }
        Some(OutgoingMessage {
            method,
            recipient: attendee.as_str().to_owned(),
            sender: self.owner.address_of(organizer)?.as_str().to_owned(),
            text: message::text(method, components, version.object, self.now),
            known: None,
            delay,
            ends,
        })
    }
}

/// An object with what is asked of it often.
struct Version<'o, 'a> {
    object: &'o Object<'a>,
    clock: Clock,
    course: Option<Course>,
}

impl<'o, 'a> Version<'o, 'a> {
    fn of(object: &'o Object<'a>, limits: &Limits) -> Self {
        Self {
            object,
            clock: object.clock(),
            course: Course::of(object, &limits.recurrence).ok().flatten(),
        }
    }

    /// Everybody whom the server writes to, by the address in lower case (rule F4).
    fn invited(&self, owner: &Owner) -> BTreeMap<String, CalendarUserAddress> {
        let mut invited = BTreeMap::new();
        let has_organizer = self
            .object
            .organizer()
            .is_some_and(|line| !is_clients(&line));
        for body in self.object.components.values().filter(|_| has_organizer) {
            for line in body.to_buf().properties_named("ATTENDEE") {
                if !owner.is(line) && !is_clients(line) {
                    let address = line.address();
                    invited
                        .entry(address.as_str().to_lowercase())
                        .or_insert(address);
                }
            }
        }
        invited
    }

    fn seen_by(&self, attendee: &CalendarUserAddress) -> BTreeMap<RecurrenceId, ComponentBuf> {
        view::of(self.object, attendee, self.course.as_ref())
    }

    /// What a guest was told with this version; none when nothing.
    fn told(&self, seen: &BTreeMap<RecurrenceId, ComponentBuf>, now: Timestamp) -> Option<Vec<u8>> {
        let components: Vec<_> = seen.values().map(view::sent).collect();
        let text = || message::text(Method::Request, &components, self.object, now);
        (!components.is_empty()).then(text)
    }

    /// Whether a date that an attendee had alone is his no more; as part of a series the series says it.
    fn lost(&self, id: &RecurrenceId, attendee: &CalendarUserAddress) -> bool {
        let lists = |id: &RecurrenceId| {
            let body = self.object.components.get(id);
            body.is_some_and(|body| body.any_line("ATTENDEE", |line| line.is_named(attendee)))
        };
        !id.is_master() && !lists(id) && !lists(&RecurrenceId::MASTER)
    }

    /// The component, or what the series says of the instance.
    fn component(&self, id: &RecurrenceId) -> Option<ComponentBuf> {
        if let Some(body) = self.object.components.get(id) {
            return Some(body.to_buf().into_owned());
        }
        let course = self.course.as_ref()?;
        Some(course.component(&course.find(id).ok().flatten()?))
    }
}

/// Takes SCHEDULE-FORCE-SEND=REQUEST away; to whom it asks to send.
fn strip_force_send(object: &mut Object<'_>) -> BTreeSet<String> {
    let mut forced = BTreeSet::new();
    let has_it = |line: &dyn Line| line.parameter("SCHEDULE-FORCE-SEND").is_some();
    for body in object.components.values_mut() {
        if !body.any_line("ATTENDEE", has_it) {
            continue;
        }
        let mut component = body.to_buf().into_owned();
        for line in component
            .properties_mut()
            .filter(|line| line.is("ATTENDEE"))
        {
            if line.parameter("SCHEDULE-FORCE-SEND").is_some() {
                forced.insert(line.address().as_str().to_lowercase());
                line.remove_parameter("SCHEDULE-FORCE-SEND");
            }
        }
        *body = Body::made(component);
    }
    forced
}

/// Whether the rule or the exceptions are others, so that dates go.
fn takes_away(old: &ComponentBuf, new: &ComponentBuf) -> bool {
    let lines = |component: &ComponentBuf, name: &str| -> BTreeSet<String> {
        let lines = component.properties_named(name);
        lines.map(|line| line.value().into_owned()).collect()
    };
    let mut names = ["RRULE", "RDATE", "EXDATE"].iter();
    names.any(|name| lines(old, name) != lines(new, name))
}

fn sequence(component: &ComponentBuf) -> u64 {
    let line = component.property("SEQUENCE");
    line.map_or(0, |line| line.value().trim().parse().unwrap_or(0))
}

/// Raises SEQUENCE above the old one; whether it had to.
fn raise_sequence(component: &mut ComponentBuf, old: &ComponentBuf) -> bool {
    let least = sequence(old).saturating_add(1);
    if sequence(component) >= least {
        return false;
    }
    component.set_property(PropertyBuf::new("SEQUENCE", &least.to_string()));
    true
}

fn is_cancelled(component: &ComponentBuf) -> bool {
    component
        .property("STATUS")
        .is_some_and(|status| status.value().trim().eq_ignore_ascii_case("CANCELLED"))
}

/// What a CANCEL says of a component: when and what it was, for this attendee alone.
fn cancelled(
    component: &ComponentBuf,
    now: Option<&ComponentBuf>,
    attendee: &CalendarUserAddress,
) -> ComponentBuf {
    const KEPT: &[&str] = &[
        "UID",
        "RECURRENCE-ID",
        "DTSTART",
        "DTEND",
        "DUE",
        "DURATION",
        "SUMMARY",
        "ORGANIZER",
        "LOCATION",
    ];
    let mut cancel = view::sent(component);
    cancel.retain(|item| {
        item.as_property().is_some_and(|line| {
            let is_his = line.is("ATTENDEE") && line.is_named(attendee);
            is_his || KEPT.iter().any(|name| line.is(name))
        })
    });
    let after = now.map_or(0, sequence);
    let raised = sequence(component).saturating_add(1).max(after);
    cancel.push_property(PropertyBuf::new("SEQUENCE", &raised.to_string()));
    cancel.push_property(PropertyBuf::new("STATUS", "CANCELLED"));
    cancel
}
