//! The scheduling inbox: the objects that wait for an answer, but for those that were dismissed.

use rusqlite::{Connection, Row, params};

use super::statement::{all, execute, first};
use super::sync::{self, Found};
use super::{account, calendar, member, property};
use crate::{
    AccountId, CalendarId, Detail, Error, Inbox, Member, Result, Revision, Selection, SyncPage,
};

/// What stands for the inbox where properties are kept; ids of calendars are longer.
pub(super) const ID: &str = "inbox";

/// The objects that are items, which have a stretch of an index to themselves.
const ITEMS: &str = "objects WHERE account = ?1 AND unanswered = 1 AND NOT EXISTS
    (SELECT 1 FROM dismissed WHERE dismissed.account = objects.account
       AND dismissed.calendar = objects.calendar AND dismissed.name = objects.name)";

/// The name of an item.
const ITEM: &str = "calendar || '.' || name";

pub(super) fn of(connection: &Connection, account: AccountId) -> Result<Inbox> {
    let statement = "SELECT inbox FROM accounts WHERE id = ?1";
    let revision = first(connection, statement, [account], |row| row.get(0))?;
    Ok(Inbox {
        revision: revision.ok_or_else(|| account::missing(account))?,
        properties: property::of_collection(connection, account, &CalendarId(ID.to_owned()))?,
    })
}

/// Whether nothing waits, which the account's row says.
pub(super) fn is_empty(connection: &Connection, account: AccountId) -> Result<bool> {
    Ok(calendar::unanswered(connection, account)? == 0)
}

pub(super) fn members(
    connection: &Connection,
    account: AccountId,
    selection: &Selection,
    detail: Detail,
) -> Result<Vec<Member>> {
    let columns = member::columns(detail)
        .replace("MEMBERS", "objects")
        .replace("TAG", "revision");
    let select = format!("SELECT {ITEM} AS item, {columns} FROM {ITEMS}");
    let sorted = |condition: &str| format!("{select} AND {condition} ORDER BY item");
    match selection {
        Selection::After(after, limit) => {
            let statement = format!("{} LIMIT ?3", sorted("item > ?2"));
            all(
                connection,
                &statement,
                params![account, after, limit],
                member::read,
            )
        }
        Selection::Names(names) => {
            let statement = format!("{select} AND calendar = ?2 AND name = ?3");
            by_names(connection, account, &statement, names)
        }
        Selection::Window(from, to) => {
            let statement = sorted("last >= ?2 AND first <= ?3");
            all(
                connection,
                &statement,
                params![account, from, to],
                member::read,
            )
        }
        Selection::Uid(uid) => {
            let statement = sorted("uid = ?2");
            all(connection, &statement, params![account, uid], member::read)
        }
    }
}

fn by_names(
    connection: &Connection,
    account: AccountId,
    statement: &str,
    names: &[String],
) -> Result<Vec<Member>> {
    let mut members = Vec::with_capacity(names.len());
    for (calendar, name) in names.iter().filter_map(|name| name.split_once('.')) {
        let values = params![account, calendar, name];
        members.extend(first(connection, statement, values, member::read)?);
    }
    members.sort_by(|a, b| a.name.cmp(&b.name));
    members.dedup_by(|a, b| a.name == b.name);
    Ok(members)
}

/// The page when nothing changed, which is asked most often.
pub(super) fn unchanged(
    connection: &Connection,
    account: AccountId,
    after: Revision,
) -> Result<Option<SyncPage>> {
    let statement = "SELECT 1 FROM accounts WHERE id = ?1 AND inbox > ?2";
    let changed = first(connection, statement, params![account, after], |_| Ok(()))?;
    Ok(changed.is_none().then(|| SyncPage {
        members: Vec::new(),
        revision: after,
        is_cut: false,
    }))
}

/// Every item of which something is known since, by its last change; `None`: it is there no more.
pub(super) fn page(
    connection: &Connection,
    account: AccountId,
    after: Option<Revision>,
    limit: u32,
) -> Result<SyncPage> {
    let one_more = limit.saturating_add(1);
    let found = match after {
        Some(after) => changed(connection, account, after, one_more)?,
        None => present(connection, account, one_more)?,
    };
    let (found, cut) = sync::cut(found, limit);
    let revision = match cut {
        Some(last) => last,
        None => of(connection, account)?
            .revision
            .max(after.unwrap_or(Revision(0))),
    };
    let mut members = Vec::with_capacity(found.len());
    for (name, at, ()) in found {
        let is_there = at_item(connection, account, &name)?.is_some();
        members.push((name, is_there.then_some(at)));
    }
    Ok(SyncPage {
        members,
        revision,
        is_cut: cut.is_some(),
    })
}

