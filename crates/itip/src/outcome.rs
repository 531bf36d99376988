//! The owner's object after a message was taken: merged components, cancellations marked (rules C2 to
//! C5, C7, D1).

mod asking;
mod merged;
mod surround;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;

use calendar::{ComponentBuf, PropertyBuf};

use crate::case::Case;
use crate::clock::Clock;
use crate::course::Course;
use crate::marks;
use crate::note::Note;
use crate::object::{Body, Object};
use crate::reason::Reason;
use crate::recurrence_id::RecurrenceId;
use crate::span::Timed;
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
    let ids = mine.components.keys();
    let own = ids
        .filter(|id| !case.version.components.contains_key(id))
        .collect();
    let limits = &case.limits.recurrence;
    let mut work = Work {
        case,
        taking,
        mine,
        before: marks::marked(&case.version, &case.state, &own, limits),
        after: marks::marked(&taking.version, &taking.state, &own, limits),
        clocks: Clocks::default(),
        courses: Courses::default(),
        series: OnceCell::new(),
        had_cancels: case.state.has_cancels(),
        asks_series: false,
        overwritten: Vec::new(),
        notes: Vec::new(),
    };
    let mut object = mine.without_components();
    object.components = work.components();
    work.surround(&mut object);
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
    /// The organizer's version before and after, cancellations in it.
    before: Cow<'w, Object<'a>>,
    after: Cow<'w, Object<'a>>,
    clocks: Clocks,
    courses: Courses,
    /// The master from now on.
    series: OnceCell<Option<ComponentBuf>>,
    /// Whether anything was cancelled before.
    had_cancels: bool,
    /// Whether the series as a whole is asked again.
    asks_series: bool,
    overwritten: Vec<PropertyBuf>,
    notes: Vec<Note>,
}

/// What the times of the three sides mean; made when first asked.
#[derive(Default)]
struct Clocks {
    mine: OnceCell<Clock>,
    before: OnceCell<Clock>,
    after: OnceCell<Clock>,
}

/// The series before and from now on; made when first asked.
#[derive(Default)]
struct Courses {
    before: OnceCell<std::result::Result<Option<Course>, Reason>>,
    after: OnceCell<std::result::Result<Option<Course>, Reason>>,
}

impl<'a> Work<'_, 'a> {
    fn components(&mut self) -> BTreeMap<RecurrenceId, Body<'a>> {
        let ids = self.mine.components.keys();
        let mut ids: Vec<_> = ids.chain(self.after.components.keys()).cloned().collect();
        // Two runs in order: sorting joins them.
        ids.sort();
        ids.dedup();
        let components = ids.into_iter().filter_map(|id| {
            let body = self.component(&id)?;
            self.note_cancellation(&id);
            let body = self.asked_with_series(&id, body);
            Some((id, body))
        });
        components.collect()
    }

    /// The component of this id from now on; none when there is none any more.
    fn component(&mut self, id: &RecurrenceId) -> Option<Body<'a>> {
        let mine = self.mine.components.get(id);
        let theirs = self.after.components.get(id).cloned();
        match (mine, theirs) {
            (Some(mine), Some(theirs)) if self.is_touched(id) => {
                Some(self.merged(id, mine, &theirs))
            }
            (Some(mine), Some(_)) => Some(mine.clone()),
            (Some(mine), None) => self.without_theirs(id, mine),
            (None, Some(theirs)) if self.is_applied(id) || self.case.mine.is_none() => {
                Some(self.added(id, &theirs))
            }
            (None, _) => None,
        }
    }

    fn is_applied(&self, id: &RecurrenceId) -> bool {
        self.taking.applied.contains(id)
    }

    /// Whether the organizer says something new of the component: content, or a cancellation.
    fn is_touched(&self, id: &RecurrenceId) -> bool {
        let (before, after) = (&self.before.components, &self.after.components);
        let both = before.get(id).zip(after.get(id));
        self.is_applied(id) || both.is_none_or(|(before, after)| !before.same_text(after))
    }

    fn timed_before<'t>(&'t self, component: &'t ComponentBuf) -> Timed<'t> {
        let clock = self.clocks.before.get_or_init(|| self.before.clock());
        Timed { component, clock }
    }

    fn timed_after<'t>(&'t self, component: &'t ComponentBuf) -> Timed<'t> {
        let clock = self.clocks.after.get_or_init(|| self.after.clock());
        Timed { component, clock }
    }

    fn timed_mine<'t>(&'t self, component: &'t ComponentBuf) -> Timed<'t> {
        let clock = self.clocks.mine.get_or_init(|| self.mine.clock());
        Timed { component, clock }
    }

    fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn note_cancellation(&mut self, id: &RecurrenceId) {
        if self.had_cancels
            && self.is_applied(id)
            && self.case.state.is_cancelled(id)
            && self.case.mine.is_some()
        {
            self.note(if self.taking.state.is_cancelled(id) {
                Note::CancellationStays
            } else {
                Note::Reinstated
            });
        }
    }
}
