//! What a message is filtered with and decided on, each in one read.

use rusqlite::Connection;

use super::{calendar, contact, decision, early, setting};
use crate::{AccountId, FilterGrounds, Grounds, Result, Since};

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

pub(super) fn of_filter(
    connection: &Connection,
    account: AccountId,
    uid: Option<&str>,
    sender: Option<&str>,
) -> Result<FilterGrounds> {
    Ok(FilterGrounds {
        preferences: setting::preferences(connection, account)?,
        script: setting::script(connection, account)?,
        holding: match uid {
            Some(uid) => calendar::holding(connection, account, uid)?,
            None => None,
        },
        is_contact: match sender {
            Some(sender) => Some(contact::has(connection, account, sender)?),
            None => None,
        },
    })
}
