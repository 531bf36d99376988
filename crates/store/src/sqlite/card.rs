//! Cards of address books, with an index of their mail addresses (rule B6).

use rusqlite::{Connection, params};

use super::address::Key;
use super::beside::Beside;
use super::history::{self, InInbox};
use super::statement::{execute, first};
use super::{account, clock};
use crate::{
    AccountId, CardCommit, Change, CollectionId, Error, PutCard, Result, Revision, Timestamp,
};

/// A change of address books on its way.
pub(super) struct Writing<'a> {
    connection: &'a Connection,
    account: AccountId,
    at: Timestamp,
    before: Revision,
    revision: Revision,
}

pub(super) fn commit(
    connection: &Connection,
    account: AccountId,
    commit: &CardCommit,
) -> Result<Option<Revision>> {
    let mut writing = Writing::begin(connection, account)?;
    for (book, name, revision) in &commit.expect {
        if writing.revision_of(book, name)? != *revision {
            return Err(Error::Conflict);
        }
    }
    let from = commit.from.as_ref();
    let beside = from.map(|from| Beside::of(connection, account, from));
    let beside = beside.transpose()?;
    for (book, name) in &commit.delete {
        writing.delete(book, name)?;
    }
    for card in &commit.put {
        writing.put(card)?;
    }
    if let (Some(beside), Some(card)) = (beside, commit.put.first()) {
        beside.put(connection, account, &(card.book.clone(), card.name.clone()))?;
    }
    writing.finish()
}

impl<'a> Writing<'a> {
    pub(super) fn begin(connection: &'a Connection, account: AccountId) -> Result<Self> {
        let statement = "SELECT revision FROM accounts WHERE id = ?1";
        let revision = first(connection, statement, [account], |row| row.get(0))?
            .ok_or_else(|| account::missing(account))?;
        Ok(Self {
            connection,
            account,
            at: clock::now(),
            before: revision,
            revision,
        })
    }

    fn revision_of(&self, book: &CollectionId, name: &str) -> Result<Option<Revision>> {
        let statement = "SELECT revision FROM cards WHERE account = ?1 AND book = ?2 AND name = ?3";
        let values = params![self.account, book, name];
        first(self.connection, statement, values, |row| row.get(0))
    }

    /// The name that the UID has in the book.
    pub(super) fn name_of(&self, book: &CollectionId, uid: &str) -> Result<Option<String>> {
        let statement = "SELECT name FROM cards
                         WHERE account = ?1 AND book = ?2 AND uid = ?3 AND uid <> ''";
        let values = params![self.account, book, uid];
        first(self.connection, statement, values, |row| row.get(0))
    }

    fn delete(&mut self, book: &CollectionId, name: &str) -> Result<()> {
        let statement = "DELETE FROM cards WHERE account = ?1 AND book = ?2 AND name = ?3
                         RETURNING uid";
        let values = params![self.account, book, name];
        match first(self.connection, statement, values, |row| row.get(0))? {
            Some(uid) => self.log(book, name, uid, None).map(drop),
            None => Ok(()),
        }
    }

    pub(super) fn put(&mut self, card: &PutCard) -> Result<()> {
        let known = self.name_of(&card.book, &card.uid)?;
        if known.is_some_and(|name| name != card.name) {
            return Err(Error::Conflict);
        }
        let text = Some(card.text.clone());
        let revision = self.log(&card.book, &card.name, card.uid.clone(), text)?;
        execute(
            self.connection,
            "INSERT INTO cards (account, book, name, uid, revision, text)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (account, book, name) DO UPDATE
             SET uid = excluded.uid, revision = excluded.revision, text = excluded.text",
            params![
                self.account,
                card.book,
                card.name,
                card.uid,
                revision,
                card.text
            ],
        )?;
        self.index(card)
    }

    fn index(&self, card: &PutCard) -> Result<()> {
        execute(
            self.connection,
            "DELETE FROM card_addresses WHERE account = ?1 AND book = ?2 AND name = ?3",
            params![self.account, card.book, card.name],
        )?;
        for (number, address) in (0_i64..).zip(&card.addresses) {
            let key = Key::new(address);
            execute(
                self.connection,
                "INSERT INTO card_addresses (account, book, name, number, address, domain, folded)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    self.account,
                    card.book,
                    card.name,
                    number,
                    address,
                    key.domain,
                    key.folded
                ],
            )?;
        }
        Ok(())
    }

    fn log(
        &mut self,
        book: &CollectionId,
        name: &str,
        uid: String,
        text: Option<Vec<u8>>,
    ) -> Result<Revision> {
        self.revision = Revision(self.revision.0 + 1);
        let change = Change {
            revision: self.revision,
            calendar: book.clone(),
            name: name.to_owned(),
            uid,
            text,
            decision: None,
            at: self.at,
        };
        history::log(self.connection, self.account, &change, InInbox::Never)?;
        Ok(self.revision)
    }

    pub(super) fn finish(self) -> Result<Option<Revision>> {
        if self.revision == self.before {
            return Ok(None);
        }
        let statement = "UPDATE accounts SET revision = ?2 WHERE id = ?1";
        execute(
            self.connection,
            statement,
            params![self.account, self.revision],
        )?;
        Ok(Some(self.revision))
    }
}
