//! Calendars as their owner changes them over CalDAV. Every PUT, DELETE, COPY and MOVE of a calendar
//! object ends in [`write`], so that what a change sends can be decided there (rules F).

pub use itip::{Reply, Seen};
use store::{
    Account, By, CollectionId, CollectionKind, Collections, Commit, Detail, Error, Event, Expect,
    Member, PutObject, Selection, Timestamp,
};

use crate::clock::Clock;
use crate::member::{self, Condition, NotChanged, Overwrite, Place, ROUNDS, Stored, Transfer, Way};
use crate::owner::{self, NotStored};
use crate::schedule::{self, NotScheduled, Owned};

const KIND: CollectionKind = CollectionKind::Calendar;

/// Objects of a calendar that are read at a time.
const PAGE: u32 = 100;

/// An object to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The UID of its components.
    pub uid: String,
    /// The iCalendar text.
    pub text: Vec<u8>,
}

/// On what terms the owner's client makes a change.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// What must be true of the object that is there.
    pub condition: Condition<'a>,
    /// Which version the client knew (RFC 6638, 3.2.10.1).
    pub seen: Seen,
    /// Whether an answer may be sent (RFC 6638, 8.1).
    pub reply: Reply,
    /// How long what may be taken back waits (`[smtp] hold`).
    pub hold: Timestamp,
}

/// Stores an object at a place, if the condition holds for what is there.
pub async fn put(
    store: &dyn Collections,
    clock: &dyn Clock,
    account: &Account,
    place: &Place,
    given: &Given,
    terms: &Terms<'_>,
) -> Result<Stored, NotChanged> {
    for _ in 0..ROUNDS {
        let event = store.event(account.id, &given.uid).await?;
        let before = member::held(store, account.id, KIND, place, terms.condition).await?;
        if before
            .as_ref()
            .is_some_and(|before| before.uid != given.uid)
        {
            return Err(NotChanged::OtherUid);
        }
        alone(&event, place, &given.text, &[place])?;
        let commit = storing(account, &event, place, &given.uid, &given.text);
        let change = Change {
            commit,
            event: &event,
            place,
            before: before.as_ref(),
            terms,
            way: Doing::Scheduled,
        };
        if let Some(stored) = write(store, clock, account, change).await? {
            return Ok(stored);
        }
    }
    Err(Error::Conflict.into())
}

/// Deletes the object at a place, if the condition holds for it.
pub async fn delete(
    store: &dyn Collections,
    clock: &dyn Clock,
    account: &Account,
    place: &Place,
    terms: &Terms<'_>,
) -> Result<(), NotChanged> {
    for _ in 0..ROUNDS {
        let before = member::held(store, account.id, KIND, place, terms.condition).await?;
        let before = before.ok_or(NotChanged::Missing)?;
        let event = store.event(account.id, &before.uid).await?;
        if !still_has(&event, place, &before) {
            continue;
        }
        let mut commit = Commit::new(account.id, before.uid.clone());
        commit.expect = Some(Expect::unchanged(&event));
        commit.delete.push(place.clone());
        let change = Change {
            commit,
            event: &event,
            place,
            before: Some(&before),
            terms,
            way: Doing::Scheduled,
        };
        if write(store, clock, account, change).await?.is_some() {
            return Ok(());
        }
    }
    Err(Error::Conflict.into())
}

/// Copies or moves an object, if the condition holds for it.
pub async fn transfer(
    store: &dyn Collections,
    clock: &dyn Clock,
    account: &Account,
    transfer: &Transfer,
    terms: &Terms<'_>,
) -> Result<Stored, NotChanged> {
    for _ in 0..ROUNDS {
        let source = member::held(store, account.id, KIND, &transfer.from, terms.condition).await?;
        let source = source.ok_or(NotChanged::Missing)?;
        let target = member::at(store, account.id, KIND, &transfer.to).await?;
        if target.is_some() && transfer.overwrite == Overwrite::No {
            return Err(NotChanged::Condition);
        }
        let event = store.event(account.id, &source.uid).await?;
        if !still_has(&event, &transfer.from, &source) {
            continue;
        }
        let mut leaving = vec![&transfer.to];
        if transfer.way == Way::Move {
            leaving.push(&transfer.from);
        }
        alone(&event, &transfer.to, &source.text, &leaving)?;
        let mut commit = storing(account, &event, &transfer.to, &source.uid, &source.text);
        let is_other = target
            .as_ref()
            .is_some_and(|target| target.uid != source.uid);
        let deleted = leaving
            .into_iter()
            .filter(|place| **place != transfer.to || is_other);
        commit.delete = deleted.cloned().collect();
        if let Some(target) = target.as_ref().filter(|_| is_other) {
            replace(
                store,
                clock,
                account,
                (target, &transfer.to),
                terms,
                &mut commit,
            )
            .await?;
        }
        let change = Change {
            commit,
            event: &event,
            place: &transfer.to,
            before: target.as_ref(),
            terms,
            way: Doing::Moved,
        };
        if let Some(stored) = write(store, clock, account, change).await? {
            return Ok(stored);
        }
    }
    Err(Error::Conflict.into())
}

/// Whether an event holds an object as it was read before. Its UID was known by the object alone, and what
/// a message changed between the two reads must not be lost.
fn still_has(event: &Event, (calendar, name): &Place, read: &Member) -> bool {
    let mut objects = event.objects.iter();
    objects.any(|one| (&one.calendar, &one.name, one.revision) == (calendar, name, read.revision))
}

