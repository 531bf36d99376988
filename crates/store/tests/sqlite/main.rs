//! The contract over SQLite, and what only one file on a disk can show.

#![allow(clippy::unwrap_used)]

#[path = "../contract/mod.rs"]
mod contract;
mod file;
mod journal;
mod removal;

use std::path::{Path, PathBuf};

use contract::Database;
use store::SqliteStore;
use tempfile::TempDir;

/// A file in a folder of its own.
struct File(TempDir);

impl File {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("invited.db")
    }
}

impl Database for File {
    type Store = SqliteStore;

    fn open(&self) -> SqliteStore {
        open(&self.path())
    }
}

fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path).unwrap()
}

contract::contract!(File::new());
