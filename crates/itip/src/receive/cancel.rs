//! CANCEL of all, of instances, or of the rest of a series (rules D1 to D3).

use std::cell::OnceCell;

use super::{early, gone, request};
use crate::arrival::{Part, Reach};
use crate::authority;
use crate::case::{Case, MASTER};
use crate::course::Course;
use crate::decision::{Decision, Outcome};
use crate::note::Note;
use crate::object::Object;
use crate::outcome;
use crate::policy::CancelMode;
use crate::reason::Reason;
use crate::recurrence_id::RecurrenceId;
use crate::taking::{Taking, leaves_out};

pub(super) fn cancel(case: &Case<'_>) -> Decision {
    let Some(mine) = &case.mine else {
        return if case.is_gone() {
            gone::cancel(case)
        } else {
            unknown(case)
        };
    };
    if let Err(reason) = authority::of_organizer(case) {
        return case.refuse(reason);
    }
    if !case.may_update() {
        return case.refuse(Reason::NotPermitted);
    }
    let is_for_others = for_others(case);
    if case.arrival.parts.values().all(&is_for_others) {
        return Decision::no_action(Reason::NotForYou);
    }
    let mut taking = Taking::begin(case);
    let series = Series::default();
    let mut missing = None;
    let mut is_here = false;
    for (id, part) in &case.arrival.parts {
        if is_for_others(part) {
            continue;
        }
        // What names no instance now is remembered as well: the instance may still come.
        taking.take_cancel(id, part, case.limits);
        match presence(case, (mine, &series), id, part) {
            Ok(()) => is_here = true,
            Err(reason) => missing = Some(reason),
        }
    }
    match missing {
        Some(reason) if !is_here => remembered(taking, reason),
        _ => finish(case, taking, missing),
    }
}

/// Which parts of a CANCEL are for others (rule D2): whom the organizer ever listed, his own version
/// tells; an answer may have listed the owner since.
pub(super) fn for_others(case: &Case<'_>) -> impl Fn(&Part<'_>) -> bool {
    let is_listed = case.lists_owner(&case.version);
    move |part| is_listed && leaves_out(&part.component, case)
}

/// A CANCEL of what is not there yet.
fn unknown(case: &Case<'_>) -> Decision {
    if case.arrival.organizer.is_none() {
        return Decision::no_action(Reason::NoOrganizer);
    }
    if case
        .arrival
        .organizer
        .as_ref()
        .is_some_and(|line| case.owner.is(line))
    {
        return Decision::no_action(Reason::OwnEvent);
    }
    early::keep(case, Reason::UnknownEvent)
}

/// The series of the organizer's version, once it was asked.
type Series = OnceCell<Result<Option<Course>, Reason>>;

/// Whether what a CANCEL names is in the object, or was in the organizer's version of it.
fn presence(
    case: &Case<'_>,
    (mine, series): (&Object<'_>, &Series),
    id: &RecurrenceId,
    part: &Part<'_>,
) -> Result<(), Reason> {
    let has = |object: &Object<'_>| object.components.contains_key(id);
    if id.is_master() || has(mine) || has(&case.version) {
        return Ok(());
    }
    let is_of_rest = |object: &Object<'_>| object.components.keys().any(|one| one.is_from(id));
    if part.reach == Reach::Future && (is_of_rest(mine) || is_of_rest(&case.version)) {
        return Ok(());
    }
    let course = series.get_or_init(|| Course::of(&case.version, &case.limits.recurrence));
    let course = course.as_ref().map_err(|reason| *reason)?;
    let Some(course) = course else {
        return Err(Reason::NoSuchInstance);
    };
    let is_there = match part.reach {
        // Where a series ends may be told by any time.
        Reach::Future => course.has_any_from(id),
        Reach::One => course.find(id)?.is_some(),
    };
    if is_there {
        Ok(())
    } else {
        Err(Reason::NoSuchInstance)
    }
}

/// A CANCEL of instances that are not there.
fn remembered(taking: Taking<'_>, reason: Reason) -> Decision {
    if !taking.is_cancel_taken() {
        return Decision::no_action(taking.refusal());
    }
    let mut decision = Decision::no_action(reason).noted(Note::KeptForLater);
    taking.notes.iter().for_each(|note| decision.note(*note));
    decision.state = Some(taking.state);
    decision
}

fn finish<'a>(case: &Case<'a>, mut taking: Taking<'a>, missing: Option<Reason>) -> Decision {
    if !taking.is_cancel_taken() {
        let mut decision = Decision::no_action(taking.refusal());
        taking.notes.iter().for_each(|note| decision.note(*note));
        return decision;
    }
    taking.keep_base(case);
    let result = outcome::result(case, &taking);
    let mut decision = Decision::new(Outcome::Cancelled, Reason::Cancel);
    decision.change = case.put(&result.object);
    for note in taking
        .notes
        .iter()
        .chain(&result.notes)
        .chain(&missing.and_then(as_note))
    {
        decision.note(*note);
    }
    let is_whole = case.arrival.parts.contains_key(&MASTER)
        && result
            .object
            .components
            .keys()
            .all(|id| taking.state.is_cancelled(id));
    let is_empty = result.object.components.is_empty();
    if is_empty || (is_whole && case.policy.cancel == CancelMode::Remove) {
        request::remove(case, &mut taking, &mut decision);
    }
    decision.state = Some(taking.state);
    decision
}

fn as_note(reason: Reason) -> Option<Note> {
    match reason {
        Reason::NoSuchInstance => Some(Note::NoSuchInstance),
        _ => None,
    }
}
