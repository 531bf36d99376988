//! What the owner's own change of an invitation sends, put into the commit that stores it (rules F1 and
//! F7, promise 6).

pub use itip::Forbidden;
use itip::{Answered, Door, Limits, OutgoingMessage, OwnersChange, Scheduled};
use store::{Account, Commit, Event, NewMail, Store, Timestamp};

use crate::calendar_store::Terms;
use crate::outbox::scheduling::{NotMailed, Posting};
use crate::owner::NotStored;
use crate::update::decide::stored;

/// Why a change is not made.
#[derive(Debug, thiserror::Error)]
pub enum NotScheduled {
    /// The rules forbid it.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// What is kept beside the object cannot be read.
    #[error(transparent)]
    Stored(#[from] NotStored),
}

/// Completes a commit that stores one object over an invitation of somebody else's: what is the
/// organizer's is put back, and an answer that changed is mailed.
///
/// Changes of the owner's own events send nothing yet.
pub async fn answer(
    store: &dyn Store,
    account: &Account,
    event: &Event,
    before: &[u8],
    terms: &Terms<'_>,
    commit: &mut Commit,
    now: Timestamp,
) -> Result<(), NotScheduled> {
    let addresses: Vec<String> = account.addresses().map(str::to_owned).collect();
    let facts = itip::facts(before);
    let (Some(kind), [put]) = (facts.kind, commit.put.as_mut_slice()) else {
        return Ok(());
    };
    if facts.is_organized_by(&addresses) {
        return Ok(());
    }
    let owner = itip::Account {
        addresses: &addresses,
    };
    let change = OwnersChange {
        before: Some(before),
        after: Some(&put.text),
        kind,
        now,
        reply: terms.reply,
        door: Door::Caldav,
        seen: terms.seen,
    };
    let limits = Limits::default();
    let held = stored(event).map_err(NotStored::from)?;
    let scheduled = itip::changed(&held, &change, &owner, &limits)?;
    let Scheduled { text, messages, .. } = scheduled;
    if let Some(text) = text {
        put.text = text;
    }
    put.unanswered = itip::answered(&put.text, kind, &owner, &limits) == Answered::No;
    if messages.is_empty() {
        return Ok(());
    }
    let in_reply_to = store.invitation_of(account.id, &commit.uid).await;
    let in_reply_to = in_reply_to.map_err(NotStored::from)?;
    let uid = commit.uid.clone();
    let mails = post(account, &messages, &uid, in_reply_to.as_deref(), now);
    for mail in mails {
        match mail {
            Ok(mail) => commit.mails.push(mail),
            Err(error) => {
                tracing::warn!(account = account.id.0, %error, "an answer cannot be mailed")
            }
        }
    }
    Ok(())
}

/// The mails of messages that go at once.
pub(crate) fn post<'m>(
    account: &'m Account,
    messages: &'m [OutgoingMessage],
    uid: &'m str,
    in_reply_to: Option<&'m str>,
    now: Timestamp,
) -> impl Iterator<Item = Result<NewMail, NotMailed>> + 'm {
    messages.iter().map(move |message| {
        let posting = Posting {
            account: account.id,
            name: &account.name,
            message,
            uid,
            in_reply_to,
            now,
            hold: 0,
        };
        posting.mail()
    })
}
