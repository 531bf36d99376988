//! What is promised of calendars, contacts and settings.

use std::collections::HashSet;

use store::Store;

use super::Database;
use super::record::{account, contact, default_calendar, holding, writing};

pub(crate) async fn has_a_fresh_opaque_id(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let mut ids = HashSet::new();
    for _ in 0..50 {
        let id = store.calendar_add(alice, "Work").await.unwrap().id;
        assert!((1..=64).contains(&id.0.len()), "{id}");
        assert!(
            id.0.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
            "{id}"
        );
        assert!(ids.insert(id));
    }
}

pub(crate) async fn has_one_default(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let default = default_calendar(&store, alice).await;
    let added = store.calendar_add(alice, "A first name").await.unwrap();
    assert!(!added.is_default);
    let calendars = store.calendars(alice).await.unwrap();
    let ids: Vec<_> = calendars
        .iter()
        .map(|one| (&one.id, one.is_default))
        .collect();
    assert_eq!(
        ids,
        [(&default, true), (&added.id, false)],
        "the default one is the first"
    );
    for (calendar, text) in [(&added.id, "other"), (&default, "default")] {
        let mut commit = writing(&store, alice, calendar, "uid-1", text).await;
        commit.expect = None;
        store.commit(commit).await.unwrap();
    }
    assert_eq!(
        holding(&store, alice, "uid-1").await.as_ref(),
        Some(&default)
    );
    let event = store.event(alice, "uid-1").await.unwrap();
    let texts: Vec<_> = event
        .objects
        .iter()
        .map(|object| object.text.as_slice())
        .collect();
    assert_eq!(texts, [&b"default"[..], b"other"]);
    assert_eq!(
        store.objects(alice, &added.id).await.unwrap(),
        event.objects[1..]
    );
}

pub(crate) async fn keeps_contacts_by_name(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let (bob, eve) = (
        contact("bob", &["b@x.org", "a@x.org"]),
        contact("eve", &["e@x.org"]),
    );
    store
        .contacts_put(alice, vec![eve.clone(), bob.clone()])
        .await
        .unwrap();
    assert_eq!(store.contacts(alice).await.unwrap(), [bob.clone(), eve]);
    let eve = contact("eve", &["new@x.org"]);
    store.contacts_put(alice, vec![eve.clone()]).await.unwrap();
    assert_eq!(store.contacts(alice).await.unwrap(), [bob, eve]);
    assert!(
        !store.is_contact(alice, "e@x.org").await.unwrap(),
        "replaced"
    );
    assert!(store.is_contact(alice, "new@x.org").await.unwrap());
}

pub(crate) async fn finds_contacts_by_address(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    store
        .contacts_put(alice, vec![contact("eve", &["Eve@Example.ORG"])])
        .await
        .unwrap();
    for (address, known) in [
        ("Eve@example.org", true),
        ("eve@EXAMPLE.org", true),
        ("eve+tag@example.org", false),
        ("eve@sub.example.org", false),
        ("еve@example.org", false), // a Cyrillic letter is another one
        ("", false),
    ] {
        assert_eq!(
            store.is_contact(alice, address).await.unwrap(),
            known,
            "{address}"
        );
    }
}

pub(crate) async fn keeps_settings(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    assert_eq!(store.preferences(alice).await.unwrap(), None);
    assert_eq!(store.script(alice).await.unwrap(), None);
    for (json, script) in [("{\"a\":1}", "keep;"), ("{}", "discard;")] {
        store.preferences_set(alice, json).await.unwrap();
        store.script_set(alice, Some(script)).await.unwrap();
        assert_eq!(
            store.preferences(alice).await.unwrap().as_deref(),
            Some(json)
        );
        assert_eq!(store.script(alice).await.unwrap().as_deref(), Some(script));
    }
    store.script_set(alice, None).await.unwrap();
    assert_eq!(store.script(alice).await.unwrap(), None);
}

pub(crate) async fn is_its_account_s_alone(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let bob = account(&store, "bob@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    store
        .commit(writing(&store, alice, &calendar, "uid-1", "text").await)
        .await
        .unwrap();
    store
        .contacts_put(alice, vec![contact("eve", &["eve@x.org"])])
        .await
        .unwrap();
    assert_eq!(holding(&store, bob, "uid-1").await, None);
    assert_eq!(
        store.event(bob, "uid-1").await.unwrap(),
        store::Event::default()
    );
    assert_eq!(store.objects(bob, &calendar).await.unwrap(), []);
    assert_eq!(store.contacts(bob).await.unwrap(), []);
    assert!(!store.is_contact(bob, "eve@x.org").await.unwrap());
    assert_eq!(
        store.changes(bob, store::Revision(0), 10).await.unwrap(),
        []
    );
    let calendar_of_another = writing(&store, bob, &calendar, "uid-1", "text").await;
    store.commit(calendar_of_another).await.unwrap();
    let bobs = default_calendar(&store, bob).await;
    assert_eq!(
        holding(&store, bob, "uid-1").await,
        Some(bobs),
        "not alice's"
    );
}

/// UIDs and names are opaque, however they look.
pub(crate) async fn keeps_any_text(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    let long = "u".repeat(64 * 1024);
    for uid in [
        "",
        "a\0b",
        "a\0c",
        "a'\"; DROP TABLE objects; --",
        "%",
        "é\r\n\u{1f600}",
        &long,
    ] {
        let commit = writing(&store, alice, &calendar, uid, uid).await;
        store.commit(commit).await.unwrap();
        let event = store.event(alice, uid).await.unwrap();
        let [object] = &event.objects[..] else {
            panic!("{uid:?}: {event:?}")
        };
        assert_eq!(
            (object.uid.as_str(), object.text.as_slice()),
            (uid, uid.as_bytes())
        );
    }
    assert_eq!(store.objects(alice, &calendar).await.unwrap().len(), 7);
}
