//! Group commit: the thread that writes, and the transaction that queued operations share.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::journal::Which;
use super::operation::{self, Durability, Effects, Operation, panicked};
use super::spill;
use super::wake::Due;
use super::writer::Shared;
use crate::Result;

/// Writes in one transaction at most, so that the first of them does not wait for ever.
const BATCH: usize = 256;
/// How often other processes' commits are looked for, and what rides is written at the latest.
const POLL: Duration = Duration::from_millis(500);
/// After how long a job goes from the journal into the database.
const OLD: Duration = Duration::from_millis(500);

/// How often transactions of writes that lag follow one another at the most: under load they share.
const INTERVAL: Duration = Duration::from_millis(4);

/// What the writing thread is woken for.
pub(super) enum Call {
    /// To write that at once.
    Operation(Box<dyn Operation>),
    /// To write what rides, but not too soon after the last time.
    Riders,
}

/// Writes that go along with the next transaction.
#[derive(Default)]
pub(super) struct Riding(Mutex<Riders>);

#[derive(Default)]
struct Riders {
    operations: VecDeque<Box<dyn Operation>>,
    /// Whether somebody waits for one of them, and the thread was woken for that.
    is_awaited: bool,
}

impl Riding {
    /// Adds a write that causes no transaction.
    pub(super) fn add(&self, operation: Box<dyn Operation>) {
        self.lock().operations.push_back(operation);
    }

    /// Adds a write that somebody waits for. `true`: the thread is to be woken.
    pub(super) fn add_awaited(&self, operation: Box<dyn Operation>) -> bool {
        let mut riders = self.lock();
        riders.operations.push_back(operation);
        !std::mem::replace(&mut riders.is_awaited, true)
    }

    fn is_awaited(&self) -> bool {
        self.lock().is_awaited
    }

    fn take(&self) -> VecDeque<Box<dyn Operation>> {
        std::mem::take(&mut *self.lock()).operations
    }

    fn lock(&self) -> MutexGuard<'_, Riders> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The writing thread.
pub(super) struct Group {
    connection: Connection,
    queue: Receiver<Call>,
    riding: Arc<Riding>,
    /// Operations that were looked at and not yet run.
    waiting: VecDeque<Box<dyn Operation>>,
    /// How the connection commits now.
    durability: Durability,
    shared: Shared,
    /// When the last transaction ended.
    ended: Instant,
    /// When other processes' commits were looked for.
    polled: Instant,
    /// What [`data_version`] said then.
    others: i64,
}

/// A transaction that collects operations.
#[derive(Default)]
struct Batch {
    operations: Vec<Box<dyn Operation>>,
    effects: Effects,
    writes: u64,
}

impl Group {
    /// On a connection that commits with `synchronous=FULL`.
    pub(super) fn new(
        connection: Connection,
        queue: Receiver<Call>,
        riding: Arc<Riding>,
        shared: Shared,
    ) -> Self {
        let others = data_version(&connection).unwrap_or_default();
        Self {
            connection,
            queue,
            riding,
            waiting: VecDeque::new(),
            durability: Durability::Synced,
            shared,
            ended: Instant::now(),
            polled: Instant::now(),
            others,
        }
    }

    /// Writes until the queue is closed and empty.
    pub(super) fn run(mut self) {
        let mut is_open = true;
        while is_open || !self.waiting.is_empty() {
            is_open = self.wait();
            self.board();
            if let Some(first) = self.waiting.pop_front() {
                self.transact(first);
            }
            self.look_for_others();
        }
    }

