//! An intake in memory whose recipients behave by their local part, and a server in front of it.
#![allow(dead_code, reason = "every test file uses a part")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use lmtp::session::{Service, Summary};
use lmtp::{Limits, Listen, Server};
use pipeline::intake::{Envelope, Incoming, Intake, Recipient, Refusal};
use store::{Account, AccountId};
use tokio::io::AsyncReadExt;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

/// Longer than any test should wait for an event.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The local parts that the intake knows; each but the first three has a fault of its own.
const KNOWN: [&str; 8] = [
    "alice", "bob", "carol", "full", "loop", "held", "miscount", "panic",
];

/// A message that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) envelope: Envelope,
    pub(crate) text: Vec<u8>,
}

/// Keeps messages in memory.
#[derive(Debug)]
pub(crate) struct MemoryIntake {
    pub(crate) received: Mutex<Vec<Received>>,
    /// Mail for `held` waits for a permit.
    pub(crate) gate: Semaphore,
    /// Gets a permit when mail for `held` is waiting.
    pub(crate) waiting: Semaphore,
}

impl Default for MemoryIntake {
    fn default() -> Self {
        Self {
            received: Mutex::default(),
            gate: Semaphore::new(0),
            waiting: Semaphore::new(0),
        }
    }
}

impl MemoryIntake {
    pub(crate) fn messages(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

pub(crate) struct MemoryMessage(Vec<u8>);

impl Incoming for MemoryMessage {
    fn write(&mut self, octets: &[u8]) -> Result<(), Refusal> {
        self.0.extend_from_slice(octets);
        assert!(!self.0.starts_with(b"crash"), "a fault in the spool");
        match self.0.starts_with(b"disk full") {
            true => Err(Refusal::Storage),
            false => Ok(()),
        }
    }
}

#[async_trait]
impl Intake for MemoryIntake {
    type Incoming = MemoryMessage;

    async fn recipient(&self, address: &str) -> Result<Recipient, Refusal> {
        let local = address.split(['@', '+']).next().unwrap_or_default();
        assert_ne!(local, "crash", "a fault in the look-up");
        match local {
            "database" => Err(Refusal::Database),
            "busy" => Err(Refusal::Unavailable),
            _ if KNOWN.contains(&local) || !local.is_ascii() || local.starts_with('"') => {
                Ok(recipient(address))
            }
            _ => Err(Refusal::UnknownRecipient),
        }
    }

    fn begin(&self) -> Result<MemoryMessage, Refusal> {
        Ok(MemoryMessage(Vec::new()))
    }

    async fn receive(
        &self,
        envelope: Envelope,
        message: MemoryMessage,
    ) -> Vec<Result<(), Refusal>> {
        let mut verdicts = Vec::new();
        for recipient in &envelope.recipients {
            match recipient.address.split('@').next() {
                Some("full") => verdicts.push(Err(Refusal::Storage)),
                Some("loop") => verdicts.push(Err(Refusal::Loop)),
                Some("miscount") => {}
                Some("panic") => panic!("a fault in the delivery"),
                Some("held") => {
                    self.waiting.add_permits(1);
                    self.gate.acquire().await.unwrap().forget();
                    verdicts.push(Ok(()));
                }
                _ => verdicts.push(Ok(())),
            }
        }
        let text = message.0;
        self.received
            .lock()
            .unwrap()
            .push(Received { envelope, text });
        verdicts
    }
}

fn recipient(address: &str) -> Recipient {
    Recipient {
        address: address.to_owned(),
        account: Account {
            id: AccountId(1),
            address: address.to_owned(),
            aliases: Vec::new(),
            name: String::new(),
            password: String::new(),
        },
    }
}

/// A server that runs.
pub(crate) struct Running {
    pub(crate) intake: Arc<MemoryIntake>,
    pub(crate) address: Listen,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) serving: JoinHandle<()>,
}

pub(crate) fn any_port() -> Listen {
    "127.0.0.1:0".parse().unwrap()
}

pub(crate) async fn start(listen: &Listen, limits: Limits) -> Running {
    let intake = Arc::new(MemoryIntake::default());
    let server = Server::bind(listen, limits, "mx.example".to_owned(), Arc::clone(&intake))
        .await
        .unwrap();
    let address = server.local_addr().clone();
    let (stop, stopping) = watch::channel(false);
    let serving = tokio::spawn(server.serve(stopping));
    Running {
        intake,
        address,
        stop,
        serving,
    }
}

impl Running {
    /// Stops the server and waits until it is gone.
    pub(crate) async fn finish(self) {
        self.stop.send(true).unwrap();
        tokio::time::timeout(PATIENCE, self.serving)
            .await
            .unwrap()
            .unwrap();
    }
}

/// Runs a session in memory on `chunks`, each written by itself, then end of input.
pub(crate) async fn converse(limits: Limits, chunks: &[&[u8]]) -> (String, Vec<Received>, Summary) {
    let intake = Arc::new(MemoryIntake::default());
    let service = Service {
        hostname: "mx.example".to_owned(),
        limits,
        intake: Arc::clone(&intake),
    };
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let (mut reader, mut writer) = tokio::io::split(ours);
    let (_stop, stopping) = watch::channel(false);
    let speak = async move {
        for chunk in chunks {
            // The session may have ended before its client.
            let _ = tokio::io::AsyncWriteExt::write_all(&mut writer, chunk).await;
            tokio::task::yield_now().await;
        }
        let _ = tokio::io::AsyncWriteExt::shutdown(&mut writer).await;
    };
    let hear = async move {
        let mut heard = Vec::new();
        reader.read_to_end(&mut heard).await.unwrap();
        String::from_utf8(heard).unwrap()
    };
    let serve = lmtp::session::run(&service, theirs, None, stopping);
    let ((), heard, summary) = tokio::join!(speak, hear, serve);
    (heard, intake.messages(), summary)
}
