//! The history of an account: what sync pages are made of, and what undo and answers look back to.

use rusqlite::{Connection, params};

use super::statement::{all, execute};
use crate::{AccountId, Change, Result, Revision};

/// Whether an object was an item of the inbox before a change, or is one since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InInbox {
    /// Neither.
    Never,
    /// At least one of both.
    Ever,
}

impl From<bool> for InInbox {
    fn from(ever: bool) -> Self {
        match ever {
            true => Self::Ever,
            false => Self::Never,
        }
    }
}

/// Notes a change in the account's history.
pub(super) fn log(
    connection: &Connection,
    account: AccountId,
    change: &Change,
    in_inbox: InInbox,
) -> Result<()> {
    execute(
        connection,
        "INSERT INTO changes (account, revision, calendar, name, uid, decision, at, text, inbox)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            account,
            change.revision,
            change.calendar,
            change.name,
            change.uid,
            change.decision,
            change.at,
            change.text,
            in_inbox == InInbox::Ever
        ],
    )?;
    Ok(())
}

pub(super) fn list(
    connection: &Connection,
    account: AccountId,
    after: Revision,
    limit: u32,
) -> Result<Vec<Change>> {
    all(
        connection,
        "SELECT revision, calendar, name, uid, text, decision, at FROM changes
         WHERE account = ?1 AND revision > ?2 ORDER BY revision LIMIT ?3",
        params![account, after, limit],
        |row| {
            Ok(Change {
                revision: row.get(0)?,
                calendar: row.get(1)?,
                name: row.get(2)?,
                uid: row.get(3)?,
                text: row.get(4)?,
                decision: row.get(5)?,
                at: row.get(6)?,
            })
        },
    )
}
