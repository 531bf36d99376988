//! Records, the [`Store`] trait that every database implements, and SQLite behind it.
//!
//! A change is a value ([`Commit`]) that is written whole or not at all; no transaction type
//! leaves this crate. Everything an account owns has a key that begins with the account.

pub mod collection;
mod collections;
pub mod error;
pub mod record;
mod sqlite;

use async_trait::async_trait;

pub use collection::*;
pub use collections::Collections;
pub use error::{Error, Result};
pub use record::*;
pub use sqlite::SqliteStore;

/// What every database behind `invited` does.
///
/// All methods may be called at once from any task. A method that returns `Ok` after writing has
/// made the write durable, unless its documentation says otherwise. The contract is held by one
/// test suite that runs over any implementation.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    // Accounts ---------------------------------------------------------------------------------

    /// Makes an account, its addresses and its default calendar.
    ///
    /// Addresses that differ in case alone are one: the first spelling is kept. Fails with
    /// [`Error::AddressTaken`] when one of the addresses, in any spelling, belongs to an account.
    async fn account_add(&self, account: NewAccount) -> Result<Account>;
    /// Removes an account with everything it owns; ids are never used again.
    async fn account_remove(&self, account: AccountId) -> Result<()>;
    /// All accounts, by address.
    async fn accounts(&self) -> Result<Vec<Account>>;
    /// The account that has `address` among its addresses.
    ///
    /// The domain is compared without case, the local part exactly first and then without case.
    /// Plus-tags are the caller's business.
    async fn account_by_address(&self, address: &str) -> Result<Option<Account>>;
    /// The account with that id.
    async fn account(&self, account: AccountId) -> Result<Option<Account>>;
    /// Replaces the password hash (a PHC string).
    async fn account_set_password(&self, account: AccountId, hash: &str) -> Result<()>;

    // Calendars, objects, contacts -------------------------------------------------------------

    /// The account's calendars, the default one first.
    async fn calendars(&self, account: AccountId) -> Result<Vec<Calendar>>;
    /// Makes a calendar with a fresh id.
    async fn calendar_add(&self, account: AccountId, name: &str) -> Result<Calendar>;
    /// Says whether what its owner changes of his own meetings in a calendar is mailed (rule F8).
    async fn calendar_set_invitations(
        &self,
        account: AccountId,
        calendar: &CalendarId,
        invitations: Invitations,
    ) -> Result<()>;
    /// The objects of one calendar, by UID.
    async fn objects(&self, account: AccountId, calendar: &CalendarId) -> Result<Vec<Object>>;
    /// All objects of the account that hold this UID, with the scheduling state of the UID.
    ///
    /// One consistent read.
    async fn event(&self, account: AccountId, uid: &str) -> Result<Event>;
    /// The last text that an object of this UID had, also when there is none any more.
    async fn last_text(&self, account: AccountId, uid: &str) -> Result<Option<Vec<u8>>>;
    /// Writes contacts into the default address book; one with the same `name` or UID there is
    /// replaced.
    async fn contacts_put(&self, account: AccountId, contacts: Vec<Contact>) -> Result<()>;
    /// The contacts of all the account's address books, by name.
    async fn contacts(&self, account: AccountId) -> Result<Vec<Contact>>;
    /// Whether a contact of the account has this mail address (compared as in
    /// [`Store::account_by_address`]).
    async fn is_contact(&self, account: AccountId, address: &str) -> Result<bool>;

    // Preferences and scripts ------------------------------------------------------------------

    /// The account's calendar preferences as JSON, if they were ever set.
    async fn preferences(&self, account: AccountId) -> Result<Option<String>>;
    /// Replaces the preferences.
    async fn preferences_set(&self, account: AccountId, json: &str) -> Result<()>;
    /// The account's own Sieve script, if there is one.
    async fn script(&self, account: AccountId) -> Result<Option<String>>;
    /// Replaces the script, or removes it.
    async fn script_set(&self, account: AccountId, source: Option<&str>) -> Result<()>;

    /// What a mail is filtered with, in one consistent read: settings, who holds the UID of its event, and
    /// whether its sender is a contact.
    async fn filter_grounds(
        &self,
        account: AccountId,
        uid: Option<&str>,
        sender: Option<&str>,
    ) -> Result<FilterGrounds>;

    // Changes ----------------------------------------------------------------------------------

    /// Writes a change in one transaction: objects, history and sync changes, scheduling state,
    /// decision, mail, and the end of the job that caused it.
    ///
    /// Refuses with [`Error::Conflict`], nothing written, when an expectation no longer holds, or
    /// when a put would give a name to a second UID or a UID a second name in its calendar: then
    /// read again and decide again. Deletions come before puts, so that an object may be renamed.
    ///
    /// A commit whose [`Commit::job`] is done already writes nothing and names the decision that
    /// the first one recorded; one whose job was dropped, never was, or went with its account, is
    /// refused with [`Error::Dropped`]. Its decision replaces a record of the same job, which then was one of a
    /// failure, under a new number. On any error the job stays taken.
    ///
    /// A commit that ends a job and sends no mail is whole and seen by all at once, but may become
    /// durable only with the next write that must be: a power failure gives the job back, and the
    /// same is decided again.
    ///
    /// Mails of [`Commit::withdraw`] are never sent once the commit is written; it is refused with
    /// [`Error::Conflict`] when one of them is being sent, was tried, or is gone. With
    /// [`Commit::guard`], all invitations that wait go on waiting for [`Store::queue_release`] when
    /// some did before, or they are to more meetings than that.
    async fn commit(&self, commit: Commit) -> Result<Committed>;
    /// The account's changes with a revision above `after`, oldest first, at most `limit`.
    async fn changes(&self, account: AccountId, after: Revision, limit: u32)
    -> Result<Vec<Change>>;
    /// The account's decisions, newest first, at most `limit`.
    async fn decisions(&self, account: AccountId, limit: u32) -> Result<Vec<Decision>>;
    /// One decision.
    async fn decision(&self, account: AccountId, id: DecisionId) -> Result<Option<Decision>>;
    /// The number of the decision with this [`NewDecision::job`].
    async fn decision_of(&self, account: AccountId, job: &str) -> Result<Option<DecisionId>>;
    /// The Message-ID of the latest REQUEST about a UID that has one, if it is among the account's
    /// last five hundred decisions.
    async fn invitation_of(&self, account: AccountId, uid: &str) -> Result<Option<String>>;
    /// What a message of this sender about this UID is decided on.
    ///
    /// One consistent read.
    async fn grounds(
        &self,
        account: AccountId,
        uid: &str,
        sender: &str,
        since: Since,
    ) -> Result<Grounds>;

    // Jobs -------------------------------------------------------------------------------------

    /// Writes jobs as `held`, before delivery; see [`Holding`] for what became of each.
    ///
    /// All are written or none. A job whose id is already there is joined: this delivery holds it
    /// too, and what it wants done is added to [`Job::details`] unless the job is taken already.
    /// A job is done for 30 days, or for ever when a decision was recorded under its id.
    ///
    /// [`Store::queue`] of another process shows at once that it is held; what else another process
    /// may do with it, it can within a second.
    async fn jobs_hold(&self, jobs: Vec<NewJob>) -> Result<Vec<Holding>>;
    /// Makes jobs `ready`, after delivery: the mail is stored, so its effects shall happen.
    ///
    /// It may be written later than the return: a held job of a node that died is released at start.
    /// [`Store::jobs_take`] and [`Store::queue`] of the same process see it at once, others within a
    /// second. Holds that are not there are passed over.
    async fn jobs_release(&self, jobs: Vec<(JobKey, Holder)>) -> Result<()>;
    /// The store refused the mail: takes this delivery's hold away, and the job with it when it is
    /// still held and nobody else holds it. A hold that was released stays.
    async fn jobs_refuse(&self, jobs: Vec<(JobKey, Holder)>) -> Result<()>;
    /// Releases what this node's earlier processes held, and what any node held past its lease.
    /// Returns how many holds.
    ///
    /// Also forgets what has had its time: keys that were done more than 30 days ago, and what is
    /// counted of messages that came too early more than 90 days ago (rule D3).
    async fn jobs_sweep(&self, node: &str, process: &str, now: Timestamp) -> Result<u64>;
    /// Takes up to `limit` due ready jobs, of different accounts none of which has a taken job.
    ///
    /// The job of an account that has been due longest comes first, and accounts take turns; jobs
    /// that wait for a retry or are parked do not block those behind them. A taken job stays taken until [`Commit::job`] ends it or
    /// [`Store::job_retry`] or [`Store::job_park`] gives it back; a restart gives all back. What
    /// is taken is known to this process alone: one process takes.
    async fn jobs_take(&self, now: Timestamp, limit: usize) -> Result<Vec<Job>>;
    /// Gives a taken job back, to be tried again at `at`. On an error it stays taken: call again.
    async fn job_retry(&self, job: &JobKey, at: Timestamp, error: &str) -> Result<()>;
    /// Parks a taken job: it is shown and waits for a person. On an error it stays taken: call
    /// again.
    ///
    /// `failure` is recorded with it, in place of an earlier record of the same job; its
    /// [`NewDecision::job`] is the job's id. The job is not done by that. Of a job that was dropped
    /// nothing is written, it is given back alone, here as in [`Store::job_retry`].
    async fn job_park(&self, job: &JobKey, error: &str, failure: Option<NewDecision>)
    -> Result<()>;

    // Outbox -----------------------------------------------------------------------------------

    /// Writes mails to the outbox; one whose id is there already is left as it is, and one that was
    /// sent in the last 30 days is not written again.
    async fn mails_add(&self, mails: Vec<NewMail>) -> Result<()>;
    /// The mails about a UID that wait for the hold, or their owner's word, beyond `now`, and were
    /// never tried: those that [`Commit::withdraw`] may name.
    async fn mails_held(
        &self,
        account: AccountId,
        uid: &str,
        now: Timestamp,
    ) -> Result<Vec<HeldMail>>;
    /// Takes up to `limit` due mails; a restart gives all back.
    async fn mails_take(&self, now: Timestamp, limit: usize) -> Result<Vec<Mail>>;
    /// The relay took the mail: it leaves the outbox. On an error it stays taken: call again.
    async fn mail_sent(&self, mail: &MailKey) -> Result<()>;
    /// Gives a taken mail back, to be tried again at `at`. On an error it stays taken: call again.
    async fn mail_retry(&self, mail: &MailKey, at: Timestamp, error: &str) -> Result<()>;
    /// Parks a taken mail. On an error it stays taken: call again.
    async fn mail_park(&self, mail: &MailKey, error: &str) -> Result<()>;

    // What a person sees and does ---------------------------------------------------------------

    /// Jobs and mails that are not done, oldest first; parked ones included.
    async fn queue(&self) -> Result<Vec<QueueEntry>>;
    /// Makes a waiting or parked entry due since it came. `false`: there is none with this id that
    /// nobody of this process works on.
    async fn queue_retry(&self, id: &str) -> Result<bool>;
    /// Drops a waiting or parked entry. `false`: there is none with this id that nobody of this
    /// process works on.
    ///
    /// A dropped job is done. It leaves a record with the outcome `error` and the reason `dropped`,
    /// which says of the message what was recorded of it before, and is else bare. Nothing comes
    /// of the job even if another process has it in hand: its commit is refused with
    /// [`Error::Dropped`]. A mail that another process is sending may go out all the same.
    async fn queue_drop(&self, id: &str) -> Result<bool>;
    /// Makes the account's unconfirmed invitations due; how many there were (rule F8).
    async fn queue_release(&self, account: AccountId) -> Result<u64>;
    /// Waits until work of that kind may have become due by a commit, or until `limit` has passed.
    ///
    /// Returns at once when such a commit came since the calling task's last wait ended: a task
    /// that takes, then waits, misses none. Commits of other processes are noticed within a second.
    async fn wait_for_work(&self, work: Work, limit: std::time::Duration);
    /// When the earliest job or mail becomes due that was not due at the last take of its kind by
    /// this process.
    ///
    /// A worker that took, found nothing and waits until then makes no round in vain. Before the
    /// first take of that kind, and after one that failed, it may be a time that has passed.
    async fn next_due(&self, work: Work) -> Result<Option<Timestamp>>;
    /// Counters since this store was opened.
    fn statistics(&self) -> Statistics;
}
