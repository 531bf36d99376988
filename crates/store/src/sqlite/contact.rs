//! Contacts with an index of their addresses.

use rusqlite::{Connection, params};

use super::address::Key;
use super::statement::{all, execute, first};
use crate::{AccountId, Contact, Result};

pub(super) fn put(connection: &Connection, account: AccountId, contacts: &[Contact]) -> Result<()> {
    contacts
        .iter()
        .try_for_each(|contact| put_one(connection, account, contact))
}

fn put_one(connection: &Connection, account: AccountId, contact: &Contact) -> Result<()> {
    execute(
        connection,
        "INSERT INTO contacts (account, name, text) VALUES (?1, ?2, ?3)
         ON CONFLICT (account, name) DO UPDATE SET text = excluded.text",
        params![account, contact.name, contact.text],
    )?;
    execute(
        connection,
        "DELETE FROM contact_addresses WHERE account = ?1 AND name = ?2",
        params![account, contact.name],
    )?;
    for (number, address) in (0_i64..).zip(&contact.addresses) {
        let key = Key::new(address);
        execute(
            connection,
            "INSERT INTO contact_addresses (account, name, number, address, domain, folded)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                account,
                contact.name,
                number,
                address,
                key.domain,
                key.folded
            ],
        )?;
    }
    Ok(())
}

pub(super) fn list(connection: &Connection, account: AccountId) -> Result<Vec<Contact>> {
    let mut contacts = all(
        connection,
        "SELECT name, text FROM contacts WHERE account = ?1 ORDER BY name",
        [account],
        |row| {
            Ok(Contact {
                name: row.get(0)?,
                text: row.get(1)?,
                addresses: Vec::new(),
            })
        },
    )?;
    let addresses: Vec<(String, String)> = all(
        connection,
        "SELECT name, address FROM contact_addresses WHERE account = ?1 ORDER BY name, number",
        [account],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let mut addresses = addresses.into_iter().peekable();
    for contact in &mut contacts {
        while let Some((_, address)) = addresses.next_if(|(name, _)| *name == contact.name) {
            contact.addresses.push(address);
        }
    }
    Ok(contacts)
}

pub(super) fn has(connection: &Connection, account: AccountId, address: &str) -> Result<bool> {
    let key = Key::new(address);
    let found = first(
        connection,
        "SELECT 1 FROM contact_addresses WHERE account = ?1 AND domain = ?2 AND folded = ?3",
        params![account, key.domain, key.folded],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}
