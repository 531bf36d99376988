//! Whose an address is, however it is written.

#![allow(clippy::unwrap_used)]

use pipeline::receive::find_account;
use store::{NewAccount, SqliteStore, Store};

#[tokio::test]
async fn a_domain_is_known_in_both_spellings_and_with_tags() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("invited.db")).unwrap();
    for address in ["zoe@b\u{fc}cher.example", "max@xn--strae-oqa.example"] {
        let account = NewAccount {
            address: address.to_owned(),
            aliases: Vec::new(),
            name: String::new(),
            password: String::new(),
        };
        store.account_add(account).await.unwrap();
    }
    for (address, owner) in [
        ("zoe@b\u{fc}cher.example", Some("zoe@b\u{fc}cher.example")),
        (
            "Zoe+tag@XN--BCHER-KVA.example",
            Some("zoe@b\u{fc}cher.example"),
        ),
        ("max@stra\u{df}e.example", Some("max@xn--strae-oqa.example")),
        (
            "max+tag@xn--strae-oqa.example",
            Some("max@xn--strae-oqa.example"),
        ),
        ("max@strasse.example", None),
        ("max@b\u{fc}cher.example", None),
    ] {
        let found = find_account(&store, address).await.unwrap();
        let found = found.map(|account| account.address);
        assert_eq!(found.as_deref(), owner, "{address}");
    }
}
