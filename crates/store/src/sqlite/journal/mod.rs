//! The journal of held jobs beside the database: a hold is appended and synced, instead of queueing
//! behind the writer's transactions. What becomes of a job is written in the database alone.
//!
//! A record counts while its job is neither done nor in the database; a segment is used again when
//! none of its records counts and the database's own log is synced. So after a power failure every
//! job that was held is in one of the two, and what was done twice is seen by its record. Whoever
//! gets the lock takes what a dead process left into the database; a process without the lock holds
//! jobs in the database.

mod appender;
mod file;
mod index;
mod record;
mod segment;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use self::appender::{Append, Appender, Request};
pub(super) use self::index::{Index, Spill, Standing, Which};
use self::record::{Kind, Record};
use super::counter::Counters;
use super::{connection, spill};
use crate::{Error, Holder, JobKey, NewJob, Result};

/// Octets of jobs that are held together; more of them are held in the database.
const MOST: usize = 256 << 10;
/// Between tries to get the lock.
const PAUSE: Duration = Duration::from_secs(1);

/// The journal as one process has it.
pub(super) struct Journal {
    database: PathBuf,
    index: Arc<Index>,
    counters: Arc<Counters>,
    state: Mutex<State>,
}

enum State {
    /// Not ours, or not yet; when that was last found.
    Closed(Option<Instant>),
    Open(Open),
}

/// The journal while it is ours.
struct Open {
    queue: Sender<Request>,
    thread: JoinHandle<()>,
    _lock: File,
}

impl Journal {
    /// The journal beside the database; it is opened by the first hold.
    pub(super) fn new(database: PathBuf, index: Arc<Index>, counters: Arc<Counters>) -> Self {
        Self {
            database,
            index,
            counters,
            state: Mutex::new(State::Closed(None)),
        }
    }

    /// Whether jobs of that size may be held here.
    pub(super) fn takes(&self, jobs: &[NewJob]) -> bool {
        let size: usize = jobs.iter().map(|job| job.content.len()).sum();
        size <= MOST && self.queue().is_some()
    }

    /// Makes holds durable that the index has. `false`: they are not, and it has them no more.
    pub(super) async fn hold(&self, jobs: &[&NewJob]) -> bool {
        let records = jobs.iter().map(|job| Record::encode(Kind::Held, job));
        let held = jobs.iter().map(|job| job.key.clone()).collect();
        let is_durable = self.append(records.collect(), held).await;
        if !is_durable {
            self.index.forget(jobs);
        }
        is_durable
    }

    /// Makes durable that holds were refused, if the journal can know of them.
    pub(super) async fn refuse(&self, holds: &[(JobKey, Holder)]) {
        if !matches!(*self.state(), State::Open(_)) {
            return;
        }
        let records = holds.iter().cloned().map(|(key, holder)| {
            let record = Record::refused(key, holder);
            Record::encode(record.kind, &record.job)
        });
        if !self.append(records.collect(), Vec::new()).await {
            tracing::warn!("a refusal could not be written; after a crash its job is done");
        }
    }

    async fn append(&self, records: Vec<Vec<u8>>, held: Vec<JobKey>) -> bool {
        let Some(queue) = self.queue() else {
            return false;
        };
        let (reply, answer) = oneshot::channel();
        let append = Append {
            records,
            held,
            reply,
        };
        queue.send(Request::Append(append)).is_ok() && answer.await.unwrap_or(false)
    }

    /// Forgets what it holds no more; takes over what another process left.
    pub(super) async fn tidy(&self) {
        let queue = match &*self.state() {
            State::Open(open) => Some(open.queue.clone()),
            State::Closed(_) => None,
        };
        let Some(queue) = queue else {
            self.take_over();
            return;
        };
        let (done, cleared) = oneshot::channel();
        if queue.send(Request::Clear(done)).is_ok() {
            // The thread ends with the store alone.
            let _ = cleared.await;
        }
    }

    fn take_over(&self) {
        if file::is_there(&self.database)
            && let Ok(connection) = connection::writing(&self.database)
        {
            recover(&self.database, &connection);
        }
    }

