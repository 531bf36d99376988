//! The product, started as `serve` starts it, with accounts that have some contacts each.

use std::fs;
use std::path::Path;

use invited::command::serve::Running;
use invited::config::Config;
use store::{Contact, NewAccount, Store};

use crate::client::Client;
use crate::mail::{ACCOUNTS, CONTACTS, Kind, Mail, address, contact};

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

/// A site in that folder. Nobody answers here: the cap of rule B7 on that is out of the way.
pub fn configuration(folder: &Path) -> Config {
    let path = folder.join("invited.toml");
    let data = folder.join("data");
    let text = format!(
        "[server]\nhostname = \"mail.example.org\"\ndata_dir = {data:?}\n\
         [lmtp]\nlisten = \"127.0.0.1:0\"\n[http]\nlisten = \"127.0.0.1:0\"\n\
         [trust]\nauthserv_ids = [\"mx.example.net\"]\n\
         [limits]\nunanswered = 1000000\n"
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
    let contact = |number| Contact {
        uid: String::new(),
        name: format!("bob{number}"),
        text: Vec::new(),
        addresses: vec![contact(number)],
    };
    let contacts = (0..CONTACTS).map(contact).collect();
    store.contacts_put(account.id, contacts).await.unwrap();
}
