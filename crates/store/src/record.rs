//! The records that a store keeps.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
pub type Timestamp = i64;

/// The number of an account; never used again after the account is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AccountId(pub i64);

/// The opaque id of a calendar: `[A-Za-z0-9-]{1,64}`, never used again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CalendarId(pub String);

impl fmt::Display for CalendarId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number of a change of an account; grows by one with each change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Revision(pub i64);

/// The number of a decision within its account; grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DecisionId(pub i64);

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// The main address; its domain in lower case.
    pub address: String,
    /// Other addresses of the same account.
    pub aliases: Vec<String>,
    /// What a person reads; may be empty.
    pub name: String,
    /// The password's hash, a PHC string.
    pub password: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The main address.
    pub address: String,
    /// Other addresses.
    pub aliases: Vec<String>,
    /// What a person reads; may be empty.
    pub name: String,
    /// The password's hash, a PHC string.
    pub password: String,
}

impl Account {
    /// All addresses, the main one first.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.address.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}

/// A calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Its id.
    pub id: CalendarId,
    /// What a person reads.
    pub name: String,
    /// Whether new events without another target come here; one calendar of an account has it.
    pub is_default: bool,
    /// Whether the owner's changes of his own meetings in it are mailed (rule F8).
    pub invitations: Invitations,
}

/// Whether a calendar's invitations, changes and cancellations are mailed (rule F8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invitations {
    /// They are.
    Sent,
    /// They are not; answers are.
    NotSent,
}

/// All components with one UID in one calendar (RULES.md, *Object*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The calendar that holds it.
    pub calendar: CalendarId,
    /// Its name within the calendar, as in a CalDAV href.
    pub name: String,
    /// The UID of its components.
    pub uid: String,
    /// The iCalendar text, verbatim.
    pub text: Vec<u8>,
    /// The change that wrote it last; serves as its etag.
    pub revision: Revision,
    /// Whether it waits for its owner's answer (rule B7).
    pub unanswered: bool,
}

/// What an account holds of one UID.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// The objects, the default calendar's first.
    pub objects: Vec<Object>,
    /// What is kept beside them (RULES.md, *State*), also when there is no object.
    pub state: Option<State>,
}

/// The scheduling state of one UID of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The revision that wrote it.
    pub revision: Revision,
    /// The state itself, as the rules wrote it.
    pub json: String,
}

/// From when on the messages of a sender are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// Those that added an event.
    pub added: Timestamp,
    /// Those that came too early.
    pub early: Timestamp,
}

/// The note of a decision that the owner made by hand.
pub const BY_HAND: &str = "by-hand";

/// What a message is decided on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grounds {
    /// What the account holds of the UID.
    pub event: Event,
    /// The account's default calendar.
    pub default_calendar: Option<CalendarId>,
    /// As in [`Store::preferences`](crate::Store::preferences).
    pub preferences: Option<String>,
    /// How many events were added for messages of the sender (rule B7), those not counted that the
    /// owner let in himself ([`BY_HAND`]).
    pub added: u64,
    /// How many objects of the account still wait for an answer (rule B7).
    pub unanswered: u64,
    /// How many messages of the sender are kept that came too early (rule D3).
    pub early: u64,
}

/// What a mail is filtered with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilterGrounds {
    /// As in [`Store::preferences`](crate::Store::preferences).
    pub preferences: Option<String>,
    /// As in [`Store::script`](crate::Store::script).
    pub script: Option<String>,
    /// The calendar that holds the UID that was asked for, the default calendar winning over others.
    pub holding: Option<CalendarId>,
    /// As in [`Store::is_contact`](crate::Store::is_contact), when an address was asked for.
    pub is_contact: Option<bool>,
}

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its name within the address book, as in a CardDAV href.
    pub name: String,
    /// Its UID; empty when it has none.
    pub uid: String,
    /// The vCard, verbatim.
    pub text: Vec<u8>,
    /// Its mail addresses.
    pub addresses: Vec<String>,
}

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

/// A decision to be recorded (RULES.md, G).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewDecision {
    /// The message's job id, which makes the record unique: a second one is not written, but for
    /// what [`Store::commit`](crate::Store::commit) says of jobs.
    pub job: String,
    /// The message's METHOD as in the data, in capitals; empty when it was not stamped.
    pub method: String,
    /// The message's UID; empty when it was not stamped.
    pub uid: String,
    /// The event's title, for the list that a person reads.
    pub summary: String,
    /// The mail's Message-ID, empty when it has none.
    pub message_id: String,
    /// `added`, `updated`, `cancelled`, `removed`, `no-action`, `error`.
    pub outcome: String,
    /// A reason code of RULES.md.
    pub reason: String,
    /// What else was noticed: codes of RULES.md.
    pub notes: Vec<String>,
    /// The sender's address, empty when there is none.
    pub sender: String,
    /// How the sender was authenticated, or why not.
    pub authentication: String,
    /// Where the object is or would be.
    pub calendar: Option<CalendarId>,
    /// The object's name within the calendar.
    pub name: Option<String>,
    /// The object before, if there was one.
    pub before: Option<Vec<u8>>,
    /// The object after, if there is one.
    pub after: Option<Vec<u8>>,
    /// The message's calendar data when it was not applied and may be by hand later.
    pub suggestion: Option<Vec<u8>>,
    /// The Date field of a mail whose data is kept so.
    pub date: Option<Timestamp>,
    /// Whether that mail came through a mailing list; none where that was not recorded.
    pub through_list: Option<bool>,
    /// The address that it was delivered to; empty where that was not recorded.
    pub delivered_to: String,
    /// When the message came.
    pub received: Timestamp,
    /// When it was decided.
    pub decided: Timestamp,
}

