//! Calendars, and the objects in them.

use rusqlite::{Connection, Row, params};

use super::span::Span;
use super::statement::{all, count, execute, first, one};
use crate::{
    AccountId, By, Calendar, CalendarId, Error, Event, Invitations, Object, Result, State,
};

/// What a calendar is to its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// New events come here.
    Default,
    /// Any other.
    Other,
}

/// The id has 128 bits from SQLite's generator, which the operating system seeds.
pub(super) fn add(
    connection: &Connection,
    account: AccountId,
    name: &str,
    role: Role,
) -> Result<Calendar> {
    let is_default = role == Role::Default;
    let id = one(
        connection,
        "INSERT INTO calendars (account, id, name, is_default)
         VALUES (?1, lower(hex(randomblob(16))), ?2, ?3) RETURNING id",
        params![account, name, is_default],
        |row| row.get(0),
    )?;
    Ok(Calendar {
        id,
        name: name.to_owned(),
        is_default,
        invitations: Invitations::Sent,
    })
}

pub(super) fn list(connection: &Connection, account: AccountId) -> Result<Vec<Calendar>> {
    all(
        connection,
        "SELECT id, name, is_default, invites FROM calendars WHERE account = ?1
         ORDER BY is_default DESC, name, id",
        [account],
        |row| {
            Ok(Calendar {
                id: row.get(0)?,
                name: row.get(1)?,
                is_default: row.get(2)?,
                invitations: row.get(3)?,
            })
        },
    )
}

pub(super) fn set_invitations(
    connection: &Connection,
    account: AccountId,
    calendar: &CalendarId,
    invitations: Invitations,
) -> Result<()> {
    let statement = "UPDATE calendars SET invites = ?3 WHERE account = ?1 AND id = ?2";
    match execute(
        connection,
        statement,
        params![account, calendar, invitations],
    )? {
        0 => Err(Error::NotFound(format!("calendar {calendar}"))),
        _ => Ok(()),
    }
}

pub(super) fn exists(
    connection: &Connection,
    account: AccountId,
    calendar: &CalendarId,
) -> Result<bool> {
    let statement = "SELECT 1 FROM calendars WHERE account = ?1 AND id = ?2";
    Ok(first(
        connection,
        statement,
        params![account, calendar],
        |_| Ok(()),
    )?
    .is_some())
}

pub(super) fn default(connection: &Connection, account: AccountId) -> Result<Option<CalendarId>> {
    let statement = "SELECT id FROM calendars WHERE account = ?1 AND is_default = 1";
    first(connection, statement, [account], |row| row.get(0))
}

pub(super) fn set_default(
    connection: &Connection,
    account: AccountId,
    calendar: &CalendarId,
) -> Result<()> {
    if !exists(connection, account, calendar)? {
        return Err(Error::NotFound(format!("calendar {calendar}")));
    }
    let statement = "UPDATE calendars SET is_default = 0 WHERE account = ?1 AND is_default = 1";
    execute(connection, statement, [account])?;
    let statement = "UPDATE calendars SET is_default = 1 WHERE account = ?1 AND id = ?2";
    execute(connection, statement, params![account, calendar]).map(drop)
}

pub(super) fn objects(
    connection: &Connection,
    account: AccountId,
    calendar: &CalendarId,
) -> Result<Vec<Object>> {
    all(
        connection,
        "SELECT calendar, name, uid, text, revision, unanswered FROM objects
         WHERE account = ?1 AND calendar = ?2 ORDER BY uid",
        params![account, calendar],
        object,
    )
}

pub(super) fn event(connection: &Connection, account: AccountId, uid: &str) -> Result<Event> {
    let objects = all(
        connection,
        "SELECT calendar, objects.name, uid, text, revision, unanswered
         FROM objects JOIN calendars ON calendars.account = objects.account AND id = calendar
         WHERE objects.account = ?1 AND uid = ?2 ORDER BY is_default DESC, calendar",
        params![account, uid],
        object,
    )?;
    Ok(Event {
        objects,
        state: state(connection, account, uid)?,
    })
}

fn object(row: &Row<'_>) -> rusqlite::Result<Object> {
    Ok(Object {
        calendar: row.get(0)?,
        name: row.get(1)?,
        uid: row.get(2)?,
        text: row.get(3)?,
        revision: row.get(4)?,
        unanswered: row.get(5)?,
    })
}

fn state(connection: &Connection, account: AccountId, uid: &str) -> Result<Option<State>> {
    first(
        connection,
        "SELECT revision, json FROM states WHERE account = ?1 AND uid = ?2",
        params![account, uid],
        |row| {
            Ok(State {
                revision: row.get(0)?,
                json: row.get(1)?,
            })
        },
    )
}

pub(super) fn holding(
    connection: &Connection,
    account: AccountId,
    uid: &str,
) -> Result<Option<CalendarId>> {
    first(
        connection,
        "SELECT calendar FROM objects
         JOIN calendars ON calendars.account = objects.account AND id = calendar
         WHERE objects.account = ?1 AND uid = ?2 ORDER BY is_default DESC, calendar LIMIT 1",
        params![account, uid],
        |row| row.get(0),
    )
}

pub(super) fn unanswered(connection: &Connection, account: AccountId) -> Result<u64> {
    let statement = "SELECT ifnull((SELECT unanswered FROM accounts WHERE id = ?1), 0)";
    count(connection, statement, [account])
}

/// The last text that the history has of a UID.
pub(super) fn last_text(
    connection: &Connection,
    account: AccountId,
    uid: &str,
) -> Result<Option<Vec<u8>>> {
    first(
        connection,
        "SELECT text FROM changes WHERE account = ?1 AND uid = ?2 AND text IS NOT NULL
         ORDER BY revision DESC LIMIT 1",
        params![account, uid],
        |row| row.get(0),
    )
}

/// Writes an object at a place that is free or holds the same UID.
pub(super) fn put(
    connection: &Connection,
    account: AccountId,
    object: &Object,
    by: By,
    span: &Span,
) -> Result<()> {
    execute(
        connection,
        "INSERT INTO objects (account, calendar, name, uid, revision, unanswered, text,
                              first, last, is_long)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (account, calendar, name) DO UPDATE
         SET revision = excluded.revision, unanswered = excluded.unanswered, text = excluded.text,
             first = excluded.first, last = excluded.last, is_long = excluded.is_long,
             schedule_tag = CASE WHEN ?11 THEN coalesce(schedule_tag, revision) END",
        params![
            account,
            object.calendar,
            object.name,
            object.uid,
            object.revision,
            object.unanswered,
            object.text,
            span.first,
            span.last,
            span.is_long(),
            by == By::Server
        ],
    )?;
    Ok(())
}

/// A dismissed invitation of which its organizer says something new is in the inbox again.
pub(super) fn ask_again(
    connection: &Connection,
    account: AccountId,
    object: &Object,
) -> Result<()> {
    let statement = "DELETE FROM dismissed WHERE account = ?1 AND calendar = ?2 AND name = ?3";
    let values = params![account, object.calendar, object.name];
    execute(connection, statement, values).map(drop)
}

/// Deletes an object; returns its UID if it was there, and whether it waited for an answer.
pub(super) fn delete(
    connection: &Connection,
    account: AccountId,
    calendar: &CalendarId,
    name: &str,
) -> Result<Option<(String, bool)>> {
    first(
        connection,
        "DELETE FROM objects WHERE account = ?1 AND calendar = ?2 AND name = ?3
         RETURNING uid, unanswered",
        params![account, calendar, name],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
