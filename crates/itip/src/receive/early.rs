//! What came too early: kept with its sender, and taken when its object appears (rule D3).

use calendar::{Component, ComponentBuf, Document, Method, PropertyBuf};

use super::decide;
use crate::case::Case;
use crate::decision::{Change, Decision, Outcome, Suggestion};
use crate::incoming::{AddressOwner, Incoming, Route, Sender, Timestamp};
use crate::limits::Limits;
use crate::note::Note;
use crate::object::calendar_of;
use crate::owner::Owner;
use crate::policy::{Permission, Policy, Update};
use crate::reason::Reason;
use crate::recurrence_id::RecurrenceId;
use crate::state::{Early, State};
use crate::stored::{Access, Account, Stored, StoredObject};

/// What of a component the rules read when it counts later.
const KEPT: &[&str] = &[
    "UID",
    "RECURRENCE-ID",
    "SEQUENCE",
    "DTSTAMP",
    "LAST-MODIFIED",
    "DTSTART",
    "ORGANIZER",
    "ATTENDEE",
    "COMMENT",
];

/// How often what waits is gone through again, because something of it counted.
const ROUNDS: usize = 8;

/// The most ATTENDEEs of a kept component.
const ATTENDEES: usize = 16;

/// Keeps the message of a case, if it may ever count; `reason` is what it is refused for now.
pub(super) fn keep(case: &Case<'_>, reason: Reason) -> Decision {
    let incoming = case.incoming;
    let Some(sender) = incoming.sender.believed() else {
        return Decision::no_action(Reason::NotAuthenticated);
    };
    if !case.may_update() {
        return Decision::no_action(Reason::NotPermitted);
    }
    let mut state = case.incoming_state();
    state
        .early
        .retain(|early| !is_expired(early, incoming.received, case.limits));
    if state
        .early
        .iter()
        .any(|early| early.digest == incoming.digest)
    {
        return Decision::no_action(Reason::Duplicate);
    }
    let text = reduced(case);
    make_room(&mut state, sender.as_str(), case.limits);
    let is_full = case.policy.caps.early_of_sender >= case.limits.early_per_sender
        || state.early.len() >= case.limits.early_per_uid
        || text.len() > case.limits.early_bytes;
    if is_full {
        return Decision::no_action(reason).noted(Note::EarlyCap);
    }
    state.early.push(Early {
        method: incoming.method.as_str().to_owned(),
        sender: sender.as_str().to_owned(),
        trust: incoming.sender.trust,
        via_service: incoming.sender.via_service.clone(),
        received: incoming.received,
        date: incoming.date,
        digest: incoming.digest.to_owned(),
        text,
    });
    let mut decision = Decision::no_action(reason).noted(Note::KeptForLater);
    decision.state = Some(state);
    decision
}

/// Where a UID has all that it may keep, the oldest message goes of the sender who has most, so that
/// nobody can crowd out the organizer.
fn make_room(state: &mut State, sender: &str, limits: &Limits) {
    if state.early.len() < limits.early_per_uid {
        return;
    }
    let count = |of: &str| {
        state
            .early
            .iter()
            .filter(|early| early.sender == of)
            .count()
    };
    let most = state.early.iter().max_by_key(|early| count(&early.sender));
    let Some(most) = most.map(|early| early.sender.clone()) else {
        return;
    };
    if count(&most) > count(sender) + 1
        && let Some(at) = state.early.iter().position(|early| early.sender == most)
    {
        state.early.remove(at);
    }
}

fn is_expired(early: &Early, now: Timestamp, limits: &Limits) -> bool {
    now.saturating_sub(early.received) > limits.early_age
}

/// The message's components with what the rules read alone.
fn reduced(case: &Case<'_>) -> String {
    let mut calendar = ComponentBuf::new("VCALENDAR");
    for (id, part) in &case.arrival.parts {
        calendar.push_component(reduced_component(id, &part.component, case));
    }
    String::from_utf8_lossy(&calendar.to_bytes()).into_owned()
}

