//! Which jobs and mails this process works on; a restart forgets it, and so gives all back.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{AccountId, JobKey, MailKey, Timestamp};

/// What is no longer taken.
#[derive(Debug, Clone)]
pub(super) enum Freed {
    Job(JobKey),
    Mail(MailKey),
    Account(AccountId),
    Release(Released),
    /// It is in the database, as the journal's index had it in that version.
    Spilled(JobKey, u64),
}

/// A job that this process has released, before that is written; in the order of ready jobs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Released {
    pub(super) account: AccountId,
    pub(super) due: Timestamp,
    pub(super) id: String,
}

/// The work that is in hand.
#[derive(Debug)]
pub(super) struct InHand {
    /// The one job of each account that is being worked on.
    pub(super) jobs: HashMap<AccountId, String>,
    /// The mails that are being sent.
    pub(super) mails: HashSet<MailKey>,
    /// Jobs that are ready though the database still calls them held.
    pub(super) released: BTreeSet<Released>,
    /// The account whose job was taken last; the next turn begins behind it.
    pub(super) turn: AccountId,
    /// The time of the last take of jobs that did not fail.
    pub(super) jobs_at: Timestamp,
    /// The time of the last take of mails that did not fail.
    pub(super) mails_at: Timestamp,
}

impl Default for InHand {
    fn default() -> Self {
        Self {
            jobs: HashMap::new(),
            mails: HashSet::new(),
            released: BTreeSet::new(),
            turn: AccountId(i64::MIN),
            jobs_at: Timestamp::MIN,
            mails_at: Timestamp::MIN,
        }
    }
}

impl InHand {
    /// When the earliest released job became due of those that became so after `time`.
    pub(super) fn released_after(&self, time: Timestamp) -> Option<Timestamp> {
        let due = self.released.iter().map(|job| job.due);
        due.filter(|due| *due > time).min()
    }

    /// The released job that comes first of the first account behind `after` that has a due one.
    pub(super) fn oldest_released(
        &self,
        after: AccountId,
        last: AccountId,
        now: Timestamp,
    ) -> Option<Released> {
        let from = Released {
            account: AccountId(after.0.checked_add(1)?),
            due: Timestamp::MIN,
            id: String::new(),
        };
        let behind = self.released.range(from..);
        let mut some = behind.take_while(|job| job.account <= last);
        some.find(|job| job.due <= now).cloned()
    }

    fn free(&mut self, freed: &Freed) {
        match freed {
            Freed::Job(key) => {
                if self.jobs.get(&key.account).is_some_and(|id| *id == key.id) {
                    self.jobs.remove(&key.account);
                }
            }
            Freed::Mail(key) => drop(self.mails.remove(key)),
            Freed::Account(account) => {
                self.jobs.remove(account);
                self.mails.retain(|key| key.account != *account);
                self.released.retain(|job| job.account != *account);
            }
            Freed::Release(job) => drop(self.released.remove(job)),
            Freed::Spilled(..) => {}
        }
    }
}

/// The work in hand, shared by the takers and the writer.
///
/// A taker holds the lock while it reads the database, and the writer frees after its commit: so
/// whoever finds an account free sees what the job that had been taken did.
#[derive(Debug, Default)]
pub(super) struct Taken(Mutex<InHand>);

impl Taken {
    pub(super) fn lock(&self) -> MutexGuard<'_, InHand> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets jobs be taken before it is written that they are ready.
    pub(super) fn release(&self, jobs: &[Released]) {
        self.lock().released.extend(jobs.iter().cloned());
    }

    pub(super) fn free(&self, freed: &[Freed]) {
        if !freed.is_empty() {
            let mut in_hand = self.lock();
            freed.iter().for_each(|one| in_hand.free(one));
        }
    }
}

/// Work on its way to the caller; given back when the caller has gone meanwhile.
#[derive(Debug)]
pub(super) struct Claim<T> {
    taken: Arc<Taken>,
    claimed: Vec<Freed>,
    work: Vec<T>,
}

impl<T> Claim<T> {
    pub(super) fn new(taken: &Arc<Taken>) -> Self {
        Self {
            taken: Arc::clone(taken),
            claimed: Vec::new(),
            work: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, claimed: Freed, work: T) {
        self.claimed.push(claimed);
        self.work.push(work);
    }

    /// The work; from now on the caller gives it back.
    pub(super) fn accept(mut self) -> Vec<T> {
        self.claimed.clear();
        std::mem::take(&mut self.work)
    }
}

impl<T> Drop for Claim<T> {
    fn drop(&mut self) {
        self.taken.free(&self.claimed);
    }
}