/// A recorded decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its number.
    pub id: DecisionId,
    /// What was recorded.
    pub record: NewDecision,
}

/// The id of a job within its account: a digest of account, header and parts, in hex.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobKey {
    /// Whose calendar.
    pub account: AccountId,
    /// The digest.
    pub id: String,
}

/// Who holds a job: one delivery of one process of one node.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Holder {
    /// The node's name.
    pub node: String,
    /// The process start, unique within the node.
    pub process: String,
    /// The delivery, unique within the process.
    pub delivery: u64,
}

/// A job to be held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Its key.
    pub key: JobKey,
    /// Who holds it.
    pub holder: Holder,
    /// When the hold ends by itself.
    pub lease: Timestamp,
    /// What shall happen and how the message came, as JSON; opaque here.
    pub detail: String,
    /// The message's header and candidate parts, verbatim; opaque here.
    pub content: Vec<u8>,
    /// When the message came.
    pub received: Timestamp,
}

/// What became of a job that was to be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// It is new.
    New,
    /// It was there, held, ready or parked, and this delivery holds it too.
    Joined,
    /// It was done already: there is nothing to hold.
    Done,
}

/// A taken job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its key.
    pub key: JobKey,
    /// The distinct [`NewJob::detail`]s of the deliveries that hold or held it, the first one's
    /// first; never empty. A delivery that was refused has none here.
    pub details: Vec<String>,
    /// As in [`NewJob::content`].
    pub content: Vec<u8>,
    /// How often it was tried before.
    pub attempts: u32,
    /// When the message came.
    pub received: Timestamp,
}

/// The id of a mail in the outbox, unique within the account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailKey {
    /// Whose mail.
    pub account: AccountId,
    /// The id: printable ASCII.
    pub id: String,
}

/// A mail for the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// Its key: the same key is the same mail, written once.
    pub key: MailKey,
    /// `redirect`, or later the iTIP method.
    pub kind: String,
    /// The reverse-path; empty for the null one.
    pub reverse_path: String,
    /// The recipient.
    pub recipient: String,
    /// The whole message, CRLF lines.
    pub message: Vec<u8>,
    /// Not to be sent before.
    pub not_before: Timestamp,
    /// Not to be sent after.
    pub expires: Timestamp,
    /// The UID that it is about; empty for mail of no event of the account's.
    pub uid: String,
    /// Why it is not due at once.
    pub hold: Hold,
}

/// Why a mail waits, and so may be taken back before it was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// It does not wait.
    None,
    /// An answer that its owner may still think better of (rule F2).
    Answer,
    /// The invitation to a new meeting (rule F8).
    Invitation,
}

/// A mail that waits for the hold and was never tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldMail {
    /// Its id.
    pub id: String,
    /// As in [`NewMail::recipient`].
    pub recipient: String,
    /// Why it waits.
    pub hold: Hold,
    /// As in [`NewMail::not_before`].
    pub not_before: Timestamp,
}

/// A taken mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// What was written.
    pub mail: NewMail,
    /// How often it was tried before.
    pub attempts: u32,
}

/// What a worker takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Jobs, by [`Store::jobs_take`](crate::Store::jobs_take).
    Jobs,
    /// Mails, by [`Store::mails_take`](crate::Store::mails_take).
    Mails,
}

/// A job or mail that is not done, as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueEntry {
    /// The job's or mail's id.
    pub id: String,
    /// Whose.
    pub account: AccountId,
    /// `calendar`, or the mail's kind.
    pub kind: String,
    /// Whether it is held, waits, or is parked.
    pub state: QueueState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is due; for held ones, when the first lease ends; for parked ones, when they were
    /// parked.
    pub due: Timestamp,
    /// When it came.
    pub received: Timestamp,
    /// The last error, empty when there was none.
    pub error: String,
    /// The recipient of a mail; empty for a job.
    pub recipient: String,
}

/// Where a queue entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueState {
    /// Its mail is being delivered.
    Held,
    /// It is due or waits for its time.
    Ready,
    /// It waits for a person.
    Parked,
    /// It waits for its account's word, with all invitations to new meetings (rule F8).
    Unconfirmed,
}

/// Counters since the store was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Transactions made durable by a sync of their own.
    pub commits: u64,
    /// Writes in them and in those that become durable with the next.
    pub writes: u64,
    /// Jobs held.
    pub jobs_held: u64,
    /// Transactions in which jobs were held.
    pub commits_with_jobs: u64,
    /// Jobs that ended.
    pub jobs_ended: u64,
    /// Transactions in which jobs ended.
    pub commits_with_ends: u64,
}
