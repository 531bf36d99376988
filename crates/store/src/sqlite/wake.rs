//! Wakes the tasks that wait for work, none of them missing a commit.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task;

use crate::Work;

/// Tasks whose last look is remembered; past that all are forgotten and look once too often.
const TASKS: usize = 64;

/// Of which kinds of work some may have become due.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Due {
    pub(super) jobs: bool,
    pub(super) mails: bool,
}

impl Due {
    pub(super) const JOBS: Self = Self {
        jobs: true,
        mails: false,
    };
    pub(super) const ANY: Self = Self {
        jobs: true,
        mails: true,
    };

    pub(super) fn absorb(&mut self, other: Self) {
        self.jobs |= other.jobs;
        self.mails |= other.mails;
    }
}

/// A bell for each kind of work.
#[derive(Debug, Default)]
pub(super) struct Wake {
    jobs: Bell,
    mails: Bell,
}

impl Wake {
    /// There may be work of these kinds.
    pub(super) fn due(&self, due: Due) {
        if due.jobs {
            self.jobs.ring();
        }
        if due.mails {
            self.mails.ring();
        }
    }

    /// Waits for a commit that made such work since this task's last wait for it ended, at most for
    /// `limit`.
    pub(super) async fn wait(&self, work: Work, limit: Duration) {
        match work {
            Work::Jobs => self.jobs.wait(limit).await,
            Work::Mails => self.mails.wait(limit).await,
        }
    }
}

/// Counts the commits that made work, and which of them each waiting task knows.
#[derive(Debug)]
struct Bell {
    commits: watch::Sender<u64>,
    known: Mutex<HashMap<Option<task::Id>, u64>>,
}

impl Default for Bell {
    fn default() -> Self {
        Self {
            commits: watch::Sender::new(0),
            known: Mutex::default(),
        }
    }
}

impl Bell {
    fn ring(&self) {
        self.commits.send_modify(|count| *count += 1);
    }

    async fn wait(&self, limit: Duration) {
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
