//! Records of mail that makes no job: why its calendar parts are no invitation, or that nothing was
//! asked for.

use store::{AccountId, Commit, JobKey, NewDecision, Timestamp};

use super::Receive;
use crate::examine::Examined;
use crate::filter::database;
use crate::guard::guarded;
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
    let invitation = examined.and_then(|examined| examined.detection.invitation.as_ref());
    let sender = examined.map(|examined| &examined.sender);
    Some(NewDecision {
        job: key.id.clone(),
        method: invitation
            .map(|invitation| invitation.method.as_str().to_owned())
            .unwrap_or_default(),
        uid: invitation
            .map(|invitation| invitation.uid.clone())
            .unwrap_or_default(),
        summary: invitation
            .and_then(|invitation| {
                guarded("reading a title", || itip::summary(&invitation.document))
            })
            .unwrap_or_default(),
        message_id: examined
            .map(|examined| examined.message_id.clone())
            .unwrap_or_default(),
        outcome: "no-action".to_owned(),
        reason,
        notes: examined
            .map(|examined| examined.notes())
            .unwrap_or_default(),
        sender: sender
            .and_then(|sender| sender.address.clone())
            .unwrap_or_default(),
        authentication: sender
            .map(|sender| sender.authentication.code().to_owned())
            .unwrap_or_default(),
        calendar: None,
        name: None,
        before: None,
        after: None,
        suggestion: None,
        received: now,
        decided: now,
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
