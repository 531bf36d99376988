//! What an account has set: calendar preferences and its Sieve script.

use rusqlite::{Connection, params};

use super::statement::{execute, first};
use crate::{AccountId, Result};

pub(super) fn preferences(connection: &Connection, account: AccountId) -> Result<Option<String>> {
    let statement = "SELECT json FROM preferences WHERE account = ?1";
    first(connection, statement, [account], |row| row.get(0))
}

pub(super) fn set_preferences(
    connection: &Connection,
    account: AccountId,
    json: &str,
) -> Result<()> {
    execute(
        connection,
        "INSERT INTO preferences (account, json) VALUES (?1, ?2)
         ON CONFLICT (account) DO UPDATE SET json = excluded.json",
        params![account, json],
    )?;
    Ok(())
}

pub(super) fn script(connection: &Connection, account: AccountId) -> Result<Option<String>> {
    let statement = "SELECT source FROM scripts WHERE account = ?1";
    first(connection, statement, [account], |row| row.get(0))
}

pub(super) fn set_script(
    connection: &Connection,
    account: AccountId,
    source: Option<&str>,
) -> Result<()> {
    let Some(source) = source else {
        execute(
            connection,
            "DELETE FROM scripts WHERE account = ?1",
            [account],
        )?;
        return Ok(());
    };
    execute(
        connection,
        "INSERT INTO scripts (account, source) VALUES (?1, ?2)
         ON CONFLICT (account) DO UPDATE SET source = excluded.source",
        params![account, source],
    )?;
    Ok(())
}
