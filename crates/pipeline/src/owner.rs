//! What the owner stores himself: by import, by undo, by PUT. One door for all, where what came too
//! early counts (rule D3), times of own events are noted (rule E1) and tombstones go (rule C10).

use calendar::{ComponentBuf, Kind};
pub use itip::Attendance;
use itip::{Access, Answered, Change, Decision, Limits, Stored, StoredObject};
use store::{
    Account, By, CalendarId, Commit, Event, Expect, NewDecision, PutObject, Store, Timestamp,
};

use crate::clock::Clock;
use crate::import_export::Imported;
use crate::meanwhile::ROUNDS;
use crate::name;
use crate::schedule;
use crate::update::apply::Failure;
use crate::update::change::{self, Place};
use crate::update::decide::stored;
use crate::update::policy;

/// Why an object could not be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotStored {
    /// The store could not be asked or written.
    #[error("{0}")]
    Store(#[from] store::Error),
    /// What is kept beside the object, or the preferences, cannot be read.
    #[error("{0}")]
    Unreadable(String),
}

impl From<Failure> for NotStored {
    fn from(failure: Failure) -> Self {
        let (Failure::Later(what) | Failure::Never(what)) = failure;
        Self::Unreadable(what)
    }
}

/// Stores an imported object: where its UID is already, else in this calendar.
pub async fn import(
    store: &dyn Store,
    clock: &dyn Clock,
    account: &Account,
    calendar: &CalendarId,
    object: Imported,
) -> Result<(), NotStored> {
    for _ in 0..ROUNDS {
        let event = store.event(account.id, &object.uid).await?;
        let (calendar, name) = match event.objects.first() {
            Some(known) => (known.calendar.clone(), known.name.clone()),
            None => (calendar.clone(), name::of_event(&object.uid)),
        };
        let mut commit = Commit::new(account.id, object.uid.clone());
        commit.expect = Some(Expect::unchanged(&event));
        commit.put.push(PutObject {
            calendar,
            name,
            uid: object.uid.clone(),
            text: object.text.clone(),
            unanswered: false,
            by: By::Owner,
        });
        complete(store, account, clock.now(), &event, &mut commit).await?;
        match store.commit(commit).await {
            Err(store::Error::Conflict) => {}
            done => return Ok(done.map(drop)?),
        }
    }
    Err(store::Error::Conflict.into())
}

/// Completes a commit that stores one object for its owner, decided on this event: the state that is
/// kept beside it, and what came too early for it.
///
/// An answer that waits for the hold is taken back where the UID comes again (rule F2). What an early
/// message does is in the record of the commit, which is made if there is none.
pub async fn complete(
    store: &dyn Store,
    account: &Account,
    now: Timestamp,
    event: &Event,
    commit: &mut Commit,
) -> Result<(), NotStored> {
    // A deletion that is answered leaves a state: of most new UIDs nothing is known, and no mail waits.
    let is_back = event.objects.is_empty() && event.state.is_some();
    if is_back && !commit.put.is_empty() {
        schedule::withdraw_answers(store, now, commit).await?;
    }
    let [put] = commit.put.as_slice() else {
        note_sending(event, now, commit)?;
        return Ok(());
    };
    let facts = itip::facts(&put.text);
    let Some(kind) = facts.kind else {
        return Ok(());
    };
    let addresses: Vec<String> = account.addresses().map(str::to_owned).collect();
    let mut stored = stored(event)?;
    let kept = stored.state.clone();
    if facts.is_organized_by(&addresses) {
        let limits = Limits::default();
        stored.state.observe(&put.text, kind, &limits);
    }
    if sends(commit) {
        stored.state.sends(now);
    }
    place(&mut stored, put);
    let recalled = recall(store, account, &stored, (&commit.uid, kind, now)).await?;
    let state = recalled.as_ref().and_then(|it| it.state.as_ref());
    let state = state.unwrap_or(&stored.state);
    if *state != kept {
        change::keep(commit, state);
    }
    if let Some(recalled) = recalled {
        take(commit, event, &recalled, (facts.summary, now));
    }
    Ok(())
}

