//! What is promised of the outbox.

use store::{AccountId, Commit, NewMail, QueueState, Store};

use super::Database;
use super::record::{account, mail, mail_key};

async fn due(store: &impl Store, now: i64, limit: usize) -> Vec<String> {
    let mails = store.mails_take(now, limit).await.unwrap();
    mails.into_iter().map(|one| one.mail.key.id).collect()
}

pub(crate) async fn is_written_once(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let bob = account(&store, "bob@example.com").await.id;
    let mut other = mail(alice, "m", 1);
    other.recipient = "other@example.org".to_owned();
    store
        .mails_add(vec![mail(alice, "m", 1), other.clone(), mail(bob, "m", 2)])
        .await
        .unwrap();
    let mut commit = Commit::new(alice, "uid-1");
    commit.mails.push(other);
    store.commit(commit).await.unwrap();
    let taken = store.mails_take(9, 9).await.unwrap();
    let mails: Vec<_> = taken
        .into_iter()
        .map(|one| (one.mail, one.attempts))
        .collect();
    assert_eq!(mails, [(mail(alice, "m", 1), 0), (mail(bob, "m", 2), 0)]);
}

pub(crate) async fn is_taken_when_due(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let mails = vec![
        mail(alice, "c", 3),
        mail(alice, "a", 1),
        mail(alice, "b", 2),
    ];
    store.mails_add(mails).await.unwrap();
    assert_eq!(due(&store, 0, 9).await, [""; 0]);
    assert_eq!(due(&store, 2, 1).await, ["a"]);
    assert_eq!(
        due(&store, 2, 9).await,
        ["b"],
        "what is taken is not taken again"
    );
    assert_eq!(due(&store, 3, 9).await, ["c"]);
}

pub(crate) async fn is_tried_again(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    store.mails_add(vec![mail(alice, "m", 1)]).await.unwrap();
    assert_eq!(due(&store, 1, 9).await, ["m"]);
    store
        .mail_retry(&mail_key(alice, "m"), 50, "451 later")
        .await
        .unwrap();
    assert_eq!(due(&store, 49, 9).await, [""; 0]);
    let entry = store.queue().await.unwrap().remove(0);
    assert_eq!(
        (entry.due, entry.attempts, entry.error.as_str()),
        (50, 1, "451 later")
    );
    assert_eq!(store.mails_take(50, 9).await.unwrap()[0].attempts, 1);
}

pub(crate) async fn is_not_sent_twice(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    store.mails_add(vec![mail(alice, "m", 1)]).await.unwrap();
    assert_eq!(due(&store, 1, 9).await, ["m"]);
    store.mail_sent(&mail_key(alice, "m")).await.unwrap();
    assert_eq!(store.queue().await.unwrap(), []);
    store.mails_add(vec![mail(alice, "m", 1)]).await.unwrap();
    assert_eq!(
        due(&store, 9, 9).await,
        [""; 0],
        "the same key is the same mail"
    );
}

/// A mail about an event; of one instant the kinds go in the order of letters.
fn about(account: AccountId, id: &str, uid: &str, kind: &str) -> NewMail {
    NewMail {
        kind: kind.to_owned(),
        uid: uid.to_owned(),
        ..mail(account, id, 1)
    }
}

pub(crate) async fn of_one_event_goes_in_order(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let bob = account(&store, "bob@example.com").await.id;
    let later = i64::MAX / 2;
    store
        .mails_add(vec![about(alice, "first", "u", "add")])
        .await
        .unwrap();
    assert_eq!(due(&store, 1, 9).await, ["first"]);
    let mut to_others = about(alice, "to others", "u", "request");
    to_others.recipient = "others@example.org".to_owned();
    store
        .mails_add(vec![
            about(alice, "then", "u", "request"),
            about(alice, "before it", "u", "cancel"),
            about(alice, "of another", "v", "request"),
            about(bob, "of bob", "u", "request"),
            to_others,
        ])
        .await
        .unwrap();
    let mut free = due(&store, 1, 9).await;
    free.sort();
    assert_eq!(free, ["of another", "of bob", "to others"]);
    store
        .mail_retry(&mail_key(alice, "first"), later, "451 later")
        .await
        .unwrap();
    assert_eq!(due(&store, later - 1, 9).await, [""; 0], "it goes first");
    store
        .mails_add(vec![about(alice, "last", "u", "update")])
        .await
        .unwrap();
    let now = later - 1;
    assert_eq!(
        due(&store, now, 9).await,
        ["first"],
        "with a new one it is tried"
    );
    store.mail_sent(&mail_key(alice, "first")).await.unwrap();
    assert_eq!(due(&store, now, 9).await, ["before it"]);
    store
        .mail_park(&mail_key(alice, "before it"), "550 no")
        .await
        .unwrap();
    assert_eq!(
        due(&store, now, 1).await,
        ["then"],
        "what is parked keeps nobody"
    );
    assert!(store.queue_drop("last").await.unwrap());
}

pub(crate) async fn waits_when_parked(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    store.mails_add(vec![mail(alice, "m", 1)]).await.unwrap();
    due(&store, 1, 9).await;
    store
        .mail_park(&mail_key(alice, "m"), "550 no")
        .await
        .unwrap();
    assert_eq!(due(&store, i64::MAX, 9).await, [""; 0]);
    let entry = store.queue().await.unwrap().remove(0);
    assert_eq!(
        (entry.state, entry.error.as_str()),
        (QueueState::Parked, "550 no")
    );
    assert!(store.queue_retry("m").await.unwrap());
    assert_eq!(due(&store, 1, 9).await, ["m"]);
}
