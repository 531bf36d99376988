//! What is remembered of jobs and mails that are done, so that they are not done again.

use rusqlite::{Connection, params};

use super::decision;
use super::statement::{execute, first};
use crate::{AccountId, DecisionId, JobKey, MailKey, Result, Timestamp};

/// How long a key is remembered: 30 days. An MTA tries a mail again for five.
const REMEMBERED: Timestamp = 30 * 24 * 60 * 60 * 1000;

/// Which keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Job = 0,
    Mail = 1,
}

/// A job that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Done {
    /// The decision that it came to, if it was recorded.
    pub(super) decision: Option<DecisionId>,
}

/// Whether a job that is not in the queue is done, and how.
pub(super) fn job(connection: &Connection, job: &JobKey) -> Result<Option<Done>> {
    if let Some(id) = decision::of_job(connection, job.account, &job.id)? {
        return Ok(Some(Done { decision: Some(id) }));
    }
    let marked = is_marked(connection, Kind::Job, job.account, &job.id)?;
    Ok(marked.then_some(Done { decision: None }))
}

pub(super) fn mail(connection: &Connection, mail: &MailKey) -> Result<bool> {
    is_marked(connection, Kind::Mail, mail.account, &mail.id)
}

fn is_marked(connection: &Connection, kind: Kind, account: AccountId, id: &str) -> Result<bool> {
    let statement = "SELECT 1 FROM done WHERE account = ?1 AND kind = ?2 AND id = ?3";
    let found = first(
        connection,
        statement,
        params![account, kind as i64, id],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

pub(super) fn mark(
    connection: &Connection,
    kind: Kind,
    account: AccountId,
    id: &str,
    at: Timestamp,
) -> Result<()> {
    execute(
        connection,
        "INSERT OR IGNORE INTO done (account, kind, id, at) VALUES (?1, ?2, ?3, ?4)",
        params![account, kind as i64, id, at],
    )?;
    Ok(())
}

/// Forgets what was done long ago.
pub(super) fn prune(connection: &Connection, now: Timestamp) -> Result<()> {
    let before = now.saturating_sub(REMEMBERED);
    execute(connection, "DELETE FROM done WHERE at < ?1", [before])?;
    Ok(())
}
