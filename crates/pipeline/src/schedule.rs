//! What the owner's own change of an event sends, put into the commit that stores it (rules F1 to F8,
//! promise 6).

use calendar::{Kind, Method};
pub use itip::Forbidden;
use itip::{Delivery, Door, Invitations, Limits, OutgoingMessage, OwnersChange, Scheduled};
use store::{
    Account, CollectionId, Commit, Event, Guard, HeldMail, Hold, NewMail, Store, Timestamp,
};

use crate::calendar_store::Terms;
use crate::outbox::scheduling::{self, NotMailed, Posting};
use crate::owner::{self, NotStored};
use crate::update::decide::stored;

/// So many new meetings within one hold are mailed without a word of their owner (rule F8). Where nothing
/// is held, none can be counted: who sets that wants them sent at once.
const NEW_MEETINGS: u32 = 20;

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

impl From<store::Error> for NotScheduled {
    fn from(error: store::Error) -> Self {
        Self::Stored(error.into())
    }
}

/// What the owner does to the object of a UID in one calendar, decided on what is held of it.
#[derive(Clone, Copy)]
pub struct Owned<'a> {
    /// Whose.
    pub account: &'a Account,
    /// What is held of the UID.
    pub event: &'a Event,
    /// The calendar that it stands in, or comes to.
    pub calendar: &'a CollectionId,
    /// The object as it is stored there; none when it comes anew.
    pub before: Option<&'a [u8]>,
    /// On what terms the client asks for it.
    pub terms: &'a Terms<'a>,
    /// When.
    pub now: Timestamp,
}

/// Completes a commit that stores one object, or deletes it: what the owner may not change is put back,
/// what he changes is mailed in the same commit, and what waits and is no longer true is taken back.
///
/// Nothing is sent of a UID that stands in another calendar of the account, too.
pub async fn complete(
    store: &dyn Store,
    owned: &Owned<'_>,
    commit: &mut Commit,
) -> Result<(), NotScheduled> {
    let after = commit.put.first().map(|put| put.text.clone());
    let sides = owned.before.into_iter().chain(after.as_deref());
    let Some(meeting) = sides.map(Meeting::of).reduce(Meeting::with) else {
        return Ok(());
    };
    let Some(kind) = meeting.kind.filter(|_| meeting.is_one) else {
        return Ok(());
    };
    if after.is_none() && stands_elsewhere(owned.event, commit) {
        return Ok(());
    }
    let account = owned.account.id;
    let held = store.mails_held(account, &commit.uid, owned.now).await?;
    let gone = gone(store, owned, &commit.uid).await?;
    // While the answer that the deletion sends waits, it is as if he had not deleted it (rule F2).
    let is_back = gone.is_some() && held.iter().any(is_answer);
    let sides = Sides {
        before: owned.before.or(gone.as_deref().filter(|_| is_back)),
        after: after.as_deref(),
        gone: gone.as_deref().filter(|_| !is_back),
        kind,
    };
    let scheduled = decide(store, owned, &sides, &held).await?;
    take(store, owned, commit, (scheduled, kind), &held).await
}

/// What the object was when its owner deleted it, where it comes again. Of most UIDs nothing is known, and
/// the history need not be asked.
async fn gone(
    store: &dyn Store,
    owned: &Owned<'_>,
    uid: &str,
) -> Result<Option<Vec<u8>>, store::Error> {
    let is_known = owned.event.state.is_some() && owned.event.objects.is_empty();
    match owned.before.is_none() && is_known {
        true => store.last_text(owned.account.id, uid).await,
        false => Ok(None),
    }
}

/// The object before and after the change.
struct Sides<'a> {
    before: Option<&'a [u8]>,
    after: Option<&'a [u8]>,
    /// As [`OwnersChange::gone`].
    gone: Option<&'a [u8]>,
    kind: Kind,
}

/// What a text says at a glance.
struct Meeting {
    kind: Option<Kind>,
    is_one: bool,
}

impl Meeting {
    fn of(text: &[u8]) -> Self {
        let facts = itip::facts(text);
        Self {
            kind: facts.kind,
            is_one: facts.is_meeting,
        }
    }

    fn with(self, other: Self) -> Self {
        Self {
            kind: self.kind.or(other.kind),
            is_one: self.is_one || other.is_one,
        }
    }
}

/// Whether the UID stays in the account after a deletion.
fn stands_elsewhere(event: &Event, commit: &Commit) -> bool {
    let is_deleted = |object: &store::Object| {
        let mut deleted = commit.delete.iter();
        deleted.any(|place| (&place.0, &place.1) == (&object.calendar, &object.name))
    };
    !event.objects.iter().all(is_deleted)
}

fn is_answer(mail: &HeldMail) -> bool {
    mail.hold == Hold::Answer
}

