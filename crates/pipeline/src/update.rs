//! The update daemon: takes ready jobs, one at a time per account, and applies each to the calendar.

pub mod apply;
pub(crate) mod change;
pub mod decide;
pub mod failure;
pub(crate) mod policy;

use std::sync::Arc;

use async_trait::async_trait;
use store::{Job, Store, Timestamp, Work};
use tokio::sync::watch;

use crate::clock::{Clock, HOUR, MINUTE, SECOND};
use crate::guard::caught;
use crate::site::Site;
use crate::worker::{self, Worker};
use apply::{Applied, Failure};

/// How many jobs, each of another account, are applied at once.
const AT_ONCE: usize = 32;

/// The waits between tries; after the last one the job is parked.
const WAITS: [Timestamp; 7] = [
    SECOND,
    5 * SECOND,
    30 * SECOND,
    2 * MINUTE,
    10 * MINUTE,
    HOUR,
    4 * HOUR,
];

/// Applies ready jobs.
pub struct Update {
    /// Where jobs and calendars are.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The site's settings.
    pub site: Arc<Site>,
    /// Is told whenever a job has left the worker's hands, and closed when the worker has ended.
    pub ended: watch::Sender<()>,
}

impl Update {
    /// Applies what is due until `stop` says so; finishes what is under way.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        worker::run(self, stop).await;
    }
}

#[async_trait]
impl Worker for Update {
    type Piece = Job;
    const WORK: Work = Work::Jobs;
    const AT_ONCE: usize = AT_ONCE;

    fn store(&self) -> &dyn Store {
        &*self.store
    }

    fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    async fn take(&self, limit: usize) -> store::Result<Vec<Job>> {
        self.store.jobs_take(self.clock.now(), limit).await
    }

    /// Brings one job to its end: applied, to be tried again, or parked.
    async fn work(self: Arc<Self>, job: Job, mut stop: watch::Receiver<bool>) {
        fail::fail_point!("update::taken");
        if let Err(error) = self.end(&job, &mut stop).await {
            tracing::error!(%error, job.id = job.key.id, "what became of a job could not be written; it is taken again after a restart");
        }
        self.ended.send_replace(());
    }
}

impl Update {
    /// Applies a job, or writes why that failed.
    async fn end(&self, job: &Job, stop: &mut watch::Receiver<bool>) -> store::Result<()> {
        let applied = self.apply(job).await;
        fail::fail_point!("update::applied");
        match applied {
            Ok(Some(applied)) => {
                self.log(job, &applied);
                Ok(())
            }
            Ok(None) => self.leave(job, stop).await,
            Err(Failure::Never(error)) => self.park(job, &error, stop).await,
            Err(Failure::Later(error)) => match WAITS.get(job.attempts as usize) {
                Some(wait) => self.retry(job, *wait, &error, stop).await,
                None => self.park(job, &error, stop).await,
            },
        }
    }

    /// Applies a job; a panic in there ends this job alone.
    async fn apply(&self, job: &Job) -> Result<Option<Applied>, Failure> {
        let applying = apply::apply(&*self.store, &*self.clock, &self.site, job);
        caught(applying).await.unwrap_or_else(|| {
            let error = "the rules failed on this message";
            Err(Failure::Never(error.to_owned()))
        })
    }

    async fn retry(
        &self,
        job: &Job,
        wait: Timestamp,
        error: &str,
        stop: &mut watch::Receiver<bool>,
    ) -> store::Result<()> {
        tracing::warn!(job.id = job.key.id, %error, "a job failed and is tried again");
        let at = self.clock.now() + wait;
        worker::until_written(stop, || self.store.job_retry(&job.key, at, error)).await
    }

    async fn park(
        &self,
        job: &Job,
        error: &str,
        stop: &mut watch::Receiver<bool>,
    ) -> store::Result<()> {
        tracing::error!(job.id = job.key.id, %error, "a job is parked; see `invited queue list`");
        let record = failure::record(job, &self.site, self.clock.now());
        worker::until_written(stop, || {
            self.store.job_park(&job.key, error, Some(record.clone()))
        })
        .await
    }

    /// Gives back a job that was dropped, or whose account was removed; nothing is written of it.
    async fn leave(&self, job: &Job, stop: &mut watch::Receiver<bool>) -> store::Result<()> {
        tracing::info!(
            job.id = job.key.id,
            "a job was dropped, or its account removed, before it was applied"
        );
        worker::until_written(stop, || self.store.job_park(&job.key, "", None)).await
    }

    fn log(&self, job: &Job, applied: &Applied) {
        tracing::info!(
            target: "mail",
            {
                mail.uid = applied.uid,
                mail.outcome = applied.outcome,
                mail.reason = applied.reason,
                job.attempts = job.attempts + 1,
                job.milliseconds = self.clock.now() - job.received,
            },
            "{} {} of {}: {} ({})", applied.method, applied.uid, applied.sender, applied.outcome, applied.reason
        );
    }
}
