//! Recorded decisions, and what is counted from them.

use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};

use super::address::folded;
use super::clock;
use super::statement::{all, count, execute, first, one};
use crate::{
    AccountId, Decision, DecisionId, Error, JobKey, NewDecision, Result, Revision, Timestamp,
};

const COLUMNS: &str = "id, job, method, uid, summary, message_id, outcome, reason, notes, sender,
    authentication, calendar, name, received, decided, before,
    ifnull(after, (SELECT text FROM changes WHERE changes.account = decisions.account
                   AND revision = after_revision)), suggestion, date, through_list, delivered_to";

/// The reason of a job that was dropped.
const DROPPED: &str = "dropped";

/// Records a decision, unless its job has one; returns the number of the one that stands. Its text
/// `after` is not stored again when a change of that revision has it.
pub(super) fn record(
    connection: &Connection,
    account: AccountId,
    decision: &NewDecision,
    after: Option<Revision>,
) -> Result<DecisionId> {
    match of_job(connection, account, &decision.job)? {
        Some(id) => Ok(id),
        None => add(connection, account, decision, after),
    }
}

/// As [`record`], in place of what was recorded of its job.
pub(super) fn replace(
    connection: &Connection,
    account: AccountId,
    decision: &NewDecision,
    after: Option<Revision>,
) -> Result<DecisionId> {
    let statement = "DELETE FROM decisions WHERE account = ?1 AND job = ?2";
    execute(connection, statement, params![account, decision.job])?;
    add(connection, account, decision, after)
}

/// Records that a job was dropped, with what was recorded of its message before.
pub(super) fn record_drop(
    connection: &Connection,
    job: &JobKey,
    received: Timestamp,
) -> Result<DecisionId> {
    let before = match of_job(connection, job.account, &job.id)? {
        Some(id) => by_id(connection, job.account, id)?,
        None => None,
    };
    let bare = NewDecision {
        job: job.id.clone(),
        received,
        ..NewDecision::default()
    };
    let record = NewDecision {
        outcome: "error".to_owned(),
        reason: DROPPED.to_owned(),
        decided: clock::now(),
        ..before.map_or(bare, |decision| decision.record)
    };
    replace(connection, job.account, &record, None)
}

/// Whether that decision is that the job was dropped.
pub(super) fn is_drop(connection: &Connection, account: AccountId, id: DecisionId) -> Result<bool> {
    let decision = by_id(connection, account, id)?;
    Ok(decision.is_some_and(|decision| decision.record.reason == DROPPED))
}

fn add(
    connection: &Connection,
    account: AccountId,
    decision: &NewDecision,
    after: Option<Revision>,
) -> Result<DecisionId> {
    let id = one(
        connection,
        "UPDATE accounts SET decision = decision + 1 WHERE id = ?1 RETURNING decision",
        [account],
        |row| row.get(0),
    )?;
    insert(connection, account, id, decision, after)?;
    Ok(id)
}

fn insert(
    connection: &Connection,
    account: AccountId,
    id: DecisionId,
    decision: &NewDecision,
    after: Option<Revision>,
) -> Result<()> {
    let text = decision.after.as_ref().filter(|_| after.is_none());
    let notes = serde_json::to_string(&decision.notes)
        .map_err(|error| Error::Unusable(format!("notes cannot be written: {error}")))?;
    execute(
        connection,
        "INSERT INTO decisions (account, id, job, method, uid, summary, message_id, outcome,
             reason, notes, sender, sender_folded, authentication, calendar, name, received,
             decided, before, after, after_revision, suggestion, date, through_list, delivered_to)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
             ?19, ?20, ?21, ?22, ?23, ?24)",
        params![
            account,
            id,
            decision.job,
            decision.method,
            decision.uid,
            decision.summary,
            decision.message_id,
            decision.outcome,
            decision.reason,
            notes,
            decision.sender,
            folded(&decision.sender),
            decision.authentication,
            decision.calendar,
            decision.name,
            decision.received,
            decision.decided,
            decision.before,
            text,
            after,
            decision.suggestion,
            decision.date,
            decision.through_list,
            decision.delivered_to,
        ],
    )?;
    Ok(())
}

/// The decision that the message of this job came to.
pub(super) fn of_job(
    connection: &Connection,
    account: AccountId,
    job: &str,
) -> Result<Option<DecisionId>> {
    let statement = "SELECT id FROM decisions WHERE account = ?1 AND job = ?2";
    first(connection, statement, params![account, job], |row| {
        row.get(0)
    })
}

/// Reads no texts: they are behind these columns.
pub(super) fn invitation(
    connection: &Connection,
    account: AccountId,
    uid: &str,
) -> Result<Option<String>> {
    first(
        connection,
        "SELECT message_id FROM
           (SELECT id, method, uid, message_id FROM decisions WHERE account = ?1
            ORDER BY id DESC LIMIT 500)
         WHERE uid = ?2 AND method = 'REQUEST' AND message_id <> '' ORDER BY id DESC LIMIT 1",
        params![account, uid],
        |row| row.get(0),
    )
}

pub(super) fn list(
    connection: &Connection,
    account: AccountId,
    limit: u32,
) -> Result<Vec<Decision>> {
    let statement =
        format!("SELECT {COLUMNS} FROM decisions WHERE account = ?1 ORDER BY id DESC LIMIT ?2");
    all(connection, &statement, params![account, limit], read)
}

pub(super) fn by_id(
    connection: &Connection,
    account: AccountId,
    id: DecisionId,
) -> Result<Option<Decision>> {
    let statement = format!("SELECT {COLUMNS} FROM decisions WHERE account = ?1 AND id = ?2");
    first(connection, &statement, params![account, id], read)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Decision> {
    let notes: String = row.get(8)?;
    let notes = serde_json::from_str(&notes).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(8, Type::Text, Box::new(error))
    })?;
    Ok(Decision {
        id: row.get(0)?,
        record: NewDecision {
            job: row.get(1)?,
            method: row.get(2)?,
            uid: row.get(3)?,
            summary: row.get(4)?,
            message_id: row.get(5)?,
            outcome: row.get(6)?,
            reason: row.get(7)?,
            notes,
            sender: row.get(9)?,
            authentication: row.get(10)?,
            calendar: row.get(11)?,
            name: row.get(12)?,
            received: row.get(13)?,
            decided: row.get(14)?,
            before: row.get(15)?,
            after: row.get(16)?,
            suggestion: row.get(17)?,
            date: row.get(18)?,
            through_list: row.get(19)?,
            delivered_to: row.get(20)?,
        },
    })
}

pub(super) fn added_since(
    connection: &Connection,
    account: AccountId,
    sender: &str,
    since: Timestamp,
) -> Result<u64> {
    // The last condition is the index's: the note is [`crate::BY_HAND`].
    count(
        connection,
        "SELECT count(*) FROM decisions
         WHERE account = ?1 AND sender_folded = ?2 AND decided >= ?3 AND outcome = 'added'
           AND instr(notes, '\"by-hand\"') = 0",
        params![account, folded(sender), since],
    )
}
