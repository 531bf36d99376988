//! A suggested change applied by its owner's act (rules B3, C10, E3): the message that a decision
//! kept, decided again by the same rules with the owner's permission.

use calendar::{Document, Message};
use imip::sender::SenderNote;
use itip::{AddressOwner, Decision, Incoming, Note, Outcome, Reason, Route, Sender, Trust};
use store::{Account, By, Commit, DecisionId, Event, Expect, NewDecision, Store, Timestamp};

use crate::clock::Clock;
use crate::meanwhile::ROUNDS;
use crate::update::apply::Failure;
use crate::update::change::{self, Turn};
use crate::update::decide;

/// The note of a record that was made by hand.
pub const NOTE: &str = store::BY_HAND;

/// Why a suggestion was not applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotApplied {
    /// The account has no such decision.
    #[error("there is no decision {0}; `invited decisions` lists them")]
    Unknown(i64),
    /// The decision kept no message.
    #[error("decision {0} kept no message to apply; `invited decisions` says which ones did")]
    NothingKept(i64),
    /// It was applied before, by the second decision.
    #[error(
        "decision {0} was applied already, by decision {1}; if you undid that, undo the undoing to apply it again"
    )]
    AppliedBefore(i64, i64),
    /// The rules have nothing to change for it, for a reason other than who sent it.
    #[error("decision {0} cannot be applied: {1}")]
    Refused(i64, &'static str),
    /// The kept message cannot be read.
    #[error("the message that decision {0} kept cannot be read: {1}")]
    Unreadable(i64, String),
    /// What is kept beside the event, or the preferences, cannot be read.
    #[error("{0}")]
    Failed(String),
    /// The store could not be asked or written.
    #[error("{0}")]
    Store(#[from] store::Error),
}

impl From<Failure> for NotApplied {
    fn from(failure: Failure) -> Self {
        let (Failure::Later(what) | Failure::Never(what)) = failure;
        Self::Failed(what)
    }
}

/// What was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// What became of the event.
    pub outcome: Outcome,
    /// The decision that records it, and that undo takes back.
    pub decision: DecisionId,
}

/// Applies the message that a decision kept. It is recorded as a decision of its own.
pub async fn apply(
    store: &dyn Store,
    clock: &dyn Clock,
    account: &Account,
    id: DecisionId,
) -> Result<Applied, NotApplied> {
    let kept = store.decision(account.id, id).await?;
    let kept = kept.ok_or(NotApplied::Unknown(id.0))?.record;
    let text = kept.suggestion.as_deref();
    let text = text.ok_or(NotApplied::NothingKept(id.0))?;
    let unreadable = |error: String| NotApplied::Unreadable(id.0, error);
    let document = Document::parse(text, &calendar::Limits::default())
        .map_err(|error| unreadable(error.to_string()))?;
    let message = Message::read(&document).map_err(|error| unreadable(error.to_string()))?;
    let incoming = incoming(&document, &message, &kept, account);
    for _ in 0..ROUNDS {
        if let Some(by) = store.decision_of(account.id, &job(id)).await? {
            return Err(NotApplied::AppliedBefore(id.0, by.0));
        }
        let event = store.event(account.id, &message.uid).await?;
        let decision = decide::by_hand(store, account, &event, &incoming).await?;
        if decision.change == itip::Change::None {
            return Err(NotApplied::Refused(id.0, decision.reason.text()));
        }
        let commit = commit(account, (id, &kept), &event, &decision, clock.now());
        match store.commit(commit).await {
            Err(store::Error::Conflict) => {}
            Err(error) => return Err(error.into()),
            Ok(committed) => {
                return Ok(Applied {
                    outcome: decision.outcome,
                    decision: committed.decision.unwrap_or(id),
                });
            }
        }
    }
    Err(store::Error::Conflict.into())
}

/// Whether a record keeps a message that the owner's permission may apply.
///
/// A proposal or a request for the current version is kept to be shown, and what is too much stays so.
#[must_use]
pub fn is_offered(record: &NewDecision) -> bool {
    const SHOWN: [Reason; 3] = [Reason::Counter, Reason::Refresh, Reason::TooMuch];
    let reason = Reason::from_code(&record.reason);
    record.suggestion.is_some() && reason.is_some_and(|reason| !SHOWN.contains(&reason))
}

/// What makes the record of an applied suggestion unique.
#[must_use]
pub fn job(id: DecisionId) -> String {
    format!("apply-{}", id.0)
}

/// The message as it came, as far as its record tells.
fn incoming<'a>(
    document: &'a Document,
    message: &'a Message,
    kept: &'a NewDecision,
    account: &'a Account,
) -> Incoming<'a> {
    Incoming {
        document,
        method: message.method,
        uid: &message.uid,
        kind: message.kind,
        sender: sender(kept),
        received: kept.received,
        date: kept.date,
        digest: &kept.job,
        route: route(kept),
        delivered_to: match kept.delivered_to.as_str() {
            "" => &account.address,
            address => address,
        },
    }
}

/// How it came. Through a list nobody is pinned but an organizer, who has his rights anyway: so it is
/// taken where nothing else is recorded, and of a sender whom nobody authenticated (rule B3).
fn route(kept: &NewDecision) -> Route {
    let is_authenticated = sender(kept).trust != Trust::Failed;
    if is_authenticated && kept.through_list == Some(false) {
        Route::Direct
    } else {
        Route::List
    }
}

fn sender(kept: &NewDecision) -> Sender {
    let has = |code: &str| kept.notes.iter().any(|note| note == code);
    Sender {
        address: (!kept.sender.is_empty()).then(|| kept.sender.clone()),
        trust: match kept.authentication.as_str() {
            "failed" | "" => Trust::Failed,
            "unverified" => Trust::Unverified,
            _ => Trust::Authenticated,
        },
        via_service: has(Note::ViaService.code()).then(|| kept.sender.clone()),
        owner: if has(SenderNote::ServiceAddress.code()) {
            AddressOwner::Service
        } else {
            AddressOwner::Person
        },
    }
}

fn commit(
    account: &Account,
    (id, kept): (DecisionId, &NewDecision),
    event: &Event,
    decision: &Decision,
    now: Timestamp,
) -> Commit {
    let mut commit = Commit::new(account.id, kept.uid.clone());
    commit.expect = Some(Expect::unchanged(event));
    change::write(&mut commit, decision, By::Owner);
    let Turn {
        place,
        before,
        after,
    } = Turn::of(event, decision, &kept.uid);
    let (calendar, name) = place.unzip();
    let mut notes = vec![NOTE.to_owned()];
    notes.extend(decision.notes.iter().map(|note| note.code().to_owned()));
    commit.decision = Some(NewDecision {
        job: job(id),
        outcome: decision.outcome.as_str().to_owned(),
        reason: decision.reason.code().to_owned(),
        notes,
        calendar,
        name,
        before,
        after,
        suggestion: None,
        decided: now,
        ..kept.clone()
    });
    commit
}
