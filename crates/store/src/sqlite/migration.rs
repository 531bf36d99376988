//! Numbered migrations: the file's `user_version` says how many of them it has had.

use rusqlite::{Connection, TransactionBehavior};

use crate::{Error, Result};

/// Marks a file as ours: "invi".
const APPLICATION_ID: i64 = 0x696e_7669;

/// All migrations in order; one that has been released is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_initial.sql"),
    include_str!("migrations/0002_collections.sql"),
    include_str!("migrations/0003_fewer_pages.sql"),
    include_str!("migrations/0004_held_mails.sql"),
    include_str!("migrations/0005_scheduling.sql"),
    include_str!("migrations/0006_counted_by_sender.sql"),
    include_str!("migrations/0007_inbox.sql"),
    include_str!("migrations/0008_how_it_came.sql"),
    include_str!("migrations/0009_early_states.sql"),
    include_str!("migrations/0010_waiting_first.sql"),
    include_str!("migrations/0011_mails_in_order.sql"),
];

/// Refuses a file of another program or of a later version of this one, before it is written to.
pub(super) fn check(connection: &Connection) -> Result<()> {
    // One snapshot: another process may be making the file at this moment.
    let reading = connection.unchecked_transaction()?;
    let application = pragma(&reading, "application_id")?;
    let objects: i64 =
        reading.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && (objects > 0 || application != 0) {
        return Err(Error::Unusable(
            "it belongs to another program; name another file".to_owned(),
        ));
    }
    version(&reading).map(drop)
}

/// Brings the file to the latest version.
pub(super) fn run(connection: &mut Connection) -> Result<()> {
    if version(connection)? == MIGRATIONS.len() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been faster: the version is read again under the lock.
    let done = version(&transaction)?;
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as i64)?;
    transaction.commit()?;
    Ok(())
}

fn version(connection: &Connection) -> Result<usize> {
    let version = pragma(connection, "user_version")?;
    usize::try_from(version)
        .ok()
        .filter(|&known| known <= MIGRATIONS.len())
        .ok_or_else(|| {
            Error::Unusable(format!(
                "it has version {version} and this program knows versions up to {}; \
             use the newer program or restore a backup",
                MIGRATIONS.len()
            ))
        })
}

fn pragma(connection: &Connection, name: &str) -> Result<i64> {
    Ok(connection.pragma_query_value(None, name, |row| row.get(0))?)
}
