//! The contacts of an account: the cards of all its address books (rule B6).

use rusqlite::{Connection, params};

use super::address::Key;
use super::card::Writing;
use super::collection;
use super::statement::{all, first};
use crate::{AccountId, Contact, Error, PutCard, Result};

pub(super) fn put(
    connection: &Connection,
    account: AccountId,
    contacts: Vec<Contact>,
) -> Result<()> {
    let mut writing = Writing::begin(connection, account)?;
    let book = collection::default_book(connection, account)?
        .ok_or_else(|| Error::NotFound("default address book".to_owned()))?;
    for contact in contacts {
        let name = writing.name_of(&book, &contact.uid)?;
        writing.put(&PutCard {
            book: book.clone(),
            name: name.unwrap_or(contact.name),
            uid: contact.uid,
            text: contact.text,
            addresses: contact.addresses,
        })?;
    }
    writing.finish().map(drop)
}

pub(super) fn list(connection: &Connection, account: AccountId) -> Result<Vec<Contact>> {
    let cards: Vec<(String, Contact)> = all(
        connection,
        "SELECT book, name, uid, text FROM cards WHERE account = ?1 ORDER BY name, book",
        [account],
        |row| {
            Ok((
                row.get(0)?,
                Contact {
                    name: row.get(1)?,
                    uid: row.get(2)?,
                    text: row.get(3)?,
                    addresses: Vec::new(),
                },
            ))
        },
    )?;
    let addresses: Vec<((String, String), String)> = all(
        connection,
        "SELECT book, name, address FROM card_addresses WHERE account = ?1
         ORDER BY name, book, number",
        [account],
        |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)),
    )?;
    let mut addresses = addresses.into_iter().peekable();
    let with_addresses = cards.into_iter().map(|(book, mut contact)| {
        let key = (book, contact.name.clone());
        while let Some((_, address)) = addresses.next_if(|(of, _)| *of == key) {
            contact.addresses.push(address);
        }
        contact
    });
    Ok(with_addresses.collect())
}

pub(super) fn has(connection: &Connection, account: AccountId, address: &str) -> Result<bool> {
    let key = Key::new(address);
    let found = first(
        connection,
        "SELECT 1 FROM card_addresses WHERE account = ?1 AND domain = ?2 AND folded = ?3",
        params![account, key.domain, key.folded],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}
