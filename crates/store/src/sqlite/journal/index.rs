//! The jobs that the journal holds, in memory: what the daemon takes them from.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::record::{Kind, Record};
use crate::sqlite::taken::Released;
use crate::{AccountId, Holder, Holding, Job, JobKey, NewJob, Timestamp};

/// Octets of content in memory; past them jobs are held in the database.
const OCTETS: usize = 16 << 20;

/// What the database knows of a job that is to be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sqlite) enum Standing {
    /// Nothing.
    New,
    /// It was done.
    Done,
    /// It is in the queue, or its account is not there: the database has the say.
    Elsewhere,
}

/// A job, and where its records are.
struct Entry {
    received: Timestamp,
    content: Vec<u8>,
    holds: Vec<Hold>,
    /// The generation of each of its records.
    generations: Vec<u64>,
    since: Instant,
    /// Counts its changes.
    version: u64,
    /// Whether the database may know it.
    is_spilled: bool,
}

struct Hold {
    holder: Holder,
    lease: Timestamp,
    detail: String,
    is_released: bool,
}

impl Hold {
    fn is_open(&self, holder: &Holder) -> bool {
        !self.is_released && self.holder == *holder
    }
}

/// A job on its way into the database.
pub(in crate::sqlite) struct Spill {
    pub(in crate::sqlite) key: JobKey,
    pub(in crate::sqlite) received: Timestamp,
    pub(in crate::sqlite) content: Vec<u8>,
    /// Each hold as a job without content, and whether it was released.
    pub(in crate::sqlite) holds: Vec<(NewJob, bool)>,
    pub(in crate::sqlite) version: u64,
}

/// Which jobs are to be spilled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sqlite) enum Which {
    All,
    These(Vec<JobKey>),
    /// What has been there for so long.
    For(Duration),
}

impl Which {
    fn has(&self, key: &JobKey, entry: &Entry) -> bool {
        match self {
            Self::All => true,
            Self::These(keys) => keys.contains(key),
            Self::For(time) => entry.since.elapsed() >= *time,
        }
    }
}

#[derive(Default)]
struct Inner {
    entries: HashMap<JobKey, Entry>,
    /// How many records of each generation belong to jobs that are here.
    counting: HashMap<u64, usize>,
    octets: usize,
    /// Counts the jobs that went.
    removals: u64,
}

/// The jobs in the journal that are neither done nor in the database.
#[derive(Default)]
pub(in crate::sqlite) struct Index(Mutex<Inner>);

impl Index {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many jobs went until now. What the database is asked after this, it answers right for
    /// jobs that are not here as long as this number stays.
    pub(in crate::sqlite) fn removals(&self) -> u64 {
        self.lock().removals
    }

    /// Holds the jobs; `None` when they have to be held in the database.
    ///
    /// The inner `None`: a job went since `removals` was read, so that the database must be asked
    /// again.
    pub(in crate::sqlite) fn hold(
        &self,
        jobs: &[NewJob],
        standings: &[Standing],
        removals: u64,
    ) -> Option<Option<Vec<Holding>>> {
        let mut inner = self.lock();
        if inner.removals != removals
            && !jobs.iter().all(|job| inner.entries.contains_key(&job.key))
        {
            return Some(None);
        }
        let octets: usize = jobs.iter().map(|job| job.content.len()).sum();
        if standings.contains(&Standing::Elsewhere) || inner.octets + octets > OCTETS {
            return None;
        }
        let held = jobs.iter().zip(standings);
        let held = held.map(|(job, standing)| match standing {
            Standing::Done => Holding::Done,
            _ => inner.hold(job),
        });
        Some(Some(held.collect()))
    }

    /// Takes back holds that could not be written.
    pub(super) fn forget(&self, jobs: &[&NewJob]) {
        let mut inner = self.lock();
        for job in jobs {
            inner.refuse(&job.key, &job.holder);
        }
    }

    /// Notes that a record of each of these jobs is in that generation.
    pub(super) fn pin(&self, generation: u64, keys: &[JobKey]) {
        let mut inner = self.lock();
        let Inner {
            entries, counting, ..
        } = &mut *inner;
        for key in keys {
            if let Some(entry) = entries.get_mut(key) {
                entry.generations.push(generation);
                *counting.entry(generation).or_default() += 1;
            }
        }
    }

    /// Whether no record of that generation counts.
    pub(super) fn is_free(&self, generation: u64) -> bool {
        !self.lock().counting.contains_key(&generation)
    }

    /// Whether no record counts.
    pub(super) fn are_all_free(&self) -> bool {
        self.lock().counting.is_empty()
    }

    pub(in crate::sqlite) fn contains(&self, key: &JobKey) -> bool {
        self.lock().entries.contains_key(key)
    }

    /// Whether something has been here for so long.
    pub(in crate::sqlite) fn is_any(&self, which: &Which) -> bool {
        let inner = self.lock();
        inner
            .entries
            .iter()
            .any(|(key, entry)| which.has(key, entry))
    }

    /// The job as a worker gets it.
    pub(in crate::sqlite) fn job(&self, key: &JobKey) -> Option<Job> {
        let inner = self.lock();
        let entry = inner.entries.get(key)?;
        let mut details: Vec<String> = Vec::with_capacity(entry.holds.len());
        for hold in &entry.holds {
            if !details.contains(&hold.detail) {
                details.push(hold.detail.clone());
            }
        }
        Some(Job {
            key: key.clone(),
            details,
            content: entry.content.clone(),
            attempts: 0,
            received: entry.received,
        })
    }

