//! The one thread that writes: what is queued shares one transaction and one fsync.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::counter::Counters;
use super::taken::{Freed, Taken};
use super::wake::Wake;
use crate::{Error, Result};

/// Writes in one transaction at most, so that the first of them does not wait for ever.
const BATCH: usize = 256;
/// How often other processes' commits are looked for.
const POLL: Duration = Duration::from_millis(500);

/// What a write means beside the rows; acted on once it is durable.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// Jobs that were held.
    pub(super) jobs_held: u64,
    /// Whether a job or mail may have become due.
    pub(super) work: bool,
    /// What is no longer taken.
    pub(super) freed: Vec<Freed>,
}

impl Effects {
    fn absorb(&mut self, other: Self) {
        self.jobs_held += other.jobs_held;
        self.work |= other.work;
        self.freed.extend(other.freed);
    }
}

/// What the writer shares with the store.
#[derive(Clone, Default)]
pub(super) struct Shared {
    pub(super) counters: Arc<Counters>,
    pub(super) taken: Arc<Taken>,
    pub(super) wake: Arc<Wake>,
}

/// The writing thread's handle; dropping it writes what is queued and waits for the thread.
pub(super) struct Writer {
    queue: Option<Sender<Box<dyn Operation>>>,
    thread: Option<JoinHandle<()>>,
    /// Writes that were answered but are not yet durable.
    lagging: Arc<AtomicU64>,
}

impl Writer {
    pub(super) fn start(connection: Connection, shared: Shared) -> Result<Self> {
        let (queue, receiver) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || Loop::new(connection, receiver, shared).run())
            .map_err(|error| Error::Unavailable(format!("no thread to write with: {error}")))?;
        Ok(Self {
            queue: Some(queue),
            thread: Some(thread),
            lagging: Arc::default(),
        })
    }

    /// Runs `work` in a transaction and returns when it is durable. Dropping the future does not
    /// take the write back.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection, &mut Effects) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.send(Box::new(Call {
            work: Some(work),
            result: None,
            reply,
        }))?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Queues `work` and returns; a failure is logged only.
    pub(super) fn write_later<F>(&self, work: F) -> Result<()>
    where
        F: FnOnce(&Connection, &mut Effects) -> Result<()> + Send + 'static,
    {
        let lag = Lag::new(&self.lagging);
        self.send(Box::new(Later {
            work: Some(work),
            result: Ok(()),
            _lag: lag,
        }))
    }

    /// Returns when all that [`Writer::write_later`] took before is visible to readers.
    pub(super) async fn settle(&self) -> Result<()> {
        if self.lagging.load(Ordering::Acquire) == 0 {
            return Ok(());
        }
        self.write(|_, _| Ok(())).await
    }

    fn send(&self, operation: Box<dyn Operation>) -> Result<()> {
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        queue.send(operation).map_err(|_| stopped())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's writer ended in a panic");
        }
    }
}

fn stopped() -> Error {
    Error::Unavailable("the writer has stopped; restart the program".to_owned())
}

/// A queued write.
trait Operation: Send {
    /// Runs within the transaction. On an error, what it wrote is taken back.
    fn run(&mut self, connection: &Connection, effects: &mut Effects) -> Result<()>;
    /// Tells the caller, once it is known whether the transaction is durable.
    fn answer(self: Box<Self>, committed: &Result<()>);
}

