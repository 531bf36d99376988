//! Jobs go from the journal into the database, where other processes see them.

use rusqlite::{Connection, params};

use super::journal::{Index, Spill, Standing, Which};
use super::operation::Effects;
use super::statement::{execute, one};
use super::taken::Freed;
use super::{account, done, job};
use crate::{JobKey, NewJob, Result};

/// Writes the jobs that the index has, and lets it forget them once that is committed.
pub(super) fn run(
    connection: &Connection,
    effects: &mut Effects,
    index: &Index,
    which: &Which,
) -> Result<()> {
    for spill in index.spill(which) {
        write(connection, &spill)?;
        effects.freed.push(Freed::Spilled(spill.key, spill.version));
        // Who looks for work at this moment may find it in neither place.
        effects.due.jobs = true;
    }
    Ok(())
}

/// Writes one job, unless it is done or there; adds the holds that are not there.
pub(super) fn write(connection: &Connection, spill: &Spill) -> Result<()> {
    let key = &spill.key;
    if account::by_id(connection, key.account)?.is_none() || is_done(connection, key)? {
        return Ok(());
    }
    let mut is_there = job::is_queued(connection, key)?;
    for (hold, is_released) in &spill.holds {
        if !is_there {
            let job = NewJob {
                content: spill.content.clone(),
                ..hold.clone()
            };
            job::insert(connection, &job)?;
            is_there = true;
        }
        job::add_hold(connection, hold)?;
        if *is_released {
            release(connection, hold)?;
        }
    }
    Ok(())
}

/// What is in the queue is not done, whatever was recorded.
pub(super) fn is_done(connection: &Connection, key: &JobKey) -> Result<bool> {
    Ok(!job::is_queued(connection, key)? && done::job(connection, key)?.is_some())
}

fn release(connection: &Connection, hold: &NewJob) -> Result<()> {
    execute(
        connection,
        "UPDATE job_holds SET released = 1 WHERE account = ?1 AND job = ?2
         AND node = ?3 AND process = ?4 AND delivery = ?5",
        params![
            hold.key.account,
            hold.key.id,
            hold.holder.node,
            hold.holder.process,
            hold.holder.delivery.cast_signed()
        ],
    )?;
    job::make_ready(connection, &hold.key)
}

/// What the database knows of a job that is to be held.
pub(super) fn standing(connection: &Connection, key: &JobKey) -> Result<Standing> {
    let (has_account, is_queued, is_done) = one(
        connection,
        "SELECT EXISTS (SELECT 1 FROM accounts WHERE id = ?1),
            EXISTS (SELECT 1 FROM jobs WHERE account = ?1 AND id = ?2),
            EXISTS (SELECT 1 FROM decisions WHERE account = ?1 AND job = ?2)
            OR EXISTS (SELECT 1 FROM done WHERE account = ?1 AND kind = 0 AND id = ?2)",
        params![key.account, key.id],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    Ok(match (has_account, is_queued, is_done) {
        (true, false, true) => Standing::Done,
        (true, false, false) => Standing::New,
        _ => Standing::Elsewhere,
    })
}
