//! What is promised of accounts.

use std::collections::HashSet;

use store::{Error, Store};

use super::Database;
use super::record::{
    account, contact, default_calendar, job, key, mail, new_account, ready, take, writing,
};

pub(crate) async fn has_its_addresses_and_a_default_calendar(database: &impl Database) {
    let store = database.open();
    let bob = account(&store, "bob@example.com").await;
    let new = new_account("Alice@EXAMPLE.com", &["al@example.com", "AL@example.COM"]);
    let alice = store.account_add(new).await.unwrap();
    assert_eq!(
        alice.addresses().collect::<Vec<_>>(),
        ["Alice@example.com", "al@example.com"],
        "domains are folded, and an address counts once"
    );
    assert_eq!(
        store.account(alice.id).await.unwrap().as_ref(),
        Some(&alice)
    );
    let calendars = store.calendars(alice.id).await.unwrap();
    assert_eq!(
        calendars
            .iter()
            .map(|one| one.is_default)
            .collect::<Vec<_>>(),
        [true]
    );
    assert_eq!(store.accounts().await.unwrap(), [alice, bob]);
}

pub(crate) async fn is_found_in_any_spelling(database: &impl Database) {
    let store = database.open();
    let new = new_account("Alice@example.com", &["Al.Ice@example.net"]);
    let alice = store.account_add(new).await.unwrap();
    for address in [
        "Alice@example.com",
        "alice@EXAMPLE.com",
        "AL.ICE@Example.Net",
    ] {
        let found = store.account_by_address(address).await.unwrap();
        assert_eq!(found.as_ref(), Some(&alice), "{address}");
    }
    for address in [
        "alice@example.net",
        "alice+tag@example.com",
        "alice",
        "@example.com",
        "",
    ] {
        assert_eq!(
            store.account_by_address(address).await.unwrap(),
            None,
            "{address}"
        );
    }
}

pub(crate) async fn is_alone_with_its_addresses(database: &impl Database) {
    let store = database.open();
    account(&store, "alice@example.com").await;
    let mut second = new_account("bob@example.com", &["ALICE@Example.com"]);
    assert_eq!(
        store.account_add(second.clone()).await,
        Err(Error::AddressTaken("ALICE@example.com".to_owned()))
    );
    assert_eq!(
        store.accounts().await.unwrap().len(),
        1,
        "nothing of bob was written"
    );
    second.aliases.clear();
    store.account_add(second).await.unwrap();
}

pub(crate) async fn takes_everything_with_it(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    store
        .commit(writing(&store, alice, &calendar, "uid-1", "text").await)
        .await
        .unwrap();
    store
        .contacts_put(alice, vec![contact("eve", &["eve@example.org"])])
        .await
        .unwrap();
    store.preferences_set(alice, "{}").await.unwrap();
    store.mails_add(vec![mail(alice, "m", 0)]).await.unwrap();
    ready(&store, alice, "j", 0).await;
    store.account_remove(alice).await.unwrap();
    assert_eq!(store.queue().await.unwrap(), []);
    assert_eq!(store.calendars(alice).await.unwrap(), []);
    assert_eq!(store.preferences(alice).await.unwrap(), None);
    assert!(!store.is_contact(alice, "eve@example.org").await.unwrap());
    let again = account(&store, "alice@example.com").await.id;
    assert_ne!(again, alice, "ids are never used again");
    assert!(matches!(
        store.account_remove(alice).await,
        Err(Error::NotFound(_))
    ));
}

pub(crate) async fn changes_its_password(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await;
    store.account_set_password(alice.id, "$new$").await.unwrap();
    assert_eq!(
        store.account(alice.id).await.unwrap().unwrap().password,
        "$new$"
    );
    store.account_remove(alice.id).await.unwrap();
    let gone = store.account_set_password(alice.id, "$new$").await;
    assert!(matches!(gone, Err(Error::NotFound(_))));
}

pub(crate) async fn must_be_there_to_be_written_to(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    let commit = writing(&store, alice, &calendar, "uid-1", "text").await;
    ready(&store, alice, "taken", 0).await;
    take(&store, 0, 1).await;
    let mut ending = commit.clone();
    ending.job = Some(key(alice, "taken"));
    store.account_remove(alice).await.unwrap();
    assert_eq!(store.commit(ending).await, Err(Error::Dropped));
    let refused = [
        store.commit(commit).await.map(drop),
        store.calendar_add(alice, "Work").await.map(drop),
        store.jobs_hold(vec![job(alice, "j", 0)]).await.map(drop),
        store.mails_add(vec![mail(alice, "m", 0)]).await,
        store.contacts_put(alice, vec![contact("eve", &[])]).await,
        store.preferences_set(alice, "{}").await,
        store.script_set(alice, Some("keep;")).await,
    ];
    let kinds: HashSet<_> = refused
        .iter()
        .map(|result| matches!(result, Err(error @ Error::NotFound(_)) if !error.is_transient()))
        .collect();
    assert_eq!(kinds, HashSet::from([true]), "{refused:?}");
}
