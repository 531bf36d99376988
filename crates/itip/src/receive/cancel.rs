//! CANCEL of all, or of instances that stand there as overrides (rules D1 to D3).

use super::{early, gone, request};
use crate::arrival::Part;
use crate::authority;
use crate::case::{Case, MASTER};
use crate::decision::{Decision, Outcome};
use crate::note::Note;
use crate::outcome;
use crate::policy::CancelMode;
use crate::reason::Reason;
use crate::recurrence_id::RecurrenceId;
use crate::span;
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
    let is_for_others = |part: &Part<'_>| leaves_out(&part.component, case);
    if case.arrival.parts.values().all(is_for_others)
        && case.lists_owner(mine)
        && !case.arrival.parts.is_empty()
    {
        return Decision::no_action(Reason::NotForYou);
    }
    let mut taking = Taking::begin(case);
    let mut missing = None;
    for (id, part) in &case.arrival.parts {
        match presence(case, id) {
            Presence::Here => taking.take_cancel(id, &part.stamp),
            Presence::Missing(reason) => missing = Some(reason),
        }
    }
    finish(case, taking, missing)
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

/// Whether what a CANCEL names is in the object.
enum Presence {
    Here,
    Missing(Reason),
}

fn presence(case: &Case<'_>, id: &RecurrenceId) -> Presence {
    let Some(mine) = &case.mine else {
        return Presence::Missing(Reason::UnknownEvent);
    };
    if id.is_master() || mine.components.contains_key(id) {
        return Presence::Here;
    }
    let recurs = mine
        .master()
        .is_some_and(|master| span::recurs(&master.to_buf()));
    let has_other_form = Taking::begin(case).has_other_form(id);
    let reason = if recurs || has_other_form {
        Reason::NeedsRecurrence
    } else {
        Reason::NoSuchInstance
    };
    Presence::Missing(reason)
}

fn finish<'a>(case: &Case<'a>, mut taking: Taking<'a>, missing: Option<Reason>) -> Decision {
    if !taking.is_cancel_taken() {
        let mut decision = match missing {
            Some(reason) => early::keep(case, reason),
            None => Decision::no_action(taking.refusal()),
        };
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
    if is_whole && case.policy.cancel == CancelMode::Remove {
        request::remove(case, &mut taking, &mut decision);
    }
    decision.state = Some(taking.state);
    decision
}

fn as_note(reason: Reason) -> Option<Note> {
    match reason {
        Reason::NeedsRecurrence => Some(Note::NeedsRecurrence),
        Reason::NoSuchInstance => Some(Note::NoSuchInstance),
        _ => None,
    }
}
