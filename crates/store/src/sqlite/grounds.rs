//! What a message is decided on, in one read.

use rusqlite::Connection;

use super::{calendar, decision, early, setting};
use crate::{AccountId, Grounds, Result, Since};

pub(super) fn read(
    connection: &Connection,
    account: AccountId,
    uid: &str,
    sender: &str,
    since: Since,
) -> Result<Grounds> {
    Ok(Grounds {
        event: calendar::event(connection, account, uid)?,
        default_calendar: calendar::default(connection, account)?,
        preferences: setting::preferences(connection, account)?,
        added: decision::added_since(connection, account, sender, since.added)?,
        unanswered: calendar::unanswered(connection, account)?,
        early: early::of_sender(connection, account, sender, since.early)?,
    })
}
