//! A decision of the rules as a change of the store.

use calendar::Method;
use itip::{Answered, Change, Contents, Decision, State};
use store::{By, CalendarId, Commit, Event, PutObject, StateChange};

use crate::name;

/// Where an object is: its calendar and its name in there.
pub(crate) type Place = (CalendarId, String);

/// Writes what the rules decided into the commit: object and state.
pub(crate) fn write(commit: &mut Commit, decision: &Decision, by: By) {
    if let Some(state) = &decision.state {
        keep(commit, state);
    }
    let Some((calendar, name)) = place(&decision.change, &commit.uid) else {
        return;
    };
    match &decision.change {
        Change::Put { text, answered, .. } => commit.put.push(PutObject {
            calendar,
            name,
            uid: commit.uid.clone(),
            text: text.clone(),
            unanswered: *answered == Answered::No,
            by,
        }),
        _ => commit.delete.push((calendar, name)),
    }
}

/// Who changes an object by a message: answers, and an organizer who only passes them on, change
/// nothing that matters to whoever edits it (RFC 6638, 3.2.10).
pub(crate) fn by(event: &Event, decision: &Decision, method: Method, uid: &str) -> By {
    if matches!(method, Method::Reply | Method::Counter | Method::Refresh) {
        return By::Server;
    }
    let turn = Turn::of(event, decision, uid);
    let limits = calendar::Limits::default();
    match (&turn.before, &turn.after) {
        (Some(before), Some(after)) if itip::only_answers_differ(before, after, &limits) => {
            By::Server
        }
        _ => By::Organizer,
    }
}

/// Where a change happens; a new object is named by its UID.
fn place(change: &Change, uid: &str) -> Option<Place> {
    let (calendar, name) = match change {
        Change::None => return None,
        Change::Put { calendar, name, .. } => (calendar, name.clone()),
        Change::Delete { calendar, name } => (calendar, Some(name.clone())),
    };
    let name = name.unwrap_or_else(|| name::of_event(uid));
    Some((CalendarId(calendar.clone()), name))
}

/// Writes the state to keep from now on, and what is counted of it.
pub(crate) fn keep(commit: &mut Commit, state: &State) {
    commit.state = match state.contents() {
        Contents::Nothing => StateChange::Remove,
        Contents::EarlyAlone => StateChange::PutEarly(state.to_json()),
        Contents::More => StateChange::Put(state.to_json()),
    };
    let early = state.early();
    commit.early = Some(early.map(|(sender, at)| (sender.to_owned(), at)).collect());
}

/// What a decision did to an object, for its record.
pub(crate) struct Turn {
    /// Where the object is, or would be.
    pub(crate) place: Option<Place>,
    /// Its text before, for undo; none when nothing changed.
    pub(crate) before: Option<Vec<u8>>,
    /// Its text after.
    pub(crate) after: Option<Vec<u8>>,
}

impl Turn {
    /// `event` is what was held of the UID before.
    pub(crate) fn of(event: &Event, decision: &Decision, uid: &str) -> Self {
        let Some((calendar, name)) = place(&decision.change, uid) else {
            let first = event.objects.first();
            return Self {
                place: first.map(|object| (object.calendar.clone(), object.name.clone())),
                before: None,
                after: None,
            };
        };
        let mut objects = event.objects.iter();
        let held = objects.find(|object| object.calendar == calendar && object.name == name);
        Self {
            before: held.map(|object| object.text.clone()),
            after: match &decision.change {
                Change::Put { text, .. } => Some(text.clone()),
                _ => None,
            },
            place: Some((calendar, name)),
        }
    }
}
