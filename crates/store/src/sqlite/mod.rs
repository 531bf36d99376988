//! SQLite behind the [`Store`] trait: one writing thread, a pool of readers, one file.

mod account;
mod address;
mod app_password;
mod beside;
mod calendar;
mod card;
mod clock;
mod collection;
mod collections;
mod commit;
mod connection;
mod contact;
mod copy;
mod counter;
mod decision;
mod done;
mod early;
mod failure;
mod grounds;
mod group;
mod held;
mod history;
mod inbox;
mod job;
mod journal;
mod key;
mod mail;
mod member;
mod migration;
mod operation;
mod property;
mod queue;
mod reader;
mod setting;
mod span;
mod spill;
mod statement;
mod sync;
mod taken;
mod wake;
mod writer;
mod writing;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use self::journal::{Journal, Which};
use self::operation::Durability;
use self::reader::Readers;
use self::taken::Freed;
use self::wake::Due;
use self::writer::{Shared, Writer};
use crate::{
    Account, AccountId, Calendar, CalendarId, Change, Commit, Committed, Contact, Decision,
    DecisionId, Event, FilterGrounds, Grounds, HeldMail, Holder, Holding, Invitations, Job, JobKey,
    Mail, MailKey, NewAccount, NewDecision, NewJob, NewMail, Object, QueueEntry, Result, Revision,
    Since, Statistics, Store, Timestamp, Work,
};

/// A [`Store`] in one SQLite file.
///
/// Several processes may have the file open and write at the same time; only one of them, the
/// server, may take jobs and mails, as what is taken is known to the taking process alone.
/// Dropping the store writes what is queued and waits for that.
pub struct SqliteStore {
    // In the order in which they end.
    writer: Writer,
    readers: Readers,
    shared: Shared,
    journal: Journal,
}

impl SqliteStore {
    /// Opens the file at `path`, makes it when there is none, and brings it to this version.
    ///
    /// Blocks. Fails with [`Error::Unusable`](crate::Error::Unusable), which names the file and
    /// the remedy, when it is damaged, of another program, or of a later version.
    pub fn open(path: &Path) -> Result<Self> {
        let shared = Shared::default();
        let connection = connection::writing(path)?;
        journal::recover(path, &connection);
        let (index, counters) = (Arc::clone(&shared.index), Arc::clone(&shared.counters));
        Ok(Self {
            writer: Writer::start(connection, shared.clone())?,
            readers: Readers::new(path.to_owned()),
            shared,
            journal: Journal::new(path.to_owned(), index, counters),
        })
    }

    /// Holds jobs in the journal; `None`: they have to be held in the database.
    async fn hold_in_journal(&self, jobs: &[NewJob]) -> Result<Option<Vec<Holding>>> {
        if !self.journal.takes(jobs) {
            return Ok(None);
        }
        let index = &self.shared.index;
        let holdings = loop {
            let removals = index.removals();
            let standings = self.readers.point(|connection| {
                let keys = jobs.iter().map(|job| &job.key);
                keys.map(|key| spill::standing(connection, key))
                    .collect::<Result<Vec<_>>>()
            })?;
            match index.hold(jobs, &standings, removals) {
                None => return Ok(None),
                Some(None) => {}
                Some(Some(holdings)) => break holdings,
            }
        };
        let held = jobs.iter().zip(&holdings);
        let held = held.filter(|(_, holding)| **holding != Holding::Done);
        let held: Vec<&NewJob> = held.map(|(job, _)| job).collect();
        let is_durable = held.is_empty() || self.journal.hold(&held).await;
        Ok(is_durable.then_some(holdings))
    }

