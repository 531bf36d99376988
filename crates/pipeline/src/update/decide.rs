//! What the rules say to one message for one account, as things stand now. The daemon and the dry
//! run of `invited check` both ask here.

use imip::Authentication;
use itip::{
    Access, AddressOwner, Decision, Difference, Incoming, Limits, Note, State, Stored,
    StoredObject, Suggestion, Trust,
};
use store::{Account, Event, Grounds, Since, Store, Timestamp};

use super::apply::Failure;
use super::{change, policy};
use crate::clock::{Clock, DAY};
use crate::examine::{Examined, Route};
use crate::job::Effects;
use crate::site::Site;

/// How long what came too early is kept (rule D3).
const EARLY: Timestamp = 90 * DAY;

/// One message for one account.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// Whose calendar.
    pub account: &'a Account,
    /// What was read of the mail.
    pub examined: &'a Examined,
    /// The invitation in it.
    pub invitation: &'a imip::Invitation,
    /// What the script allowed.
    pub effects: &'a Effects,
    /// The address that the mail was sent to.
    pub recipient: &'a str,
    /// The message's digest.
    pub digest: &'a str,
    /// When it came.
    pub received: Timestamp,
}

/// The rules' answer, and what it was based on.
#[derive(Debug)]
pub struct Decided {
    /// What the account held.
    pub event: Event,
    /// What shall be done.
    pub decision: Decision,
}

impl Decided {
    /// What changes for a person; none when the calendar stays as it is.
    #[must_use]
    pub fn difference(&self) -> Option<Difference> {
        // A new object has no text before, so that its name does not matter.
        let turn = change::Turn::of(&self.event, &self.decision, "");
        let is_change = turn.before.is_some() || turn.after.is_some();
        is_change.then(|| itip::difference(turn.before.as_deref(), turn.after.as_deref()))
    }
}

/// Reads what the account holds and asks the rules.
pub async fn decide(
    store: &dyn Store,
    clock: &dyn Clock,
    site: &Site,
    question: Question<'_>,
) -> Result<Decided, Failure> {
    let grounds = grounds(store, clock, question).await?;
    let policy = policy::of_message(site, question, &grounds)?;
    let stored = stored(&grounds.event)?;
    let addresses: Vec<String> = question.account.addresses().map(str::to_owned).collect();
    let account = itip::Account {
        addresses: &addresses,
    };
    let decision = itip::receive(
        &stored,
        &incoming(question),
        &account,
        &policy,
        &Limits::default(),
    );
    Ok(Decided {
        event: grounds.event,
        decision,
    })
}

async fn grounds(
    store: &dyn Store,
    clock: &dyn Clock,
    question: Question<'_>,
) -> Result<Grounds, Failure> {
    let now = clock.now();
    let since = Since {
        added: now - DAY,
        early: now - EARLY,
    };
    let sender = question.examined.sender.address.as_deref();
    let (account, uid) = (question.account.id, &question.invitation.uid);
    let grounds = store.grounds(account, uid, sender.unwrap_or_default(), since);
    Ok(grounds.await?)
}

/// What the rules say if the owner applies a message by hand that was refused; none when it is not
/// kept for that.
pub(crate) async fn offered(
    store: &dyn Store,
    question: Question<'_>,
    decided: &Decided,
) -> Result<Option<Decided>, Failure> {
    if decided.decision.suggestion == Suggestion::None {
        return Ok(None);
    }
    let event = decided.event.clone();
    let decision = by_hand(store, question.account, &event, &incoming(question)).await?;
    Ok(Some(Decided { event, decision }))
}

/// What the rules say with the owner's permission. The owner vouches for a sender of whom nobody
/// else knows.
pub(crate) async fn by_hand(
    store: &dyn Store,
    account: &Account,
    event: &Event,
    incoming: &Incoming<'_>,
) -> Result<Decision, Failure> {
    let addresses: Vec<String> = account.addresses().map(str::to_owned).collect();
    let owner = itip::Account {
        addresses: &addresses,
    };
    let policy = policy::of_owner(store, account.id).await?;
    let stored = stored(event)?;
    let mut vouched = incoming.clone();
    let is_vouched = vouched.sender.trust == Trust::Failed;
    if is_vouched {
        vouched.sender.trust = Trust::Unverified;
    }
    let mut decision = itip::receive(&stored, &vouched, &owner, &policy, &Limits::default());
    // The record says itself how the sender was authenticated.
    decision
        .notes
        .retain(|note| !(is_vouched && *note == Note::Unverified));
    Ok(decision)
}

fn incoming(question: Question<'_>) -> Incoming<'_> {
    let Question {
        invitation,
        examined,
        ..
    } = question;
    Incoming {
        document: &invitation.document,
        method: invitation.method,
        uid: &invitation.uid,
        kind: invitation.kind,
        sender: sender(&examined.sender),
        received: question.received,
        date: examined.date,
        digest: question.digest,
        route: match examined.route {
            Route::Direct => itip::Route::Direct,
            Route::List => itip::Route::List,
        },
        delivered_to: question.recipient,
    }
}

fn sender(sender: &imip::Sender) -> itip::Sender {
    itip::Sender {
        address: sender.address.clone(),
        trust: match sender.authentication {
            Authentication::Failed => itip::Trust::Failed,
            Authentication::Unverified => itip::Trust::Unverified,
            _ => itip::Trust::Authenticated,
        },
        owner: match sender.authenticated() {
            Some(_) if sender.pinnable().is_none() => AddressOwner::Service,
            _ => AddressOwner::Person,
        },
        via_service: sender.service.map(|service| service.name.to_owned()),
    }
}

/// What the account holds, as the rules see it.
pub(crate) fn stored(event: &Event) -> Result<Stored, Failure> {
    let state = match &event.state {
        None => State::default(),
        Some(state) => State::from_json(&state.json).map_err(|error| {
            Failure::Never(format!("the scheduling state cannot be read: {error}"))
        })?,
    };
    let object = |object: &store::Object| StoredObject {
        calendar: object.calendar.0.clone(),
        name: object.name.clone(),
        text: object.text.clone(),
        access: Access::Writable,
    };
    Ok(Stored {
        objects: event.objects.iter().map(object).collect(),
        state,
    })
}
