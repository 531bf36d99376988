//! Wakes the tasks that wait for work, none of them missing a commit.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task;

/// Tasks whose last look is remembered; past that all are forgotten and look once too often.
const TASKS: usize = 64;

/// Counts the commits that made work, and which of them each waiting task knows.
#[derive(Debug)]
pub(super) struct Wake {
    commits: watch::Sender<u64>,
    known: Mutex<HashMap<Option<task::Id>, u64>>,
}

impl Default for Wake {
    fn default() -> Self {
        Self {
            commits: watch::Sender::new(0),
            known: Mutex::default(),
        }
    }
}

impl Wake {
    /// There may be work.
    pub(super) fn work(&self) {
        self.commits.send_modify(|count| *count += 1);
    }

    /// Waits for a commit since this task's last wait ended, at most for `limit`.
    pub(super) async fn wait(&self, limit: Duration) {
        let mut commits = self.commits.subscribe();
        let known = self.known();
        // Err: the limit has passed. The sender lives as long as `self`.
        let _ = tokio::time::timeout(limit, commits.wait_for(|&count| count != known)).await;
        let count = *commits.borrow_and_update();
        self.remember(count);
    }

    fn known(&self) -> u64 {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&task::try_id()).copied().unwrap_or_default()
    }

    fn remember(&self, count: u64) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= TASKS {
            known.clear();
        }
        known.insert(task::try_id(), count);
    }
}
