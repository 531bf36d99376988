//! Jobs: held by deliveries, ready, taken, given back (DESIGN.md, promise 2).

use std::sync::Arc;

use rusqlite::{Connection, params};

use super::journal::{Index, Which};
use super::operation::Effects;
use super::statement::{all, execute, first, one};
use super::taken::{Claim, Freed, InHand, Released, Taken};
use super::{clock, decision, done, early, spill};
use crate::{
    AccountId, Holder, Holding, Job, JobKey, NewDecision, NewJob, QueueState, Result, Timestamp,
};

pub(super) fn hold(
    connection: &Connection,
    effects: &mut Effects,
    jobs: &[NewJob],
) -> Result<Vec<Holding>> {
    let held = jobs
        .iter()
        .map(|job| hold_one(connection, job))
        .collect::<Result<Vec<_>>>()?;
    let count = held
        .iter()
        .filter(|&&holding| holding != Holding::Done)
        .count();
    effects.jobs_held += count as u64;
    Ok(held)
}

fn hold_one(connection: &Connection, job: &NewJob) -> Result<Holding> {
    if is_queued(connection, &job.key)? {
        add_hold(connection, job)?;
        return Ok(Holding::Joined);
    }
    if done::job(connection, &job.key)?.is_some() {
        return Ok(Holding::Done);
    }
    insert(connection, job)?;
    add_hold(connection, job)?;
    Ok(Holding::New)
}

/// Whether the job is in the queue: then it is not done, whatever was recorded.
pub(super) fn is_queued(connection: &Connection, key: &JobKey) -> Result<bool> {
    let statement = "SELECT 1 FROM jobs WHERE account = ?1 AND id = ?2";
    let found = first(connection, statement, params![key.account, key.id], |_| {
        Ok(())
    })?;
    Ok(found.is_some())
}

pub(super) fn insert(connection: &Connection, job: &NewJob) -> Result<()> {
    execute(
        connection,
        "INSERT INTO jobs (account, id, state, due, received) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            job.key.account,
            job.key.id,
            QueueState::Held,
            job.lease,
            job.received
        ],
    )?;
    execute(
        connection,
        "INSERT INTO job_contents (account, job, content) VALUES (?1, ?2, ?3)",
        params![job.key.account, job.key.id, job.content],
    )?;
    Ok(())
}

/// Adds this delivery, unless it holds the job for the same effects already.
pub(super) fn add_hold(connection: &Connection, job: &NewJob) -> Result<()> {
    execute(
        connection,
        "INSERT INTO job_holds (account, job, number, node, process, delivery, lease, detail)
         SELECT ?1, ?2, (SELECT ifnull(max(number), 0) + 1 FROM job_holds
                         WHERE account = ?1 AND job = ?2), ?3, ?4, ?5, ?6, ?7
         WHERE NOT EXISTS (SELECT 1 FROM job_holds WHERE account = ?1 AND job = ?2 AND node = ?3
                           AND process = ?4 AND delivery = ?5 AND detail = ?7)",
        params![
            job.key.account,
            job.key.id,
            job.holder.node,
            job.holder.process,
            job.holder.delivery.cast_signed(),
            job.lease,
            job.detail
        ],
    )?;
    Ok(())
}

/// What a release will make ready: the jobs that are held, by these holders among others.
pub(super) fn to_release(
    connection: &Connection,
    jobs: &[(JobKey, Holder)],
) -> Result<Vec<Released>> {
    let mut ready = Vec::with_capacity(jobs.len());
    for (key, holder) in jobs {
        let received = first(
            connection,
            "SELECT received FROM jobs WHERE account = ?1 AND id = ?2 AND state = 0 AND EXISTS
             (SELECT 1 FROM job_holds WHERE account = ?1 AND job = ?2
              AND node = ?3 AND process = ?4 AND delivery = ?5 AND released = 0)",
            params![
                key.account,
                key.id,
                holder.node,
                holder.process,
                holder.delivery.cast_signed()
            ],
            |row| row.get(0),
        )?;
        ready.extend(received.map(|due| Released {
            account: key.account,
            due,
            id: key.id.clone(),
        }));
    }
    Ok(ready)
}