fn reduced_component(
    id: &RecurrenceId,
    component: &Component<'_>,
    case: &Case<'_>,
) -> ComponentBuf {
    let mut kept = ComponentBuf::new(component.name());
    // The owner's own line first, so that the limit cannot cut it.
    let is_own = |line: &calendar::Property<'_>| line.is("ATTENDEE") && case.owner.is(line);
    let own = component.properties().filter(&is_own);
    let others = component.properties().filter(|line| !is_own(line));
    let mut attendees = 0;
    for line in own
        .chain(others)
        .filter(|line| KEPT.iter().any(|name| line.is(name)))
    {
        attendees += usize::from(line.is("ATTENDEE"));
        if !line.is("ATTENDEE") || attendees <= ATTENDEES {
            kept.push_property(named(id, line.to_buf()));
        }
    }
    kept
}

/// A RECURRENCE-ID as what it names, for the VTIMEZONEs are not kept.
fn named(id: &RecurrenceId, mut line: PropertyBuf) -> PropertyBuf {
    if let Some(value) = id.date_or_time().filter(|_| line.is("RECURRENCE-ID")) {
        line.remove_parameter("TZID");
        line.set_value(&value.to_string());
    }
    line
}

/// Takes what came too early into a decision after which its object stands there.
pub(super) fn settle(
    stored: &Stored,
    incoming: &Incoming<'_>,
    owner: &Owner,
    policy: &Policy,
    limits: &Limits,
    decision: &mut Decision,
) {
    let state = decision.state.as_ref().unwrap_or(&stored.state);
    if state
        .early
        .iter()
        .all(|early| early.digest == incoming.digest)
    {
        return;
    }
    let mut replay = Replay::begin(stored, decision, (incoming, owner, limits), policy);
    if replay.stored.objects.is_empty() {
        return;
    }
    replay.run();
    replay.finish(decision, &stored.state);
}

/// Takes what came too early for an object that the owner stored: by PUT, import or undo (rule D3).
///
/// None when nothing of it counts. `kind` is the object's.
pub fn recall(
    stored: &Stored,
    (uid, kind, now): (&str, calendar::Kind, Timestamp),
    account: &Account<'_>,
    policy: &Policy,
    limits: &Limits,
) -> Option<Decision> {
    let document = Document::parse(Vec::new(), &limits.calendar).ok()?;
    let nobody = Sender {
        address: None,
        trust: crate::Trust::Failed,
        via_service: None,
        owner: AddressOwner::Person,
    };
    let incoming = Incoming {
        document: &document,
        method: Method::Refresh,
        uid,
        kind,
        sender: nobody,
        received: now,
        date: None,
        digest: "",
        route: Route::Direct,
        delivered_to: "",
    };
    let mut decision = Decision::no_action(Reason::UnknownEvent);
    // What the owner stores again is no longer what a CANCEL took away (rule C10).
    if !stored.objects.is_empty() && stored.state.removed.is_some() {
        let mut state = stored.state.clone();
        state.removed = None;
        decision.state = Some(state);
    }
    settle(
        stored,
        &incoming,
        &Owner::of(account),
        policy,
        limits,
        &mut decision,
    );
    decision.state.is_some().then_some(decision)
}

/// The account as it is after the decision, and what is replayed on it.
struct Replay<'a> {
    stored: Stored,
    incoming: &'a Incoming<'a>,
    owner: &'a Owner,
    limits: &'a Limits,
    policy: Policy,
    /// The last decision of an early message that counted.
    last: Option<Decision>,
    is_new: bool,
}

impl<'a> Replay<'a> {
    fn begin(
        stored: &Stored,
        decision: &Decision,
        (incoming, owner, limits): (&'a Incoming<'a>, &'a Owner, &'a Limits),
        policy: &Policy,
    ) -> Self {
        let mut after = stored.clone();
        if let Some(state) = &decision.state {
            after.state = state.clone();
        }
        let is_new = matches!(decision.change, Change::Put { name: None, .. });
        apply(&mut after, &decision.change);
        let policy = Policy {
            permission: Permission::None,
            update: Update::Allowed,
            ..policy.clone()
        };
        Self {
            stored: after,
            incoming,
            owner,
            limits,
            policy,
            last: None,
            is_new,
        }
    }

    fn run(&mut self) {
        // What one brings another may wait for: a delegate his delegator's answer.
        for _ in 0..ROUNDS {
            if !self.round() {
                return;
            }
        }
    }

