//! The [`Collections`] trait over SQLite.

use async_trait::async_trait;

use super::member::{self, Question};
use super::{SqliteStore, app_password, calendar, card, collection, copy, inbox, property, sync};
use crate::{
    AccountId, AppPassword, CalendarId, CardCommit, Collection, CollectionId, CollectionKind,
    Collections, Detail, Inbox, Member, NewCollection, Property, PropertyChanges, Result, Revision,
    Selection, Standing, SyncPage,
};

/// Members that are read on the caller's thread; more go to a blocking one.
const FEW: usize = 8;

#[async_trait]
impl Collections for SqliteStore {
    async fn collections(
        &self,
        account: AccountId,
        kind: CollectionKind,
    ) -> Result<Vec<Collection>> {
        self.readers
            .point(move |connection| collection::list(connection, account, kind))
    }

    async fn collection(
        &self,
        account: AccountId,
        kind: CollectionKind,
        segment: &str,
    ) -> Result<Option<Collection>> {
        self.readers
            .point(|connection| collection::by_segment(connection, account, kind, segment))
    }

    async fn collection_add(&self, account: AccountId, new: NewCollection) -> Result<Collection> {
        self.writer
            .write(move |connection, _| collection::add(connection, account, new))
            .await
    }

    async fn collection_remove(
        &self,
        account: AccountId,
        kind: CollectionKind,
        collection: &CollectionId,
    ) -> Result<()> {
        let id = collection.clone();
        self.writer
            .write(move |connection, _| collection::remove(connection, account, kind, &id))
            .await
    }

    async fn calendar_set_default(
        &self,
        account: AccountId,
        calendar: &CollectionId,
    ) -> Result<()> {
        let id = calendar.clone();
        self.writer
            .write(move |connection, _| calendar::set_default(connection, account, &id))
            .await
    }

    async fn collection_move(
        &self,
        account: AccountId,
        kind: CollectionKind,
        collection: &CollectionId,
        segment: &str,
    ) -> Result<()> {
        let (id, segment) = (collection.clone(), segment.to_owned());
        self.writer
            .write(move |connection, _| {
                collection::change_segment(connection, account, kind, &id, &segment)
            })
            .await
    }

    async fn collection_copy(
        &self,
        account: AccountId,
        from: &CollectionId,
        new: NewCollection,
        members: Vec<(String, Revision)>,
    ) -> Result<Collection> {
        let from = from.clone();
        self.writer
            .write(move |connection, _| copy::copy(connection, account, &from, new, &members))
            .await
    }

    async fn properties_change(
        &self,
        account: AccountId,
        collection: &CollectionId,
        member: Option<&str>,
        changes: PropertyChanges,
    ) -> Result<()> {
        let (id, member) = (collection.clone(), member.map(str::to_owned));
        self.writer
            .write(move |connection, _| {
                property::change(connection, account, &id, member.as_deref(), &changes)
            })
            .await
    }

    async fn member_properties(
        &self,
        account: AccountId,
        collection: &CollectionId,
        members: &[&str],
    ) -> Result<Vec<(String, Property)>> {
        self.readers
            .point(|connection| property::of_members(connection, account, collection, members))
    }

    async fn members(
        &self,
        account: AccountId,
        kind: CollectionKind,
        collection: &CollectionId,
        selection: Selection,
        detail: Detail,
    ) -> Result<Vec<Member>> {
        let question = Question {
            account,
            kind,
            collection: collection.clone(),
            detail,
        };
        let is_short = match &selection {
            Selection::Names(names) => names.len() <= FEW,
            Selection::Uid(_) => true,
            Selection::After(..) | Selection::Window(..) => false,
        };
        let work = move |connection: &_| member::select(connection, &question, &selection);
        match is_short {
            true => self.readers.point(work),
            false => self.readers.read(work).await,
        }
    }

    async fn standing(
        &self,
        account: AccountId,
        place: &(CalendarId, String),
        uid: Option<&str>,
    ) -> Result<Standing> {
        self.readers
            .point(|connection| member::standing(connection, account, place, uid))
    }

    async fn sync(
        &self,
        account: AccountId,
        kind: CollectionKind,
        collection: &CollectionId,
        after: Option<Revision>,
        limit: u32,
    ) -> Result<SyncPage> {
        if let Some(after) = after {
            let look = |connection: &_| sync::unchanged(connection, account, collection, after);
            if let Some(page) = self.readers.point(look)? {
                return Ok(page);
            }
        }
        let id = collection.clone();
        self.readers
            .read(move |connection| sync::page(connection, (account, kind, &id), after, limit))
            .await
    }

    async fn inbox(&self, account: AccountId) -> Result<Inbox> {
        self.readers
            .point(|connection| inbox::of(connection, account))
    }

    async fn inbox_properties_change(
        &self,
        account: AccountId,
        changes: PropertyChanges,
    ) -> Result<()> {
        let id = CalendarId(inbox::ID.to_owned());
        self.properties_change(account, &id, None, changes).await
    }

    async fn inbox_members(
        &self,
        account: AccountId,
        selection: Selection,
        detail: Detail,
    ) -> Result<Vec<Member>> {
        let is_empty = |connection: &_| inbox::is_empty(connection, account);
        if self.readers.point(is_empty)? {
            return Ok(Vec::new());
        }
        self.readers
            .read(move |connection| inbox::members(connection, account, &selection, detail))
            .await
    }

    async fn inbox_sync(
        &self,
        account: AccountId,
        after: Option<Revision>,
        limit: u32,
    ) -> Result<SyncPage> {
        if let Some(after) = after {
            let look = |connection: &_| inbox::unchanged(connection, account, after);
            if let Some(page) = self.readers.point(look)? {
                return Ok(page);
            }
        }
        self.readers
            .read(move |connection| inbox::page(connection, account, after, limit))
            .await
    }

    async fn inbox_dismiss(
        &self,
        account: AccountId,
        item: &str,
        revision: Revision,
    ) -> Result<()> {
        let item = item.to_owned();
        self.writer
            .write(move |connection, _| inbox::dismiss(connection, account, &item, revision))
            .await
    }

    async fn cards_commit(
        &self,
        account: AccountId,
        commit: CardCommit,
    ) -> Result<Option<Revision>> {
        self.writer
            .write(move |connection, _| card::commit(connection, account, &commit))
            .await
    }

    async fn used_octets(&self, account: AccountId) -> Result<u64> {
        self.readers
            .read(move |connection| member::octets(connection, account))
            .await
    }

    async fn free_octets(&self) -> Result<Option<u64>> {
        Ok(self.readers.free_octets())
    }

    async fn app_passwords(&self, account: AccountId) -> Result<Vec<AppPassword>> {
        self.readers
            .point(|connection| app_password::list(connection, account))
    }

    async fn app_password_add(&self, account: AccountId, password: AppPassword) -> Result<()> {
        self.writer
            .write(move |connection, _| app_password::add(connection, account, &password))
            .await
    }

    async fn app_password_remove(&self, account: AccountId, id: &str) -> Result<bool> {
        let id = id.to_owned();
        self.writer
            .write(move |connection, _| app_password::remove(connection, account, &id))
            .await
    }
}
