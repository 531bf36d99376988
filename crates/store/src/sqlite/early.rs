//! Which messages came too early, as they are counted for each sender (rule D3).

use rusqlite::{Connection, params};

use super::address::folded;
use super::statement::{count, execute};
use crate::{AccountId, Result, Timestamp};

/// How long what came too early counts: 90 days.
const KEPT: Timestamp = 90 * 24 * 60 * 60 * 1000;

/// Writes what a UID keeps in place of what it kept.
pub(super) fn replace(
    connection: &Connection,
    account: AccountId,
    uid: &str,
    messages: &[(String, Timestamp)],
) -> Result<()> {
    let statement = "DELETE FROM early WHERE account = ?1 AND uid = ?2";
    execute(connection, statement, params![account, uid])?;
    for (number, (sender, at)) in (0_i64..).zip(messages) {
        execute(
            connection,
            "INSERT INTO early (account, uid, number, sender, at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![account, uid, number, folded(sender), at],
        )?;
    }
    Ok(())
}

pub(super) fn of_sender(
    connection: &Connection,
    account: AccountId,
    sender: &str,
    since: Timestamp,
) -> Result<u64> {
    count(
        connection,
        "SELECT count(*) FROM early WHERE account = ?1 AND sender = ?2 AND at >= ?3",
        params![account, folded(sender), since],
    )
}

/// Forgets what came too early long ago, and states that held nothing else.
pub(super) fn prune(connection: &Connection, now: Timestamp) -> Result<()> {
    let before = now.saturating_sub(KEPT);
    if execute(connection, PRUNE, [before])? == 0 {
        return Ok(());
    }
    execute(connection, PRUNE_STATES, []).map(drop)
}

const PRUNE: &str = "DELETE FROM early WHERE at < ?1";

const PRUNE_STATES: &str = "DELETE FROM states WHERE early = 1 AND NOT EXISTS
    (SELECT 1 FROM early WHERE early.account = states.account AND early.uid = states.uid)";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::statement::plan;

    #[test]
    fn what_is_pruned_is_found_by_indexes() {
        let early = plan(PRUNE);
        assert!(early.contains("early_at (at<?)"), "{early}");
        let states = plan(PRUNE_STATES);
        assert!(states.contains("INDEX states_early"), "{states}");
        assert!(states.contains("(account=? AND uid=?)"), "{states}");
    }
}
