//! Jobs and mails that are still to be done.

use super::{AccountId, Timestamp};

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
