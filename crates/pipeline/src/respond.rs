//! The owner answers an invitation, by command, web or app: the answer and its mail in one commit
//! (rules F1 and C8, promise 6).

use calendar::DateOrTime;
use itip::{Answered, CannotRespond, Limits, OutgoingMessage, Partstat, Responded, Response};
use store::{Account, By, CalendarId, Commit, Event, Expect, NewMail, PutObject, Store, Timestamp};

use crate::clock::Clock;
use crate::meanwhile::ROUNDS;
use crate::outbox::scheduling::{NotMailed, Posting};
use crate::owner::NotStored;
use crate::schedule;
use crate::update::change;
use crate::update::decide::stored;

/// What the owner says.
#[derive(Debug, Clone)]
pub struct Answer<'a> {
    /// The event.
    pub uid: &'a str,
    /// Yes, perhaps or no.
    pub partstat: Partstat,
    /// A comment for the organizer.
    pub comment: Option<&'a str>,
    /// The date that is meant; none: all of the event.
    pub instance: Option<DateOrTime>,
}

/// Why an answer was not given.
#[derive(Debug, thiserror::Error)]
pub enum NotAnswered {
    /// There is nothing to answer, or not so.
    #[error(transparent)]
    Rules(#[from] CannotRespond),
    /// The event could not be read or written.
    #[error(transparent)]
    Stored(#[from] NotStored),
    /// The answer cannot be mailed.
    #[error(transparent)]
    Mailed(#[from] NotMailed),
}

impl From<store::Error> for NotAnswered {
    fn from(error: store::Error) -> Self {
        Self::Stored(error.into())
    }
}

/// What came of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// It goes to the organizer, whose address this is.
    Mailed(String),
    /// It stands in the calendar, and nobody is written to: the event is over (rule F6), or its organizer
    /// has no mail address or is written to by the owner's app (rule F4).
    Kept,
    /// It says what was said before.
    Same,
}

/// Gives the answer.
pub async fn respond(
    store: &dyn Store,
    clock: &dyn Clock,
    account: &Account,
    answer: &Answer<'_>,
) -> Result<Given, NotAnswered> {
    let in_reply_to = store.invitation_of(account.id, answer.uid).await?;
    for _ in 0..ROUNDS {
        let in_reply_to = in_reply_to.as_deref();
        let (commit, given) = commit(store, clock.now(), account, answer, in_reply_to).await?;
        match store.commit(commit).await {
            Err(store::Error::Conflict) => {}
            done => return Ok(done.map(|_| given)?),
        }
    }
    Err(store::Error::Conflict.into())
}

async fn commit(
    store: &dyn Store,
    now: Timestamp,
    account: &Account,
    answer: &Answer<'_>,
    in_reply_to: Option<&str>,
) -> Result<(Commit, Given), NotAnswered> {
    let event = store.event(account.id, answer.uid).await?;
    let mut held = stored(&event).map_err(NotStored::from)?;
    let addresses: Vec<String> = account.addresses().map(str::to_owned).collect();
    let owner = itip::Account {
        addresses: &addresses,
    };
    let kind = event
        .objects
        .first()
        .and_then(|object| itip::facts(&object.text).kind);
    let kind = kind.ok_or(CannotRespond::NoEvent)?;
    let response = Response {
        partstat: answer.partstat,
        comment: answer.comment,
        instance: answer.instance.clone(),
        now: held.state.next_stamp(now),
    };
    let responded = itip::respond(&held, kind, &response, &owner, &Limits::default())?;
    let is_new = responded.is_new;
    let mut commit = storing(account, answer, &event, &responded);
    let messages = &responded.scheduled.messages;
    commit.mails = post(account, answer, messages, (in_reply_to, now))?;
    if !commit.mails.is_empty() {
        held.state.sends(now);
        change::keep(&mut commit, &held.state);
        schedule::withdraw_answers(store, now, &mut commit).await?;
    }
    let given = match commit.mails.first() {
        Some(mail) => Given::Mailed(mail.recipient.clone()),
        None if is_new => Given::Kept,
        None => Given::Same,
    };
    Ok((commit, given))
}

/// A commit that stores the object with the answer in it.
fn storing(
    account: &Account,
    answer: &Answer<'_>,
    event: &Event,
    responded: &Responded<'_>,
) -> Commit {
    let mut commit = Commit::new(account.id, answer.uid);
    commit.expect = Some(Expect::unchanged(event));
    commit.put.push(PutObject {
        calendar: CalendarId(responded.object.calendar.clone()),
        name: responded.object.name.clone(),
        uid: answer.uid.to_owned(),
        text: responded.text.clone(),
        unanswered: responded.answered == Answered::No,
        by: By::Owner,
    });
    commit
}

fn post(
    account: &Account,
    answer: &Answer<'_>,
    messages: &[OutgoingMessage],
    (in_reply_to, now): (Option<&str>, Timestamp),
) -> Result<Vec<NewMail>, NotMailed> {
    let posting = |message| Posting {
        account: account.id,
        name: &account.name,
        message,
        uid: answer.uid,
        in_reply_to,
        now,
        hold: 0,
    };
    let mails = messages.iter().map(|message| posting(message).mail());
    mails.collect()
}
