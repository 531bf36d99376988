//! What changed in a collection (RFC 6578), from the account's history.

use rusqlite::{Connection, params};

use super::statement::all;
use crate::{AccountId, CollectionId, CollectionKind, Result, Revision, SyncPage};

pub(super) fn page(
    connection: &Connection,
    (account, kind, collection): (AccountId, CollectionKind, &CollectionId),
    after: Option<Revision>,
    limit: u32,
) -> Result<SyncPage> {
    let one_more = limit.saturating_add(1);
    let mut found = match after {
        Some(after) => changed(connection, account, collection, after, one_more)?,
        None => present(connection, (account, kind, collection), one_more)?,
    };
    let is_cut = found.len() > limit as usize;
    found.truncate(limit as usize);
    let last = found.last().map(|(_, at, _)| *at).filter(|_| is_cut);
    let revision = match last {
        Some(last) => last,
        None => latest(connection, account, collection)?.max(after.unwrap_or(Revision(0))),
    };
    let members = found
        .into_iter()
        .map(|(name, at, is_there)| (name, is_there.then_some(at)))
        .collect();
    Ok(SyncPage {
        members,
        revision,
        is_cut,
    })
}

/// A name, its last change, and whether it is there since.
type Found = (String, Revision, bool);

/// Of the columns beside `max`, SQLite gives those of the row that has the maximum.
fn changed(
    connection: &Connection,
    account: AccountId,
    collection: &CollectionId,
    after: Revision,
    limit: u32,
) -> Result<Vec<Found>> {
    all(
        connection,
        "SELECT name, max(revision) AS at, text IS NOT NULL FROM changes
         WHERE account = ?1 AND calendar = ?2 AND revision > ?3
         GROUP BY name ORDER BY at LIMIT ?4",
        params![account, collection, after, limit],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

fn present(
    connection: &Connection,
    (account, kind, collection): (AccountId, CollectionKind, &CollectionId),
    limit: u32,
) -> Result<Vec<Found>> {
    let statement = kind.sql(
        "SELECT name, revision FROM MEMBERS WHERE account = ?1 AND PARENT = ?2
         ORDER BY revision, name LIMIT ?3",
    );
    all(
        connection,
        &statement,
        params![account, collection, limit],
        |row| Ok((row.get(0)?, row.get(1)?, true)),
    )
}

fn latest(
    connection: &Connection,
    account: AccountId,
    collection: &CollectionId,
) -> Result<Revision> {
    let statement = "SELECT max(revision) FROM changes WHERE account = ?1 AND calendar = ?2";
    let latest: Option<Revision> =
        super::statement::one(connection, statement, params![account, collection], |row| {
            row.get(0)
        })?;
    Ok(latest.unwrap_or(Revision(0)))
}
