//! Calendars and address books as collections, with their names in paths.

use rusqlite::{Connection, Row, params};

use super::statement::{all, execute, first, one};
use super::{clock, inbox, property};
use crate::{
    AccountId, Collection, CollectionId, CollectionKind, Error, NewCollection, PropertyChanges,
    Result, Revision,
};

/// The name of the address book that every account begins with.
const DEFAULT_BOOK: &str = "Contacts";

impl CollectionKind {
    /// Puts the names of the kind's tables into a statement: `COLLECTIONS`, `MEMBERS`, `PARENT`, the
    /// column that names the collection, and `TAG`, what the Schedule-Tag is made of.
    pub(super) fn sql(self, statement: &str) -> String {
        let [collections, members, parent, tag] = match self {
            Self::Calendar => [
                "calendars",
                "objects",
                "calendar",
                "coalesce(schedule_tag, revision)",
            ],
            Self::AddressBook => ["books", "cards", "book", "revision"],
        };
        statement
            .replace("COLLECTIONS", collections)
            .replace("MEMBERS", members)
            .replace("PARENT", parent)
            .replace("TAG", tag)
    }
}

pub(super) fn add_default_book(connection: &Connection, account: AccountId) -> Result<()> {
    let statement = "INSERT INTO books (account, id, name, is_default)
                     VALUES (?1, lower(hex(randomblob(16))), ?2, 1)";
    execute(connection, statement, params![account, DEFAULT_BOOK]).map(drop)
}

pub(super) fn default_book(
    connection: &Connection,
    account: AccountId,
) -> Result<Option<CollectionId>> {
    let statement = "SELECT id FROM books WHERE account = ?1 AND is_default = 1";
    first(connection, statement, [account], |row| row.get(0))
}

pub(super) fn list(
    connection: &Connection,
    account: AccountId,
    kind: CollectionKind,
) -> Result<Vec<Collection>> {
    let statement = kind.sql(
        "SELECT id, coalesce(segment, id), name, is_default, (SELECT max(revision) FROM changes
         WHERE changes.account = COLLECTIONS.account AND changes.calendar = COLLECTIONS.id)
         FROM COLLECTIONS WHERE account = ?1 ORDER BY is_default DESC, name, id",
    );
    let mut found = all(connection, &statement, [account], |row| read(row, kind))?;
    for collection in &mut found {
        collection.properties = property::of_collection(connection, account, &collection.id)?;
    }
    Ok(found)
}

fn read(row: &Row<'_>, kind: CollectionKind) -> rusqlite::Result<Collection> {
    Ok(Collection {
        id: row.get(0)?,
        kind,
        segment: row.get(1)?,
        name: row.get(2)?,
        is_default: row.get(3)?,
        revision: row.get::<_, Option<Revision>>(4)?.unwrap_or(Revision(0)),
        properties: Vec::new(),
    })
}

pub(super) fn by_segment(
    connection: &Connection,
    account: AccountId,
    kind: CollectionKind,
    segment: &str,
) -> Result<Option<Collection>> {
    let statement = kind.sql(
        "SELECT id, coalesce(segment, id), name, is_default, (SELECT max(revision) FROM changes
         WHERE changes.account = COLLECTIONS.account AND changes.calendar = COLLECTIONS.id)
         FROM COLLECTIONS WHERE account = ?1 AND coalesce(segment, id) = ?2",
    );
    let found = first(connection, &statement, params![account, segment], |row| {
        read(row, kind)
    })?;
    let Some(mut collection) = found else {
        return Ok(None);
    };
    collection.properties = property::of_collection(connection, account, &collection.id)?;
    Ok(Some(collection))
}

pub(super) fn add(
    connection: &Connection,
    account: AccountId,
    new: NewCollection,
) -> Result<Collection> {
    if by_segment(connection, account, new.kind, &new.segment)?.is_some() {
        return Err(Error::Conflict);
    }
    let statement = new.kind.sql(
        "INSERT INTO COLLECTIONS (account, id, segment, name, is_default)
         VALUES (?1, lower(hex(randomblob(16))), ?2, ?3, 0) RETURNING id",
    );
    let values = params![account, new.segment, new.name];
    let id = one(connection, &statement, values, |row| row.get(0))?;
    let changes = PropertyChanges {
        set: new.properties,
        ..PropertyChanges::default()
    };
    property::change(connection, account, &id, None, &changes)?;
    by_segment(connection, account, new.kind, &new.segment)?
        .ok_or_else(|| Error::Unusable("a collection that was made is not there".to_owned()))
}

pub(super) fn remove(
    connection: &Connection,
    account: AccountId,
    kind: CollectionKind,
    collection: &CollectionId,
) -> Result<()> {
    let statement = kind.sql("SELECT is_default FROM COLLECTIONS WHERE account = ?1 AND id = ?2");
    let values = params![account, collection];
    match first(connection, &statement, values, |row| row.get(0))? {
        None => return Err(Error::NotFound(format!("collection {collection}"))),
        Some(true) => return Err(Error::Conflict),
        Some(false) => {}
    }
    if kind == CollectionKind::Calendar {
        inbox::leave(connection, account, collection, clock::now())?;
    }
    let statement = kind.sql("DELETE FROM COLLECTIONS WHERE account = ?1 AND id = ?2");
    execute(connection, &statement, params![account, collection]).map(drop)
}

pub(super) fn change_segment(
    connection: &Connection,
    account: AccountId,
    kind: CollectionKind,
    collection: &CollectionId,
    segment: &str,
) -> Result<()> {
    if by_segment(connection, account, kind, segment)?.is_some() {
        return Err(Error::Conflict);
    }
    let statement = kind.sql("UPDATE COLLECTIONS SET segment = ?3 WHERE account = ?1 AND id = ?2");
    match execute(
        connection,
        &statement,
        params![account, collection, segment],
    )? {
        0 => Err(Error::NotFound(format!("collection {collection}"))),
        _ => Ok(()),
    }
}

pub(super) fn rename(
    connection: &Connection,
    account: AccountId,
    collection: &CollectionId,
    name: &str,
) -> Result<()> {
    for table in ["calendars", "books"] {
        let statement = format!("UPDATE {table} SET name = ?3 WHERE account = ?1 AND id = ?2");
        execute(connection, &statement, params![account, collection, name])?;
    }
    Ok(())
}
