//! What its owner can do about a recorded decision: undo it, or apply the message that it kept.

use std::collections::HashMap;

use store::{AccountId, Decision, Event, Store};

use crate::{by_hand, undo};

/// What can be done about a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// `invited undo`.
    Undo,
    /// `invited apply`.
    Apply,
    /// Nothing.
    None,
}

impl Act {
    /// The command's name; empty for nothing.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Undo => "undo",
            Self::Apply => "apply",
            Self::None => "",
        }
    }
}

/// What can be done about each of these decisions as things stand now.
pub async fn acts(
    store: &dyn Store,
    account: AccountId,
    decisions: &[Decision],
) -> store::Result<Vec<Act>> {
    let mut events: HashMap<&str, Event> = HashMap::new();
    let mut acts = Vec::with_capacity(decisions.len());
    for Decision { id, record } in decisions {
        let changed = record.before.is_some() || record.after.is_some();
        if by_hand::is_offered(record) {
            let applied = store.decision_of(account, &by_hand::job(*id)).await?;
            acts.push(applied.map_or(Act::Apply, |_| Act::None));
        } else if changed {
            let uid = record.uid.as_str();
            if !events.contains_key(uid) {
                events.insert(uid, store.event(account, uid).await?);
            }
            let event = events.get(uid);
            let can = event.is_some_and(|event| undo::is_possible(record, event));
            acts.push(if can { Act::Undo } else { Act::None });
        } else {
            acts.push(Act::None);
        }
    }
    Ok(acts)
}
