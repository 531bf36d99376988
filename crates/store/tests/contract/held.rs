//! What is promised of mails that wait for the hold, and of calendars that send no invitations.

use store::{AccountId, Commit, Error, Guard, Hold, Invitations, NewMail, QueueState, Store};

use super::Database;
use super::record::{account, mail, mail_key, put};

/// An invitation to a meeting that was made at 0 and waits until 100.
fn invitation(account: AccountId, id: &str, uid: &str) -> NewMail {
    NewMail {
        uid: uid.to_owned(),
        hold: Hold::Invitation,
        recipient: format!("{id}@example.org"),
        ..mail(account, id, 100)
    }
}

fn inviting(account: AccountId, id: &str, uid: &str) -> Commit {
    let mut commit = Commit::new(account, uid);
    commit.mails.push(invitation(account, id, uid));
    commit.guard = Some(Guard {
        meetings: 2,
        now: 0,
    });
    commit
}

async fn held(store: &impl Store, account: AccountId, uid: &str) -> Vec<String> {
    let held = store.mails_held(account, uid, 50).await.unwrap();
    held.into_iter().map(|mail| mail.id).collect()
}

async fn due(store: &impl Store, now: i64) -> Vec<String> {
    let mails = store.mails_take(now, 99).await.unwrap();
    let mut due: Vec<_> = mails.into_iter().map(|one| one.mail.key.id).collect();
    due.sort();
    due
}

async fn unconfirmed(store: &impl Store) -> usize {
    let queue = store.queue().await.unwrap();
    let entries = queue.iter();
    entries
        .filter(|entry| entry.state == QueueState::Unconfirmed)
        .count()
}

pub(crate) async fn is_shown_while_it_waits(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let bob = account(&store, "bob@example.com").await.id;
    let mut commit = inviting(alice, "a", "uid-1");
    commit.mails.push(NewMail {
        uid: "uid-1".to_owned(),
        ..mail(alice, "at-once", 100)
    });
    commit.mails.push(NewMail {
        not_before: 50,
        ..invitation(alice, "due", "uid-1")
    });
    store.commit(commit).await.unwrap();
    store.commit(inviting(bob, "b", "uid-1")).await.unwrap();
    let found = store.mails_held(alice, "uid-1", 50).await.unwrap();
    assert_eq!(found.len(), 1);
    let of = |one: &store::HeldMail| (one.id.clone(), one.hold, one.not_before);
    assert_eq!(of(&found[0]), ("a".to_owned(), Hold::Invitation, 100));
    assert_eq!(found[0].recipient, "a@example.org");
    assert_eq!(held(&store, alice, "uid-2").await, [""; 0]);
    store.mails_take(100, 9).await.unwrap();
    store
        .mail_retry(&mail_key(alice, "a"), 900, "later")
        .await
        .unwrap();
    assert_eq!(held(&store, alice, "uid-1").await, [""; 0], "it was tried");
}

pub(crate) async fn is_taken_back_by_a_commit(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    store.commit(inviting(alice, "a", "uid-1")).await.unwrap();
    let mut commit = inviting(alice, "b", "uid-1");
    commit.withdraw.push("a".to_owned());
    store.commit(commit).await.unwrap();
    assert_eq!(held(&store, alice, "uid-1").await, ["b"]);
    // The same mail may be written anew in the commit that takes it back.
    let mut commit = inviting(alice, "b", "uid-1");
    commit.withdraw.push("b".to_owned());
    store.commit(commit).await.unwrap();
    assert_eq!(due(&store, 100).await, ["b"]);
}

