//! Messages about what stood in the calendar and does not any more (rules C2 and C10).

use super::{cancel, request};
use crate::authority;
use crate::case::Case;
use crate::decision::Decision;
use crate::extent;
use crate::note::Note;
use crate::object::Body;
use crate::policy::Permission;
use crate::reason::Reason;
use crate::span::{self, Timed};
use crate::state::Removed;
use crate::taking::Taking;

/// A REQUEST or PUBLISH about it.
pub(super) fn request(case: &Case<'_>) -> Decision {
    if let Err(reason) = authority::of_organizer(case) {
        return case.refuse(reason);
    }
    let taking = Taking::requests(case);
    if !taking.is_any() && !case.is_by_hand() {
        return Decision::no_action(Reason::Duplicate);
    }
    match case.state.removed {
        Some(Removed::ByCancel) => removed_by_cancel(case, taking),
        None => deleted_by_owner(case, taking),
    }
}

/// What a CANCEL removed stays removed, until a REQUEST newer than the CANCEL comes.
fn removed_by_cancel<'a>(case: &Case<'a>, mut taking: Taking<'a>) -> Decision {
    if taking.is_all_cancelled() && !case.is_by_hand() {
        taking.keep_base(case);
        let mut decision = Decision::no_action(Reason::StillCancelled);
        decision.state = Some(taking.state);
        return decision;
    }
    match authority::of_newcomer(case) {
        Ok(()) => request::add(case, taking, Reason::New).noted(Note::Reinstated),
        Err(reason) => case.refuse(reason),
    }
}

/// Only a message that moves the event in time, and that the script lets in, adds it again.
fn deleted_by_owner<'a>(case: &Case<'a>, taking: Taking<'a>) -> Decision {
    let returns = moves(case, &taking) && !taking.is_all_cancelled();
    let is_let_in = matches!(case.policy.permission, Permission::AddTo(_)) && returns;
    if !is_let_in && !case.is_by_hand() {
        return case.refuse(Reason::DeletedByYou);
    }
    match authority::of_newcomer(case) {
        Ok(()) => request::add(case, taking, Reason::New).noted(Note::AddedAgain),
        Err(reason) => case.refuse(reason),
    }
}

fn moves(case: &Case<'_>, taking: &Taking<'_>) -> bool {
    let (old_clock, new_clock) = (case.version.clock(), taking.version.clock());
    let series = taking.version.master().map(|series| series.to_buf());
    let moves = |id| {
        let before = case.version.components.get(id);
        let Some(after) = taking.version.components.get(id).map(Body::to_buf) else {
            return false;
        };
        let new = Timed {
            component: &after,
            clock: &new_clock,
        };
        match (before, &series) {
            (Some(before), _) => {
                let old = Timed {
                    component: &before.to_buf(),
                    clock: &old_clock,
                };
                extent::moves_or_adds(old, new, &case.limits.recurrence)
            }
            (None, Some(series)) => {
                let series = Timed {
                    component: series,
                    clock: &new_clock,
                };
                !span::stays_in_place(new, series)
            }
            (None, None) => true,
        }
    };
    taking.applied.iter().any(moves)
}

/// A CANCEL about it: remembered, so that an older REQUEST does not bring it back.
pub(super) fn cancel(case: &Case<'_>) -> Decision {
    if let Err(reason) = authority::of_organizer(case) {
        return case.refuse(reason);
    }
    let is_for_others = cancel::for_others(case);
    if case.arrival.parts.values().all(&is_for_others) {
        return Decision::no_action(Reason::NotForYou);
    }
    let mut taking = Taking::begin(case);
    for (id, part) in &case.arrival.parts {
        if !is_for_others(part) {
            taking.take_cancel(id, part, case.limits);
        }
    }
    let reason = match case.state.removed {
        _ if !taking.is_cancel_taken() => Reason::Duplicate,
        Some(Removed::ByCancel) => Reason::StillCancelled,
        None => Reason::DeletedByYou,
    };
    let mut decision = Decision::no_action(reason);
    if taking.is_cancel_taken() {
        decision.state = Some(taking.state);
    }
    decision
}
