//! The owner's object after a message was taken: merged components, cancellations marked (rules C2 to
//! C5, C7, D1).

use std::borrow::Cow;

use calendar::{ComponentBuf, PropertyBuf};

use crate::case::{Case, MASTER};
use crate::merge::{self, Asked, Base, Sides};
use crate::note::Note;
use crate::object::{Body, Object};
use crate::recurrence_id::RecurrenceId;
use crate::span;
use crate::taking::Taking;

/// The object after a message, and what was noticed on the way.
pub(crate) struct Result<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) overwritten: Vec<PropertyBuf>,
    pub(crate) notes: Vec<Note>,
}

/// Merges what was taken with what the owner has.
pub(crate) fn result<'a>(case: &Case<'a>, taking: &Taking<'a>) -> Result<'a> {
    let nothing = Object::default();
    let mine = case.mine.as_ref().unwrap_or(&nothing);
    let mut work = Work {
        case,
        taking,
        mine,
        overwritten: Vec::new(),
        notes: Vec::new(),
    };
    let mut object = mine.clone();
    object.components.clear();
    let ids = mine
        .components
        .keys()
        .chain(taking.version.components.keys());
    let ids: std::collections::BTreeSet<_> = ids.collect();
    for id in ids {
        if let Some(body) = work.component(id) {
            object.components.insert(id.clone(), work.marked(id, body));
        }
    }
    work.surround(&mut object);
    add_rdates(&mut object, taking);
    object.drop_unused_zones();
    Result {
        object,
        overwritten: work.overwritten,
        notes: work.notes,
    }
}

struct Work<'w, 'a> {
    case: &'w Case<'a>,
    taking: &'w Taking<'a>,
    mine: &'w Object<'a>,
    overwritten: Vec<PropertyBuf>,
    notes: Vec<Note>,
}

