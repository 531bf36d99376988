//! What DAV needs of a database beside the [`Store`]: collections, members, sync, app passwords.

use async_trait::async_trait;

use crate::{
    AccountId, AppPassword, CalendarId, CardCommit, Collection, CollectionId, CollectionKind,
    Detail, Inbox, Member, NewCollection, Property, PropertyChanges, Result, Revision, Selection,
    Standing, Store, SyncPage,
};

/// Calendars and address books as collections of members.
///
/// Objects of calendars are written by [`Store::commit`] alone. The contract is held by the same
/// test suite as that of [`Store`].
#[async_trait]
pub trait Collections: Store {
    /// The account's collections of a kind, the default one first.
    async fn collections(
        &self,
        account: AccountId,
        kind: CollectionKind,
    ) -> Result<Vec<Collection>>;
    /// The collection that has this name in paths.
    async fn collection(
        &self,
        account: AccountId,
        kind: CollectionKind,
        segment: &str,
    ) -> Result<Option<Collection>>;
    /// Makes a collection with a fresh id; [`Error::Conflict`](crate::Error::Conflict) when its name
    /// in paths is taken.
    async fn collection_add(&self, account: AccountId, new: NewCollection) -> Result<Collection>;
    /// Removes a collection with its members, unless it is the default one
    /// ([`Error::Conflict`](crate::Error::Conflict)).
    async fn collection_remove(
        &self,
        account: AccountId,
        kind: CollectionKind,
        collection: &CollectionId,
    ) -> Result<()>;
    /// Makes a calendar the default one; [`Error::NotFound`](crate::Error::NotFound) when it is gone.
    async fn calendar_set_default(&self, account: AccountId, calendar: &CollectionId)
    -> Result<()>;
    /// Gives a collection another name in paths; [`Error::Conflict`](crate::Error::Conflict) when that
    /// is taken. All else, its sync pages too, stays.
    async fn collection_move(
        &self,
        account: AccountId,
        kind: CollectionKind,
        collection: &CollectionId,
        segment: &str,
    ) -> Result<()>;
    /// Makes a collection, and puts copies of another one's members into it, with the properties that
    /// clients set on them; nothing of it with [`Error::Conflict`](crate::Error::Conflict) when its
    /// name in paths is taken, or one of the members is not at its revision any more.
    async fn collection_copy(
        &self,
        account: AccountId,
        from: &CollectionId,
        new: NewCollection,
        members: Vec<(String, Revision)>,
    ) -> Result<Collection>;
    /// Changes the properties of a collection, or of a member of it; all or none.
    async fn properties_change(
        &self,
        account: AccountId,
        collection: &CollectionId,
        member: Option<&str>,
        changes: PropertyChanges,
    ) -> Result<()>;
    /// The properties that clients set on these members: the member's name, and one of its
    /// properties.
    async fn member_properties(
        &self,
        account: AccountId,
        collection: &CollectionId,
        members: &[&str],
    ) -> Result<Vec<(String, Property)>>;
    /// Members of a collection, by name; none of a collection that is gone.
    async fn members(
        &self,
        account: AccountId,
        kind: CollectionKind,
        collection: &CollectionId,
        selection: Selection,
        detail: Detail,
    ) -> Result<Vec<Member>>;
    /// The object at a place of a calendar, by calendar and name, and what is held of `uid`; without one, of
    /// the UID of that object.
    ///
    /// One consistent read.
    async fn standing(
        &self,
        account: AccountId,
        place: &(CalendarId, String),
        uid: Option<&str>,
    ) -> Result<Standing>;
    /// The members that changed since a revision, each once, at most `limit`, the earliest last
    /// change first. Without a revision: all that there are.
    async fn sync(
        &self,
        account: AccountId,
        kind: CollectionKind,
        collection: &CollectionId,
        after: Option<Revision>,
        limit: u32,
    ) -> Result<SyncPage>;
    /// The account's scheduling inbox (RFC 6638, 2.2).
    ///
    /// Its items are the objects that wait for an answer ([`Object::unanswered`](crate::Object)), but
    /// for those that were dismissed since their organizer changed them last ([`By`](crate::By)). An
    /// item is named by calendar, a dot, and the object's name, and is else like the object.
    async fn inbox(&self, account: AccountId) -> Result<Inbox>;
    /// Changes the properties that clients set on the inbox; all or none.
    async fn inbox_properties_change(
        &self,
        account: AccountId,
        changes: PropertyChanges,
    ) -> Result<()>;
    /// Items of the inbox, by name.
    async fn inbox_members(
        &self,
        account: AccountId,
        selection: Selection,
        detail: Detail,
    ) -> Result<Vec<Member>>;
    /// As [`Collections::sync`], of the inbox. An item that came and went since is told as one that is
    /// there no more.
    async fn inbox_sync(
        &self,
        account: AccountId,
        after: Option<Revision>,
        limit: u32,
    ) -> Result<SyncPage>;
    /// Takes an item out of the inbox; its object stays as it is. [`Error::NotFound`](crate::Error)
    /// when there is no such item, [`Error::Conflict`](crate::Error) when it is not at that revision.
    async fn inbox_dismiss(&self, account: AccountId, item: &str, revision: Revision)
    -> Result<()>;
    /// Writes cards. Refuses with [`Error::Conflict`](crate::Error::Conflict), nothing written, when
    /// an expectation does not hold or a UID would have two names in one book. The account's
    /// revision afterwards, if anything changed.
    async fn cards_commit(
        &self,
        account: AccountId,
        commit: CardCommit,
    ) -> Result<Option<Revision>>;
    /// How many octets the account's objects and cards have.
    async fn used_octets(&self, account: AccountId) -> Result<u64>;
    /// How many octets there is room for, shared by all accounts; `None` when that is not known.
    async fn free_octets(&self) -> Result<Option<u64>>;

    /// The account's app passwords, the oldest first.
    async fn app_passwords(&self, account: AccountId) -> Result<Vec<AppPassword>>;
    /// Adds an app password; [`Error::Conflict`](crate::Error::Conflict) when its id is taken.
    async fn app_password_add(&self, account: AccountId, password: AppPassword) -> Result<()>;
    /// Takes an app password away; whether it was there.
    async fn app_password_remove(&self, account: AccountId, id: &str) -> Result<bool>;
}
