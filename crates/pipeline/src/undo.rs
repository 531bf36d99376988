//! Undo: puts back what a decision changed, unless it was changed again since (RULES.md, G).

use itip::Facts;
use store::{
    Account, CalendarId, Commit, Decision, DecisionId, Event, Expect, NewDecision, Object,
    PutObject, Store,
};

use crate::clock::Clock;

/// How often it is tried again because the calendar changed meanwhile.
const ROUNDS: usize = 8;

/// Why a decision could not be undone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotUndone {
    /// The account has no such decision.
    #[error("there is no decision {0}; `invited decisions` lists them")]
    Unknown(i64),
    /// The decision changed nothing.
    #[error("decision {0} changed nothing, so there is nothing to undo")]
    NothingChanged(i64),
    /// The event is not as the decision left it.
    #[error("the event was changed after decision {0}, so nothing was undone")]
    ChangedSince(i64),
    /// The store could not be asked or written.
    #[error("{0}")]
    Store(#[from] store::Error),
}

/// What was undone, for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    /// The event that was added is gone again.
    Removed,
    /// The event is as it was before.
    Restored,
}

/// Puts the event back as it was before the decision, and records that.
///
/// The scheduling state stays (rule C10): the message that was undone is a duplicate from then on.
pub async fn undo(
    store: &dyn Store,
    clock: &dyn Clock,
    account: &Account,
    id: DecisionId,
) -> Result<Undone, NotUndone> {
    let decision = store
        .decision(account.id, id)
        .await?
        .ok_or(NotUndone::Unknown(id.0))?;
    if decision.record.before.is_none() && decision.record.after.is_none() {
        return Err(NotUndone::NothingChanged(id.0));
    }
    for _ in 0..ROUNDS {
        let event = store.event(account.id, &decision.record.uid).await?;
        let now = clock.now();
        let commit =
            commit(account, &decision, &event, now).ok_or(NotUndone::ChangedSince(id.0))?;
        match store.commit(commit).await {
            Err(store::Error::Conflict) => {}
            Err(error) => return Err(error.into()),
            Ok(_) if decision.record.before.is_none() => return Ok(Undone::Removed),
            Ok(_) => return Ok(Undone::Restored),
        }
    }
    Err(store::Error::Conflict.into())
}

/// The change that puts the event back; `None` when it is not as the decision left it.
fn commit(account: &Account, decision: &Decision, event: &Event, now: i64) -> Option<Commit> {
    let record = &decision.record;
    let held = event
        .objects
        .iter()
        .find(|object| Some(&object.text) == record.after.as_ref());
    if held.is_some() != record.after.is_some() || (held.is_none() && !event.objects.is_empty()) {
        return None;
    }
    let mut commit = Commit::new(account.id, record.uid.clone());
    commit.expect = Some(Expect::unchanged(event));
    let (calendar, name) = place(held, record)?;
    match &record.before {
        Some(text) => commit.put.push(PutObject {
            calendar: calendar.clone(),
            name: name.clone(),
            uid: record.uid.clone(),
            text: text.clone(),
            unanswered: waits(account, &itip::facts(text)),
        }),
        None => commit.delete.push((calendar.clone(), name.clone())),
    }
    commit.decision = Some(undo_record(decision, now, (calendar, name)));
    Some(commit)
}

/// Where the object is, or was.
fn place(held: Option<&Object>, record: &NewDecision) -> Option<(CalendarId, String)> {
    match held {
        Some(object) => Some((object.calendar.clone(), object.name.clone())),
        None => Some((record.calendar.clone()?, record.name.clone()?)),
    }
}

/// Whether the event waits for its owner's answer.
fn waits(account: &Account, facts: &Facts) -> bool {
    let addresses: Vec<String> = account.addresses().map(str::to_owned).collect();
    facts.partstat_of(&addresses) == Some("NEEDS-ACTION")
}

/// The record of the undoing, which can be undone itself.
fn undo_record(decision: &Decision, now: i64, place: (CalendarId, String)) -> NewDecision {
    let record = &decision.record;
    NewDecision {
        job: format!("undo-{}-{now}", decision.id.0),
        outcome: if record.before.is_some() {
            "updated"
        } else {
            "removed"
        }
        .to_owned(),
        reason: "undone".to_owned(),
        notes: Vec::new(),
        calendar: Some(place.0),
        name: Some(place.1),
        before: record.after.clone(),
        after: record.before.clone(),
        suggestion: None,
        received: now,
        decided: now,
        ..record.clone()
    }
}
