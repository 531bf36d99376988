//! The journal's files beside the database: their names, their lock, and what was left in them.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
#[cfg(unix)]
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::record::{self, Record};

/// Segments that there are at most.
pub(super) const SEGMENTS: usize = 4;

fn beside(database: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(end);
    PathBuf::from(name)
}

/// The file of one segment.
pub(super) fn segment(database: &Path, number: usize) -> PathBuf {
    beside(database, &format!("-jobs.{number}"))
}

/// The lock that makes the journal this process' own; `None`: another one has it.
pub(super) fn lock(database: &Path) -> io::Result<Option<File>> {
    let file = options().open(beside(database, "-jobs.lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Opens or makes a file that only its owner may read.
pub(super) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    options.mode(0o600);
    options
}

/// Whether there are segments.
pub(super) fn is_there(database: &Path) -> bool {
    (0..SEGMENTS).any(|number| segment(database, number).exists())
}

/// All records, in the order in which they were written.
pub(super) fn read(database: &Path) -> io::Result<Vec<Record>> {
    let mut generations = Vec::new();
    for number in 0..SEGMENTS {
        match fs::read(segment(database, number)) {
            Ok(octets) => generations.push(record::read(&octets)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    generations.sort_by_key(|(generation, _)| *generation);
    Ok(generations
        .into_iter()
        .flat_map(|(_, records)| records)
        .collect())
}

/// Removes the segments: what they hold is durable in the database, or done.
pub(super) fn remove(database: &Path) -> io::Result<()> {
    for number in 0..SEGMENTS {
        match fs::remove_file(segment(database, number)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Makes a new file's name durable.
pub(super) fn sync_folder(database: &Path) -> io::Result<()> {
    match database.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

/// Makes durable what was committed until now: what SQLite has moved out of its log, it has synced.
pub(super) fn sync_log(database: &Path) -> io::Result<()> {
    match File::open(beside(database, "-wal")) {
        Ok(log) => log.sync_data(),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
