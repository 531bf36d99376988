//! Jobs and mails as a person sees and moves them.

use rusqlite::{Connection, params};

use super::decision;
use super::journal::{Spill, Standing};
use super::operation::Effects;
use super::spill;
use super::statement::{all, execute, one};
use super::taken::{InHand, Taken};
use crate::{JobKey, MailKey, QueueEntry, QueueState, Result, Timestamp, Work};

/// All entries; `others` are jobs in the journal of another process.
pub(super) fn list(connection: &Connection, others: &[Spill]) -> Result<Vec<QueueEntry>> {
    let mut entries = written(connection)?;
    for job in others {
        let key = &job.key;
        if spill::standing(connection, key)? == Standing::New {
            entries.push(held(job));
        }
    }
    entries.sort_by(|a, b| (a.received, a.due, &a.id).cmp(&(b.received, b.due, &b.id)));
    Ok(entries)
}

fn held(job: &Spill) -> QueueEntry {
    let lease = job
        .holds
        .first()
        .map_or(job.received, |(hold, _)| hold.lease);
    QueueEntry {
        id: job.key.id.clone(),
        account: job.key.account,
        kind: "calendar".to_owned(),
        state: QueueState::Held,
        attempts: 0,
        due: lease,
        received: job.received,
        error: String::new(),
        recipient: String::new(),
    }
}

fn written(connection: &Connection) -> Result<Vec<QueueEntry>> {
    all(
        connection,
        "SELECT id, account, 'calendar', state, attempts, due, received, error, '' FROM jobs
         UNION ALL
         SELECT id, account, kind, state, attempts, due, received, error, recipient FROM mails",
        [],
        |row| {
            Ok(QueueEntry {
                id: row.get(0)?,
                account: row.get(1)?,
                kind: row.get(2)?,
                state: row.get(3)?,
                attempts: row.get(4)?,
                due: row.get(5)?,
                received: row.get(6)?,
                error: row.get(7)?,
                recipient: row.get(8)?,
            })
        },
    )
}

/// Jobs and mails with this id that neither a delivery nor this process works on.
struct Idle {
    jobs: Vec<JobKey>,
    mails: Vec<MailKey>,
}

impl Idle {
    fn find(connection: &Connection, in_hand: &InHand, id: &str) -> Result<Self> {
        let mut jobs: Vec<JobKey> = all(
            connection,
            "SELECT account FROM jobs WHERE id = ?1 AND state <> ?2",
            params![id, QueueState::Held],
            |row| {
                Ok(JobKey {
                    account: row.get(0)?,
                    id: id.to_owned(),
                })
            },
        )?;
        let mut mails: Vec<MailKey> = all(
            connection,
            "SELECT account FROM mails WHERE id = ?1",
            [id],
            |row| {
                Ok(MailKey {
                    account: row.get(0)?,
                    id: id.to_owned(),
                })
            },
        )?;
        jobs.retain(|key| in_hand.jobs.get(&key.account) != Some(&key.id));
        mails.retain(|key| !in_hand.mails.contains(key));
        Ok(Self { jobs, mails })
    }

    fn is_empty(&self) -> bool {
        self.jobs.is_empty() && self.mails.is_empty()
    }
}

/// Due since it came, which no clock can contradict.
pub(super) fn retry(
    connection: &Connection,
    effects: &mut Effects,
    taken: &Taken,
    id: &str,
) -> Result<bool> {
    let idle = Idle::find(connection, &taken.lock(), id)?;
    for key in &idle.jobs {
        execute(
            connection,
            "UPDATE jobs SET state = ?3, due = received WHERE account = ?1 AND id = ?2",
            params![key.account, key.id, QueueState::Ready],
        )?;
    }
    for key in &idle.mails {
        execute(
            connection,
            "UPDATE mails SET state = ?3, due = min(received, not_before)
             WHERE account = ?1 AND id = ?2",
            params![key.account, key.id, QueueState::Ready],
        )?;
    }
    effects.due.jobs |= !idle.jobs.is_empty();
    effects.due.mails |= !idle.mails.is_empty();
    Ok(!idle.is_empty())
}

pub(super) fn remove(
    connection: &Connection,
    effects: &mut Effects,
    taken: &Taken,
    id: &str,
) -> Result<bool> {
    let idle = Idle::find(connection, &taken.lock(), id)?;
    for key in &idle.jobs {
        let statement = "DELETE FROM jobs WHERE account = ?1 AND id = ?2 RETURNING received";
        let received = one(connection, statement, params![key.account, key.id], |row| {
            row.get(0)
        })?;
        decision::record_drop(connection, key, received)?;
    }
    for key in &idle.mails {
        let statement = "DELETE FROM mails WHERE account = ?1 AND id = ?2";
        execute(connection, statement, params![key.account, key.id])?;
    }
    // It may have kept others from their turn.
    effects.due.mails |= !idle.mails.is_empty();
    Ok(!idle.is_empty())
}

/// The earliest time at which a take would find more than the last one of its kind could.
pub(super) fn next_due(
    connection: &Connection,
    taken: &Taken,
    work: Work,
) -> Result<Option<Timestamp>> {
    let (after, released, statement) = {
        let in_hand = taken.lock();
        match work {
            Work::Jobs => (
                in_hand.jobs_at,
                in_hand.released_after(in_hand.jobs_at),
                "SELECT min(due) FROM jobs WHERE state = 1 AND due > ?1",
            ),
            Work::Mails => (
                in_hand.mails_at,
                None,
                "SELECT min(due) FROM mails WHERE state = 1 AND due > ?1",
            ),
        }
    };
    let written: Option<Timestamp> = one(connection, statement, [after], |row| row.get(0))?;
    Ok(written.into_iter().chain(released).min())
}