    /// Where to append; `None`: another process has the journal, or it cannot be used.
    fn queue(&self) -> Option<Sender<Request>> {
        let mut state = self.state();
        if let State::Closed(tried) = *state {
            if tried.is_some_and(|tried| tried.elapsed() < PAUSE) {
                return None;
            }
            *state = State::Closed(Some(Instant::now()));
            match self.open() {
                Ok(Some(open)) => *state = State::Open(open),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, "the journal of jobs cannot be used; jobs are held in the database");
                }
            }
        }
        match &*state {
            State::Open(open) => Some(open.queue.clone()),
            State::Closed(_) => None,
        }
    }

    fn open(&self) -> Result<Option<Open>> {
        let Some(lock) = file::lock(&self.database).map_err(unavailable)? else {
            return Ok(None);
        };
        if file::is_there(&self.database) {
            recover_locked(&self.database, &connection::writing(&self.database)?)?;
        }
        let (queue, requests) = mpsc::channel();
        let appender = Appender::new(
            self.database.clone(),
            Arc::clone(&self.index),
            Arc::clone(&self.counters),
            requests,
        );
        let thread = std::thread::Builder::new()
            .name("store-journal".to_owned())
            .spawn(move || appender.run())
            .map_err(unavailable)?;
        Ok(Some(Open {
            queue,
            thread,
            _lock: lock,
        }))
    }

    /// What the journal of another process holds.
    pub(super) fn of_another(&self) -> Result<Vec<Spill>> {
        if matches!(*self.state(), State::Open(_)) || !file::is_there(&self.database) {
            return Ok(Vec::new());
        }
        left(&self.database)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Journal {
    /// Comes after the writer has ended: what is left here then could not be spilled, and is found
    /// by the next process.
    fn drop(&mut self) {
        let state = std::mem::replace(&mut *self.state(), State::Closed(None));
        let State::Open(Open {
            queue,
            thread,
            _lock,
        }) = state
        else {
            return;
        };
        drop(queue);
        if thread.join().is_err() {
            tracing::error!("the writer of the journal of jobs ended in a panic");
        }
        if self.index.is_any(&Which::All) {
            return;
        }
        let removed = file::sync_log(&self.database).and_then(|()| file::remove(&self.database));
        if let Err(error) = removed {
            tracing::warn!(%error, "the journal of jobs could not be removed; the next start does it");
        }
    }
}

/// Takes what a dead process left into the database. What fails is tried again later.
pub(super) fn recover(database: &Path, connection: &Connection) {
    if !file::is_there(database) {
        return;
    }
    let recovered = match file::lock(database) {
        Ok(Some(_lock)) => recover_locked(database, connection),
        Ok(None) => Ok(()),
        Err(error) => Err(unavailable(error)),
    };
    if let Err(error) = recovered {
        tracing::error!(%error, "the journal of jobs of an earlier run could not be read; its mails are not in the calendars yet");
    }
}

fn recover_locked(database: &Path, connection: &Connection) -> Result<()> {
    let left = left(database)?;
    // What read first could not write behind another process's commit: it is told busy at once.
    let begin = TransactionBehavior::Immediate;
    let transaction = Transaction::new_unchecked(connection, begin)?;
    for job in &left {
        spill::write(&transaction, job)?;
    }
    transaction.commit()?;
    file::sync_log(database).map_err(unavailable)?;
    fail::fail_point!("journal::taken-over", |_| Ok(()));
    file::remove(database).map_err(unavailable)
}

/// The jobs in the files that were not refused.
fn left(database: &Path) -> Result<Vec<Spill>> {
    let index = Index::default();
    for record in file::read(database).map_err(unavailable)? {
        index.follow(&record);
    }
    Ok(index.spill(&Which::All))
}

fn unavailable(error: std::io::Error) -> Error {
    Error::Unavailable(format!("the journal of jobs beside it: {error}"))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::super::SqliteStore;
    use super::*;
    use crate::{AccountId, Holder, JobKey, NewAccount, NewJob, Store};

    thread_local! {
        static OTHER: RefCell<Option<Connection>> = const { RefCell::new(None) };
    }

    /// Waits for nothing: the other process's commit comes now.
    fn end_other(_: i32) -> bool {
        OTHER
            .take()
            .is_some_and(|other| other.execute_batch("COMMIT").is_ok())
    }

    fn open(path: &Path) -> Connection {
        connection::writing(path).unwrap()
    }

    fn job(account: AccountId) -> NewJob {
        NewJob {
            key: JobKey {
                account,
                id: "j".to_owned(),
            },
            holder: Holder {
                node: "a".to_owned(),
                process: "1".to_owned(),
                delivery: 1,
            },
            lease: 10_000,
            detail: String::new(),
            content: Vec::new(),
            received: 1,
        }
    }

    #[tokio::test]
    async fn a_journal_is_taken_over_behind_the_commit_of_another_process() {
        let folder = tempfile::tempdir().unwrap();
        let (path, dead) = (folder.path().join("a.db"), folder.path().join("b.db"));
        let store = SqliteStore::open(&path).unwrap();
        let account = NewAccount {
            address: "alice@example.com".to_owned(),
            aliases: Vec::new(),
            name: String::new(),
            password: String::new(),
        };
        let alice = store.account_add(account).await.unwrap().id;
        store.jobs_hold(vec![job(alice)]).await.unwrap();
        for end in ["", "-wal", "-jobs.0"] {
            let beside = |path: &Path| format!("{}{end}", path.display());
            std::fs::copy(beside(&path), beside(&dead)).unwrap();
        }
        let (mut connection, other) = (open(&dead), open(&dead));
        let writing = "BEGIN IMMEDIATE; UPDATE accounts SET name = 'Alice'";
        other.execute_batch(writing).unwrap();
        OTHER.set(Some(other));
        connection.busy_handler(Some(end_other)).unwrap();
        recover_locked(&dead, &connection).unwrap();
        assert!(!file::is_there(&dead));
    }
}
