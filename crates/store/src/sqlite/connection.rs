//! Opening the file: the settings that every connection has, and what is refused.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::migration;
use crate::{Error, Result};

/// How long a statement waits for another process' transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Prepared statements kept for each connection; there are fewer in this crate.
const STATEMENTS: usize = 128;
/// Pages in the write-ahead log (16 MiB) before they are moved into the file.
const CHECKPOINT_PAGES: i64 = 4096;
/// Bytes that the write-ahead log keeps on the disk after it was emptied.
const LOG_BYTES: i64 = 64 << 20;

/// The connection that writes; the file is made or migrated where necessary.
pub(super) fn writing(path: &Path) -> Result<Connection> {
    open_writing(path).map_err(|error| at(path, error))
}

/// A connection that only reads a file that [`writing`] has opened before.
pub(super) fn reading(path: &Path) -> Result<Connection> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn open_writing(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut connection = open(path, flags)?;
    migration::check(&connection)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(Error::Unusable(
            "its file system has no shared memory; move it to a local disk".to_owned(),
        ));
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    migration::run(&mut connection)?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Names the file in an error of opening it.
fn at(path: &Path, error: Error) -> Error {
    let file = path.display();
    match error {
        Error::Unusable(what) => Error::Unusable(format!("{file}: {what}")),
        Error::Unavailable(what) => Error::Unavailable(format!("{file}: {what}")),
        other => other,
    }
}