/// Takes the deletion of what a transfer replaces, another event, into its commit.
async fn replace(
    store: &dyn Collections,
    clock: &dyn Clock,
    account: &Account,
    (target, place): (&Member, &Place),
    terms: &Terms<'_>,
    commit: &mut Commit,
) -> Result<(), NotChanged> {
    let event = store.event(account.id, &target.uid).await?;
    let mut deletion = Commit::new(account.id, target.uid.clone());
    deletion.delete.push(place.clone());
    let owned = Owned {
        account,
        event: &event,
        calendar: &place.0,
        before: Some(&target.text),
        terms,
        now: clock.now(),
    };
    schedule::complete(store, &owned, &mut deletion).await?;
    commit
        .also
        .push((target.uid.clone(), Expect::unchanged(&event)));
    commit.mails = deletion.mails;
    commit.withdraw = deletion.withdraw;
    Ok(())
}

/// Removes a calendar with all its objects. A meeting in it whose deletion is mailed goes first, each
/// with its mails in one commit; the rest goes with the calendar.
///
/// Objects are read in pages, so that memory does not grow with the calendar; what is interrupted leaves
/// the calendar with what is not yet deleted.
pub async fn remove(
    store: &dyn Collections,
    clock: &dyn Clock,
    account: &Account,
    calendar: &CollectionId,
    terms: &Terms<'_>,
) -> Result<(), NotChanged> {
    let mut last = String::new();
    loop {
        let page = Selection::After(last, PAGE);
        let page = store.members(account.id, KIND, calendar, page, Detail::Text);
        let page = page.await?;
        let Some(end) = page.last() else { break };
        last = end.name.clone();
        let is_meeting = |member: &Member| itip::facts(&member.text).is_meeting;
        for member in page.into_iter().filter(is_meeting) {
            let place = (calendar.clone(), member.name);
            match delete(store, clock, account, &place, terms).await {
                Ok(()) | Err(NotChanged::Missing) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(store.collection_remove(account.id, KIND, calendar).await?)
}

/// A change of one object, decided on what is held of its UID.
struct Change<'a> {
    /// At most one object put, at `place`, and objects deleted.
    commit: Commit,
    event: &'a Event,
    place: &'a Place,
    /// What is at the place before.
    before: Option<&'a Member>,
    terms: &'a Terms<'a>,
    way: Doing,
}

/// Whether a change is one of the event, or of its place alone, which sends nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Scheduled,
    Moved,
}

/// The one door of all changes that an owner makes to objects. `None`: something changed meanwhile,
/// and it is to be decided again.
async fn write(
    store: &dyn Collections,
    clock: &dyn Clock,
    account: &Account,
    change: Change<'_>,
) -> Result<Option<Stored>, NotChanged> {
    let Change {
        mut commit,
        event,
        place,
        before,
        terms,
        way,
    } = change;
    let given = commit.put.first().map(|put| put.text.clone());
    if way == Doing::Scheduled {
        let owned = Owned {
            account,
            event,
            calendar: &place.0,
            before: before.map(|before| before.text.as_slice()),
            terms,
            now: clock.now(),
        };
        schedule::complete(store, &owned, &mut commit).await?;
    }
    owner::complete(store, account, clock.now(), event, &mut commit).await?;
    match store.commit(commit).await {
        Err(Error::Conflict) => return Ok(None),
        Err(error) => return Err(error.into()),
        Ok(_) => {}
    }
    let now = member::at(store, account.id, KIND, place).await?;
    let is_verbatim = now
        .as_ref()
        .is_some_and(|now| Some(&now.text) == given.as_ref());
    let tag = now.as_ref().map(|now| now.schedule_tag);
    Ok(Some(Stored {
        schedule_tag: tag.unwrap_or(store::Revision(0)),
        revision: now.map_or(store::Revision(0), |now| now.revision),
        is_new: before.is_none(),
        is_verbatim,
    }))
}

/// A commit that stores an object; one that waited for an answer goes on waiting while it has none.
fn storing(account: &Account, event: &Event, place: &Place, uid: &str, text: &[u8]) -> Commit {
    let mut commit = Commit::new(account.id, uid);
    commit.expect = Some(Expect::unchanged(event));
    commit.put.push(PutObject {
        calendar: place.0.clone(),
        name: place.1.clone(),
        uid: uid.to_owned(),
        text: text.to_vec(),
        unanswered: owner::waited(event) && owner::waits(account, text),
        by: By::Owner,
    });
    commit
}

/// Refuses a UID that stands elsewhere where it may not: in the same calendar (RFC 4791, 5.3.2.1), or
/// of a meeting in any of the account's calendars (RFC 6638, 3.2.4.1). Places that leave do not count.
fn alone(event: &Event, place: &Place, text: &[u8], leaving: &[&Place]) -> Result<(), NotChanged> {
    let others = event
        .objects
        .iter()
        .map(|object| (object.calendar.clone(), object.name.clone()));
    let mut others = others.filter(|other| !leaving.contains(&other)).peekable();
    // Most UIDs stand nowhere else, and nothing need be known of their objects.
    let is_meeting = others.peek().is_some() && itip::facts(text).is_meeting;
    match others.find(|other| is_meeting || other.0 == place.0) {
        Some(other) => Err(NotChanged::UidElsewhere(other)),
        None => Ok(()),
    }
}

impl From<NotScheduled> for NotChanged {
    fn from(error: NotScheduled) -> Self {
        match error {
            NotScheduled::Forbidden(forbidden) => Self::Forbidden(forbidden),
            NotScheduled::Stored(error) => error.into(),
        }
    }
}

impl From<NotStored> for NotChanged {
    fn from(error: NotStored) -> Self {
        match error {
            NotStored::Store(error) => Self::Store(error),
            NotStored::Unreadable(what) => Self::Unreadable(what),
        }
    }
}