pub(super) fn release(
    connection: &Connection,
    effects: &mut Effects,
    jobs: &[(JobKey, Holder)],
) -> Result<()> {
    for (key, holder) in jobs {
        let released = execute(
            connection,
            "UPDATE job_holds SET released = 1 WHERE account = ?1 AND job = ?2
             AND node = ?3 AND process = ?4 AND delivery = ?5 AND released = 0",
            params![
                key.account,
                key.id,
                holder.node,
                holder.process,
                holder.delivery.cast_signed()
            ],
        )?;
        if released > 0 {
            make_ready(connection, key)?;
            effects.due.jobs = true;
        }
    }
    Ok(())
}

pub(super) fn make_ready(connection: &Connection, key: &JobKey) -> Result<()> {
    execute(
        connection,
        "UPDATE jobs SET state = ?3, due = received WHERE account = ?1 AND id = ?2 AND state = ?4",
        params![key.account, key.id, QueueState::Ready, QueueState::Held],
    )?;
    Ok(())
}

pub(super) fn refuse(connection: &Connection, jobs: &[(JobKey, Holder)]) -> Result<()> {
    for (key, holder) in jobs {
        execute(
            connection,
            "DELETE FROM job_holds WHERE account = ?1 AND job = ?2
             AND node = ?3 AND process = ?4 AND delivery = ?5 AND released = 0",
            params![
                key.account,
                key.id,
                holder.node,
                holder.process,
                holder.delivery.cast_signed()
            ],
        )?;
        execute(
            connection,
            "DELETE FROM jobs WHERE account = ?1 AND id = ?2 AND state = ?3 AND NOT EXISTS
             (SELECT 1 FROM job_holds WHERE account = ?1 AND job = ?2)",
            params![key.account, key.id, QueueState::Held],
        )?;
    }
    Ok(())
}

pub(super) fn sweep(
    connection: &Connection,
    effects: &mut Effects,
    node: &str,
    process: &str,
    now: Timestamp,
) -> Result<u64> {
    let expired: Vec<JobKey> = all(
        connection,
        "UPDATE job_holds SET released = 1
         WHERE released = 0 AND ((node = ?1 AND process <> ?2) OR lease <= ?3)
         RETURNING account, job",
        params![node, process, now],
        |row| {
            Ok(JobKey {
                account: row.get(0)?,
                id: row.get(1)?,
            })
        },
    )?;
    for key in &expired {
        make_ready(connection, key)?;
    }
    effects.due.jobs |= !expired.is_empty();
    done::prune(connection, now)?;
    early::prune(connection, now)?;
    Ok(expired.len() as u64)
}

pub(super) fn take(
    connection: &Connection,
    (taken, index): (&Arc<Taken>, &Index),
    now: Timestamp,
    limit: usize,
) -> Result<Claim<Job>> {
    // Declared first: should this fail, the lock is gone before the claim gives back.
    let mut claim = Claim::new(taken);
    let mut in_hand = taken.lock();
    for key in next(connection, (&mut in_hand, index), now, limit)? {
        let job = match index.job(&key) {
            Some(job) => job,
            None => read(connection, key.clone())?,
        };
        in_hand.turn = key.account;
        in_hand.jobs.insert(key.account, key.id.clone());
        claim.add(Freed::Job(key), job);
    }
    in_hand.jobs_at = now;
    Ok(claim)
}

/// The next jobs of one round over the accounts, which begins behind the account served last.
fn next(
    connection: &Connection,
    (in_hand, index): (&mut InHand, &Index),
    now: Timestamp,
    limit: usize,
) -> Result<Vec<JobKey>> {
    let turn = in_hand.turn;
    let mut keys = Vec::new();
    for (after, last) in [(turn, AccountId(i64::MAX)), (AccountId(i64::MIN), turn)] {
        let mut after = after;
        while keys.len() < limit
            && let Some(key) = oldest(connection, (in_hand, index), (after, last), now)?
        {
            after = key.account;
            if !in_hand.jobs.contains_key(&key.account) {
                keys.push(key);
            }
        }
    }
    Ok(keys)
}

