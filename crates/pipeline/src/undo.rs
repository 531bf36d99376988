//! Undo: puts back what a decision changed, unless it was changed again since (RULES.md, G).

use store::{
    Account, By, CalendarId, Commit, Decision, DecisionId, Event, Expect, NewDecision, Object,
    PutObject, Store,
};

use crate::clock::Clock;
use crate::meanwhile::ROUNDS;
use crate::owner::{self, NotStored};
use crate::update::change;
use crate::update::decide::stored;

/// Why a decision could not be undone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotUndone {
    /// The account has no such decision.
    #[error("there is no decision {0}; `invited decisions` lists them")]
    Unknown(i64),
    /// The decision changed nothing.
    #[error("decision {0} changed nothing, so there is nothing to undo")]
    NothingChanged(i64),
    /// The event is as it was before the decision.
    #[error("decision {0} was undone already")]
    UndoneAlready(i64),
    /// The event is not as the decision left it.
    #[error(
        "the event was changed after decision {0}, so nothing was undone; undo the later decisions about it first"
    )]
    ChangedSince(i64),
    /// What is kept beside the event, or the preferences, cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// The store could not be asked or written.
    #[error("{0}")]
    Store(#[from] store::Error),
}

impl From<NotStored> for NotUndone {
    fn from(error: NotStored) -> Self {
        match error {
            NotStored::Store(error) => Self::Store(error),
            NotStored::Unreadable(what) => Self::Unreadable(what),
        }
    }
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
/// The scheduling state stays (rule C10): the message that was undone is a duplicate from then on. A
/// tombstone goes when the event stands there again, and what came too early for it counts.
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
    let is_removal = removes_again(store, account, &decision).await?;
    for _ in 0..ROUNDS {
        let event = store.event(account.id, &decision.record.uid).await?;
        let now = clock.now();
        let mut commit = commit(account, &decision, &event, now)?;
        owner::complete(store, account, now, &event, &mut commit).await?;
        if is_removal {
            note_removal(&event, &mut commit)?;
        }
        match store.commit(commit).await {
            Err(store::Error::Conflict) => {}
            Err(error) => return Err(error.into()),
            Ok(_) if decision.record.before.is_none() => return Ok(Undone::Removed),
            Ok(_) => return Ok(Undone::Restored),
        }
    }
    Err(store::Error::Conflict.into())
}

/// Whether what a message took away goes once more, because its undoing is undone.
async fn removes_again(
    store: &dyn Store,
    account: &Account,
    decision: &Decision,
) -> Result<bool, store::Error> {
    let mut origin = decision.clone();
    while let Some(id) = undone(&origin.record) {
        match store.decision(account.id, id).await? {
            Some(earlier) => origin = earlier,
            None => return Ok(false),
        }
    }
    Ok(decision.record.before.is_none() && origin.record.after.is_none())
}

/// Then the organizer took it away, not the owner, and may reinstate it (rule C10).
fn note_removal(event: &Event, commit: &mut Commit) -> Result<(), NotStored> {
    let mut state = stored(event)?.state;
    state.note_removal();
    change::keep(commit, &state);
    Ok(())
}

/// Whether an event is as a decision left it.
#[must_use]
pub fn is_possible(record: &NewDecision, event: &Event) -> bool {
    let changed = record.before.is_some() || record.after.is_some();
    changed && is(event, record.after.as_ref()) && place(held(event, record), record).is_some()
}

/// Whether an object has this text; none stands for no object.
fn is(event: &Event, text: Option<&Vec<u8>>) -> bool {
    match text {
        Some(text) => event.objects.iter().any(|object| object.text == *text),
        None => event.objects.is_empty(),
    }
}

/// The object as the decision left it.
fn held<'e>(event: &'e Event, record: &NewDecision) -> Option<&'e Object> {
    let mut objects = event.objects.iter();
    objects.find(|object| Some(&object.text) == record.after.as_ref())
}

/// The change that puts the event back.
fn commit(
    account: &Account,
    decision: &Decision,
    event: &Event,
    now: i64,
) -> Result<Commit, NotUndone> {
    let record = &decision.record;
    let id = decision.id.0;
    if !is(event, record.after.as_ref()) {
        return Err(if is(event, record.before.as_ref()) {
            NotUndone::UndoneAlready(id)
        } else {
            NotUndone::ChangedSince(id)
        });
    }
    let held = held(event, record);
    let mut commit = Commit::new(account.id, record.uid.clone());
    commit.expect = Some(Expect::unchanged(event));
    let (calendar, name) = place(held, record).ok_or(NotUndone::ChangedSince(id))?;
    match &record.before {
        Some(text) => commit.put.push(PutObject {
            calendar: calendar.clone(),
            name: name.clone(),
            uid: record.uid.clone(),
            text: text.clone(),
            unanswered: owner::waits(account, text),
            by: By::Owner,
        }),
        None => commit.delete.push((calendar.clone(), name.clone())),
    }
    commit.decision = Some(undo_record(decision, now, (calendar, name)));
    Ok(commit)
}

/// Where the object is, or was.
fn place(held: Option<&Object>, record: &NewDecision) -> Option<(CalendarId, String)> {
    match held {
        Some(object) => Some((object.calendar.clone(), object.name.clone())),
        None => Some((record.calendar.clone()?, record.name.clone()?)),
    }
}

/// How the jobs of undoings begin.
const UNDOING: &str = "undo-";

/// The decision that a record undoes.
fn undone(record: &NewDecision) -> Option<DecisionId> {
    let (id, _) = record.job.strip_prefix(UNDOING)?.split_once('-')?;
    id.parse().ok().map(DecisionId)
}

/// The record of the undoing, which can be undone itself.
fn undo_record(decision: &Decision, now: i64, place: (CalendarId, String)) -> NewDecision {
    let record = &decision.record;
    NewDecision {
        job: format!("{UNDOING}{}-{now}", decision.id.0),
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