/// Asks the rules.
async fn decide(
    store: &dyn Store,
    owned: &Owned<'_>,
    sides: &Sides<'_>,
    held: &[HeldMail],
) -> Result<Scheduled, NotScheduled> {
    let addresses: Vec<String> = owned.account.addresses().map(str::to_owned).collect();
    let waiting = held.iter().filter(|mail| mail.hold == Hold::Invitation);
    let unheard: Vec<_> = waiting.flat_map(names).collect();
    let stored = stored(owned.event).map_err(NotStored::from)?;
    let change = OwnersChange {
        before: sides.before,
        after: sides.after,
        gone: sides.gone,
        kind: sides.kind,
        now: stored.state.next_stamp(owned.now),
        reply: owned.terms.reply,
        door: Door::Caldav,
        seen: owned.terms.seen,
        invitations: invitations(store, owned).await?,
        unheard: &unheard,
    };
    let account = itip::Account {
        addresses: &addresses,
    };
    let scheduled = itip::changed(&stored, &change, &account, &Limits::default())?;
    Ok(scheduled)
}

/// The recipient of a mail as events may write him, in lower case.
fn names(mail: &HeldMail) -> impl Iterator<Item = String> + use<> {
    scheduling::spellings(&mail.recipient)
        .into_iter()
        .map(|name| name.to_lowercase())
}

async fn invitations(store: &dyn Store, owned: &Owned<'_>) -> Result<Invitations, store::Error> {
    let calendars = store.calendars(owned.account.id).await?;
    let calendar = calendars
        .into_iter()
        .find(|calendar| calendar.id == *owned.calendar);
    Ok(match calendar.map(|calendar| calendar.invitations) {
        Some(store::Invitations::NotSent) => Invitations::NotSent,
        _ => Invitations::Sent,
    })
}

/// Takes what the rules said into the commit.
async fn take(
    store: &dyn Store,
    owned: &Owned<'_>,
    commit: &mut Commit,
    (scheduled, kind): (Scheduled, Kind),
    held: &[HeldMail],
) -> Result<(), NotScheduled> {
    let Scheduled {
        text,
        messages,
        withdrawn,
        ..
    } = scheduled;
    if let (Some(text), Some(put)) = (text, commit.put.first_mut()) {
        put.text = text;
    }
    let is_withdrawn = |mail: &&HeldMail| {
        mail.hold == Hold::Invitation && names(mail).any(|name| withdrawn.contains(&name))
    };
    let taken_back: Vec<_> = held.iter().filter(is_withdrawn).collect();
    commit.withdraw = taken_back.iter().map(|mail| mail.id.clone()).collect();
    for mail in post_all(store, owned, &commit.uid, &messages).await? {
        match mail {
            Ok(mail) => commit.mails.push(at_old_time(mail, &taken_back)),
            Err((message, error)) => not_mailed(owned, commit, (message, kind), &error),
        }
    }
    commit.guard = Some(Guard {
        meetings: NEW_MEETINGS,
        now: owned.now,
    });
    // What was put back may ask again: his own line, which a client left out.
    if let Some(put) = commit.put.first_mut() {
        put.unanswered = owner::waited(owned.event) && owner::waits(owned.account, &put.text);
    }
    Ok(())
}

type Posted<'m> = Result<NewMail, (&'m OutgoingMessage, NotMailed)>;

async fn post_all<'m>(
    store: &dyn Store,
    owned: &Owned<'_>,
    uid: &str,
    messages: &'m [OutgoingMessage],
) -> Result<Vec<Posted<'m>>, store::Error> {
    let has_answer = messages.iter().any(|one| one.method == Method::Reply);
    let in_reply_to = match has_answer {
        true => store.invitation_of(owned.account.id, uid).await?,
        false => None,
    };
    let post = |message: &'m OutgoingMessage| {
        let posting = Posting {
            account: owned.account.id,
            name: &owned.account.name,
            message,
            uid,
            in_reply_to: in_reply_to.as_deref(),
            now: owned.now,
            hold: owned.terms.hold,
        };
        posting.mail().map_err(|error| (message, error))
    };
    Ok(messages.iter().map(post).collect())
}

/// Who waited for a mail that was taken back gets the new one when that was due.
fn at_old_time(mut mail: NewMail, taken_back: &[&HeldMail]) -> NewMail {
    let mut same = taken_back
        .iter()
        .filter(|old| old.recipient == mail.recipient && mail.hold == old.hold);
    if let Some(old) = same.next() {
        mail.not_before = old.not_before;
    }
    mail
}

/// Notes on its recipient's line that a message has no mail (RFC 6638, 3.2.9).
fn not_mailed(
    owned: &Owned<'_>,
    commit: &mut Commit,
    (message, kind): (&OutgoingMessage, Kind),
    error: &NotMailed,
) {
    tracing::warn!(account = owned.account.id.0, %error, "a change cannot be mailed");
    let is_recipient = |address: &calendar::CalendarUserAddress| {
        address.as_str().eq_ignore_ascii_case(&message.recipient)
    };
    if let Some(put) = commit.put.first_mut() {
        let said = (message.method, Delivery::NoMailAddress);
        let text = itip::delivered(&put.text, kind, said, &is_recipient, &Limits::default());
        put.text = text.unwrap_or_else(|| std::mem::take(&mut put.text));
    }
}

/// Takes back the answers about a UID that wait for the hold, for what they say is no longer so (rule
/// F2).
pub(crate) async fn withdraw_answers(
    store: &dyn Store,
    now: Timestamp,
    commit: &mut Commit,
) -> Result<(), store::Error> {
    let held = store.mails_held(commit.account, &commit.uid, now).await?;
    let answers = held.into_iter().filter(is_answer).map(|mail| mail.id);
    commit.withdraw.extend(answers);
    Ok(())
}
