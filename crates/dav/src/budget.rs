//! How much work one request may cause: one budget for its reading, its filters and its recurrences.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::runtime::{Handle, RuntimeFlavor};

use crate::Limits;

/// Octets that are read for a step.
const OCTETS: usize = 128;

/// A filter costs half a step at least.
const LEAST: usize = 8;

/// One that shares a budget takes no more than this part of what is left.
const PARTS: u64 = 8;

/// The steps that a request has left: of recurrence, see [`calendar::RecurrenceLimits::steps`], and of
/// reading.
#[derive(Debug)]
pub(crate) struct Budget {
    left: AtomicU64,
}

impl Budget {
    /// That of a new request.
    pub(crate) fn of(limits: &Limits) -> Self {
        Self {
            left: AtomicU64::new(limits.steps),
        }
    }

    /// What one of several may take that share a budget.
    pub(crate) fn part(&self) -> Self {
        Self {
            left: AtomicU64::new(self.left().min(1 + self.left() / PARTS)),
        }
    }

    pub(crate) fn take(&self, steps: u64) {
        let rest = self.left().saturating_sub(steps);
        self.left.store(rest, Ordering::Relaxed);
    }

    /// Takes what it costs to read so many octets.
    pub(crate) fn take_reading(&self, octets: usize) {
        self.take((1 + octets / OCTETS) as u64);
    }

    /// Takes what it costs to test so many octets against so many filters, each of which looks at all
    /// properties.
    pub(crate) fn take_filtering(&self, octets: usize, filters: usize) {
        let each = LEAST + octets / (OCTETS / 2);
        self.take((filters.saturating_mul(each) / (2 * LEAST)) as u64);
    }

    pub(crate) fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    /// Whether nothing that was found with it counts any more: some of it may not have been looked at.
    pub(crate) fn is_used_up(&self) -> bool {
        self.left() == 0
    }
}

/// Does work that may take long, so that the other requests of this thread go on elsewhere meanwhile.
pub(crate) fn aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    /// With one thread for all tasks, the second is done only if the first does not hold it.
    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn other_tasks_go_on_while_work_is_done_aside() {
        let (sender, receiver) = mpsc::channel();
        let patience = Duration::from_secs(60);
        let waiting = tokio::spawn(async move { aside(move || receiver.recv_timeout(patience)) });
        tokio::spawn(async move { sender.send("done") });
        assert_eq!(waiting.await.unwrap(), Ok("done"));
    }

    #[test]
    fn several_share_a_budget() {
        let budget = Budget::of(&Limits {
            steps: 80,
            ..Limits::default()
        });
        assert_eq!(budget.part().left(), 11);
        budget.take(79);
        assert_eq!(budget.part().left(), 1);
        budget.take(1);
        assert!(budget.part().is_used_up());
    }

    #[test]
    fn reading_and_filtering_cost_by_their_size() {
        let budget = Budget::of(&Limits {
            steps: 20,
            ..Limits::default()
        });
        budget.take_reading(OCTETS - 1);
        assert_eq!(budget.left(), 19);
        budget.take_reading(2 * OCTETS);
        assert_eq!(budget.left(), 16);
        budget.take_filtering(OCTETS, 4);
        assert_eq!(budget.left(), 14);
        budget.take(13);
        assert!(!budget.is_used_up());
        budget.take(2);
        assert!(budget.is_used_up());
    }
}
