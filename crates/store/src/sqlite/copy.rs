//! Copies of whole collections.

use rusqlite::{Connection, params};

use super::statement::{execute, first};
use super::{account, clock, collection};
use crate::{
    AccountId, Collection, CollectionId, CollectionKind, Error, NewCollection, Result, Revision,
};

const COPY_OBJECT: &str = "INSERT INTO objects
    (account, calendar, name, uid, revision, unanswered, text, first, last, is_long)
    SELECT account, ?5, name, uid, ?6, 0, text, first, last, is_long FROM objects
    WHERE account = ?1 AND calendar = ?2 AND name = ?3 AND revision = ?4";

const COPY_CARD: &str = "INSERT INTO cards (account, book, name, uid, revision, text)
    SELECT account, ?5, name, uid, ?6, text FROM cards
    WHERE account = ?1 AND book = ?2 AND name = ?3 AND revision = ?4";

pub(super) fn copy(
    connection: &Connection,
    account: AccountId,
    from: &CollectionId,
    new: NewCollection,
    members: &[(String, Revision)],
) -> Result<Collection> {
    let (kind, segment) = (new.kind, new.segment.clone());
    let made = collection::add(connection, account, new)?;
    let statement = "SELECT revision FROM accounts WHERE id = ?1";
    let before: Option<Revision> = first(connection, statement, [account], |row| row.get(0))?;
    let mut copying = Copying {
        connection,
        account,
        kind,
        from,
        to: &made.id,
        revision: before.ok_or_else(|| account::missing(account))?,
    };
    for (name, revision) in members {
        copying.member(name, *revision)?;
    }
    let statement = "UPDATE accounts SET revision = ?2 WHERE id = ?1";
    execute(connection, statement, params![account, copying.revision])?;
    collection::by_segment(connection, account, kind, &segment)?
        .ok_or_else(|| Error::Unusable("a collection that was copied is not there".to_owned()))
}

/// A copy on its way.
struct Copying<'a> {
    connection: &'a Connection,
    account: AccountId,
    kind: CollectionKind,
    from: &'a CollectionId,
    to: &'a CollectionId,
    revision: Revision,
}

impl Copying<'_> {
    fn member(&mut self, name: &str, revision: Revision) -> Result<()> {
        self.revision = Revision(self.revision.0 + 1);
        let statement = match self.kind {
            CollectionKind::Calendar => COPY_OBJECT,
            CollectionKind::AddressBook => COPY_CARD,
        };
        let values = params![
            self.account,
            self.from,
            name,
            revision,
            self.to,
            self.revision
        ];
        if execute(self.connection, statement, values)? == 0 {
            return Err(Error::Conflict);
        }
        self.log(name)?;
        self.beside(name)
    }

    fn log(&self, name: &str) -> Result<()> {
        let statement = self.kind.sql(
            "INSERT INTO changes (account, revision, calendar, name, uid, at, text)
             SELECT account, revision, PARENT, name, uid, ?4, text FROM MEMBERS
             WHERE account = ?1 AND PARENT = ?2 AND name = ?3",
        );
        let values = params![self.account, self.to, name, clock::now()];
        execute(self.connection, &statement, values).map(drop)
    }

    /// What is kept beside a member: properties, and of a card its addresses.
    fn beside(&self, name: &str) -> Result<()> {
        let values = params![self.account, self.from, name, self.to];
        execute(
            self.connection,
            "INSERT INTO properties (account, collection, member, namespace, name, value)
             SELECT account, ?4, member, namespace, name, value FROM properties
             WHERE account = ?1 AND collection = ?2 AND member = ?3",
            values,
        )?;
        if self.kind == CollectionKind::AddressBook {
            execute(
                self.connection,
                "INSERT INTO card_addresses (account, book, name, number, address, domain, folded)
                 SELECT account, ?4, name, number, address, domain, folded FROM card_addresses
                 WHERE account = ?1 AND book = ?2 AND name = ?3",
                values,
            )?;
        }
        Ok(())
    }
}
