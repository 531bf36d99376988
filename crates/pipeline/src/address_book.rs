//! Address books as their owner changes them. The contacts of rule B6 are the cards of all of them, at
//! once after each change.

use store::{
    AccountId, CardCommit, CollectionKind, Collections, Detail, Error, Member, PutCard, Revision,
    Selection,
};

use crate::meanwhile::ROUNDS;
use crate::member::{self, Condition, NotChanged, Overwrite, Place, Stored, Transfer, Way};

const KIND: CollectionKind = CollectionKind::AddressBook;

/// A card to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Its UID; empty when it has none.
    pub uid: String,
    /// The vCard.
    pub text: Vec<u8>,
    /// Its mail addresses.
    pub addresses: Vec<String>,
}

/// Stores a card at a place, if the condition holds for what is there.
pub async fn put(
    store: &dyn Collections,
    account: AccountId,
    place: &Place,
    card: &Card,
    condition: Condition<'_>,
) -> Result<Stored, NotChanged> {
    for _ in 0..ROUNDS {
        let before = member::held(store, account, KIND, place, condition).await?;
        let is_other = |before: &Member| !before.uid.is_empty() && before.uid != card.uid;
        if before.as_ref().is_some_and(is_other) {
            return Err(NotChanged::OtherUid);
        }
        let revision = before.as_ref().map(|member| member.revision);
        let commit = CardCommit {
            expect: vec![(place.0.clone(), place.1.clone(), revision)],
            put: vec![put_card(place, card.clone())],
            ..CardCommit::default()
        };
        if let Some(revision) = committed(store, account, commit).await? {
            return Ok(stored(revision, before.as_ref()));
        }
        alone(store, account, place, &card.uid, &[place]).await?;
    }
    Err(Error::Conflict.into())
}

/// Deletes the card at a place, if the condition holds for it.
pub async fn delete(
    store: &dyn Collections,
    account: AccountId,
    place: &Place,
    condition: Condition<'_>,
) -> Result<(), NotChanged> {
    for _ in 0..ROUNDS {
        let before = member::held(store, account, KIND, place, condition).await?;
        let before = before.ok_or(NotChanged::Missing)?;
        let commit = CardCommit {
            expect: vec![(place.0.clone(), place.1.clone(), Some(before.revision))],
            delete: vec![place.clone()],
            ..CardCommit::default()
        };
        if committed(store, account, commit).await?.is_some() {
            return Ok(());
        }
    }
    Err(Error::Conflict.into())
}

/// Copies or moves a card, if the condition holds for it.
pub async fn transfer(
    store: &dyn Collections,
    account: AccountId,
    transfer: &Transfer,
    condition: Condition<'_>,
) -> Result<Stored, NotChanged> {
    for _ in 0..ROUNDS {
        let source = member::held(store, account, KIND, &transfer.from, condition).await?;
        let source = source.ok_or(NotChanged::Missing)?;
        let target = member::at(store, account, KIND, &transfer.to).await?;
        if target.is_some() && transfer.overwrite == Overwrite::No {
            return Err(NotChanged::Condition);
        }
        let commit = moving(transfer, &source, target.as_ref());
        if let Some(revision) = committed(store, account, commit).await? {
            return Ok(stored(revision, target.as_ref()));
        }
        let leaves = match transfer.way {
            Way::Move => vec![&transfer.from, &transfer.to],
            Way::Copy => vec![&transfer.to],
        };
        alone(store, account, &transfer.to, &source.uid, &leaves).await?;
    }
    Err(Error::Conflict.into())
}

/// The revision that a commit made; `None` when something changed meanwhile.
async fn committed(
    store: &dyn Collections,
    account: AccountId,
    commit: CardCommit,
) -> store::Result<Option<Revision>> {
    match store.cards_commit(account, commit).await {
        Err(Error::Conflict) => Ok(None),
        Ok(revision) => Ok(Some(revision.unwrap_or(Revision(0)))),
        Err(error) => Err(error),
    }
}

fn moving(transfer: &Transfer, source: &Member, target: Option<&Member>) -> CardCommit {
    let (from, to) = (transfer.from.clone(), transfer.to.clone());
    let delete = match transfer.way {
        Way::Move => vec![from.clone(), to.clone()],
        Way::Copy => vec![to.clone()],
    };
    let card = Card {
        uid: source.uid.clone(),
        text: source.text.clone(),
        addresses: addresses(&source.text),
    };
    CardCommit {
        expect: vec![
            (from.0, from.1, Some(source.revision)),
            (
                to.0.clone(),
                to.1.clone(),
                target.map(|target| target.revision),
            ),
        ],
        delete,
        put: vec![put_card(&to, card)],
        from: Some(transfer.from.clone()),
    }
}

/// Refuses a UID that another card of the book has (no-uid-conflict), those that leave not counted.
/// Asked where a commit was refused, which it then was for this or for a change meanwhile.
async fn alone(
    store: &dyn Collections,
    account: AccountId,
    (book, _): &Place,
    uid: &str,
    leaving: &[&Place],
) -> Result<(), NotChanged> {
    if uid.is_empty() {
        return Ok(());
    }
    let selection = Selection::Uid(uid.to_owned());
    let same = store
        .members(account, KIND, book, selection, Detail::Etag)
        .await?;
    let mut others = same.into_iter().map(|member| (book.clone(), member.name));
    match others.find(|other| !leaving.contains(&other)) {
        Some(other) => Err(NotChanged::UidElsewhere(other)),
        None => Ok(()),
    }
}

fn stored(revision: Revision, before: Option<&Member>) -> Stored {
    Stored {
        revision,
        schedule_tag: revision,
        is_new: before.is_none(),
        is_verbatim: true,
    }
}

fn put_card((book, name): &Place, card: Card) -> PutCard {
    PutCard {
        book: book.clone(),
        name: name.clone(),
        uid: card.uid,
        text: card.text,
        addresses: card.addresses,
    }
}

/// The mail addresses of a stored card.
fn addresses(text: &[u8]) -> Vec<String> {
    // A photo may be one very long line.
    let limits = calendar::Limits {
        line_length: text.len(),
        ..calendar::Limits::default()
    };
    let cards = calendar::vcard::contacts(text, &limits);
    cards
        .unwrap_or_default()
        .into_iter()
        .flat_map(|card| card.addresses)
        .collect()
}