impl<'a> Work<'_, 'a> {
    /// The component of this id from now on; none when there is none any more.
    fn component(&mut self, id: &RecurrenceId) -> Option<Body<'a>> {
        let mine = self.mine.components.get(id);
        let theirs = self.taking.version.components.get(id);
        match (mine, theirs) {
            (Some(mine), Some(theirs)) if self.is_applied(id) => {
                Some(self.merged(id, mine, theirs))
            }
            (Some(mine), Some(_)) => Some(mine.clone()),
            (Some(mine), None) => self.without_theirs(id, mine),
            (None, Some(theirs)) if self.is_applied(id) || self.case.mine.is_none() => {
                Some(self.added(id, theirs))
            }
            (None, _) => None,
        }
    }

    fn is_applied(&self, id: &RecurrenceId) -> bool {
        self.taking.applied.contains(id)
    }

    fn merged(&mut self, id: &RecurrenceId, mine: &Body<'a>, theirs: &Body<'a>) -> Body<'a> {
        let before = self.case.version.components.get(id);
        let is_untouched = before.is_some_and(|before| merge::is_untouched(before, mine, theirs));
        if self.case.base == Base::Known && is_untouched {
            return theirs.clone();
        }
        let (mine, theirs) = (mine.to_buf(), theirs.to_buf());
        let known = if before.is_some() {
            self.case.base
        } else {
            Base::Assumed
        };
        let base = before.map_or(Cow::Borrowed(&*mine), Body::to_buf);
        let sides = Sides {
            base: &base,
            known,
            mine: &mine,
            theirs: &theirs,
        };
        let merged = sides.merge(self.case.owner);
        self.overwritten.extend(merged.overwritten);
        let mut component = merged.component;
        if span::moves_or_adds(&base, &theirs) || self.is_reinstated(id) {
            self.ask_again(&mut component);
        }
        Body::made(component)
    }

    fn is_reinstated(&self, id: &RecurrenceId) -> bool {
        self.case.state.is_cancelled(id) && !self.taking.state.is_cancelled(id)
    }

    fn ask_again(&mut self, component: &mut ComponentBuf) {
        if merge::ask_again(component, self.case.owner) == Asked::Again {
            self.note(Note::AsksAgain);
        }
    }

    fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// A component that is new to the object.
    fn added(&self, id: &RecurrenceId, theirs: &Body<'a>) -> Body<'a> {
        let masters = (self.mine.master(), self.taking.version.master());
        let (Some(mine), Some(new)) = masters else {
            return theirs.clone();
        };
        if id.is_master() {
            return theirs.clone();
        }
        let (mine, new) = (mine.to_buf(), new.to_buf());
        let base = self
            .case
            .version
            .master()
            .map_or(Cow::Borrowed(&*mine), Body::to_buf);
        let sides = Sides {
            base: &base,
            known: self.case.base,
            mine: &mine,
            theirs: &new,
        };
        Body::made(merge::inherit(&theirs.to_buf(), &sides, self.case.owner))
    }

    /// A component that the organizer has not: gone from the version, or made by the owner's client
    /// for one instance; the latter follows the series as long as its times stay.
    fn without_theirs(&mut self, id: &RecurrenceId, mine: &Body<'a>) -> Option<Body<'a>> {
        if self.case.version.components.contains_key(id) {
            return None;
        }
        if !self.is_applied(&MASTER) {
            return Some(mine.clone());
        }
        let (base, theirs) = (
            self.case.version.master()?.to_buf(),
            self.taking.version.master()?.to_buf(),
        );
        if span::moves_or_adds(&base, &theirs) {
            return None;
        }
        let mine = mine.to_buf();
        let (base, theirs) = (as_instance(&base, &mine), as_instance(&theirs, &mine));
        let sides = Sides {
            base: &base,
            known: Base::Known,
            mine: &mine,
            theirs: &theirs,
        };
        let merged = sides.merge(self.case.owner);
        self.overwritten.extend(merged.overwritten);
        Some(Body::made(merged.component))
    }

    /// Marks a component that is cancelled now.
    fn marked(&mut self, id: &RecurrenceId, body: Body<'a>) -> Body<'a> {
        let is_cancelled = self.taking.state.is_cancelled(id);
        let was_cancelled =
            self.case.state.is_cancelled(id) && self.mine.components.contains_key(id);
        if self.is_applied(id) && was_cancelled {
            self.note(if is_cancelled {
                Note::CancellationStays
            } else {
                Note::Reinstated
            });
        }
        let sequence = self.taking.state.cancel_sequence(id);
        if !is_cancelled
            || (was_cancelled
                && !self.is_applied(id)
                && sequence == self.case.state.cancel_sequence(id))
        {
            return body;
        }
        let mut component = body.into_buf();
        component.set_property(PropertyBuf::new("STATUS", "CANCELLED"));
        if sequence > 0 {
            component.set_property(PropertyBuf::new("SEQUENCE", &sequence.to_string()));
        }
        Body::made(component)
    }

    /// VCALENDAR properties and time zones: the organizer's, unless the owner changed them.
    fn surround(&self, object: &mut Object<'a>) {
        let (before, after) = (&self.case.version, &self.taking.version);
        let is_same = |a: &[PropertyBuf], b: &[PropertyBuf]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same_content(b))
        };
        if self.mine.envelope.is_empty() || is_same(&self.mine.envelope, &before.envelope) {
            object.envelope.clone_from(&after.envelope);
        }
        for (id, zone) in &after.zones {
            let mine = self.mine.zones.get(id);
            let is_changed = mine.is_some_and(|mine| {
                before
                    .zones
                    .get(id)
                    .is_none_or(|before| !before.same_text(mine))
            });
            if !is_changed {
                object.zones.insert(id.clone(), zone.clone());
            }
        }
    }
}

/// The master as the instance that an override of the owner's stands for.
fn as_instance(master: &ComponentBuf, over: &ComponentBuf) -> ComponentBuf {
    const OF_INSTANCE: &[&str] = &["DTSTART", "DTEND", "DUE", "DURATION", "RECURRENCE-ID"];
    let mut instance = master.clone();
    for name in OF_INSTANCE
        .iter()
        .chain(&["RRULE", "RDATE", "EXDATE", "EXRULE"])
    {
        instance.remove_properties(name);
    }
    for line in over
        .properties()
        .filter(|line| OF_INSTANCE.iter().any(|name| line.is(name)))
    {
        instance.push_property(line.clone());
    }
    instance
}

/// Instances that an ADD brought stand in the master's RDATE (rule D4).
fn add_rdates(object: &mut Object<'_>, taking: &Taking<'_>) {
    let added = taking
        .state
        .added
        .iter()
        .filter(|id| taking.version.components.contains_key(id));
    let dates: Vec<_> = added.filter_map(RecurrenceId::date_or_time).collect();
    let Some(master) = object
        .components
        .get_mut(&MASTER)
        .filter(|_| !dates.is_empty())
    else {
        return;
    };
    let mut component = master.to_buf().into_owned();
    for date in dates {
        let rdate = date.to_property("RDATE");
        let is_known = span::dates(&component, "RDATE").any(|(value, _)| value == rdate.value());
        if !is_known {
            component.push_property(rdate);
        }
    }
    *master = Body::made(component);
}