    /// Goes through what waits, once; whether any of it counted while other waits.
    fn round(&mut self) -> bool {
        let waiting = std::mem::take(&mut self.stored.state.early);
        let before = waiting.len();
        let mut left = Vec::new();
        for early in waiting {
            if is_expired(&early, self.incoming.received, self.limits) {
                continue;
            }
            if early.digest == self.incoming.digest || !self.take(&early) {
                left.push(early);
            }
        }
        let has_less = !left.is_empty() && left.len() < before;
        self.stored.state.early = left;
        has_less
    }

    /// Whether the message is done with: taken, or never to count.
    fn take(&mut self, early: &Early) -> bool {
        let decision = self.decide(early);
        let Some(mut decision) = decision else {
            return true;
        };
        if is_still_early(&decision, early) {
            return false;
        }
        if let Some(state) = decision.state.take() {
            self.stored.state = state;
        }
        if decision.change != Change::None {
            apply(&mut self.stored, &decision.change);
            self.last = Some(decision);
        }
        true
    }

    fn decide(&self, early: &Early) -> Option<Decision> {
        let document = Document::parse(early.text.as_str(), &self.limits.calendar).ok()?;
        let incoming = Incoming {
            document: &document,
            method: Method::parse(&early.method)?,
            sender: Sender {
                address: Some(early.sender.clone()),
                trust: early.trust,
                via_service: early.via_service.clone(),
                // What comes too early never makes an event, so it pins nobody.
                owner: AddressOwner::Person,
            },
            received: early.received,
            date: early.date,
            digest: &early.digest,
            ..self.incoming.clone()
        };
        calendar_of(&document)?;
        Some(decide(
            &self.stored,
            &incoming,
            self.owner,
            &self.policy,
            self.limits,
        ))
    }

    fn finish(self, decision: &mut Decision, before: &State) {
        let Some(last) = self.last else {
            let is_moved = self.stored.state != *before;
            decision.state = is_moved.then_some(self.stored.state);
            return;
        };
        decision.note(Note::EarlyApplied);
        for note in &last.notes {
            decision.note(*note);
        }
        decision.state = Some(self.stored.state);
        let is_removed = matches!(last.change, Change::Delete { .. });
        if self.is_new && is_removed {
            decision.change = Change::None;
            (decision.outcome, decision.reason) = (Outcome::NoAction, Reason::StillCancelled);
            return;
        }
        if decision.change == Change::None || is_removed {
            (decision.outcome, decision.reason) = (last.outcome, last.reason);
            decision.suggestion = Suggestion::None;
        }
        decision.change = if self.is_new {
            unnamed(last.change)
        } else {
            last.change
        };
    }
}

/// Whether a message still waits for what it is about.
fn is_still_early(decision: &Decision, early: &Early) -> bool {
    let is_kept = |state: &State| state.early.iter().any(|other| other.digest == early.digest);
    match &decision.state {
        Some(state) => is_kept(state),
        None => matches!(
            decision.reason,
            Reason::NoSuchInstance | Reason::PartyCrasher
        ),
    }
}

/// The account's objects after a change.
fn apply(stored: &mut Stored, change: &Change) {
    match change {
        Change::None => {}
        Change::Put {
            calendar,
            name,
            text,
            ..
        } => {
            let name = name.clone().unwrap_or_default();
            stored
                .objects
                .retain(|object| (&object.calendar, &object.name) != (calendar, &name));
            let object = StoredObject {
                calendar: calendar.clone(),
                name,
                text: text.clone(),
                access: Access::Writable,
            };
            stored.objects.insert(0, object);
        }
        Change::Delete { calendar, name } => {
            stored
                .objects
                .retain(|object| (&object.calendar, &object.name) != (calendar, name));
        }
    }
}

/// A new object has no name yet.
fn unnamed(change: Change) -> Change {
    match change {
        Change::Put {
            calendar,
            text,
            answered,
            ..
        } => Change::Put {
            calendar,
            name: None,
            text,
            answered,
        },
        other => other,
    }
}

impl Case<'_> {
    /// The state as it was kept, without what the rules assume where no base is known.
    pub(super) fn incoming_state(&self) -> State {
        self.kept.clone()
    }
}
