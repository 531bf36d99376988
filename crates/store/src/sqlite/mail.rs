//! The outbox.

use std::sync::Arc;

use rusqlite::{Connection, Row, params};

use super::operation::Effects;
use super::statement::{all, execute, one};
use super::taken::{Claim, Freed, Taken};
use super::{clock, done};
use crate::{Mail, MailKey, NewMail, QueueState, Result, Timestamp};

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
    Ok(true)
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
        "SELECT account, id FROM mails WHERE state = 1 AND due <= ?1 ORDER BY due LIMIT ?2",
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
    give_back(connection, &mail, QueueState::Parked, clock::now(), error)?;
    effects.freed.push(Freed::Mail(mail));
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