fn found(row: &Row<'_>) -> rusqlite::Result<Found<()>> {
    Ok((row.get(0)?, row.get(1)?, ()))
}

fn present(connection: &Connection, account: AccountId, limit: u32) -> Result<Vec<Found<()>>> {
    if is_empty(connection, account)? {
        return Ok(Vec::new());
    }
    let statement = format!("SELECT {ITEM}, revision FROM {ITEMS} ORDER BY revision LIMIT ?2");
    all(connection, &statement, params![account, limit], found)
}

/// Walks the account's history from the revision on; few things happen between two looks.
fn changed(
    connection: &Connection,
    account: AccountId,
    after: Revision,
    limit: u32,
) -> Result<Vec<Found<()>>> {
    let statement = format!(
        "SELECT {ITEM}, revision FROM changes WHERE account = ?1 AND revision > ?2 AND inbox = 1
         UNION ALL SELECT {ITEM}, revision FROM dismissed WHERE account = ?1 AND revision > ?2
         ORDER BY 2 LIMIT ?3"
    );
    all(
        connection,
        &statement,
        params![account, after, limit],
        found,
    )
}

/// The revision of the item of that name, if there is one.
fn at_item(connection: &Connection, account: AccountId, name: &str) -> Result<Option<Revision>> {
    let Some((calendar, name)) = name.split_once('.') else {
        return Ok(None);
    };
    let statement = format!("SELECT revision FROM {ITEMS} AND calendar = ?2 AND name = ?3");
    let values = params![account, calendar, name];
    first(connection, &statement, values, |row| row.get(0))
}

/// Takes an item out, if it is at this revision.
pub(super) fn dismiss(
    connection: &Connection,
    account: AccountId,
    name: &str,
    revision: Revision,
) -> Result<()> {
    match at_item(connection, account, name)? {
        None => return Err(Error::NotFound("item of the inbox".to_owned())),
        Some(other) if other != revision => return Err(Error::Conflict),
        Some(_) => {}
    }
    let statement = "UPDATE accounts SET revision = revision + 1, inbox = revision + 1
                     WHERE id = ?1";
    execute(connection, statement, [account])?;
    let statement = "INSERT INTO dismissed (account, calendar, name, revision)
                     SELECT id, ?2, ?3, inbox FROM accounts WHERE id = ?1";
    let (calendar, name) = name.split_once('.').unwrap_or_default();
    execute(connection, statement, params![account, calendar, name]).map(drop)
}

/// Notes that the items of a calendar go, before the calendar is removed: no change says it of each.
pub(super) fn leave(
    connection: &Connection,
    account: AccountId,
    calendar: &CalendarId,
    at: crate::Timestamp,
) -> Result<()> {
    if is_empty(connection, account)? {
        return Ok(());
    }
    let items = execute(
        connection,
        "INSERT INTO changes (account, revision, calendar, name, uid, at, inbox)
         SELECT account, (SELECT revision FROM accounts WHERE id = ?1)
                + row_number() OVER (ORDER BY name), calendar, name, uid, ?3, 1
         FROM objects WHERE account = ?1 AND calendar = ?2 AND unanswered = 1",
        params![account, calendar, at],
    )?;
    if items == 0 {
        return Ok(());
    }
    let statement = "UPDATE accounts SET revision = revision + ?2, inbox = revision + ?2
                     WHERE id = ?1";
    execute(connection, statement, params![account, items as i64]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::statement::plan;

    #[test]
    fn items_alone_are_walked() {
        for more in ["", " AND last >= ?2 AND first <= ?3"] {
            let present = plan(&format!("SELECT {ITEM}, revision FROM {ITEMS}{more}"));
            let walk = "objects_span (account=? AND unanswered=?)";
            assert!(present.contains(walk), "{present}");
        }
        let named = format!("SELECT revision FROM {ITEMS} AND calendar = ?2 AND name = ?3");
        let named = plan(&named);
        assert!(
            named.contains("(account=? AND calendar=? AND name=?)"),
            "{named}"
        );
    }
}
