//! Calendars as their owner changes them over CalDAV. Every PUT, DELETE, COPY and MOVE of a calendar
//! object ends in [`write`], so that what a change sends can be decided there (rules F).

pub use itip::{Reply, Seen};
use store::{
    Account, Also, By, CollectionId, CollectionKind, Collections, Commit, Detail, Error, Event,
    Expect, Member, PutObject, Revision, Selection, Standing, Timestamp,
};

use crate::clock::Clock;
use crate::meanwhile::ROUNDS;
use crate::member::{Condition, NotChanged, Overwrite, Place, Stored, Transfer, Way};
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
        let uid = Some(given.uid.as_str());
        let Standing { at: before, event } = store.standing(account.id, place, uid).await?;
        if !(terms.condition)(before.as_ref()) {
            return Err(NotChanged::Condition);
        }
        if before
            .as_ref()
            .is_some_and(|before| before.uid != given.uid)
        {
            return Err(NotChanged::OtherUid);
        }
        alone(&event, place, &given.text, &[place])?;
        let change = Change {
            commit: storing(account, &event, place, &given.uid, &given.text),
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
        let (before, event) = held(store, account, place, terms.condition).await?;
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
        let (source, event) = held(store, account, &transfer.from, terms.condition).await?;
        let target = store.standing(account.id, &transfer.to, None).await?;
        if target.at.is_some() && transfer.overwrite == Overwrite::No {
            return Err(NotChanged::Condition);
        }
        let mut commit = moving(account, transfer, &source, &event)?;
        if let Some(other) = target.at.as_ref().filter(|other| other.uid != source.uid) {
            let replaced = (other, &target.event);
            replace(
                store,
                clock,
                account,
                (transfer, replaced),
                terms,
                &mut commit,
            )
            .await?;
        }
        let change = Change {
            commit,
            event: &event,
            place: &transfer.to,
            before: target.at.as_ref(),
            terms,
            way: Doing::Moved,
        };
        if let Some(stored) = write(store, clock, account, change).await? {
            return Ok(stored);
        }
    }
    Err(Error::Conflict.into())
}

/// The object at a place, if the condition holds for it, and what is held of its UID.
async fn held(
    store: &dyn Collections,
    account: &Account,
    place: &Place,
    condition: Condition<'_>,
) -> Result<(Member, Event), NotChanged> {
    let Standing { at, event } = store.standing(account.id, place, None).await?;
    if !condition(at.as_ref()) {
        return Err(NotChanged::Condition);
    }
    Ok((at.ok_or(NotChanged::Missing)?, event))
}

/// A commit that copies or moves an object to a place where nothing is, or the same UID.
fn moving(
    account: &Account,
    Transfer { from, to, way, .. }: &Transfer,
    source: &Member,
    event: &Event,
) -> Result<Commit, NotChanged> {
    let leaving = match way {
        Way::Move => vec![to, from],
        Way::Copy => vec![to],
    };
    alone(event, to, &source.text, &leaving)?;
    let mut commit = storing(account, event, to, &source.uid, &source.text);
    commit.from = Some(from.clone());
    if *way == Way::Move {
        commit.delete.push(from.clone());
    }
    Ok(commit)
}

/// Takes the deletion of what a transfer replaces, another event, into its commit.
async fn replace(
    store: &dyn Collections,
    clock: &dyn Clock,
    account: &Account,
    (Transfer { to, .. }, (other, event)): (&Transfer, (&Member, &Event)),
    terms: &Terms<'_>,
    commit: &mut Commit,
) -> Result<(), NotChanged> {
    let mut deletion = Commit::new(account.id, other.uid.clone());
    deletion.delete.push(to.clone());
    let owned = Owned {
        account,
        event,
        calendar: &to.0,
        before: Some(&other.text),
        terms,
        now: clock.now(),
    };
    schedule::complete(store, &owned, &mut deletion).await?;
    owner::complete(store, account, owned.now, event, &mut deletion).await?;
    commit.also.push(Also {
        uid: deletion.uid,
        expect: Expect::unchanged(event),
        state: deletion.state,
    });
    commit.delete.extend(deletion.delete);
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
    let is_verbatim = commit.put.first().map(|put| &put.text) == given.as_ref();
    let committed = match store.commit(commit).await {
        Err(Error::Conflict) => return Ok(None),
        committed => committed?,
    };
    let written = committed.written.into_iter().next();
    // Where the calendar is gone meanwhile, it stands in another one.
    let written = written.filter(|it| (&it.calendar, &it.name) == (&place.0, &place.1));
    let revision = written.as_ref().map_or(Revision(0), |it| it.revision);
    Ok(Some(Stored {
        // What its owner writes changes the Schedule-Tag, too.
        schedule_tag: revision,
        revision,
        is_new: before.is_none(),
        is_verbatim: is_verbatim && written.is_some(),
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
