//! What is kept beside a member of a collection, and goes along where the member is copied or moved.

use rusqlite::{Connection, params};

use super::property;
use super::statement::{execute, first};
use crate::{AccountId, CollectionId, Property, PropertyChanges, Result, Revision};

/// A member's place: its collection and its name in there.
type Place = (CollectionId, String);

/// What is kept beside one member.
pub(super) struct Beside {
    properties: Vec<Property>,
    /// The revision with which its invitation was dismissed from the inbox.
    dismissed: Option<Revision>,
}

impl Beside {
    pub(super) fn of(
        connection: &Connection,
        account: AccountId,
        (collection, name): &Place,
    ) -> Result<Self> {
        let set = property::of_members(connection, account, collection, &[name])?;
        let statement = "SELECT revision FROM dismissed
                         WHERE account = ?1 AND calendar = ?2 AND name = ?3";
        let values = params![account, collection, name];
        Ok(Self {
            properties: set.into_iter().map(|(_, property)| property).collect(),
            dismissed: first(connection, statement, values, |row| row.get(0))?,
        })
    }

    pub(super) fn is_dismissed(&self) -> bool {
        self.dismissed.is_some()
    }

    /// Writes it beside the member at another place, in place of what is there (RFC 4918, 9.8.4).
    pub(super) fn put(
        self,
        connection: &Connection,
        account: AccountId,
        (collection, name): &Place,
    ) -> Result<()> {
        let values = params![account, collection, name];
        for table in [
            "properties WHERE collection = ?2 AND member = ?3",
            "dismissed WHERE calendar = ?2 AND name = ?3",
        ] {
            let statement = format!("DELETE FROM {table} AND account = ?1");
            execute(connection, &statement, values)?;
        }
        let changes = PropertyChanges {
            set: self.properties,
            ..PropertyChanges::default()
        };
        property::change(connection, account, collection, Some(name), &changes)?;
        if let Some(revision) = self.dismissed {
            let statement = "INSERT INTO dismissed (account, calendar, name, revision)
                             VALUES (?1, ?2, ?3, ?4)";
            execute(
                connection,
                statement,
                params![account, collection, name, revision],
            )?;
        }
        Ok(())
    }
}