/// The due job that comes first of the first account behind `after` that has one.
fn oldest(
    connection: &Connection,
    (in_hand, index): (&mut InHand, &Index),
    (after, last): (AccountId, AccountId),
    now: Timestamp,
) -> Result<Option<JobKey>> {
    let written = oldest_written(connection, after, last, now)?;
    let released = oldest_released(connection, (in_hand, index), (after, last), now)?;
    let first = written.into_iter().chain(released).min();
    Ok(first.map(|Released { account, id, .. }| JobKey { account, id }))
}

fn oldest_written(
    connection: &Connection,
    after: AccountId,
    last: AccountId,
    now: Timestamp,
) -> Result<Option<Released>> {
    first(
        connection,
        "SELECT account, due, id FROM jobs WHERE state = 1 AND account > ?1 AND account <= ?2
         AND due <= ?3 ORDER BY account, due, id LIMIT 1",
        params![after, last, now],
        |row| {
            Ok(Released {
                account: row.get(0)?,
                due: row.get(1)?,
                id: row.get(2)?,
            })
        },
    )
}

/// Forgets what it finds no longer held: that was released and applied, or dropped, meanwhile.
fn oldest_released(
    connection: &Connection,
    (in_hand, index): (&mut InHand, &Index),
    (after, last): (AccountId, AccountId),
    now: Timestamp,
) -> Result<Option<Released>> {
    while let Some(job) = in_hand.oldest_released(after, last, now) {
        let key = JobKey {
            account: job.account,
            id: job.id.clone(),
        };
        if index.contains(&key) {
            return Ok(Some(job));
        }
        let statement = "SELECT 1 FROM jobs WHERE account = ?1 AND id = ?2 AND state = 0";
        let held = first(connection, statement, params![job.account, job.id], |_| {
            Ok(())
        })?;
        if held.is_some() {
            return Ok(Some(job));
        }
        in_hand.released.remove(&job);
    }
    Ok(None)
}

fn read(connection: &Connection, key: JobKey) -> Result<Job> {
    let details = all(
        connection,
        "SELECT detail FROM job_holds WHERE account = ?1 AND job = ?2
         GROUP BY detail ORDER BY min(number)",
        params![key.account, key.id],
        |row| row.get(0),
    )?;
    let (content, attempts, received) = one(
        connection,
        "SELECT content, attempts, received FROM jobs
         JOIN job_contents ON job_contents.account = jobs.account AND job = id
         WHERE jobs.account = ?1 AND id = ?2",
        params![key.account, key.id],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    Ok(Job {
        key,
        details,
        content,
        attempts,
        received,
    })
}

pub(super) fn retry(
    connection: &Connection,
    effects: &mut Effects,
    index: &Index,
    (job, at): (JobKey, Timestamp),
    error: &str,
) -> Result<()> {
    spill::run(connection, effects, index, &Which::These(vec![job.clone()]))?;
    give_back(connection, &job, QueueState::Ready, at, error)?;
    effects.due.jobs = true;
    effects.freed.push(Freed::Job(job));
    Ok(())
}

pub(super) fn park(
    connection: &Connection,
    effects: &mut Effects,
    index: &Index,
    (job, error): (JobKey, &str),
    failure: Option<&NewDecision>,
) -> Result<()> {
    spill::run(connection, effects, index, &Which::These(vec![job.clone()]))?;
    let is_there = give_back(connection, &job, QueueState::Parked, clock::now(), error)?;
    if is_there && let Some(failure) = failure {
        decision::replace(connection, job.account, failure, None)?;
    }
    effects.due.jobs = true;
    effects.freed.push(Freed::Job(job));
    Ok(())
}

/// Whether it was still in the queue.
fn give_back(
    connection: &Connection,
    job: &JobKey,
    state: QueueState,
    due: Timestamp,
    error: &str,
) -> Result<bool> {
    let updated = execute(
        connection,
        "UPDATE jobs SET state = ?3, due = ?4, error = ?5, attempts = attempts + 1
         WHERE account = ?1 AND id = ?2",
        params![job.account, job.id, state, due, error],
    )?;
    Ok(updated > 0)
}
