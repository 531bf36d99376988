//! Read connections: short reads on the caller's thread, lists on blocking threads.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::connection;
use super::statement::execute;
use crate::{Error, Result};

/// Lists read at one time.
const CONNECTIONS: usize = 8;

/// The pool of read connections; they are opened when needed.
pub(super) struct Readers {
    pool: Pool,
    turns: Arc<Semaphore>,
}

/// What the reading threads share.
#[derive(Clone)]
struct Pool {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            pool: Pool {
                path,
                idle: Arc::default(),
            },
            turns: Arc::new(Semaphore::new(CONNECTIONS)),
        }
    }

    /// The room on the volume of the database.
    pub(super) fn free_octets(&self) -> Option<u64> {
        let volume = rustix::fs::statvfs(&self.pool.path).ok()?;
        volume.f_bavail.checked_mul(volume.f_frsize)
    }

    /// Runs a short `work`, a few rows by key, in one read transaction on this thread.
    ///
    /// It takes some microseconds; the way to a blocking thread and back costs several times that,
    /// and a delivery has a dozen of them.
    pub(super) fn point<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.pool.read(work)
    }

    /// Runs `work` in one read transaction on a blocking thread, so that it holds up nobody.
    pub(super) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(unavailable)?;
        let pool = self.pool.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            pool.read(work)
        });
        reading.await.map_err(unavailable)?
    }
}

impl Pool {
    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let free = self.idle().pop();
        let connection = match free {
            Some(connection) => connection,
            None => connection::reading(&self.path)?,
        };
        let result = snapshot(&connection, work);
        if connection.is_autocommit() {
            self.idle().push(connection);
        }
        result
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn snapshot<T>(connection: &Connection, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    execute(connection, "BEGIN", [])?;
    let result = work(connection);
    // Nothing was written, so that this ends it whatever came of the work.
    execute(connection, "COMMIT", [])?;
    result
}

/// The runtime is going down, or the read ended in a panic.
fn unavailable(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("a read did not end: {error}"))
}