    /// Releases holds: which jobs became ready by that, and which holds the database must be
    /// asked about.
    pub(in crate::sqlite) fn release(
        &self,
        holds: Vec<(JobKey, Holder)>,
    ) -> (Vec<Released>, Vec<(JobKey, Holder)>) {
        let mut inner = self.lock();
        let mut ready = Vec::with_capacity(holds.len());
        let mut elsewhere = Vec::new();
        for (key, holder) in holds {
            match inner.entries.get_mut(&key) {
                None => elsewhere.push((key, holder)),
                Some(entry) => ready.extend(entry.release(&key, &holder)),
            }
        }
        (ready, elsewhere)
    }

    /// Takes holds away whose mail was refused; which of them the database must be told of.
    pub(in crate::sqlite) fn refuse(&self, holds: &[(JobKey, Holder)]) -> Vec<(JobKey, Holder)> {
        let mut inner = self.lock();
        let elsewhere = holds.iter().filter(|(key, holder)| {
            let is_here = inner
                .entries
                .get(key)
                .is_some_and(|entry| !entry.is_spilled);
            inner.refuse(key, holder);
            !is_here
        });
        elsewhere.cloned().collect()
    }

    /// Forgets a job that is done, or in the database.
    pub(in crate::sqlite) fn remove(&self, key: &JobKey) -> Option<Released> {
        let entry = self.lock().remove(key)?;
        Some(entry.released(key))
    }

    /// Forgets a job that is in the database as it was in that version.
    pub(in crate::sqlite) fn spilled(&self, key: &JobKey, version: u64) -> Option<Released> {
        let mut inner = self.lock();
        let is_that = |entry: &Entry| entry.version == version;
        inner.entries.get(key).filter(|entry| is_that(entry))?;
        let entry = inner.remove(key)?;
        Some(entry.released(key))
    }

    pub(in crate::sqlite) fn remove_account(&self, account: AccountId) {
        let mut inner = self.lock();
        let keys: Vec<JobKey> = inner.entries.keys().cloned().collect();
        for key in keys.iter().filter(|key| key.account == account) {
            inner.remove(key);
        }
    }

    /// What is to be written into the database. It stays here until [`Index::spilled`].
    pub(in crate::sqlite) fn spill(&self, which: &Which) -> Vec<Spill> {
        let mut inner = self.lock();
        let entries = inner.entries.iter_mut();
        let entries = entries.filter(|(key, entry)| which.has(key, entry));
        entries.map(|(key, entry)| entry.spill(key)).collect()
    }

    /// Follows a record that was read.
    pub(super) fn follow(&self, record: &Record) {
        let mut inner = self.lock();
        match record.kind {
            Kind::Held => drop(inner.hold(&record.job)),
            Kind::Refused => inner.refuse(&record.job.key, &record.job.holder),
        }
    }
}

impl Inner {
    fn hold(&mut self, job: &NewJob) -> Holding {
        let (entry, holding) = match self.entries.entry(job.key.clone()) {
            Slot::Occupied(slot) => (slot.into_mut(), Holding::Joined),
            Slot::Vacant(slot) => {
                self.octets += job.content.len();
                (slot.insert(Entry::new(job)), Holding::New)
            }
        };
        entry.add(job);
        holding
    }

    fn refuse(&mut self, key: &JobKey, holder: &Holder) {
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        entry.holds.retain(|hold| !hold.is_open(holder));
        entry.version += 1;
        if entry.holds.is_empty() {
            self.remove(key);
        }
    }

    fn remove(&mut self, key: &JobKey) -> Option<Entry> {
        let entry = self.entries.remove(key)?;
        self.removals += 1;
        self.octets -= entry.content.len();
        for generation in &entry.generations {
            if let Slot::Occupied(mut count) = self.counting.entry(*generation) {
                *count.get_mut() -= 1;
                if *count.get() == 0 {
                    count.remove();
                }
            }
        }
        Some(entry)
    }
}

impl Entry {
    fn new(job: &NewJob) -> Self {
        Self {
            received: job.received,
            content: job.content.clone(),
            holds: Vec::with_capacity(1),
            generations: Vec::with_capacity(1),
            since: Instant::now(),
            version: 0,
            is_spilled: false,
        }
    }

    /// Adds this delivery, unless it holds the job for the same effects already.
    fn add(&mut self, job: &NewJob) {
        let is_same = |hold: &Hold| hold.holder == job.holder && hold.detail == job.detail;
        if self.holds.iter().any(is_same) {
            return;
        }
        self.version += 1;
        self.holds.push(Hold {
            holder: job.holder.clone(),
            lease: job.lease,
            detail: job.detail.clone(),
            is_released: false,
        });
    }

    /// The job as a ready one, when it was this delivery's to release.
    fn release(&mut self, key: &JobKey, holder: &Holder) -> Option<Released> {
        let open = self.holds.iter_mut().filter(|hold| hold.is_open(holder));
        let released = open.map(|hold| hold.is_released = true).count();
        self.version += released as u64;
        (released > 0).then(|| self.released(key))
    }

    fn released(&self, key: &JobKey) -> Released {
        Released {
            account: key.account,
            due: self.received,
            id: key.id.clone(),
        }
    }

    fn spill(&mut self, key: &JobKey) -> Spill {
        self.is_spilled = true;
        let hold = |hold: &Hold| {
            let job = NewJob {
                key: key.clone(),
                holder: hold.holder.clone(),
                lease: hold.lease,
                detail: hold.detail.clone(),
                content: Vec::new(),
                received: self.received,
            };
            (job, hold.is_released)
        };
        Spill {
            key: key.clone(),
            received: self.received,
            content: self.content.clone(),
            holds: self.holds.iter().map(hold).collect(),
            version: self.version,
        }
    }
}
