//! What is written at once, and what it leaves in the history.

use super::{
    AccountId, CalendarId, DecisionId, Event, JobKey, NewDecision, NewMail, Revision, Timestamp,
};

/// A change of an account, to be written whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Whose calendar.
    pub account: AccountId,
    /// The UID that is concerned.
    pub uid: String,
    /// What [`Store::event`](crate::Store::event) gave for the UID when the change was decided;
    /// `None` for changes that do not depend on it.
    pub expect: Option<Expect>,
    /// Other UIDs that are concerned.
    pub also: Vec<Also>,
    /// Objects to write.
    pub put: Vec<PutObject>,
    /// Objects to delete: calendar and name.
    pub delete: Vec<(CalendarId, String)>,
    /// Where the object that is put is copied or moved from: the properties that clients set on it there,
    /// and that its invitation was dismissed, come along in place of what its new place has of that.
    pub from: Option<(CalendarId, String)>,
    /// The state to keep from now on.
    pub state: StateChange,
    /// Senders and times of the messages of this UID that came too early, replacing those kept
    /// (rule D3); `None` leaves them.
    pub early: Option<Vec<(String, Timestamp)>>,
    /// The decision to record.
    pub decision: Option<NewDecision>,
    /// Mail to send.
    pub mails: Vec<NewMail>,
    /// Ids of held mails that are taken back, before others are written.
    pub withdraw: Vec<String>,
    /// How many new meetings may be mailed within one hold.
    pub guard: Option<Guard>,
    /// The taken job that ends with this commit.
    pub job: Option<JobKey>,
}

impl Commit {
    /// A commit that changes nothing yet.
    #[must_use]
    pub fn new(account: AccountId, uid: impl Into<String>) -> Self {
        Self {
            account,
            uid: uid.into(),
            expect: None,
            also: Vec::new(),
            put: Vec::new(),
            delete: Vec::new(),
            from: None,
            state: StateChange::Keep,
            early: None,
            decision: None,
            mails: Vec::new(),
            withdraw: Vec::new(),
            guard: None,
            job: None,
        }
    }
}

/// The limit past which invitations to new meetings wait for their owner's word (rule F8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    /// So many events may wait for the hold at once.
    pub meetings: u32,
    /// What is due later than this waits for the hold.
    pub now: Timestamp,
}

/// A further UID that a commit concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Also {
    /// The UID.
    pub uid: String,
    /// As in [`Commit::expect`].
    pub expect: Expect,
    /// The state to keep from now on.
    pub state: StateChange,
}

/// What must still hold for a commit to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    /// Exactly these objects of the UID, at these revisions.
    pub objects: Vec<(CalendarId, String, Revision)>,
    /// The state's revision, `None` for no state.
    pub state: Option<Revision>,
}

impl Expect {
    /// That nothing of what was read has changed.
    #[must_use]
    pub fn unchanged(event: &Event) -> Self {
        Self {
            objects: event
                .objects
                .iter()
                .map(|object| {
                    (
                        object.calendar.clone(),
                        object.name.clone(),
                        object.revision,
                    )
                })
                .collect(),
            state: event.state.as_ref().map(|state| state.revision),
        }
    }
}

/// An object to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutObject {
    /// The calendar that holds it. When it is gone the default calendar is taken: there it replaces
    /// the object of its UID, and gets a fresh name if another UID has its own; the
    /// [`Change`] and the decision say where it went.
    pub calendar: CalendarId,
    /// Its name within the calendar.
    pub name: String,
    /// The UID of its components.
    pub uid: String,
    /// The iCalendar text.
    pub text: Vec<u8>,
    /// Whether it waits for its owner's answer.
    pub unanswered: bool,
    /// Who changes it.
    pub by: By,
}

/// Who changes an object, as far as whoever else edits it must know (RFC 6638, 3.2.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Its owner: the Schedule-Tag changes.
    Owner,
    /// Its organizer, by a message: the Schedule-Tag changes, and an invitation that was dismissed is
    /// in the inbox again.
    Organizer,
    /// Nobody but the server, which notes an answer or what became of a message: the Schedule-Tag stays.
    Server,
}

/// What becomes of the state of a UID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateChange {
    /// It stays.
    Keep,
    /// It is replaced.
    Put(String),
    /// It is replaced by one that holds nothing but what came too early, and goes with the last of that.
    PutEarly(String),
    /// It goes.
    Remove,
}

/// What a commit did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    /// The account's revision after it; `None` when no object and no state changed.
    pub revision: Option<Revision>,
    /// The decision's number.
    pub decision: Option<DecisionId>,
    /// The objects of [`Commit::put`], in their order.
    pub written: Vec<Written>,
}

/// Where an object was written, which is not where it was put when that calendar is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The calendar.
    pub calendar: CalendarId,
    /// Its name within the calendar.
    pub name: String,
    /// The change that wrote it.
    pub revision: Revision,
}

/// One change in an account's history; also what sync tokens are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number.
    pub revision: Revision,
    /// Where.
    pub calendar: CalendarId,
    /// The object's name within the calendar.
    pub name: String,
    /// The object's UID.
    pub uid: String,
    /// The text from then on; `None`: deleted.
    pub text: Option<Vec<u8>>,
    /// The decision that made it, if it was one.
    pub decision: Option<DecisionId>,
    /// When.
    pub at: Timestamp,
}
