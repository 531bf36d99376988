//! REQUEST and PUBLISH: new, update, stale, duplicate (rules C1 to C9, D5).

use calendar::Method;

use super::gone;
use crate::authority;
use crate::case::Case;
use crate::decision::{Change, Decision, Outcome};
use crate::incoming::{AddressOwner, Route};
use crate::note::Note;
use crate::object::Object;
use crate::outcome;
use crate::policy::CancelMode;
use crate::reason::Reason;
use crate::recurrence_id::RecurrenceId;
use crate::state::{Removed, State};
use crate::taking::{Taking, leaves_out};

pub(super) fn request(case: &Case<'_>) -> Decision {
    if let Err(reason) = case.arrival.check_times(&case.limits.recurrence) {
        return Decision::no_action(reason);
    }
    if case.mine.is_some() {
        update(case)
    } else if case.is_gone() {
        gone::request(case)
    } else {
        new(case)
    }
}

fn new(case: &Case<'_>) -> Decision {
    match authority::of_newcomer(case) {
        Ok(()) => add(case, Taking::requests(case), Reason::New),
        Err(reason) => case.refuse(reason),
    }
}

/// Puts what was taken into the calendar as a new object.
pub(super) fn add<'a>(case: &Case<'a>, mut taking: Taking<'a>, reason: Reason) -> Decision {
    taking.keep_base(case);
    let result = outcome::result(case, &taking);
    if result.object.components.len() > case.limits.components {
        return Decision::no_action(Reason::TooMuch).suggested();
    }
    let mut decision = Decision::new(Outcome::Added, reason);
    decision.change = case.put(&result.object);
    note_all(&mut decision, &taking, &result.notes);
    note_sender(case, &mut decision);
    if is_not_invited(case) {
        decision.note(Note::NotAnAttendee);
    }
    decision.state = Some(with_origin(case, taking.state));
    decision
}

/// Remembers who and what brought the object (rules B3 and C8).
fn with_origin(case: &Case<'_>, mut state: State) -> State {
    let sender = case.incoming.sender.believed();
    state.pinned = sender
        .filter(|_| case.incoming.sender.owner == AddressOwner::Person)
        .filter(|address| {
            case.incoming.route == Route::Direct || authority::is_named_organizer(case, address)
        })
        .map(|address| address.as_str().to_owned());
    state.delivered_to = Some(case.incoming.delivered_to.to_owned());
    state.removed = None;
    state
}

fn note_sender(case: &Case<'_>, decision: &mut Decision) {
    let sender = case.incoming.sender.believed();
    if let Some(sender) = sender
        && case.arrival.organizer.is_some()
        && !authority::is_named_organizer(case, &sender)
    {
        decision.note(Note::ForwardedBy);
    }
}

/// Rule C8: nobody of the list is the owner.
fn is_not_invited(case: &Case<'_>) -> bool {
    let mut parts = case.arrival.parts.values();
    case.incoming.method == Method::Request && parts.all(|part| leaves_out(&part.component, case))
}

fn note_all(decision: &mut Decision, taking: &Taking<'_>, notes: &[Note]) {
    for note in taking.notes.iter().chain(notes) {
        decision.note(*note);
    }
}

fn update(case: &Case<'_>) -> Decision {
    if let Err(reason) = authority::of_organizer(case) {
        return case.refuse(reason);
    }
    if !case.may_update() {
        return case.refuse(Reason::NotPermitted);
    }
    let taking = Taking::requests(case);
    if !taking.is_any() {
        let mut decision = Decision::no_action(taking.refusal());
        if taking.state != case.state {
            decision.state = Some(taking.state.clone());
        }
        note_all(&mut decision, &taking, &[]);
        decision.notes.retain(|note| *note != Note::StaleIgnored);
        return decision;
    }
    settled(case, taking)
}

/// The decision about an object that stands there and a message that was taken.
fn settled<'a>(case: &Case<'a>, mut taking: Taking<'a>) -> Decision {
    taking.keep_base(case);
    let result = outcome::result(case, &taking);
    if result.object.components.len() > case.limits.components {
        return Decision::no_action(Reason::TooMuch).suggested();
    }
    if is_still_cancelled(case, &taking, &result.object) {
        let mut decision = Decision::no_action(Reason::StillCancelled);
        decision.state = Some(taking.state);
        return decision;
    }
    let mut decision = Decision::new(Outcome::Updated, Reason::Update);
    note_all(&mut decision, &taking, &result.notes);
    if authority::changes_organizer(case) {
        decision.note(Note::OrganizerChanged);
    }
    if !result.overwritten.is_empty() {
        decision.note(Note::OwnChangeReplaced);
    }
    decision.overwritten = result.overwritten.iter().map(text_of).collect();
    decision.change = case.put(&result.object);
    if result.object.components.is_empty() {
        remove(case, &mut taking, &mut decision);
    }
    if !taking.uninvited.is_empty() && taking.applied.is_subset(&taking.uninvited) {
        uninvite(case, &mut taking, &mut decision, &result.object);
    }
    decision.state = Some(taking.state);
    decision
}

/// Whether all that was taken is about what a CANCEL took out of the object (rule C2).
fn is_still_cancelled(case: &Case<'_>, taking: &Taking<'_>, object: &Object<'_>) -> bool {
    let is_out =
        |id: &RecurrenceId| taking.state.is_cancelled(id) && !object.components.contains_key(id);
    let is_same = || {
        let before = case.target.map(|target| &target.text);
        before.is_some_and(|before| *before == object.to_bytes())
    };
    taking.applied.iter().all(is_out) && taking.uninvited.is_empty() && is_same()
}

/// Rule C9: as CANCEL.
fn uninvite(
    case: &Case<'_>,
    taking: &mut Taking<'_>,
    decision: &mut Decision,
    object: &Object<'_>,
) {
    decision.reason = Reason::Uninvited;
    decision.outcome = Outcome::Cancelled;
    decision.notes.retain(|note| *note != Note::Uninvited);
    let is_whole = object
        .components
        .keys()
        .all(|id| taking.state.is_cancelled(id));
    if is_whole && case.policy.cancel == CancelMode::Remove {
        remove(case, taking, decision);
    }
}

/// Takes the object out of the calendar (rule D1).
pub(super) fn remove(case: &Case<'_>, taking: &mut Taking<'_>, decision: &mut Decision) {
    let Some(target) = case.target else { return };
    decision.outcome = Outcome::Removed;
    decision.change = Change::Delete {
        calendar: target.calendar.clone(),
        name: target.name.clone(),
    };
    taking.state.removed = Some(Removed::ByCancel);
}

fn text_of(line: &calendar::PropertyBuf) -> String {
    let bytes = line.to_bytes();
    String::from_utf8_lossy(&bytes).trim_end().to_owned()
}
