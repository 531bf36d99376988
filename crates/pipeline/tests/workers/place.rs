//! A database with an account, and workers on it.

use std::sync::Arc;

use async_trait::async_trait;
use itip::Delivery;
use pipeline::clock::Clock;
use pipeline::outbox::{LIFETIME, Outbox, Relay, SendError};
use pipeline::site::{Caps, Sending, Site, Threading};
use pipeline::update::Update;
use pipeline::update::apply::{self, Applied, Failure};
use store::{
    AccountId, Hold, Holder, Job, JobKey, MailKey, NewAccount, NewDecision, NewJob, NewMail,
    QueueEntry, QueueState, SqliteStore, Store, Timestamp,
};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::double::Double;

/// What time it is.
pub(crate) const NOW: Timestamp = 1_000_000;

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// A relay that does the same to every mail; `None`: it panics.
struct Same(Option<Result<(), SendError>>);

#[async_trait]
impl Relay for Same {
    async fn send(&self, _: &NewMail) -> Result<Delivery, SendError> {
        let same = self.0.clone().expect("the relay panics on purpose");
        same.map(|()| Delivery::Sent)
    }
}

/// A database in a folder of its own.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    /// Opens it as a process that knows of nothing yet.
    pub(crate) fn open(&self) -> Arc<Double> {
        Arc::new(Double::open(&self.folder.path().join("invited.db")))
    }

    /// Another process.
    pub(crate) fn other(&self) -> SqliteStore {
        SqliteStore::open(&self.folder.path().join("invited.db")).unwrap()
    }

    /// Adds a due mail of alice's.
    pub(crate) async fn mail(&self, id: &str) {
        self.mail_until(id, NOW + LIFETIME).await;
    }

    /// Adds a due mail of alice's that is not to be sent after `expires`.
    pub(crate) async fn mail_until(&self, id: &str, expires: Timestamp) {
        let store = self.other();
        let mail = NewMail {
            key: MailKey {
                account: account(&store, "alice@example.com").await,
                id: id.to_owned(),
            },
            kind: "redirect".to_owned(),
            reverse_path: String::new(),
            recipient: "to@example.org".to_owned(),
            message: b"Subject: hello\r\n\r\n".to_vec(),
            not_before: 1,
            expires,
            uid: String::new(),
            hold: Hold::None,
        };
        store.mails_add(vec![mail]).await.unwrap();
    }

    /// Adds a ready job of alice's, whose content is damaged.
    pub(crate) async fn job(&self, id: &str) -> JobKey {
        self.job_of("alice@example.com", id).await
    }

    pub(crate) async fn job_of(&self, address: &str, id: &str) -> JobKey {
        self.job_with(address, id, b"damaged".to_vec()).await
    }

    pub(crate) async fn job_with(&self, address: &str, id: &str, content: Vec<u8>) -> JobKey {
        let store = self.other();
        let key = JobKey {
            account: account(&store, address).await,
            id: id.to_owned(),
        };
        let holder = Holder {
            node: "node".to_owned(),
            process: "process".to_owned(),
            delivery: 1,
        };
        let job = NewJob {
            key: key.clone(),
            holder: holder.clone(),
            lease: NOW,
            detail: r#"{"effects":{"update":"yes"},"recipient":"alice@example.com"}"#.to_owned(),
            content,
            received: 1,
        };
        store.jobs_hold(vec![job]).await.unwrap();
        store
            .jobs_release(vec![(key.clone(), holder)])
            .await
            .unwrap();
        key
    }

    pub(crate) fn update(&self, store: &Arc<Double>) -> Worker {
        let update = Update {
            store: Arc::clone(store) as Arc<dyn Store>,
            clock: Arc::new(Stopped),
            site: Arc::new(site()),
            ended: watch::Sender::default(),
        };
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(update.run(stopped));
        Worker { stop, task }
    }

    /// What becomes of a job that was taken.
    pub(crate) async fn apply(
        &self,
        store: &Double,
        job: &Job,
    ) -> Result<Option<Applied>, Failure> {
        apply::apply(store, &Stopped, &site(), job).await
    }

    /// A worker whose relay does so to every mail.
    pub(crate) fn outbox(&self, store: &Arc<Double>, relay: Result<(), SendError>) -> Worker {
        Self::outbox_over(store, Same(Some(relay)))
    }

    /// A worker whose relay panics at every mail.
    pub(crate) fn panicking_outbox(&self, store: &Arc<Double>) -> Worker {
        Self::outbox_over(store, Same(None))
    }

    fn outbox_over(store: &Arc<Double>, relay: Same) -> Worker {
        let outbox = Outbox {
            store: Arc::clone(store) as Arc<dyn Store>,
            relay: Arc::new(relay),
            clock: Arc::new(Stopped),
        };
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(outbox.run(stopped));
        Worker { stop, task }
    }

    pub(crate) async fn queue(&self, store: &Double) -> Vec<QueueEntry> {
        store.queue().await.unwrap()
    }

    /// The one record of the job's account, which is of this job.
    pub(crate) async fn record(&self, store: &Double, key: &JobKey) -> NewDecision {
        let mut decisions = store.decisions(key.account, 9).await.unwrap();
        let record = decisions.remove(0).record;
        assert_eq!((record.job.as_str(), decisions.len()), (key.id.as_str(), 0));
        record
    }

    /// How many entries are parked.
    pub(crate) async fn parked(&self, store: &Double) -> usize {
        let queue = self.queue(store).await;
        let parked = |entry: &&QueueEntry| entry.state == QueueState::Parked;
        queue.iter().filter(parked).count()
    }
}

/// A worker that runs.
pub(crate) struct Worker {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Worker {
    /// Stops it, and waits until what it took is finished.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        self.task.await.unwrap();
    }
}

async fn account(store: &SqliteStore, address: &str) -> AccountId {
    if let Some(account) = store.account_by_address(address).await.unwrap() {
        return account.id;
    }
    let account = NewAccount {
        address: address.to_owned(),
        aliases: Vec::new(),
        name: String::new(),
        password: String::new(),
    };
    store.account_add(account).await.unwrap().id
}

fn site() -> Site {
    Site {
        hostname: "mail.example.com".to_owned(),
        node: "node".to_owned(),
        process: "process".to_owned(),
        trust: imip::Trust::default(),
        caps: Caps {
            new_per_sender_and_day: 50,
            unanswered: 1000,
        },
        thread: Threading::On,
        sending: Sending::ThroughRelay,
        limits: imip::Limits::default(),
        script_limits: sieve::Limits::default(),
        lease: 1,
    }
}
