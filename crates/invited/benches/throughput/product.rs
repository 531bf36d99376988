//! The product, started as `serve` starts it, with accounts that have one contact each.

use std::fs;
use std::path::Path;

use invited::command::serve::Running;
use invited::config::Config;
use store::{Contact, NewAccount, Store};

use crate::client::Client;
use crate::mail::{ACCOUNTS, Kind, Mail, SENDER, address};

pub struct Product {
    pub running: Running,
    _folder: tempfile::TempDir,
}

impl Product {
    pub async fn start() -> Self {
        let folder = crate::folder();
        let config = configuration(folder.path());
        let running = Running::start(&config).await.unwrap();
        for account in 0..ACCOUNTS {
            add_account(&*running.store, &address(account)).await;
        }
        let lmtp = running.lmtp.clone();
        // The first mail of an account makes its Maildir.
        let warm_up = move || {
            let mut client = Client::connect(&lmtp);
            for number in 0..ACCOUNTS {
                let mail = Mail::new(Kind::Ordinary, number);
                client.deliver(&mail.recipient, &mail.text);
            }
        };
        tokio::task::spawn_blocking(warm_up).await.unwrap();
        Self {
            running,
            _folder: folder,
        }
    }
}

/// A site in that folder. The caps of rule B7 are out of the way: one contact sends everything.
pub fn configuration(folder: &Path) -> Config {
    let path = folder.join("invited.toml");
    let data = folder.join("data");
    let text = format!(
        "[server]\nhostname = \"mail.example.org\"\ndata_dir = {data:?}\n\
         [lmtp]\nlisten = \"127.0.0.1:0\"\n[http]\nlisten = \"127.0.0.1:0\"\n\
         [trust]\nauthserv_ids = [\"mx.example.net\"]\n\
         [limits]\nnew_per_sender_and_day = 1000000\nunanswered = 1000000\n"
    );
    fs::write(&path, text).unwrap();
    Config::load(Some(&path), std::iter::empty()).unwrap()
}

pub async fn add_account(store: &dyn Store, address: &str) {
    let account = NewAccount {
        address: address.to_owned(),
        aliases: Vec::new(),
        name: String::new(),
        password: String::new(),
    };
    let account = store.account_add(account).await.unwrap();
    let contact = Contact {
        uid: String::new(),
        name: "bob".to_owned(),
        text: Vec::new(),
        addresses: vec![SENDER.to_owned()],
    };
    store.contacts_put(account.id, vec![contact]).await.unwrap();
}
