//! The floor: an LMTP server that does nothing but make each mail durable in a Maildir.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use lmtp::{Limits, Listen, Server};
use pipeline::intake::{Envelope, Incoming, Intake, Recipient, Refusal};
use store::{Account, AccountId};
use tokio::sync::watch;

use crate::mail::{ACCOUNTS, address};

/// A floor that serves until it is dropped.
pub struct Floor {
    pub address: String,
    _folder: tempfile::TempDir,
    _stop: watch::Sender<bool>,
}

impl Floor {
    pub async fn start() -> Self {
        let folder = crate::folder();
        for account in 0..ACCOUNTS {
            for part in ["tmp", "new", "cur"] {
                fs::create_dir_all(folder.path().join(address(account)).join(part)).unwrap();
            }
        }
        let sink = Sink {
            root: folder.path().to_owned(),
            counter: Arc::default(),
        };
        let listen = Listen::Tcp("127.0.0.1:0".parse().unwrap());
        let server = Server::bind(
            &listen,
            Limits::default(),
            "floor".to_owned(),
            Arc::new(sink),
        )
        .await
        .unwrap();
        let address = server.local_addr().to_string();
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(server.serve(stopped));
        Self {
            address,
            _folder: folder,
            _stop: stop,
        }
    }
}

struct Sink {
    root: PathBuf,
    counter: Arc<AtomicU64>,
}

struct Collected(Vec<u8>);

impl Incoming for Collected {
    fn write(&mut self, octets: &[u8]) -> Result<(), Refusal> {
        self.0.extend_from_slice(octets);
        Ok(())
    }
}

#[async_trait]
impl Intake for Sink {
    type Incoming = Collected;

    async fn recipient(&self, address: &str) -> Result<Recipient, Refusal> {
        Ok(Recipient {
            address: address.to_owned(),
            account: Account {
                id: AccountId(0),
                address: address.to_owned(),
                aliases: Vec::new(),
                name: String::new(),
                password: String::new(),
            },
        })
    }

    fn begin(&self) -> Result<Collected, Refusal> {
        Ok(Collected(Vec::new()))
    }

    async fn receive(&self, envelope: Envelope, message: Collected) -> Vec<Result<(), Refusal>> {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let root = self.root.clone();
        let work = move || {
            let write = |recipient: &Recipient| {
                store(&root.join(&recipient.account.address), number, &message.0)
                    .map_err(|_| Refusal::Storage)
            };
            envelope.recipients.iter().map(write).collect()
        };
        tokio::task::spawn_blocking(work).await.unwrap()
    }
}

fn store(maildir: &Path, number: u64, text: &[u8]) -> io::Result<()> {
    let name = format!("{number}.floor");
    let (temporary, new) = (maildir.join("tmp").join(&name), maildir.join("new"));
    let mut file = File::create_new(&temporary)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&temporary, new.join(&name))?;
    File::open(&new)?.sync_all()
}
