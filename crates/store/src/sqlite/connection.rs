//! Opening the file: the settings that every connection has, and what is refused.

use std::fs::OpenOptions;
use std::io::ErrorKind;
#[cfg(unix)]
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::migration;
use crate::{Error, Result};

/// How long a statement waits for another process' transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Between tries where SQLite does not wait by itself.
const BUSY_PAUSE: Duration = Duration::from_millis(5);
/// Prepared statements kept for each connection; there are fewer in this crate.
const STATEMENTS: usize = 128;
/// Pages in the write-ahead log (64 MiB) before they are moved into the file: a page that many commits
/// changed is moved once.
const CHECKPOINT_PAGES: i64 = 16_384;
/// Bytes that the write-ahead log keeps on the disk after it was emptied.
const LOG_BYTES: i64 = 64 << 20;
/// Kibibytes of pages that the writer keeps in memory.
const WRITER_CACHE: i64 = 16 << 10;

/// The connection that writes; the file is made or migrated where necessary.
pub(super) fn writing(path: &Path) -> Result<Connection> {
    create(path)
        .and_then(|()| open_writing(path))
        .map_err(|error| at(path, error))
}

/// A connection that only reads a file that [`writing`] has opened before.
pub(super) fn reading(path: &Path) -> Result<Connection> {
    let connection = open(path)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Makes an empty file that only its owner may read, for it will hold mail and password hashes.
/// SQLite gives the files beside it the same permissions.
fn create(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    match options.open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(Error::Unavailable(format!("it cannot be made: {error}")))
        }
        _ => Ok(()),
    }
}

fn open_writing(path: &Path) -> Result<Connection> {
    let mut connection = open(path)?;
    migration::check(&connection)?;
    log_ahead(&connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE)?;
    // Each savepoint copies the pages that it changes: into memory, not into a file of its own.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    migration::run(&mut connection)?;
    Ok(connection)
}

fn open(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Plans do not depend on the values: else every binding would prepare the statement anew.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// Switches to the write-ahead log.
///
/// SQLite answers busy at once, without its timeout, when two processes do so at the same time.
fn log_ahead(connection: &Connection) -> Result<()> {
    let deadline = Instant::now() + BUSY_TIMEOUT;
    let mode: String = loop {
        let switched =
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0));
        match switched {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && Instant::now() < deadline =>
            {
                std::thread::sleep(BUSY_PAUSE);
            }
            other => break other?,
        }
    };
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(Error::Unusable(
            "its file system has no shared memory; move it to a local disk".to_owned(),
        ));
    }
    Ok(())
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
