//! Read connections, used on blocking threads so that no read holds up the runtime.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::connection;
use crate::{Error, Result};

/// Reads at one time.
const CONNECTIONS: usize = 8;

/// The pool of read connections; they are opened when needed.
pub(super) struct Readers {
    path: PathBuf,
    turns: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            turns: Arc::new(Semaphore::new(CONNECTIONS)),
            idle: Arc::default(),
        }
    }

    /// Runs `work` in one read transaction.
    pub(super) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(unavailable)?;
        let idle = Arc::clone(&self.idle);
        let path = self.path.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let free = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut connection = match free {
                Some(connection) => connection,
                None => connection::reading(&path)?,
            };
            let result = snapshot(&mut connection, work);
            idle.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
            result
        });
        reading.await.map_err(unavailable)?
    }
}

fn snapshot<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    let transaction = connection.transaction()?;
    let result = work(&transaction)?;
    transaction.finish()?;
    Ok(result)
}

/// The runtime is going down, or the read ended in a panic.
fn unavailable(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("a read did not end: {error}"))
}
