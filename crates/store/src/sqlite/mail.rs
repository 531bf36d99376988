//! The outbox.

use std::sync::Arc;

use rusqlite::{Connection, Row, params};

use super::operation::Effects;
use super::statement::{all, execute, first, one};
use super::taken::{Claim, Freed, Taken};
use super::{clock, done};
use crate::{Mail, MailKey, NewMail, QueueState, Result, Timestamp};

/// Due mails but those before which another about the same event goes to the same recipient: who gets a
/// CANCEL before its REQUEST has the event for ever. Of one commit a CANCEL goes first.
const DUE: &str = "SELECT account, id FROM mails AS mail WHERE state = 1 AND due <= ?1
    AND (uid = '' OR NOT EXISTS (SELECT 1 FROM mails AS earlier
        WHERE earlier.account = mail.account AND earlier.uid = mail.uid AND earlier.uid <> ''
        AND earlier.recipient = mail.recipient AND earlier.state = 1
        AND (earlier.received, earlier.kind) < (mail.received, mail.kind)))
    ORDER BY due LIMIT ?2";

pub(super) fn add(
    connection: &Connection,
    effects: &mut Effects,
    mails: &[NewMail],
    at: Timestamp,
) -> Result<()> {
    for mail in mails {
        if !done::mail(connection, &mail.key)? && insert(connection, mail, at)? {
            effects.due.mails = true;
        }
    }
    Ok(())
}

/// Whether it was not there.
fn insert(connection: &Connection, mail: &NewMail, at: Timestamp) -> Result<bool> {
    let inserted = execute(
        connection,
        "INSERT INTO mails (account, id, kind, reverse_path, recipient, not_before, expires, due,
             received, uid, hold)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?6, ?8, ?9, ?10)
         ON CONFLICT (account, id) DO NOTHING",
        params![
            mail.key.account,
            mail.key.id,
            mail.kind,
            mail.reverse_path,
            mail.recipient,
            mail.not_before,
            mail.expires,
            at,
            mail.uid,
            mail.hold
        ],
    )?;
    if inserted == 0 {
        return Ok(false);
    }
    execute(
        connection,
        "INSERT INTO mail_messages (account, mail, message) VALUES (?1, ?2, ?3)",
        params![mail.key.account, mail.key.id, mail.message],
    )?;
    try_those_before(connection, mail, at)?;
    Ok(true)
}

/// A new mail does not wait for the back-off of those that go before it.
fn try_those_before(connection: &Connection, mail: &NewMail, at: Timestamp) -> Result<()> {
    execute(
        connection,
        "UPDATE mails SET due = ?4 WHERE account = ?1 AND uid = ?2 AND uid <> '' AND recipient = ?3
         AND state = 1 AND attempts > 0 AND due > ?4",
        params![mail.key.account, mail.uid, mail.recipient, at],
    )?;
    Ok(())
}

pub(super) fn take(
    connection: &Connection,
    taken: &Arc<Taken>,
    now: Timestamp,
    limit: usize,
) -> Result<Claim<Mail>> {
    // Declared first: should this fail, the lock is gone before the claim gives back.
    let mut claim = Claim::new(taken);
    let mut in_hand = taken.lock();
    let enough = limit.saturating_add(in_hand.mails.len());
    let due: Vec<MailKey> = all(
        connection,
        DUE,
        params![now, i64::try_from(enough).unwrap_or(i64::MAX)],
        |row| {
            Ok(MailKey {
                account: row.get(0)?,
                id: row.get(1)?,
            })
        },
    )?;
    let free: Vec<MailKey> = due
        .into_iter()
        .filter(|key| !in_hand.mails.contains(key))
        .take(limit)
        .collect();
    for key in free {
        let mail = read(connection, &key)?;
        in_hand.mails.insert(key.clone());
        claim.add(Freed::Mail(key), mail);
    }
    in_hand.mails_at = now;
    Ok(claim)
}

fn read(connection: &Connection, key: &MailKey) -> Result<Mail> {
    let read = |row: &Row<'_>| {
        Ok(Mail {
            mail: NewMail {
                key: key.clone(),
                kind: row.get(0)?,
                reverse_path: row.get(1)?,
                recipient: row.get(2)?,
                message: row.get(3)?,
                not_before: row.get(4)?,
                expires: row.get(5)?,
                uid: row.get(6)?,
                hold: row.get(7)?,
            },
            attempts: row.get(8)?,
        })
    };
    one(
        connection,
        "SELECT kind, reverse_path, recipient, message, not_before, expires, uid, hold, attempts
         FROM mails JOIN mail_messages ON mail_messages.account = mails.account AND mail = id
         WHERE mails.account = ?1 AND id = ?2",
        params![key.account, key.id],
        read,
    )
}

pub(super) fn sent(connection: &Connection, effects: &mut Effects, mail: MailKey) -> Result<()> {
    wake_next(connection, effects, &mail)?;
    let statement = "DELETE FROM mails WHERE account = ?1 AND id = ?2";
    if execute(connection, statement, params![mail.account, mail.id])? > 0 {
        done::mark(
            connection,
            done::Kind::Mail,
            mail.account,
            &mail.id,
            clock::now(),
        )?;
    }
    effects.freed.push(Freed::Mail(mail));
    Ok(())
}

pub(super) fn retry(
    connection: &Connection,
    effects: &mut Effects,
    mail: MailKey,
    at: Timestamp,
    error: &str,
) -> Result<()> {
    give_back(connection, &mail, QueueState::Ready, at, error)?;
    effects.due.mails = true;
    effects.freed.push(Freed::Mail(mail));
    Ok(())
}

pub(super) fn park(
    connection: &Connection,
    effects: &mut Effects,
    mail: MailKey,
    error: &str,
) -> Result<()> {
    wake_next(connection, effects, &mail)?;
    give_back(connection, &mail, QueueState::Parked, clock::now(), error)?;
    effects.freed.push(Freed::Mail(mail));
    Ok(())
}

/// Whoever takes mails looks again where this one keeps others from their turn.
fn wake_next(connection: &Connection, effects: &mut Effects, mail: &MailKey) -> Result<()> {
    let waits = first(
        connection,
        "SELECT 1 FROM mails AS mail JOIN mails AS next ON next.account = mail.account
             AND next.uid = mail.uid AND next.recipient = mail.recipient AND next.id <> mail.id
         WHERE mail.account = ?1 AND mail.id = ?2 AND mail.uid <> '' AND next.uid <> ''
         AND next.state = 1 LIMIT 1",
        params![mail.account, mail.id],
        |_| Ok(()),
    )?;
    effects.due.mails |= waits.is_some();
    Ok(())
}

fn give_back(
    connection: &Connection,
    mail: &MailKey,
    state: QueueState,
    due: Timestamp,
    error: &str,
) -> Result<()> {
    execute(
        connection,
        "UPDATE mails SET state = ?3, due = ?4, error = ?5, attempts = attempts + 1
         WHERE account = ?1 AND id = ?2",
        params![mail.account, mail.id, state, due, error],
    )?;
    Ok(())
}