    /// Brings jobs from the journal into the database.
    async fn spill(&self, which: Which) -> Result<()> {
        if !self.shared.index.is_any(&which) {
            return Ok(());
        }
        let index = Arc::clone(&self.shared.index);
        let work =
            move |connection: &_, effects: &mut _| spill::run(connection, effects, &index, &which);
        self.writer.call(Durability::Lagging, work).await
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        if !self.shared.index.is_any(&Which::All) {
            return;
        }
        let index = Arc::clone(&self.shared.index);
        self.writer.write_unasked(move |connection, effects| {
            spill::run(connection, effects, &index, &Which::All)
        });
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn account_add(&self, account: NewAccount) -> Result<Account> {
        self.writer
            .write(move |connection, _| account::add(connection, account))
            .await
    }

    async fn account_remove(&self, account: AccountId) -> Result<()> {
        let work =
            move |connection: &_, effects: &mut _| account::remove(connection, effects, account);
        self.writer.write(work).await
    }

    async fn accounts(&self) -> Result<Vec<Account>> {
        self.readers.read(account::list).await
    }

    async fn account_by_address(&self, address: &str) -> Result<Option<Account>> {
        let address = address.to_owned();
        self.readers
            .point(move |connection| account::by_address(connection, &address))
    }

    async fn account(&self, account: AccountId) -> Result<Option<Account>> {
        self.readers
            .point(move |connection| account::by_id(connection, account))
    }

    async fn account_set_password(&self, account: AccountId, hash: &str) -> Result<()> {
        let hash = hash.to_owned();
        self.writer
            .write(move |connection, _| account::set_password(connection, account, &hash))
            .await
    }

    async fn calendars(&self, account: AccountId) -> Result<Vec<Calendar>> {
        self.readers
            .point(move |connection| calendar::list(connection, account))
    }

    async fn calendar_add(&self, account: AccountId, name: &str) -> Result<Calendar> {
        let name = name.to_owned();
        self.writer
            .write(move |connection, _| {
                calendar::add(connection, account, &name, calendar::Role::Other)
            })
            .await
    }

    async fn calendar_set_invitations(
        &self,
        account: AccountId,
        calendar: &CalendarId,
        invitations: Invitations,
    ) -> Result<()> {
        let calendar = calendar.clone();
        self.writer
            .write(move |connection, _| {
                calendar::set_invitations(connection, account, &calendar, invitations)
            })
            .await
    }

    async fn objects(&self, account: AccountId, calendar: &CalendarId) -> Result<Vec<Object>> {
        let calendar = calendar.clone();
        self.readers
            .read(move |connection| calendar::objects(connection, account, &calendar))
            .await
    }

    async fn event(&self, account: AccountId, uid: &str) -> Result<Event> {
        let uid = uid.to_owned();
        self.readers
            .point(move |connection| calendar::event(connection, account, &uid))
    }

    async fn last_text(&self, account: AccountId, uid: &str) -> Result<Option<Vec<u8>>> {
        self.readers
            .point(|connection| calendar::last_text(connection, account, uid))
    }

    async fn contacts_put(&self, account: AccountId, contacts: Vec<Contact>) -> Result<()> {
        self.writer
            .write(move |connection, _| contact::put(connection, account, contacts))
            .await
    }

    async fn contacts(&self, account: AccountId) -> Result<Vec<Contact>> {
        self.readers
            .read(move |connection| contact::list(connection, account))
            .await
    }

    async fn is_contact(&self, account: AccountId, address: &str) -> Result<bool> {
        let address = address.to_owned();
        self.readers
            .point(move |connection| contact::has(connection, account, &address))
    }

    async fn preferences(&self, account: AccountId) -> Result<Option<String>> {
        self.readers
            .point(move |connection| setting::preferences(connection, account))
    }

    async fn preferences_set(&self, account: AccountId, json: &str) -> Result<()> {
        let json = json.to_owned();
        self.writer
            .write(move |connection, _| setting::set_preferences(connection, account, &json))
            .await
    }

    async fn script(&self, account: AccountId) -> Result<Option<String>> {
        self.readers
            .point(move |connection| setting::script(connection, account))
    }

    async fn script_set(&self, account: AccountId, source: Option<&str>) -> Result<()> {
        let source = source.map(str::to_owned);
        self.writer
            .write(move |connection, _| setting::set_script(connection, account, source.as_deref()))
            .await
    }

    async fn filter_grounds(
        &self,
        account: AccountId,
        uid: Option<&str>,
        sender: Option<&str>,
    ) -> Result<FilterGrounds> {
        self.readers
            .point(|connection| grounds::of_filter(connection, account, uid, sender))
    }

    async fn commit(&self, commit: Commit) -> Result<Committed> {
        let durability = commit::durability(&commit);
        // Texts are read here, on the caller's thread: the writer's time is everybody's.
        let spans = span::of_all(&commit.put);
        let (taken, index) = (
            Arc::clone(&self.shared.taken),
            Arc::clone(&self.shared.index),
        );
        self.writer
            .call(durability, move |connection, effects| {
                commit::commit(connection, effects, (&taken, &index), commit, &spans)
            })
            .await
    }

    async fn changes(
        &self,
        account: AccountId,
        after: Revision,
        limit: u32,
    ) -> Result<Vec<Change>> {
        self.readers
            .read(move |connection| history::list(connection, account, after, limit))
            .await
    }

    async fn decisions(&self, account: AccountId, limit: u32) -> Result<Vec<Decision>> {
        self.readers
            .read(move |connection| decision::list(connection, account, limit))
            .await
    }

    async fn decision(&self, account: AccountId, id: DecisionId) -> Result<Option<Decision>> {
        self.readers
            .point(move |connection| decision::by_id(connection, account, id))
    }

    async fn decision_of(&self, account: AccountId, job: &str) -> Result<Option<DecisionId>> {
        self.readers
            .point(|connection| decision::of_job(connection, account, job))
    }

    async fn invitation_of(&self, account: AccountId, uid: &str) -> Result<Option<String>> {
        self.readers
            .point(|connection| decision::invitation(connection, account, uid))
    }

    async fn grounds(
        &self,
        account: AccountId,
        uid: &str,
        sender: &str,
        since: Since,
    ) -> Result<Grounds> {
        self.readers
            .point(|connection| grounds::read(connection, account, uid, sender, since))
    }

    async fn jobs_hold(&self, jobs: Vec<NewJob>) -> Result<Vec<Holding>> {
        if let Some(holdings) = self.hold_in_journal(&jobs).await? {
            return Ok(holdings);
        }
        let index = Arc::clone(&self.shared.index);
        let keys = jobs.iter().map(|job| job.key.clone()).collect();
        self.writer
            .write(move |connection, effects| {
                spill::run(connection, effects, &index, &Which::These(keys))?;
                job::hold(connection, effects, &jobs)
            })
            .await
    }

    async fn jobs_release(&self, jobs: Vec<(JobKey, Holder)>) -> Result<()> {
        let (ready, jobs) = self.shared.index.release(jobs);
        self.shared.taken.release(&ready);
        if jobs.is_empty() {
            self.shared.wake.due(Due::JOBS);
            return Ok(());
        }
        let ready = self
            .readers
            .point(|connection| job::to_release(connection, &jobs));
        let ready = ready.unwrap_or_default();
        self.shared.taken.release(&ready);
        self.writer.write_later(move |connection, effects| {
            effects.freed.extend(ready.into_iter().map(Freed::Release));
            job::release(connection, effects, &jobs)
        });
        self.shared.wake.due(Due::JOBS);
        Ok(())
    }

    async fn jobs_refuse(&self, jobs: Vec<(JobKey, Holder)>) -> Result<()> {
        let elsewhere = self.shared.index.refuse(&jobs);
        self.journal.refuse(&jobs).await;
        if elsewhere.is_empty() {
            return Ok(());
        }
        self.writer
            .write(move |connection, _| job::refuse(connection, &elsewhere))
            .await
    }

    async fn jobs_sweep(&self, node: &str, process: &str, now: Timestamp) -> Result<u64> {
        self.spill(Which::All).await?;
        self.journal.tidy().await;
        let (node, process) = (node.to_owned(), process.to_owned());
        self.writer
            .write(move |connection, effects| job::sweep(connection, effects, &node, &process, now))
            .await
    }

    async fn jobs_take(&self, now: Timestamp, limit: usize) -> Result<Vec<Job>> {
        let Shared { taken, index, .. } = &self.shared;
        let claim = self
            .readers
            .point(|connection| job::take(connection, (taken, index), now, limit))?;
        Ok(claim.accept())
    }

    async fn job_retry(&self, job: &JobKey, at: Timestamp, error: &str) -> Result<()> {
        let (job, error) = (job.clone(), error.to_owned());
        let index = Arc::clone(&self.shared.index);
        self.writer
            .write(move |connection, effects| {
                job::retry(connection, effects, &index, (job, at), &error)
            })
            .await
    }

    async fn job_park(
        &self,
        job: &JobKey,
        error: &str,
        failure: Option<NewDecision>,
    ) -> Result<()> {
        let (job, error) = (job.clone(), error.to_owned());
        let index = Arc::clone(&self.shared.index);
        self.writer
            .write(move |connection, effects| {
                job::park(connection, effects, &index, (job, &error), failure.as_ref())
            })
            .await
    }

    async fn mails_add(&self, mails: Vec<NewMail>) -> Result<()> {
        self.writer
            .write(move |connection, effects| mail::add(connection, effects, &mails, clock::now()))
            .await
    }

    async fn mails_held(
        &self,
        account: AccountId,
        uid: &str,
        now: Timestamp,
    ) -> Result<Vec<HeldMail>> {
        self.readers
            .point(|connection| held::of_uid(connection, account, uid, now))
    }

    async fn mails_take(&self, now: Timestamp, limit: usize) -> Result<Vec<Mail>> {
        let taken = Arc::clone(&self.shared.taken);
        let claim = self
            .readers
            .read(move |connection| mail::take(connection, &taken, now, limit))
            .await?;
        Ok(claim.accept())
    }

    async fn mail_sent(&self, mail: &MailKey) -> Result<()> {
        let mail = mail.clone();
        self.writer
            .write(move |connection, effects| mail::sent(connection, effects, mail))
            .await
    }

    async fn mail_retry(&self, mail: &MailKey, at: Timestamp, error: &str) -> Result<()> {
        let (mail, error) = (mail.clone(), error.to_owned());
        self.writer
            .write(move |connection, effects| mail::retry(connection, effects, mail, at, &error))
            .await
    }

    async fn mail_park(&self, mail: &MailKey, error: &str) -> Result<()> {
        let (mail, error) = (mail.clone(), error.to_owned());
        self.writer
            .write(move |connection, effects| mail::park(connection, effects, mail, &error))
            .await
    }

    async fn queue(&self) -> Result<Vec<QueueEntry>> {
        self.spill(Which::All).await?;
        self.writer.settle().await?;
        let others = self.journal.of_another()?;
        self.readers
            .read(move |connection| queue::list(connection, &others))
            .await
    }

    async fn queue_retry(&self, id: &str) -> Result<bool> {
        self.spill(Which::All).await?;
        let (id, taken) = (id.to_owned(), Arc::clone(&self.shared.taken));
        self.writer
            .write(move |connection, effects| queue::retry(connection, effects, &taken, &id))
            .await
    }

    async fn queue_drop(&self, id: &str) -> Result<bool> {
        self.spill(Which::All).await?;
        let (id, taken) = (id.to_owned(), Arc::clone(&self.shared.taken));
        self.writer
            .write(move |connection, effects| queue::remove(connection, effects, &taken, &id))
            .await
    }

    async fn queue_release(&self, account: AccountId) -> Result<u64> {
        self.writer
            .write(move |connection, effects| held::release(connection, effects, account))
            .await
    }

    async fn wait_for_work(&self, work: Work, limit: Duration) {
        self.shared.wake.wait(work, limit).await;
    }

    async fn next_due(&self, work: Work) -> Result<Option<Timestamp>> {
        let taken = Arc::clone(&self.shared.taken);
        self.readers
            .point(move |connection| queue::next_due(connection, &taken, work))
    }

    fn statistics(&self) -> Statistics {
        self.shared.counters.read()
    }
}
