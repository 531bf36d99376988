//! What is promised of what a message is decided on: what is counted of its sender, and what came too early.

use store::{Commit, StateChange, Store};

use super::Database;
use super::record::{account, decision, default_calendar, grounds, writing};

pub(crate) async fn counts_for_caps(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    for (uid, sender, outcome, decided, note) in [
        ("uid-1", "eve@example.org", "added", 10, "forwarded-by"),
        ("uid-2", "Eve@Example.ORG", "added", 20, "unverified"),
        ("uid-3", "eve@example.org", "updated", 30, "unverified"),
        ("uid-3", "eve@example.org", "added", 30, store::BY_HAND),
        ("uid-4", "bob@example.org", "added", 40, "unverified"),
    ] {
        let mut commit = writing(&store, alice, &calendar, uid, "text").await;
        commit.put[0].unanswered = uid != "uid-3";
        let mut record = decision(uid, sender, decided);
        record.outcome = outcome.to_owned();
        record.notes = vec![note.to_owned()];
        record.job = format!("{uid}-{outcome}");
        commit.decision = Some(record);
        store.commit(commit).await.unwrap();
    }
    let eve = "eve@example.org";
    assert_eq!(
        grounds(&store, alice, eve, 0).await.added,
        2,
        "one sender in any spelling, but for what the owner let in"
    );
    assert_eq!(grounds(&store, alice, eve, 20).await.added, 1);
    assert_eq!(grounds(&store, alice, eve, 21).await.added, 0);
    assert_eq!(grounds(&store, alice, eve, 0).await.unanswered, 3);
    let mut answer = writing(&store, alice, &calendar, "uid-1", "text").await;
    answer.put[0].unanswered = false;
    store.commit(answer).await.unwrap();
    assert_eq!(grounds(&store, alice, eve, 0).await.unanswered, 2);
    let mut again = writing(&store, alice, &calendar, "uid-1", "text").await;
    again.put[0].unanswered = true;
    store.commit(again).await.unwrap();
    assert_eq!(grounds(&store, alice, eve, 0).await.unanswered, 3);
    for (uid, left) in [("uid-3", 3), ("uid-2", 2)] {
        let mut gone = Commit::new(alice, uid);
        gone.delete.push((calendar.clone(), format!("{uid}.ics")));
        store.commit(gone).await.unwrap();
        assert_eq!(grounds(&store, alice, eve, 0).await.unanswered, left);
    }
}

pub(crate) async fn gives_its_grounds_in_one_read(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    let commit = writing(&store, alice, &calendar, "uid-1", "text").await;
    store.commit(commit).await.unwrap();
    store.preferences_set(alice, "{}").await.unwrap();
    let read = grounds(&store, alice, "eve@example.org", 0).await;
    assert_eq!(read.event, store.event(alice, "uid-1").await.unwrap());
    assert_eq!(read.default_calendar, Some(calendar));
    assert_eq!(read.preferences.as_deref(), Some("{}"));
    assert_eq!((read.added, read.unanswered, read.early), (0, 1, 0));
}

pub(crate) async fn replaces_what_came_early(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let eve = "eve@example.org".to_owned();
    for (uid, early, count) in [
        ("uid-1", Some(vec![(eve.clone(), 10), (eve.clone(), 10)]), 2),
        ("uid-2", Some(vec![("EVE@example.org".to_owned(), 20)]), 3),
        ("uid-1", None, 3),
        ("uid-1", Some(vec![(eve.clone(), 30)]), 2),
        ("uid-2", Some(Vec::new()), 1),
    ] {
        let mut commit = Commit::new(alice, uid);
        commit.early = early;
        assert_eq!(store.commit(commit).await.unwrap().revision, None);
        assert_eq!(grounds(&store, alice, &eve, 0).await.early, count);
    }
    assert_eq!(grounds(&store, alice, &eve, 30).await.early, 1);
    assert_eq!(grounds(&store, alice, &eve, 31).await.early, 0);
}

pub(crate) async fn forgets_what_came_early_after_ninety_days(database: &impl Database) {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let eve = "eve@example.org";
    let mut commit = Commit::new(alice, "uid-1");
    commit.early = Some(vec![(eve.to_owned(), 10 * DAY), (eve.to_owned(), 20 * DAY)]);
    store.commit(commit).await.unwrap();
    for (now, left) in [(100, 2), (101, 1), (110, 1), (111, 0)] {
        store.jobs_sweep("a", "p1", now * DAY).await.unwrap();
        let count = grounds(&store, alice, eve, 0).await.early;
        assert_eq!(count, left, "on day {now}");
    }
}

/// A state goes with the last message that waited, if it holds nothing else.
pub(crate) async fn forgets_a_state_with_what_came_early(database: &impl Database) {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let json = || "{}".to_owned();
    for (uid, state) in [
        ("waits", StateChange::PutEarly(json())),
        ("is known", StateChange::Put(json())),
    ] {
        let mut commit = Commit::new(alice, uid);
        commit.state = state;
        commit.early = Some(vec![("eve@example.org".to_owned(), 10 * DAY)]);
        store.commit(commit).await.unwrap();
    }
    for (now, left) in [(100, true), (101, false)] {
        store.jobs_sweep("a", "p1", now * DAY).await.unwrap();
        let state = async |uid| store.event(alice, uid).await.unwrap().state;
        assert_eq!(state("waits").await.is_some(), left, "on day {now}");
        assert!(state("is known").await.is_some());
    }
}
