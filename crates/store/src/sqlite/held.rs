//! Mails that wait for the hold: taken back by a commit, or kept for their owner's word (rules F2 and F8).

use std::sync::Arc;

use rusqlite::{Connection, params};

use super::operation::Effects;
use super::statement::{all, count, execute, first};
use super::taken::{Claim, Freed, Taken};
use crate::{
    AccountId, Error, Guard, HeldMail, Hold, MailKey, NewMail, QueueState, Result, Timestamp,
};

/// What of a UID waits later than `now`, or for its owner's word, and was never tried.
pub(super) fn of_uid(
    connection: &Connection,
    account: AccountId,
    uid: &str,
    now: Timestamp,
) -> Result<Vec<HeldMail>> {
    all(
        connection,
        "SELECT id, recipient, hold, not_before FROM mails
         WHERE account = ?1 AND uid = ?2 AND hold <> 0 AND attempts = 0
         AND (state = 1 AND due > ?3 OR state = ?4) ORDER BY id",
        params![account, uid, now, QueueState::Unconfirmed],
        |row| {
            Ok(HeldMail {
                id: row.get(0)?,
                recipient: row.get(1)?,
                hold: row.get(2)?,
                not_before: row.get(3)?,
            })
        },
    )
}

/// Takes mails back; refuses when one is being sent, was tried, or is gone.
pub(super) fn withdraw(
    connection: &Connection,
    taken: &Arc<Taken>,
    account: AccountId,
    ids: &[String],
) -> Result<Claim<()>> {
    let claim = claim(taken, account, ids)?;
    for id in ids {
        let statement = "DELETE FROM mails WHERE account = ?1 AND id = ?2 AND hold <> 0
                         AND attempts = 0 AND state IN (1, 3)";
        if execute(connection, statement, params![account, id])? == 0 {
            return Err(Error::Conflict);
        }
    }
    Ok(claim)
}

/// Keeps the mails from being taken: a taker may read the database as it was before the commit.
fn claim(taken: &Arc<Taken>, account: AccountId, ids: &[String]) -> Result<Claim<()>> {
    // Declared first: should it fail, the lock is gone before the claim gives back.
    let mut claim = Claim::new(taken);
    let mut in_hand = taken.lock();
    for id in ids {
        let id = id.clone();
        let key = MailKey { account, id };
        if !in_hand.mails.insert(key.clone()) {
            return Err(Error::Conflict);
        }
        claim.add(Freed::Mail(key), ());
    }
    drop(in_hand);
    Ok(claim)
}

/// Whether invitations of the account wait for its word.
pub(super) fn waits(connection: &Connection, account: AccountId) -> Result<bool> {
    let statement = "SELECT 1 FROM mails WHERE account = ?1 AND hold <> 0 AND state = ?2 LIMIT 1";
    let values = params![account, QueueState::Unconfirmed];
    Ok(first(connection, statement, values, |_| Ok(()))?.is_some())
}

/// Lets the invitations of a commit join those that waited before it for the account's word.
pub(super) fn join(connection: &Connection, account: AccountId, mails: &[NewMail]) -> Result<()> {
    let statement = "UPDATE mails SET state = ?3 WHERE account = ?1 AND id = ?2 AND state = 1";
    for mail in mails.iter().filter(|mail| mail.hold == Hold::Invitation) {
        let values = params![account, mail.key.id, QueueState::Unconfirmed];
        execute(connection, statement, values)?;
    }
    Ok(())
}

/// Keeps all invitations that wait for the hold, when they are to too many meetings.
pub(super) fn guard(connection: &Connection, account: AccountId, guard: Guard) -> Result<()> {
    if meetings(connection, account, guard)? <= u64::from(guard.meetings) {
        return Ok(());
    }
    let statement = "UPDATE mails SET state = ?4 WHERE account = ?1 AND hold = ?2 AND hold <> 0
                     AND attempts = 0 AND state = 1 AND due > ?3";
    let state = QueueState::Unconfirmed;
    let values = params![account, Hold::Invitation, guard.now, state];
    execute(connection, statement, values).map(drop)
}

/// How many new meetings wait for the hold.
fn meetings(connection: &Connection, account: AccountId, guard: Guard) -> Result<u64> {
    count(
        connection,
        "SELECT count(DISTINCT uid) FROM mails WHERE account = ?1 AND hold = ?2 AND hold <> 0
         AND attempts = 0 AND state = 1 AND due > ?3",
        params![account, Hold::Invitation, guard.now],
    )
}

/// Makes the account's invitations due that wait for its word; how many.
pub(super) fn release(
    connection: &Connection,
    effects: &mut Effects,
    account: AccountId,
) -> Result<u64> {
    let released = execute(
        connection,
        "UPDATE mails SET state = ?3, hold = 0, due = min(received, not_before)
         WHERE account = ?1 AND hold <> 0 AND state = ?2",
        params![account, QueueState::Unconfirmed, QueueState::Ready],
    )?;
    effects.due.mails |= released > 0;
    Ok(u64::try_from(released).unwrap_or_default())
}