/// What came too early for the object that is being stored.
async fn recall(
    store: &dyn Store,
    account: &Account,
    stored: &Stored,
    about: (&str, Kind, Timestamp),
) -> Result<Option<Decision>, NotStored> {
    let policy = match stored.state.early().next() {
        Some(_) => policy::of_owner(store, account.id).await?,
        None => policy::of_nothing_early(),
    };
    let addresses: Vec<String> = account.addresses().map(str::to_owned).collect();
    let owner = itip::Account {
        addresses: &addresses,
    };
    let limits = Limits::default();
    Ok(itip::recall(stored, about, &owner, &policy, &limits))
}

/// The object that is being stored, before all others.
fn place(stored: &mut Stored, put: &PutObject) {
    let object = StoredObject {
        calendar: put.calendar.0.clone(),
        name: put.name.clone(),
        text: put.text.clone(),
        access: Access::Writable,
    };
    stored
        .objects
        .retain(|other| (&other.calendar, &other.name) != (&object.calendar, &object.name));
    stored.objects.insert(0, object);
}

/// Notes the stamp of what a deletion sends, so that what comes again in the same second is newer.
fn note_sending(event: &Event, now: Timestamp, commit: &mut Commit) -> Result<(), NotStored> {
    if !sends(commit) {
        return Ok(());
    }
    let mut state = stored(event)?.state;
    state.sends(now);
    change::keep(commit, &state);
    Ok(())
}

/// Whether mail about the UID of a commit goes out; a move sends mail about what it replaces.
fn sends(commit: &Commit) -> bool {
    commit.mails.iter().any(|mail| mail.uid == commit.uid)
}

/// Whether an invitation waited for his answer. What an app or an import brings does not: he has it in hand.
pub(crate) fn waited(event: &Event) -> bool {
    event.objects.iter().any(|object| object.unanswered)
}

/// Whether an object waits for its owner's answer (rule B7).
pub(crate) fn waits(account: &Account, text: &[u8]) -> bool {
    let addresses: Vec<String> = account.addresses().map(str::to_owned).collect();
    let owner = itip::Account {
        addresses: &addresses,
    };
    let kind = itip::facts(text).kind;
    kind.is_some_and(|kind| itip::answered(text, kind, &owner, &Limits::default()) == Answered::No)
}

/// Whether the account's owner comes to each of some components, as far as he has said.
#[must_use]
pub fn attendances(account: &Account, components: &[&ComponentBuf]) -> Vec<Attendance> {
    let addresses: Vec<String> = account.addresses().map(str::to_owned).collect();
    let owner = itip::Account {
        addresses: &addresses,
    };
    itip::attendances(components.iter().copied(), &owner)
}

/// Takes the change that early messages make into the commit and its record.
fn take(
    commit: &mut Commit,
    event: &Event,
    recalled: &Decision,
    (summary, now): (String, Timestamp),
) {
    let after = match &recalled.change {
        Change::None => return,
        Change::Put { text, .. } => Some(text.clone()),
        Change::Delete { .. } => None,
    };
    let Some(put) = commit.put.pop() else { return };
    let place = (put.calendar.clone(), put.name.clone());
    let given = put.text.clone();
    match &recalled.change {
        Change::Put { text, answered, .. } => commit.put.push(PutObject {
            text: text.clone(),
            unanswered: *answered == Answered::No,
            ..put
        }),
        _ if holds(event, &place) => commit.delete.push(place.clone()),
        _ => {}
    }
    let record = commit.decision.get_or_insert_with(|| NewDecision {
        job: format!("early-{}-{now}", commit.uid),
        uid: commit.uid.clone(),
        summary,
        outcome: recalled.outcome.as_str().to_owned(),
        reason: recalled.reason.code().to_owned(),
        calendar: Some(place.0),
        name: Some(place.1),
        before: Some(given),
        received: now,
        decided: now,
        ..NewDecision::default()
    });
    record.after = after;
    let notes = recalled.notes.iter().map(|note| note.code().to_owned());
    record.notes.extend(notes);
}

fn holds(event: &Event, (calendar, name): &Place) -> bool {
    let mut objects = event.objects.iter();
    objects.any(|object| object.calendar == *calendar && object.name == *name)
}
