//! What changed in a collection (RFC 6578), from the account's history.

use std::collections::HashSet;

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
    let found = match after {
        Some(after) => changed(connection, (account, kind, collection), after, one_more)?,
        None => present(connection, (account, kind, collection), one_more)?,
    };
    let (found, cut) = cut(found, limit);
    let revision = match cut {
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
        is_cut: cut.is_some(),
    })
}

/// A page of what was found, one more than the limit, and up to where it goes, if not to the end. What
/// changed twice is told once, by its last change; on a later page again, which says the same.
pub(super) fn cut<T>(mut found: Vec<Found<T>>, limit: u32) -> (Vec<Found<T>>, Option<Revision>) {
    let is_cut = found.len() > limit as usize;
    found.truncate(limit as usize);
    let last = found.last().map(|(_, at, _)| *at).filter(|_| is_cut);
    let mut told = HashSet::new();
    found.reverse();
    found.retain(|(name, ..)| told.insert(name.clone()));
    found.reverse();
    (found, last)
}

/// The page when nothing changed, which a client asks for most often and is told at once.
pub(super) fn unchanged(
    connection: &Connection,
    account: AccountId,
    collection: &CollectionId,
    after: Revision,
) -> Result<Option<SyncPage>> {
    let is_latest = latest(connection, account, collection)? <= after;
    Ok(is_latest.then(|| SyncPage {
        members: Vec::new(),
        revision: after,
        is_cut: false,
    }))
}

/// A name, a change of it, and what is known of it since.
pub(super) type Found<T> = (String, Revision, T);

/// The statement that finds them: it walks the collection's history from the revision on, and ends
/// with the page. A change counts if it is the last of its name: it made what is there, or nothing is.
fn changes(kind: CollectionKind) -> String {
    kind.sql(
        "SELECT changes.name, changes.revision, changes.text IS NOT NULL FROM changes
         LEFT JOIN MEMBERS AS members ON members.account = changes.account
           AND members.PARENT = changes.calendar AND members.name = changes.name
         WHERE changes.account = ?1 AND changes.calendar = ?2 AND changes.revision > ?3
           AND (members.revision = changes.revision
                OR members.revision IS NULL AND changes.text IS NULL)
         ORDER BY changes.revision LIMIT ?4",
    )
}

fn changed(
    connection: &Connection,
    (account, kind, collection): (AccountId, CollectionKind, &CollectionId),
    after: Revision,
    limit: u32,
) -> Result<Vec<Found<bool>>> {
    let values = params![account, collection, after, limit];
    all(connection, &changes(kind), values, |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })
}

fn present(
    connection: &Connection,
    (account, kind, collection): (AccountId, CollectionKind, &CollectionId),
    limit: u32,
) -> Result<Vec<Found<bool>>> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::statement::plan;

    #[test]
    fn a_page_walks_the_history_and_sorts_nothing() {
        for kind in [CollectionKind::Calendar, CollectionKind::AddressBook] {
            let plan = plan(&changes(kind));
            assert!(
                plan.contains("changes_collection (account=? AND calendar=? AND revision>?)"),
                "{plan}"
            );
            assert!(
                !plan.contains("SCAN") && !plan.contains("TEMP B-TREE"),
                "{plan}"
            );
        }
    }
}
