//! What a scheduling message does to an account's object with that UID (RFC 5546 section 3).

mod add;
mod cancel;
mod early;
mod gone;
mod reply;
mod request;

use calendar::{Document, Method};

pub use early::recall;

use crate::authority;
use crate::case::{Case, Texts};
use crate::decision::{Change, Decision, Outcome};
use crate::incoming::{Incoming, Trust};
use crate::limits::Limits;
use crate::note::Note;
use crate::owner::Owner;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::stored::{Account, Stored};

/// Decides what a message does.
///
/// The same arguments give the same decision. Nothing that the message says can make it fail: what
/// cannot be applied ends as `no-action` or `error` with its reason and [`Change::None`](crate::Change::None).
pub fn receive(
    stored: &Stored,
    incoming: &Incoming<'_>,
    account: &Account<'_>,
    policy: &Policy,
    limits: &Limits,
) -> Decision {
    let owner = Owner::of(account);
    let mut decision = decide(stored, incoming, &owner, policy, limits);
    early::settle(stored, incoming, &owner, policy, limits, &mut decision);
    match incoming.sender.trust {
        Trust::Unverified => decision.note(Note::Unverified),
        Trust::Authenticated | Trust::Failed => {}
    }
    if incoming.sender.via_service.is_some() {
        decision.note(Note::ViaService);
    }
    decision
}

/// What owns the work of one message alone, without what came too early before.
fn decide(
    stored: &Stored,
    incoming: &Incoming<'_>,
    owner: &Owner,
    policy: &Policy,
    limits: &Limits,
) -> Decision {
    let texts = match Texts::of(stored, limits) {
        Ok(texts) => texts,
        Err(reason) => return failure(reason),
    };
    match Case::of(stored, &texts, incoming, (owner, policy, limits)) {
        Ok(case) => readable(by_method(&case), &limits.calendar),
        Err(reason) => failure(reason),
    }
}

/// Refuses what would make an object too much to be read again: attendees by their answers let it grow.
fn readable(decision: Decision, limits: &calendar::Limits) -> Decision {
    match &decision.change {
        Change::Put { text, .. } if !is_readable(text, limits) => {
            Decision::no_action(Reason::TooMuch).suggested()
        }
        _ => decision,
    }
}

fn is_readable(text: &[u8], limits: &calendar::Limits) -> bool {
    // Few lines are below every count.
    let lines = memchr::memchr_iter(b'\n', text).count();
    let least = limits.lines.min(limits.components).min(limits.attendees);
    text.len() <= limits.bytes && (lines <= least || Document::parse(text, limits).is_ok())
}

fn failure(reason: Reason) -> Decision {
    match reason {
        Reason::StoredUnreadable => Decision::new(Outcome::Error, reason),
        _ => Decision::no_action(reason),
    }
}

fn by_method(case: &Case<'_>) -> Decision {
    match case.incoming.method {
        Method::Request | Method::Publish => request::request(case),
        Method::Cancel => cancel::cancel(case),
        Method::Add => add::add(case),
        Method::Reply => reply::reply(case),
        Method::Counter => shown_to_organizer(case, Reason::Counter),
        Method::Refresh => shown_to_organizer(case, Reason::Refresh),
        Method::DeclineCounter => shown_to_attendee(case),
    }
}

/// COUNTER and REFRESH: shown, never acting by themselves (rule E4).
fn shown_to_organizer(case: &Case<'_>, reason: Reason) -> Decision {
    match reply::permitted(case) {
        Ok(()) => Decision::no_action(reason).suggested(),
        Err(refused) => case.refuse(refused),
    }
}

/// DECLINECOUNTER: shown (rules B3 and E4).
fn shown_to_attendee(case: &Case<'_>) -> Decision {
    if case.mine.is_none() {
        return Decision::no_action(Reason::UnknownEvent);
    }
    match authority::of_organizer(case) {
        Ok(()) => Decision::no_action(Reason::CounterDeclined),
        Err(reason) => case.refuse(reason),
    }
}
