//! Records of mail that makes no job: why its calendar parts are no invitation, or that nothing was
//! asked for.

use itip::Outcome;
use store::{AccountId, Commit, JobKey, NewDecision, Timestamp};

use super::Receive;
use crate::examine::Examined;
use crate::filter::database;
use crate::intake::Refusal;
use crate::spool::Message;

impl Receive {
    /// Writes a record, before the mail is delivered; a second try of the same mail finds it there.
    pub(super) async fn record(
        &self,
        account: AccountId,
        record: NewDecision,
    ) -> Result<(), Refusal> {
        let mut commit = Commit::new(account, record.uid.clone());
        commit.decision = Some(record);
        self.store.commit(commit).await.map(drop).map_err(database)
    }
}

/// The record of a mail that has no job; `None` for ordinary mail.
pub(super) fn unstamped(
    key: &JobKey,
    message: &Message,
    examined: Option<&Examined>,
    now: Timestamp,
) -> Option<NewDecision> {
    let reason = reason(message, examined)?;
    Some(NewDecision {
        job: key.id.clone(),
        outcome: Outcome::NoAction.as_str().to_owned(),
        reason,
        received: now,
        decided: now,
        ..examined.map(Examined::record).unwrap_or_default()
    })
}

/// Why nothing is done; `None`: there is nothing that could be an invitation.
pub(crate) fn reason(message: &Message, examined: Option<&Examined>) -> Option<String> {
    let Some(structure) = message.structure() else {
        return Some("unread".to_owned());
    };
    if structure.fault.is_some() {
        return Some("too-much".to_owned());
    }
    let Some(examined) = examined else {
        return Some("unread".to_owned());
    };
    match (&examined.detection.invitation, &examined.detection.refusal) {
        (Some(_), _) => Some("not-asked".to_owned()),
        (None, Some(refusal)) => Some(refusal.code().to_owned()),
        (None, None) => None,
    }
}