pub(crate) async fn is_not_taken_back_when_it_is_being_sent(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = store.calendars(alice).await.unwrap().remove(0).id;
    store.commit(inviting(alice, "a", "uid-1")).await.unwrap();
    let taking_back = |ids: [&str; 2]| {
        let mut commit = Commit::new(alice, "uid-1");
        commit.put.push(put(&calendar, "uid-1", "text"));
        commit.withdraw = ids.map(str::to_owned).to_vec();
        commit
    };
    let refused = |done| assert_eq!(done, Err(Error::Conflict));
    refused(store.commit(taking_back(["a", "gone"])).await.map(drop));
    assert_eq!(
        held(&store, alice, "uid-1").await,
        ["a"],
        "nothing was written"
    );
    assert_eq!(
        due(&store, 100).await,
        ["a"],
        "who was refused claims nothing"
    );
    refused(store.commit(taking_back(["a", "a"])).await.map(drop));
    store
        .mail_retry(&mail_key(alice, "a"), 200, "later")
        .await
        .unwrap();
    refused(store.commit(taking_back(["a", "a"])).await.map(drop));
    assert_eq!(store.objects(alice, &calendar).await.unwrap(), []);
    assert_eq!(due(&store, 200).await, ["a"]);
}

pub(crate) async fn waits_for_a_word_when_there_are_many(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let bob = account(&store, "bob@example.com").await.id;
    store.commit(inviting(bob, "other", "uid-9")).await.unwrap();
    for (id, uid) in [("a1", "uid-1"), ("a2", "uid-1"), ("b", "uid-2")] {
        store.commit(inviting(alice, id, uid)).await.unwrap();
    }
    assert_eq!(
        unconfirmed(&store).await,
        0,
        "two meetings are not too many"
    );
    store.commit(inviting(alice, "c", "uid-3")).await.unwrap();
    assert_eq!(unconfirmed(&store).await, 4);
    // One that is changed goes on waiting, though it was due long ago.
    let mut commit = inviting(alice, "c-2", "uid-3");
    commit.withdraw.push("c".to_owned());
    commit.guard = Some(Guard {
        meetings: 2,
        now: 5000,
    });
    store.commit(commit).await.unwrap();
    assert_eq!(held(&store, alice, "uid-3").await, ["c-2"]);
    assert_eq!(due(&store, 9000).await, ["other"]);
    assert_eq!(store.queue_release(alice).await.unwrap(), 4);
    assert_eq!(store.queue_release(alice).await.unwrap(), 0);
    assert_eq!(due(&store, 100).await, ["a1", "a2", "b", "c-2"]);
    store.commit(inviting(alice, "d", "uid-4")).await.unwrap();
    assert_eq!(unconfirmed(&store).await, 0, "the word was given");
}

pub(crate) async fn counts_what_comes_at_once(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let add = async |number: usize| {
        let (id, uid) = (format!("m{number}"), format!("uid-{number}"));
        store.commit(inviting(alice, &id, &uid)).await.unwrap();
    };
    tokio::join!(add(1), add(2), add(3), add(4));
    assert_eq!(unconfirmed(&store).await, 4);
}

pub(crate) async fn says_whether_a_calendar_invites(database: &impl Database) {
    let store = &database.open();
    let alice = account(store, "alice@example.com").await.id;
    let calendar = store.calendars(alice).await.unwrap().remove(0);
    assert_eq!(calendar.invitations, Invitations::Sent);
    let set = store.calendar_set_invitations(alice, &calendar.id, Invitations::NotSent);
    set.await.unwrap();
    let calendars = store.calendars(alice).await.unwrap();
    assert_eq!(calendars[0].invitations, Invitations::NotSent);
    let nowhere = store::CalendarId("nowhere".to_owned());
    let set = store.calendar_set_invitations(alice, &nowhere, Invitations::Sent);
    assert!(matches!(set.await, Err(Error::NotFound(_))));
}

pub(crate) async fn remembers_the_last_text(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = store.calendars(alice).await.unwrap().remove(0).id;
    assert_eq!(store.last_text(alice, "uid-1").await.unwrap(), None);
    for text in ["one", "two"] {
        let mut commit = Commit::new(alice, "uid-1");
        commit.put.push(put(&calendar, "uid-1", text));
        store.commit(commit).await.unwrap();
    }
    let mut commit = Commit::new(alice, "uid-1");
    commit.delete.push((calendar, "uid-1.ics".to_owned()));
    store.commit(commit).await.unwrap();
    let text = store.last_text(alice, "uid-1").await.unwrap();
    assert_eq!(text.as_deref(), Some(b"two".as_slice()));
}
