//! Whole calendars and address books, copied within an account (RFC 4918, 9.8).

use store::{
    Account, Collection, CollectionId, CollectionKind, Collections, Detail, Error, NewCollection,
    Revision, Selection,
};

use crate::meanwhile::ROUNDS;

/// Members that are read at a time.
const PAGE: u32 = 200;

/// Which members go along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Members {
    /// All of them.
    All,
    /// None: the copy is empty.
    None,
}

/// Makes a collection that holds what another one does, and gives the names of the members that it
/// could not be given: a meeting is in one of the account's calendars alone (RFC 6638, 3.2.4.1).
pub async fn copy(
    store: &dyn Collections,
    account: &Account,
    from: &Collection,
    new: &NewCollection,
    members: Members,
) -> store::Result<Vec<String>> {
    for _ in 0..ROUNDS {
        let (copied, left_out) = match members {
            Members::All => members_of(store, account, from.kind, &from.id).await?,
            Members::None => Default::default(),
        };
        let copying = store.collection_copy(account.id, &from.id, new.clone(), copied);
        match copying.await {
            Err(Error::Conflict) => {}
            done => return done.map(|_| left_out),
        }
    }
    Err(Error::Conflict)
}

/// Those that can be copied, by name and revision, and the names of the others.
async fn members_of(
    store: &dyn Collections,
    account: &Account,
    kind: CollectionKind,
    from: &CollectionId,
) -> store::Result<(Vec<(String, Revision)>, Vec<String>)> {
    let detail = match kind {
        CollectionKind::Calendar => Detail::Text,
        CollectionKind::AddressBook => Detail::Etag,
    };
    let (mut copied, mut left_out, mut after) = (Vec::new(), Vec::new(), String::new());
    loop {
        let page = Selection::After(after, PAGE);
        let found = store.members(account.id, kind, from, page, detail).await?;
        let Some(last) = found.last() else {
            return Ok((copied, left_out));
        };
        after = last.name.clone();
        for member in found {
            match kind == CollectionKind::Calendar && itip::facts(&member.text).is_meeting {
                true => left_out.push(member.name),
                false => copied.push((member.name, member.revision)),
            }
        }
    }
}
