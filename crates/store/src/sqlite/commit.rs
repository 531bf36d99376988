//! A commit, written whole or not at all.

use std::sync::Arc;

use rusqlite::Connection;

use super::journal::Index;
use super::operation::{Durability, Effects};
use super::span::Span;
use super::taken::{Freed, Taken};
use super::writing::Writing;
use super::{decision, done, held, job, mail};
use crate::{Commit, Committed, Error, JobKey, Result, Timestamp};

/// What a commit waits for: one that only ends a job can be made again from the job.
pub(super) fn durability(commit: &Commit) -> Durability {
    if commit.job.is_some() && commit.mails.is_empty() && commit.withdraw.is_empty() {
        Durability::Lagging
    } else {
        Durability::Synced
    }
}

pub(super) fn commit(
    connection: &Connection,
    effects: &mut Effects,
    (taken, index): (&Arc<Taken>, &Index),
    commit: Commit,
    spans: &[Span],
) -> Result<Committed> {
    if let Some(key) = &commit.job {
        effects.freed.push(Freed::Job(key.clone()));
        effects.due.jobs = true;
        if !index.contains(key) && !job::is_queued(connection, key)? {
            return earlier(connection, key);
        }
    }
    let mut writing = match Writing::begin(connection, &commit) {
        // The journal has jobs whose account another process removed.
        Err(Error::NotFound(_)) if commit.job.is_some() => return Err(Error::Dropped),
        begun => begun?,
    };
    if let Some(expect) = &commit.expect {
        writing.hold(&commit.uid, expect)?;
    }
    for also in &commit.also {
        writing.hold(&also.uid, &also.expect)?;
    }
    let (decision, written) = writing.apply(&commit, spans)?;
    post(connection, effects, taken, &commit, writing.at)?;
    if let Some(key) = &commit.job {
        writing.end(key, commit.decision.as_ref())?;
        effects.jobs_ended += 1;
    }
    Ok(Committed {
        revision: writing.finish()?,
        decision,
        written,
    })
}

/// Takes mails back and writes others; past the limit invitations wait for their owner's word.
fn post(
    connection: &Connection,
    effects: &mut Effects,
    taken: &Arc<Taken>,
    commit: &Commit,
    at: Timestamp,
) -> Result<()> {
    let account = commit.account;
    let guard = commit.guard.filter(|_| !commit.mails.is_empty());
    let waits = guard.is_some() && held::waits(connection, account)?;
    if !commit.withdraw.is_empty() {
        let claim = held::withdraw(connection, taken, account, &commit.withdraw)?;
        effects.withdrawn.push(claim);
    }
    if !commit.mails.is_empty() {
        mail::add(connection, effects, &commit.mails, at)?;
    }
    match guard {
        Some(_) if waits => held::join(connection, account, &commit.mails),
        Some(guard) => held::guard(connection, account, guard),
        None => Ok(()),
    }
}

/// What the commit did that ended the job before.
fn earlier(connection: &Connection, key: &JobKey) -> Result<Committed> {
    let Some(done) = done::job(connection, key)? else {
        return Err(Error::Dropped);
    };
    if let Some(id) = done.decision
        && decision::is_drop(connection, key.account, id)?
    {
        return Err(Error::Dropped);
    }
    Ok(Committed {
        decision: done.decision,
        ..Committed::default()
    })
}
