//! The time, as the stages ask for it.

use std::time::Duration;

use store::{Store, Timestamp, Work};
use tokio::sync::watch;

/// Tells the time. Stages never look at the machine's clock themselves, so tests decide what time
/// it is.
pub trait Clock: Send + Sync + 'static {
    /// Now, in milliseconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> Timestamp;
}

/// One second in [`Timestamp`]s.
pub const SECOND: Timestamp = 1_000;
/// One minute in [`Timestamp`]s.
pub const MINUTE: Timestamp = 60 * SECOND;
/// One hour in [`Timestamp`]s.
pub const HOUR: Timestamp = 60 * MINUTE;
/// One day in [`Timestamp`]s.
pub const DAY: Timestamp = 24 * HOUR;

/// The longest that a worker sleeps without looking for work.
const LONGEST: Duration = Duration::from_secs(30);

/// How long a worker waits when the database cannot be read.
pub(crate) const PAUSE: Duration = Duration::from_secs(1);

/// The first wait before something is written again.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// How long a worker that found nothing to do may wait: until the next of its work is due.
pub(crate) async fn until_due(store: &dyn Store, clock: &dyn Clock, work: Work) -> Duration {
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
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Err: the sender is gone, which is a stop too.
    let _ = stop.wait_for(|&stop| stop).await;
}
