//! Members of collections as their owner changes them: what calendars and address books share.

use store::{CollectionId, CollectionKind, Collections, Detail, Member, Revision, Selection};

/// Where a member is: its collection and its name in there.
pub type Place = (CollectionId, String);

/// What must be true of the member that is there for a change to be made; `None`: there is none.
pub type Condition<'a> = &'a (dyn Fn(Option<&Member>) -> bool + Sync);

/// What was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// The change that wrote it.
    pub revision: Revision,
    /// The change that its Schedule-Tag is made of (RFC 6638, 3.2.10); of a card the same.
    pub schedule_tag: Revision,
    /// Whether there was nothing before at its place.
    pub is_new: bool,
    /// Whether it is stored as it was given, octet for octet.
    pub is_verbatim: bool,
}

/// A member that goes to another place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Where it is.
    pub from: Place,
    /// Where it goes.
    pub to: Place,
    /// Whether it stays where it is, too.
    pub way: Way,
    /// Whether what is there may be replaced.
    pub overwrite: Overwrite,
}

/// How a member goes to another place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It stays where it is, too.
    Copy,
    /// It goes from where it is.
    Move,
}

/// Whether what is at a place may be replaced by what comes there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// It may.
    Yes,
    /// It may not.
    No,
}

/// Why an owner's change was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotChanged {
    /// The condition does not hold, or something is in the way that may not be replaced.
    #[error("what is there is not what the change was made for")]
    Condition,
    /// There is nothing there.
    #[error("there is no such member")]
    Missing,
    /// The UID is at another place already where it may not be twice.
    #[error("the UID is at another place already")]
    UidElsewhere(Place),
    /// What is there has another UID.
    #[error("what is there has another UID")]
    OtherUid,
    /// What is somebody else's event may not be changed so.
    #[error(transparent)]
    Forbidden(#[from] itip::Forbidden),
    /// The store could not be asked or written.
    #[error("{0}")]
    Store(#[from] store::Error),
    /// What is kept beside the object cannot be read.
    #[error("{0}")]
    Unreadable(String),
}

/// The member at a place, whole.
pub(crate) async fn at(
    store: &dyn Collections,
    account: store::AccountId,
    kind: CollectionKind,
    (collection, name): &Place,
) -> store::Result<Option<Member>> {
    let selection = Selection::Names(vec![name.clone()]);
    let found = store.members(account, kind, collection, selection, Detail::Whole);
    Ok(found.await?.pop())
}

/// The member at a place, if the condition holds for it.
pub(crate) async fn held(
    store: &dyn Collections,
    account: store::AccountId,
    kind: CollectionKind,
    place: &Place,
    condition: Condition<'_>,
) -> Result<Option<Member>, NotChanged> {
    let member = at(store, account, kind, place).await?;
    match condition(member.as_ref()) {
        true => Ok(member),
        false => Err(NotChanged::Condition),
    }
}
