//! Properties that clients set on collections and their members.

use rusqlite::{Connection, Row, params};

use super::collection;
use super::statement::{all, execute, first};
use crate::{AccountId, CollectionId, Property, PropertyChanges, Result};

pub(super) fn of_collection(
    connection: &Connection,
    account: AccountId,
    collection: &CollectionId,
) -> Result<Vec<Property>> {
    all(
        connection,
        "SELECT namespace, name, value FROM properties
         WHERE account = ?1 AND collection = ?2 AND member = '' ORDER BY namespace, name",
        params![account, collection],
        |row| read(row, 0),
    )
}

pub(super) fn of_members(
    connection: &Connection,
    account: AccountId,
    collection: &CollectionId,
    members: &[&str],
) -> Result<Vec<(String, Property)>> {
    let mut found = Vec::new();
    if !are_there(connection, account, collection)? {
        return Ok(found);
    }
    for member in members {
        found.extend(all(
            connection,
            "SELECT member, namespace, name, value FROM properties
             WHERE account = ?1 AND collection = ?2 AND member = ?3 ORDER BY namespace, name",
            params![account, collection, member],
            |row| Ok((row.get(0)?, read(row, 1)?)),
        )?);
    }
    Ok(found)
}

/// Whether any member of the collection has properties: in most none has.
fn are_there(
    connection: &Connection,
    account: AccountId,
    collection: &CollectionId,
) -> Result<bool> {
    let statement = "SELECT 1 FROM properties
                     WHERE account = ?1 AND collection = ?2 AND member > '' LIMIT 1";
    let found = first(connection, statement, params![account, collection], |_| {
        Ok(())
    })?;
    Ok(found.is_some())
}

fn read(row: &Row<'_>, at: usize) -> rusqlite::Result<Property> {
    Ok(Property {
        namespace: row.get(at)?,
        name: row.get(at + 1)?,
        value: row.get(at + 2)?,
    })
}

pub(super) fn change(
    connection: &Connection,
    account: AccountId,
    collection: &CollectionId,
    member: Option<&str>,
    changes: &PropertyChanges,
) -> Result<()> {
    let member_key = member.unwrap_or_default();
    if let (Some(name), None) = (&changes.name, member) {
        collection::rename(connection, account, collection, name)?;
    }
    for (namespace, name) in &changes.remove {
        execute(
            connection,
            "DELETE FROM properties WHERE account = ?1 AND collection = ?2 AND member = ?3
             AND namespace = ?4 AND name = ?5",
            params![account, collection, member_key, namespace, name],
        )?;
    }
    for property in &changes.set {
        execute(
            connection,
            "INSERT INTO properties (account, collection, member, namespace, name, value)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (account, collection, member, namespace, name) DO UPDATE
             SET value = excluded.value",
            params![
                account,
                collection,
                member_key,
                property.namespace,
                property.name,
                property.value
            ],
        )?;
    }
    Ok(())
}
