//! Accounts and their addresses.

use std::collections::HashSet;

use rusqlite::{Connection, Row, params};

use super::address::Key;
use super::calendar;
use super::collection;
use super::operation::Effects;
use super::statement::{all, execute, first};
use super::taken::Freed;
use crate::{Account, AccountId, Error, NewAccount, Result};

/// The name of the calendar that every account begins with.
const DEFAULT_CALENDAR: &str = "Calendar";

pub(super) fn add(connection: &Connection, new: NewAccount) -> Result<Account> {
    let id = first(
        connection,
        "INSERT INTO accounts (name, password) VALUES (?1, ?2) RETURNING id",
        params![new.name, new.password],
        |row| row.get(0),
    )?
    .ok_or_else(|| Error::Unusable("an account was given no id".to_owned()))?;
    let mut addresses = Vec::new();
    let mut seen = HashSet::new();
    for address in std::iter::once(&new.address).chain(&new.aliases) {
        let key = Key::new(address);
        if seen.insert((key.domain.clone(), key.folded.clone())) {
            add_address(connection, id, addresses.len(), &key)?;
            addresses.push(key.address());
        }
    }
    calendar::add(connection, id, DEFAULT_CALENDAR, calendar::Role::Default)?;
    collection::add_default_book(connection, id)?;
    let mut addresses = addresses.into_iter();
    let address = addresses.next().unwrap_or_default();
    Ok(Account {
        id,
        address,
        aliases: addresses.collect(),
        name: new.name,
        password: new.password,
    })
}

fn add_address(
    connection: &Connection,
    account: AccountId,
    number: usize,
    key: &Key,
) -> Result<()> {
    if owner(connection, key)?.is_some() {
        return Err(Error::AddressTaken(key.address()));
    }
    execute(
        connection,
        "INSERT INTO addresses (account, number, address, domain, local, folded)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            account,
            number as i64,
            key.address(),
            key.domain,
            key.local,
            key.folded
        ],
    )?;
    Ok(())
}

/// Everything else that the account owns goes with its row.
pub(super) fn remove(
    connection: &Connection,
    effects: &mut Effects,
    account: AccountId,
) -> Result<()> {
    let removed = execute(connection, "DELETE FROM accounts WHERE id = ?1", [account])?;
    effects.freed.push(Freed::Account(account));
    found(removed, account)
}

pub(super) fn set_password(connection: &Connection, account: AccountId, hash: &str) -> Result<()> {
    let statement = "UPDATE accounts SET password = ?2 WHERE id = ?1";
    found(
        execute(connection, statement, params![account, hash])?,
        account,
    )
}

/// Fails unless the account's row was among the changed.
fn found(rows: usize, account: AccountId) -> Result<()> {
    if rows == 0 {
        return Err(missing(account));
    }
    Ok(())
}

/// There is no such account.
pub(super) fn missing(account: AccountId) -> Error {
    Error::NotFound(format!("account with the id {}", account.0))
}

pub(super) fn by_address(connection: &Connection, address: &str) -> Result<Option<Account>> {
    match owner(connection, &Key::new(address))? {
        Some(account) => by_id(connection, account),
        None => Ok(None),
    }
}

/// The index allows one spelling of a local part, so that the exact one needs no precedence.
fn owner(connection: &Connection, key: &Key) -> Result<Option<AccountId>> {
    first(
        connection,
        "SELECT account FROM addresses WHERE domain = ?1 AND folded = ?2",
        params![key.domain, key.folded],
        |row| row.get(0),
    )
}

pub(super) fn by_id(connection: &Connection, account: AccountId) -> Result<Option<Account>> {
    let rows = all(
        connection,
        "SELECT id, accounts.name, password, address
         FROM accounts JOIN addresses ON account = id WHERE id = ?1 ORDER BY number",
        [account],
        with_address,
    )?;
    Ok(gather(rows).pop())
}

pub(super) fn list(connection: &Connection) -> Result<Vec<Account>> {
    let rows = all(
        connection,
        "SELECT id, accounts.name, password, address
         FROM accounts JOIN addresses ON account = id ORDER BY id, number",
        [],
        with_address,
    )?;
    let mut accounts = gather(rows);
    accounts.sort_by(|a, b| a.address.cmp(&b.address));
    Ok(accounts)
}

fn with_address(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        name: row.get(1)?,
        password: row.get(2)?,
        address: row.get(3)?,
        aliases: Vec::new(),
    })
}

/// Makes one account of the rows of its addresses.
fn gather(rows: Vec<Account>) -> Vec<Account> {
    let mut accounts: Vec<Account> = Vec::new();
    for row in rows {
        match accounts.last_mut() {
            Some(account) if account.id == row.id => account.aliases.push(row.address),
            _ => accounts.push(row),
        }
    }
    accounts
}
