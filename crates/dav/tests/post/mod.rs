//! Mail that comes to Alice, and mail of hers that goes out: the stages of the server, without LMTP and
//! SMTP before and behind them.

use std::sync::Arc;

use async_trait::async_trait;
use imip::Trust;
use pipeline::clock::Clock;
use pipeline::deliver::{Deliver, Delivery, Word};
use pipeline::intake::{Envelope, Incoming, Intake, Recipient, Refusal};
use pipeline::receive::Receive;
use pipeline::site::{Caps, Sending, Site, Threading};
use pipeline::spool::Spool;
use pipeline::update::apply::apply;
use store::{Account, NewMail, SqliteStore, Store};
use tempfile::TempDir;

use crate::server::{Server, StoppedClock};

/// What becomes of the mail itself is not asked here.
struct Nowhere;

#[async_trait]
impl Deliver for Nowhere {
    async fn deliver(&self, _: Vec<Option<Delivery>>, word: Word) -> Vec<Result<(), Refusal>> {
        word.await.unwrap_or_default()
    }

    async fn folder_exists(&self, _: &Account, _: &str) -> Result<bool, Refusal> {
        Ok(false)
    }
}

/// The mail of a server's Alice.
pub(crate) struct Post {
    store: Arc<SqliteStore>,
    alice: Account,
    site: Arc<Site>,
    receive: Receive,
    _folder: TempDir,
}

impl Post {
    pub(crate) fn of(server: &Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = Arc::new(site());
        let receive = Receive::new(
            Arc::clone(&server.store) as Arc<dyn Store>,
            Arc::new(Nowhere),
            Arc::new(StoppedClock),
            Arc::clone(&site),
            Spool::new(folder.path(), imip::Limits::default()),
        );
        Self {
            store: Arc::clone(&server.store),
            alice: server.alice.clone(),
            site,
            receive,
            _folder: folder,
        }
    }

    /// Takes a mail in and applies what comes of it.
    pub(crate) async fn receive(&self, mail: &str) {
        let mut collector = self.receive.begin().unwrap();
        collector.write(mail.as_bytes()).unwrap();
        let envelope = Envelope {
            reverse_path: String::new(),
            recipients: vec![Recipient {
                address: self.alice.address.clone(),
                account: self.alice.clone(),
            }],
            client: "client.example".to_owned(),
            peer: None,
            utf8: false,
            writer: None,
        };
        let verdicts = self.receive.receive(envelope, collector).await;
        assert_eq!(verdicts, [Ok(())]);
        let jobs = self.store.jobs_take(StoppedClock.now(), 9).await.unwrap();
        assert_eq!(jobs.len(), 1, "no invitation: {mail}");
        let applied = apply(&*self.store, &StoppedClock, &self.site, &jobs[0]).await;
        let applied = applied.unwrap().unwrap();
        assert_ne!(applied.outcome, "no-action", "{applied:?}");
    }

    /// Takes what is due out of the outbox, as the worker that sends it does.
    pub(crate) async fn sent(&self) -> Vec<NewMail> {
        let due = self.store.mails_take(StoppedClock.now(), 9).await.unwrap();
        let mails: Vec<NewMail> = due.into_iter().map(|one| one.mail).collect();
        for mail in &mails {
            self.store.mail_sent(&mail.key).await.unwrap();
        }
        mails
    }
}

/// A site that believes every From.
fn site() -> Site {
    Site {
        hostname: "mx.example.org".to_owned(),
        node: "node".to_owned(),
        process: "process".to_owned(),
        trust: Trust {
            authserv_ids: Vec::new(),
            own_domains: Vec::new(),
            services: Vec::new(),
            spam_header: None,
        },
        caps: Caps {
            new_per_sender_and_day: u64::MAX,
            unanswered: u64::MAX,
        },
        thread: Threading::On,
        sending: Sending::NoRelay,
        limits: imip::Limits::default(),
        script_limits: sieve::Limits::default(),
        lease: 60_000,
    }
}
