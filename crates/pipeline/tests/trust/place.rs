//! A site of its own with a database, which takes mail in and applies its jobs as the server does.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use imip::Trust;
use imip::sender::SERVICES;
use pipeline::clock::Clock;
use pipeline::deliver::{Deliver, Delivery, Word};
use pipeline::intake::{Envelope, Incoming, Intake, Recipient, Refusal};
use pipeline::receive::Receive;
use pipeline::site::{Caps, Sending, Site, Threading};
use pipeline::spool::Spool;
use pipeline::update::apply::apply;
use store::{
    Account, By, CalendarId, Collections, Commit, Contact, NewAccount, NewDecision, PutObject,
    SqliteStore, Store, Timestamp,
};
use tempfile::TempDir;

use crate::mail::{AUTHSERV, CONTACT, OWN_DOMAIN};

/// A clock that stands until a test moves it.
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        self.0.load(Ordering::Relaxed)
    }
}

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

/// Whom the site trusts: as its administrator set it up, or nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Setup {
    Trusting,
    WithoutAuthservId,
}

/// No cap is reached.
pub(crate) const NO_CAPS: Caps = Caps {
    new_per_sender_and_day: u64::MAX,
    unanswered: u64::MAX,
};

pub(crate) struct Place {
    _folder: TempDir,
    clock: Arc<Hand>,
    site: Arc<Site>,
    pub(crate) store: Arc<dyn Collections>,
    receive: Receive,
}

impl Place {
    pub(crate) fn new(setup: Setup) -> Self {
        Self::with_caps(setup, NO_CAPS)
    }

    pub(crate) fn with_caps(setup: Setup, caps: Caps) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn Collections> =
            Arc::new(SqliteStore::open(&folder.path().join("invited.db")).unwrap());
        let site = Arc::new(site(setup, caps));
        let clock = Arc::new(Hand(AtomicI64::new(1_790_000_000_000)));
        let receive = Receive::new(
            Arc::clone(&store) as Arc<dyn Store>,
            Arc::new(Nowhere),
            Arc::clone(&clock) as Arc<dyn Clock>,
            Arc::clone(&site),
            Spool::new(folder.path(), imip::Limits::default()),
        );
        Self {
            _folder: folder,
            clock,
            site,
            store,
            receive,
        }
    }

    /// An account with one contact.
    pub(crate) async fn account(&self, address: &str) -> Account {
        let account = NewAccount {
            address: address.to_owned(),
            aliases: Vec::new(),
            name: String::new(),
            password: String::new(),
        };
        let account = self.store.account_add(account).await.unwrap();
        let contact = Contact {
            uid: String::new(),
            name: "1.vcf".to_owned(),
            text: Vec::new(),
            addresses: vec![CONTACT.to_owned()],
        };
        self.store
            .contacts_put(account.id, vec![contact])
            .await
            .unwrap();
        account
    }

    /// Sets whose new events the generated script adds.
    pub(crate) async fn inviters(&self, account: &Account, inviters: &str) {
        let json = format!("{{\"invitations\":\"{inviters}\"}}");
        self.store.preferences_set(account.id, &json).await.unwrap();
    }

    /// Stores an event as a CalDAV client's PUT does.
    pub(crate) async fn put(&self, account: &Account, uid: &str, text: String) {
        let calendars = self.store.calendars(account.id).await.unwrap();
        let mut commit = Commit::new(account.id, uid);
        commit.put.push(PutObject {
            calendar: CalendarId(calendars[0].id.0.clone()),
            name: format!("{uid}.ics"),
            uid: uid.to_owned(),
            text: text.into_bytes(),
            unanswered: false,
            by: By::Owner,
        });
        self.store.commit(commit).await.unwrap();
    }

    /// Takes a mail in, applies what comes of it, and returns its record.
    pub(crate) async fn send(&self, account: &Account, mail: &str) -> NewDecision {
        self.send_of(None, account, mail).await
    }

    /// The same, of a mail that the server wrote for somebody itself.
    pub(crate) async fn send_of(
        &self,
        writer: Option<String>,
        account: &Account,
        mail: &str,
    ) -> NewDecision {
        let mut collector = self.receive.begin().unwrap();
        collector.write(mail.as_bytes()).unwrap();
        let envelope = Envelope {
            reverse_path: "bounces@envelope.example".to_owned(),
            recipients: vec![Recipient {
                address: account.address.clone(),
                account: account.clone(),
            }],
            client: "client.example".to_owned(),
            peer: None,
            utf8: false,
            writer,
        };
        let verdicts = self.receive.receive(envelope, collector).await;
        assert_eq!(verdicts, [Ok(())]);
        for job in self.store.jobs_take(i64::MAX, 9).await.unwrap() {
            let applied = apply(&*self.store, &*self.clock, &self.site, &job).await;
            assert!(matches!(applied, Ok(Some(_))), "{applied:?}");
        }
        let mut newest = self.store.decisions(account.id, 1).await.unwrap();
        let record = newest.remove(0).record;
        assert!(mail.contains(&record.message_id), "a record of this mail");
        record
    }

    /// The stored text of an event; empty when there is none.
    pub(crate) async fn text(&self, account: &Account, uid: &str) -> String {
        let event = self.store.event(account.id, uid).await.unwrap();
        let text = event.objects.first().map(|object| object.text.clone());
        String::from_utf8(text.unwrap_or_default()).unwrap()
    }

    pub(crate) fn advance(&self, by: Timestamp) {
        self.clock.0.fetch_add(by, Ordering::Relaxed);
    }
}

fn site(setup: Setup, caps: Caps) -> Site {
    let authserv_ids = match setup {
        Setup::Trusting => vec![AUTHSERV.to_owned()],
        Setup::WithoutAuthservId => Vec::new(),
    };
    Site {
        hostname: AUTHSERV.to_owned(),
        node: "node".to_owned(),
        process: "process".to_owned(),
        trust: Trust {
            authserv_ids,
            own_domains: vec![OWN_DOMAIN.to_owned()],
            services: SERVICES.to_vec(),
            spam_header: Some(("X-Spam".to_owned(), "Yes".to_owned())),
        },
        caps,
        thread: Threading::On,
        sending: Sending::NoRelay,
        limits: imip::Limits::default(),
        script_limits: sieve::Limits::default(),
        lease: 60_000,
    }
}

/// What a record says, as the tables write it: a sign for the outcome and the reason code.
pub(crate) fn said(record: &NewDecision) -> String {
    let sign = match record.outcome.as_str() {
        "added" => '+',
        "updated" => '~',
        "cancelled" => 'x',
        "no-action" => '-',
        _ => '!',
    };
    format!("{sign}{}", record.reason)
}
