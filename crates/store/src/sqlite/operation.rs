//! A queued write: how it runs within the writer's transaction, and how its caller is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::taken::{Claim, Freed};
use super::wake::Due;
use crate::{Error, Result};

/// What a write means beside the rows; acted on once it is committed.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// Jobs that were held.
    pub(super) jobs_held: u64,
    /// Jobs that ended.
    pub(super) jobs_ended: u64,
    /// Of which kinds of work some may have become due.
    pub(super) due: Due,
    /// What is no longer taken.
    pub(super) freed: Vec<Freed>,
    /// Mails that are being taken back, which nobody may take until that is committed or not.
    pub(super) withdrawn: Vec<Claim<()>>,
}

impl Effects {
    pub(super) fn absorb(&mut self, other: Self) {
        self.jobs_held += other.jobs_held;
        self.jobs_ended += other.jobs_ended;
        self.due.absorb(other.due);
        self.freed.extend(other.freed);
        self.withdrawn.extend(other.withdrawn);
    }
}

/// What a write waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// Its commit is synced before it is answered.
    Synced,
    /// Readers see its commit at once; the next synced one makes it durable.
    Lagging,
}

/// A queued write.
pub(super) trait Operation: Send {
    /// What it waits for.
    fn durability(&self) -> Durability;
    /// Runs within the transaction. On an error, what it wrote is taken back.
    fn run(&mut self, connection: &Connection, effects: &mut Effects) -> Result<()>;
    /// Tells the caller, once it is known whether the transaction is committed.
    fn answer(self: Box<Self>, committed: &Result<()>);
}

/// A write whose caller waits.
pub(super) struct Call<T, F> {
    durability: Durability,
    work: Option<F>,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, F> Call<T, F> {
    pub(super) fn new(durability: Durability, work: F) -> (Self, oneshot::Receiver<Result<T>>) {
        let (reply, answer) = oneshot::channel();
        (
            Self {
                durability,
                work: Some(work),
                result: None,
                reply,
            },
            answer,
        )
    }
}

impl<T, F> Operation for Call<T, F>
where
    T: Send,
    F: FnOnce(&Connection, &mut Effects) -> Result<T> + Send,
{
    fn durability(&self) -> Durability {
        self.durability
    }

    fn run(&mut self, connection: &Connection, effects: &mut Effects) -> Result<()> {
        let work = self.work.take().ok_or_else(stopped)?;
        let result = work(connection, effects);
        let outcome = result.as_ref().map(drop).map_err(Error::clone);
        self.result = Some(result);
        outcome
    }

    fn answer(self: Box<Self>, committed: &Result<()>) {
        let answer = match committed {
            Ok(()) => self.result.unwrap_or_else(|| Err(panicked())),
            Err(error) => Err(error.clone()),
        };
        // A caller that has gone needs no answer.
        let _ = self.reply.send(answer);
    }
}

/// A write whose caller has gone on: it waits for the next transaction and goes along.
pub(super) struct Later<F> {
    work: Option<F>,
    result: Result<()>,
    _lag: Lag,
}

impl<F> Later<F> {
    pub(super) fn new(work: F, lagging: &Arc<AtomicU64>) -> Self {
        Self {
            work: Some(work),
            result: Ok(()),
            _lag: Lag::new(lagging),
        }
    }
}

impl<F> Operation for Later<F>
where
    F: FnOnce(&Connection, &mut Effects) -> Result<()> + Send,
{
    fn durability(&self) -> Durability {
        Durability::Lagging
    }

    fn run(&mut self, connection: &Connection, effects: &mut Effects) -> Result<()> {
        let work = self.work.take().ok_or_else(stopped)?;
        self.result = work(connection, effects);
        self.result.clone()
    }

    fn answer(self: Box<Self>, committed: &Result<()>) {
        if let Err(error) = self.result.as_ref().and(committed.as_ref()) {
            tracing::warn!(%error, "a release of jobs was not written; their lease will do it");
        }
    }
}

/// Counts one lagging write while it lives.
struct Lag(Arc<AtomicU64>);

impl Lag {
    fn new(count: &Arc<AtomicU64>) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(count))
    }
}

impl Drop for Lag {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Nobody is there to write.
pub(super) fn stopped() -> Error {
    Error::Unavailable("the writer has stopped; restart the program".to_owned())
}

/// The write had a fault of its own.
pub(super) fn panicked() -> Error {
    Error::Unavailable("the write ended in a panic; nothing of it was written".to_owned())
}
