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

/// Waits until `stop` says so, or nobody is left who could.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Err: the sender is gone, which is a stop too.
    let _ = stop.wait_for(|&stop| stop).await;
}
