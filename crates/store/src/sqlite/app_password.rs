//! Passwords of devices.

use rusqlite::{Connection, params};

use super::account;
use super::statement::{all, execute, first};
use crate::{AccountId, AppPassword, Error, Result};

pub(super) fn list(connection: &Connection, account: AccountId) -> Result<Vec<AppPassword>> {
    all(
        connection,
        "SELECT id, label, hash, created FROM app_passwords WHERE account = ?1
         ORDER BY created, id",
        [account],
        |row| {
            Ok(AppPassword {
                id: row.get(0)?,
                label: row.get(1)?,
                hash: row.get(2)?,
                created: row.get(3)?,
            })
        },
    )
}

pub(super) fn add(
    connection: &Connection,
    account: AccountId,
    password: &AppPassword,
) -> Result<()> {
    account::by_id(connection, account)?.ok_or_else(|| account::missing(account))?;
    let statement = "SELECT 1 FROM app_passwords WHERE account = ?1 AND id = ?2";
    if first(connection, statement, params![account, password.id], |_| {
        Ok(())
    })?
    .is_some()
    {
        return Err(Error::Conflict);
    }
    execute(
        connection,
        "INSERT INTO app_passwords (account, id, label, hash, created) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            account,
            password.id,
            password.label,
            password.hash,
            password.created
        ],
    )
    .map(drop)
}

pub(super) fn remove(connection: &Connection, account: AccountId, id: &str) -> Result<bool> {
    let statement = "DELETE FROM app_passwords WHERE account = ?1 AND id = ?2";
    Ok(execute(connection, statement, params![account, id])? > 0)
}
