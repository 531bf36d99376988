//! Counters since the store was opened.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Statistics;

/// What [`Statistics`] is read from.
#[derive(Debug, Default)]
pub(super) struct Counters {
    commits: AtomicU64,
    writes: AtomicU64,
    jobs_held: AtomicU64,
    commits_with_jobs: AtomicU64,
    jobs_ended: AtomicU64,
    commits_with_ends: AtomicU64,
}

impl Counters {
    /// Counts what was written in a transaction.
    pub(super) fn wrote(&self, writes: u64, jobs_held: u64) {
        self.writes.fetch_add(writes, Ordering::Relaxed);
        self.jobs_held.fetch_add(jobs_held, Ordering::Relaxed);
    }

    /// Counts a transaction that was made durable.
    pub(super) fn committed(&self, jobs_held: u64) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.commits_with_jobs
            .fetch_add(u64::from(jobs_held > 0), Ordering::Relaxed);
    }

    /// Counts the jobs that a transaction ended.
    pub(super) fn ended(&self, jobs: u64) {
        self.jobs_ended.fetch_add(jobs, Ordering::Relaxed);
        self.commits_with_ends
            .fetch_add(u64::from(jobs > 0), Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Statistics {
        Statistics {
            commits: self.commits.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
            jobs_held: self.jobs_held.load(Ordering::Relaxed),
            commits_with_jobs: self.commits_with_jobs.load(Ordering::Relaxed),
            jobs_ended: self.jobs_ended.load(Ordering::Relaxed),
            commits_with_ends: self.commits_with_ends.load(Ordering::Relaxed),
        }
    }
}
