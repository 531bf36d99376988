//! What the rules say to one message for one account, as things stand now. The daemon and the dry
//! run of `invited check` both ask here.

use imip::Authentication;
use itip::{
    Access, AddressOwner, CancelMode, Caps, Decision, Incoming, Limits, Permission, Policy, Spam,
    State, Stored, StoredObject,
};
use store::{Account, Event, Grounds, Since, Store, Timestamp};

use super::apply::Failure;
use crate::clock::{Clock, DAY};
use crate::examine::{Examined, Route, Verdict};
use crate::job::{Effects, Update};
use crate::preferences::{Cancelled, Preferences};
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

/// Reads what the account holds and asks the rules.
pub async fn decide(
    store: &dyn Store,
    clock: &dyn Clock,
    site: &Site,
    question: Question<'_>,
) -> Result<Decided, Failure> {
    let grounds = grounds(store, clock, question).await?;
    let policy = policy(site, question, &grounds)?;
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
fn stored(event: &Event) -> Result<Stored, Failure> {
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

fn policy(site: &Site, question: Question<'_>, grounds: &Grounds) -> Result<Policy, Failure> {
    let Question {
        examined, effects, ..
    } = question;
    let preferences = match &grounds.preferences {
        None => Preferences::default(),
        Some(json) => Preferences::from_json(json)
            .map_err(|error| Failure::Never(format!("the preferences cannot be read: {error}")))?,
    };
    Ok(Policy {
        permission: match &effects.add {
            None => Permission::None,
            Some(add) => {
                Permission::AddTo(add.calendar.as_ref().map(|calendar| calendar.0.clone()))
            }
        },
        update: match effects.update {
            Update::Yes => itip::Update::Allowed,
            Update::No => itip::Update::NotAllowed,
        },
        spam: match examined.verdict {
            Verdict::Ham => Spam::Ham,
            Verdict::Spam => Spam::Spam,
        },
        default_calendar: grounds
            .default_calendar
            .as_ref()
            .map(|calendar| calendar.0.clone())
            .unwrap_or_default(),
        cancel: match preferences.cancelled {
            Cancelled::Mark => CancelMode::Mark,
            Cancelled::Remove => CancelMode::Remove,
        },
        caps: Caps {
            added_today: grounds.added,
            per_sender_and_day: site.caps.new_per_sender_and_day,
            unanswered_now: grounds.unanswered,
            unanswered: site.caps.unanswered,
            early_of_sender: grounds.early,
        },
    })
}
