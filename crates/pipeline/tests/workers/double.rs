//! A store that counts what it is asked, fails as often as a test wants, and keeps its callers
//! waiting; all else is SQLite.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use store::*;
use tokio::sync::watch;
use tokio::time::timeout;

/// Ends a test whose worker does not do what is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// The store, and what happened to it.
pub(crate) struct Double {
    inner: SqliteStore,
    calls: Mutex<BTreeMap<&'static str, Calls>>,
    waits: watch::Sender<Vec<Duration>>,
    changed: watch::Sender<()>,
}

/// What is known of one method.
#[derive(Debug, Clone, Copy, Default)]
struct Calls {
    count: usize,
    failures: usize,
    closed: bool,
}

impl Double {
    pub(crate) fn open(path: &Path) -> Self {
        Self {
            inner: SqliteStore::open(path).unwrap(),
            calls: Mutex::default(),
            waits: watch::Sender::new(Vec::new()),
            changed: watch::Sender::new(()),
        }
    }

    /// How often the method was called.
    pub(crate) fn count(&self, method: &'static str) -> usize {
        self.with(method, |calls| calls.count)
    }

    /// How long workers were ready to wait for work, one after the other.
    pub(crate) fn waits(&self) -> Vec<Duration> {
        self.waits.borrow().clone()
    }

    /// The next calls of the method fail, that many of them.
    pub(crate) fn fail(&self, method: &'static str, times: usize) {
        self.with(method, |calls| calls.failures = times);
    }

    /// Calls of the method do not come back before [`Double::release`].
    pub(crate) fn hold(&self, method: &'static str) {
        self.with(method, |calls| calls.closed = true);
    }

    pub(crate) fn release(&self, method: &'static str) {
        self.with(method, |calls| calls.closed = false);
        self.changed.send_replace(());
    }

    /// Waits until the method was called that often.
    pub(crate) async fn called(&self, method: &'static str, times: usize) {
        let mut changed = self.changed.subscribe();
        let enough = async {
            while self.count(method) < times {
                changed.changed().await.unwrap();
            }
        };
        assert!(
            timeout(PATIENCE, enough).await.is_ok(),
            "{method} was called {} times, not {times}",
            self.count(method)
        );
    }

    /// Waits until a worker waits for work.
    pub(crate) async fn idle(&self) {
        let mut waits = self.waits.subscribe();
        let waiting = waits.wait_for(|waits| !waits.is_empty());
        assert!(timeout(PATIENCE, waiting).await.is_ok(), "no worker waits");
    }

    fn with<T>(&self, method: &'static str, change: impl FnOnce(&mut Calls) -> T) -> T {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        change(calls.entry(method).or_default())
    }

    async fn call(&self, method: &'static str) -> Result<()> {
        let mut changed = self.changed.subscribe();
        let fails = self.with(method, |calls| {
            calls.count += 1;
            let fails = calls.failures > 0;
            calls.failures = calls.failures.saturating_sub(1);
            fails
        });
        self.changed.send_replace(());
        while self.with(method, |calls| calls.closed) {
            changed.changed().await.unwrap();
        }
        if fails {
            return Err(Error::Unavailable("another process writes".to_owned()));
        }
        Ok(())
    }
}

macro_rules! delegate {
    ($($method:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        #[async_trait]
        impl Store for Double {
            $(
                async fn $method(&self, $($argument: $type),*) -> Result<$result> {
                    self.call(stringify!($method)).await?;
                    self.inner.$method($($argument),*).await
                }
            )*

            async fn wait_for_work(&self, work: Work, limit: Duration) {
                self.waits.send_modify(|waits| waits.push(limit));
                self.inner.wait_for_work(work, limit).await;
            }

            fn statistics(&self) -> Statistics {
                self.inner.statistics()
            }
        }
    };
}

delegate! {
    account_add(account: NewAccount) -> Account;
    account_remove(account: AccountId) -> ();
    accounts() -> Vec<Account>;
    account_by_address(address: &str) -> Option<Account>;
    account(account: AccountId) -> Option<Account>;
    account_set_password(account: AccountId, hash: &str) -> ();
    calendars(account: AccountId) -> Vec<Calendar>;
    calendar_add(account: AccountId, name: &str) -> Calendar;
    calendar_set_invitations(account: AccountId, calendar: &CalendarId, invitations: Invitations) -> ();
    last_text(account: AccountId, uid: &str) -> Option<Vec<u8>>;
    objects(account: AccountId, calendar: &CalendarId) -> Vec<Object>;
    event(account: AccountId, uid: &str) -> Event;
    contacts_put(account: AccountId, contacts: Vec<Contact>) -> ();
    contacts(account: AccountId) -> Vec<Contact>;
    is_contact(account: AccountId, address: &str) -> bool;
    preferences(account: AccountId) -> Option<String>;
    preferences_set(account: AccountId, json: &str) -> ();
    script(account: AccountId) -> Option<String>;
    script_set(account: AccountId, source: Option<&str>) -> ();
    filter_grounds(account: AccountId, uid: Option<&str>, sender: Option<&str>) -> FilterGrounds;
    commit(commit: Commit) -> Committed;
    changes(account: AccountId, after: Revision, limit: u32) -> Vec<Change>;
    decisions(account: AccountId, limit: u32) -> Vec<Decision>;
    decision(account: AccountId, id: DecisionId) -> Option<Decision>;
    decision_of(account: AccountId, job: &str) -> Option<DecisionId>;
    invitation_of(account: AccountId, uid: &str) -> Option<String>;
    grounds(account: AccountId, uid: &str, sender: &str, since: Since) -> Grounds;
    jobs_hold(jobs: Vec<NewJob>) -> Vec<Holding>;
    jobs_release(jobs: Vec<(JobKey, Holder)>) -> ();
    jobs_refuse(jobs: Vec<(JobKey, Holder)>) -> ();
    jobs_sweep(node: &str, process: &str, now: Timestamp) -> u64;
    jobs_take(now: Timestamp, limit: usize) -> Vec<Job>;
    job_retry(job: &JobKey, at: Timestamp, error: &str) -> ();
    job_park(job: &JobKey, error: &str, failure: Option<NewDecision>) -> ();
    mails_add(mails: Vec<NewMail>) -> ();
    mails_held(account: AccountId, uid: &str, now: Timestamp) -> Vec<HeldMail>;
    mails_take(now: Timestamp, limit: usize) -> Vec<Mail>;
    mail_sent(mail: &MailKey) -> ();
    mail_retry(mail: &MailKey, at: Timestamp, error: &str) -> ();
    mail_park(mail: &MailKey, error: &str) -> ();
    queue() -> Vec<QueueEntry>;
    queue_retry(id: &str) -> bool;
    queue_drop(id: &str) -> bool;
    queue_release(account: AccountId) -> u64;
    next_due(work: Work) -> Option<Timestamp>;
}
