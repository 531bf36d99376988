//! A worker: takes due work, does several pieces at once, and sleeps until more is due.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use store::{Store, Work};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock::Clock;

/// What a worker works on.
#[async_trait]
pub(crate) trait Worker: Send + Sync + 'static {
    /// One piece of work.
    type Piece: Send + 'static;
    /// Its kind in the store.
    const WORK: Work;
    /// How many pieces are in work at once.
    const AT_ONCE: usize;

    /// Where the work waits.
    fn store(&self) -> &dyn Store;
    /// What time it is.
    fn clock(&self) -> &dyn Clock;
    /// Takes up to `limit` due pieces.
    async fn take(&self, limit: usize) -> store::Result<Vec<Self::Piece>>;
    /// Brings one piece to its end, whatever that is.
    async fn work(self: Arc<Self>, piece: Self::Piece, stop: watch::Receiver<bool>);
}

/// What became of a look for work.
enum Look {
    /// Some was found; there may be more.
    Found,
    /// No more is due that could be worked on now.
    Nothing,
    /// As much as may be is in work.
    Full,
    /// The database could not be read.
    Failed,
}

/// Works until `stop` says so; finishes what is under way.
pub(crate) async fn run<W: Worker>(worker: W, mut stop: watch::Receiver<bool>) {
    let worker = Arc::new(worker);
    let mut tasks = JoinSet::new();
    loop {
        let look = fill(&worker, &mut tasks, &stop).await;
        tokio::select! {
            biased;
            () = stopped(&mut stop) => break,
            () = wait(&*worker, &look) => {}
            // Else the end of a task makes room that nobody waits for.
            Some(_) = tasks.join_next(), if matches!(look, Look::Full) => {}
        }
    }
    while tasks.join_next().await.is_some() {}
}

/// Starts as much due work as there is room for.
async fn fill<W: Worker>(
    worker: &Arc<W>,
    tasks: &mut JoinSet<()>,
    stop: &watch::Receiver<bool>,
) -> Look {
    while tasks.try_join_next().is_some() {}
    let room = W::AT_ONCE.saturating_sub(tasks.len());
    if room == 0 {
        return Look::Full;
    }
    let pieces = match worker.take(room).await {
        Ok(pieces) if pieces.is_empty() => return Look::Nothing,
        Ok(pieces) => pieces,
        Err(error) => {
            tracing::warn!(%error, "due work cannot be read");
            return Look::Failed;
        }
    };
    let is_all = pieces.len() < room;
    for piece in pieces {
        tasks.spawn(Arc::clone(worker).work(piece, stop.clone()));
    }
    if is_all { Look::Nothing } else { Look::Found }
}

/// Waits until another look may find work, whatever becomes of that under way.
async fn wait<W: Worker>(worker: &W, look: &Look) {
    let limit = match look {
        Look::Found => return,
        Look::Nothing => until_due(worker.store(), worker.clock(), W::WORK).await,
        Look::Full => return std::future::pending().await,
        Look::Failed => PAUSE,
    };
    worker.store().wait_for_work(W::WORK, limit).await;
}

/// The longest that a worker sleeps without looking for work.
const LONGEST: Duration = Duration::from_secs(30);

/// How long a worker waits when the database cannot be read.
const PAUSE: Duration = Duration::from_secs(1);

/// The first wait before something is written again.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// How long a worker that found nothing to do may wait: until the next of its work is due.
async fn until_due(store: &dyn Store, clock: &dyn Clock, work: Work) -> Duration {
    match store.next_due(work).await {
        Ok(Some(due)) => {
            let wait = u64::try_from(due.saturating_sub(clock.now())).unwrap_or_default();
            Duration::from_millis(wait).min(LONGEST)
        }
        Ok(None) => LONGEST,
        Err(error) => {
            tracing::warn!(%error, "when work is due cannot be read");
            PAUSE
        }
    }
}

/// Writes what became of a piece of work, again and again with growing waits until it is written:
/// the store counts the work as taken, and works on nothing else of its account, until then.
///
/// Tries once more when `stop` says so, and gives up with the error: a restart gives the work back.
pub(crate) async fn until_written<F>(
    stop: &mut watch::Receiver<bool>,
    mut write: impl FnMut() -> F,
) -> store::Result<()>
where
    F: Future<Output = store::Result<()>>,
{
    let mut pause = FIRST_PAUSE;
    while !has_stopped(stop) {
        match write().await {
            Ok(()) => return Ok(()),
            Err(error) => {
                tracing::warn!(%error, "what became of a job or mail is to be written again");
            }
        }
        // Err: the pause is over. Ok: it is to stop.
        let _ = tokio::time::timeout(pause, stopped(stop)).await;
        pause = (pause * 2).min(LONGEST);
    }
    write().await
}

fn has_stopped(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

/// Waits until `stop` says so, or nobody is left who could.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Err: the sender is gone, which is a stop too.
    let _ = stop.wait_for(|&stop| stop).await;
}