    /// Waits for an operation, at most for a while. `false`: no more will come.
    fn wait(&mut self) -> bool {
        if !self.waiting.is_empty() {
            return true;
        }
        if self.riding.is_awaited() {
            self.gather();
            return true;
        }
        let rest = POLL.saturating_sub(self.polled.elapsed());
        match self.queue.recv_timeout(rest) {
            Ok(Call::Operation(first)) => self.waiting.push_back(first),
            Ok(Call::Riders) => self.gather(),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        true
    }

    /// Lets others get on that may lag too, unless one comes that may not.
    fn gather(&mut self) {
        let rest = INTERVAL.saturating_sub(self.ended.elapsed());
        if let Ok(Call::Operation(next)) = self.queue.recv_timeout(rest) {
            self.waiting.push_back(next);
        }
    }

    /// Puts what rides before what waits.
    fn board(&mut self) {
        let mut riding = self.riding.take();
        riding.append(&mut self.waiting);
        self.waiting = riding;
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
        self.ended = Instant::now();
        if committed.is_ok() {
            self.shared.free(&batch.effects.freed);
        }
        batch.effects.withdrawn.clear();
        for operation in batch.operations {
            operation.answer(&committed);
        }
        if committed.is_ok() {
            self.shared.wake.due(batch.effects.due);
        }
    }

    /// Begins, and runs the first operation and all that have queued up meanwhile.
    fn fill(&mut self, batch: &mut Batch, first: Box<dyn Operation>) -> Result<()> {
        let durability = self.durability_of_batch(first.as_ref());
        let begun = self.begin(durability);
        if begun.is_err() {
            batch.operations.push(first);
            return begun;
        }
        let mut next = Some(first);
        while let Some(mut operation) = next {
            let ran = self.run_one(operation.as_mut(), batch);
            batch.operations.push(operation);
            ran?;
            next = if batch.operations.len() < BATCH {
                self.queued()
            } else {
                None
            };
        }
        Ok(())
    }

    /// A batch lags only when all that is queued may: else a release would cost a transaction of
    /// its own before the one that is synced anyway.
    fn durability_of_batch(&mut self, first: &dyn Operation) -> Durability {
        while self.waiting.len() < BATCH
            && let Some(operation) = self.called()
        {
            self.waiting.push_back(operation);
        }
        let waiting = self.waiting.iter().map(AsRef::as_ref);
        let mut batch = std::iter::once(first).chain(waiting);
        if batch.any(|operation| operation.durability() == Durability::Synced) {
            Durability::Synced
        } else {
            Durability::Lagging
        }
    }

    fn begin(&mut self, durability: Durability) -> Result<()> {
        if self.durability != durability {
            let level = match durability {
                Durability::Synced => "FULL",
                Durability::Lagging => "NORMAL",
            };
            self.connection.pragma_update(None, "synchronous", level)?;
            self.durability = durability;
        }
        self.execute("BEGIN IMMEDIATE")
    }

    /// The next operation, if one is queued. A batch that lags takes none that may not: so a
    /// release costs no sync of its own.
    fn queued(&mut self) -> Option<Box<dyn Operation>> {
        let next = match self.waiting.pop_front() {
            Some(next) => next,
            None => self.called()?,
        };
        if self.durability == Durability::Lagging && next.durability() == Durability::Synced {
            self.waiting.push_front(next);
            return None;
        }
        Some(next)
    }

    /// What was called for meanwhile. What rides waits for the next transaction.
    fn called(&mut self) -> Option<Box<dyn Operation>> {
        match self.queue.try_recv().ok()? {
            Call::Operation(operation) => Some(operation),
            Call::Riders => None,
        }
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
        let counters = &self.shared.counters;
        counters.wrote(batch.writes, batch.effects.jobs_held);
        counters.ended(batch.effects.jobs_ended);
        if self.durability == Durability::Synced && batch.writes > 0 {
            counters.committed(batch.effects.jobs_held);
        }
        Ok(())
    }

    fn execute(&self, statement: &str) -> Result<()> {
        self.connection.prepare_cached(statement)?.execute([])?;
        Ok(())
    }

    /// Lets other processes see what the journal has held for a while.
    fn spill_old(&mut self) {
        let old = Which::For(OLD);
        if !self.shared.index.is_any(&old) {
            return;
        }
        let index = Arc::clone(&self.shared.index);
        let (call, _) = operation::Call::new(
            Durability::Lagging,
            move |connection: &_, effects: &mut _| spill::run(connection, effects, &index, &old),
        );
        self.waiting.push_back(Box::new(call));
    }

    /// Wakes the workers when another process has committed something.
    fn look_for_others(&mut self) {
        if self.polled.elapsed() < POLL {
            return;
        }
        self.polled = Instant::now();
        self.spill_old();
        if let Ok(version) = data_version(&self.connection)
            && version != self.others
        {
            self.others = version;
            self.shared.wake.due(Due::ANY);
        }
    }
}

/// Changes when another connection has committed, not with this one's own commits.
fn data_version(connection: &Connection) -> Result<i64> {
    let mut statement = connection.prepare_cached("PRAGMA data_version")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}