struct Call<T, F> {
    work: Option<F>,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, F> Operation for Call<T, F>
where
    T: Send,
    F: FnOnce(&Connection, &mut Effects) -> Result<T> + Send,
{
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

fn panicked() -> Error {
    Error::Unavailable("the write ended in a panic; nothing of it was written".to_owned())
}

struct Later<F> {
    work: Option<F>,
    result: Result<()>,
    _lag: Lag,
}

impl<F> Operation for Later<F>
where
    F: FnOnce(&Connection, &mut Effects) -> Result<()> + Send,
{
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

/// The thread's side.
struct Loop {
    connection: Connection,
    queue: Receiver<Box<dyn Operation>>,
    shared: Shared,
    polled: Instant,
    others: i64,
}

/// A transaction that collects operations.
#[derive(Default)]
struct Batch {
    operations: Vec<Box<dyn Operation>>,
    effects: Effects,
    writes: u64,
}

impl Loop {
    fn new(connection: Connection, queue: Receiver<Box<dyn Operation>>, shared: Shared) -> Self {
        let others = data_version(&connection).unwrap_or_default();
        Self {
            connection,
            queue,
            shared,
            polled: Instant::now(),
            others,
        }
    }

    fn run(mut self) {
        loop {
            match self
                .queue
                .recv_timeout(POLL.saturating_sub(self.polled.elapsed()))
            {
                Ok(first) => self.transact(first),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.look_for_others();
        }
    }

    fn transact(&mut self, first: Box<dyn Operation>) {
        let mut batch = Batch::default();
        let committed = self
            .fill(&mut batch, first)
            .and_then(|()| self.commit(&batch));
        if committed.is_err() && !self.connection.is_autocommit() {
            // Nothing can be done about a failing rollback; the next BEGIN will say so.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        if committed.is_ok() {
            self.shared.taken.free(&batch.effects.freed);
        }
        for operation in batch.operations {
            operation.answer(&committed);
        }
        if committed.is_ok() && batch.effects.work {
            self.shared.wake.work();
        }
    }

    /// Begins, and runs the first operation and all that have queued up meanwhile.
    fn fill(&self, batch: &mut Batch, first: Box<dyn Operation>) -> Result<()> {
        let begun = self.execute("BEGIN IMMEDIATE");
        if begun.is_err() {
            batch.operations.push(first);
            return begun;
        }
        let mut next = Some(first);
        while let Some(mut operation) = next {
            let ran = self.run_one(operation.as_mut(), batch);
            batch.operations.push(operation);
            ran?;
            next = (batch.operations.len() < BATCH)
                .then(|| self.queue.try_recv().ok())
                .flatten();
        }
        Ok(())
    }

    /// Runs one operation in a savepoint; an error is one of the whole transaction.
    fn run_one(&self, operation: &mut dyn Operation, batch: &mut Batch) -> Result<()> {
        self.execute("SAVEPOINT operation")?;
        let before = self.connection.total_changes();
        let mut effects = Effects::default();
        let ran = catch_unwind(AssertUnwindSafe(|| {
            operation.run(&self.connection, &mut effects)
        }))
        .unwrap_or_else(|_| Err(panicked()));
        match ran {
            Ok(()) => {
                batch.writes += u64::from(self.connection.total_changes() != before);
                batch.effects.absorb(effects);
            }
            // A full disk, for one, ends the transaction with everything in it.
            Err(error) if self.connection.is_autocommit() => return Err(error),
            Err(_) => self.execute("ROLLBACK TO operation")?,
        }
        self.execute("RELEASE operation")
    }

    fn commit(&self, batch: &Batch) -> Result<()> {
        self.execute("COMMIT")?;
        self.shared
            .counters
            .committed(batch.writes, batch.effects.jobs_held);
        Ok(())
    }

    fn execute(&self, statement: &str) -> Result<()> {
        self.connection.prepare_cached(statement)?.execute([])?;
        Ok(())
    }

    /// Wakes the workers when another process has committed something.
    fn look_for_others(&mut self) {
        if self.polled.elapsed() < POLL {
            return;
        }
        self.polled = Instant::now();
        if let Ok(version) = data_version(&self.connection)
            && version != self.others
        {
            self.others = version;
            self.shared.wake.work();
        }
    }
}

/// Changes when another connection has committed, not with this one's own commits.
fn data_version(connection: &Connection) -> Result<i64> {
    let mut statement = connection.prepare_cached("PRAGMA data_version")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::statement::{count, execute};

    fn writer() -> Writer {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE notes (text TEXT)")
            .unwrap();
        Writer::start(connection, Shared::default()).unwrap()
    }

    fn note(connection: &Connection, text: &str) -> Result<()> {
        execute(connection, "INSERT INTO notes (text) VALUES (?1)", [text]).map(drop)
    }

    async fn notes(writer: &Writer) -> u64 {
        writer
            .write(|connection, _| count(connection, "SELECT count(*) FROM notes", []))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_and_leaves_nothing() {
        let writer = writer();
        let failed: Result<()> = writer
            .write(|connection, _| {
                note(connection, "half")?;
                panic!("on purpose")
            })
            .await;
        assert!(matches!(failed, Err(Error::Unavailable(_))), "{failed:?}");
        assert_eq!(notes(&writer).await, 0);
        writer
            .write(|connection, _| note(connection, "whole"))
            .await
            .unwrap();
        assert_eq!(notes(&writer).await, 1);
    }

    /// SQLite ends the transaction by itself then; nothing may be written outside of one.
    #[tokio::test]
    async fn a_full_disk_fails_the_group_and_heals() {
        let writer = writer();
        let limit =
            |pages: u32| {
                writer.write(move |connection, _| {
                    Ok(connection
                        .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?)
                })
            };
        limit(4).await.unwrap();
        let (big, small) = tokio::join!(
            writer.write(|connection, _| note(connection, &"x".repeat(100_000))),
            writer.write(|connection, _| note(connection, "small")),
        );
        assert!(matches!(big, Err(Error::Unavailable(_))), "{big:?}");
        assert_eq!(
            notes(&writer).await,
            u64::from(small.is_ok()),
            "only what was acknowledged"
        );
        limit(1000).await.unwrap();
        writer
            .write(|connection, _| note(connection, &"x".repeat(100_000)))
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_write_whose_caller_has_gone_is_written() {
        let writer = writer();
        let (entered, wait) = mpsc::channel::<()>();
        let mut first = Box::pin(writer.write(move |connection, _| {
            let _ = wait.recv();
            note(connection, "first")
        }));
        let once = std::future::poll_fn(|context| {
            std::task::Poll::Ready(first.as_mut().poll(context).is_pending())
        });
        assert!(once.await);
        drop(first);
        drop(entered);
        assert_eq!(notes(&writer).await, 1);
    }
}
