//! What is promised of jobs (DESIGN.md, promise 2).

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use store::{Commit, Holding, JobKey, QueueState, Store, Work};

use super::Database;
use super::record::{account, decision, end, holder, job, key, mail, ready, take};

/// Longer than any test: a wait that is not woken fails by hanging.
const FOR_EVER: Duration = Duration::from_secs(3600);

const NOTHING: [&str; 0] = [];

pub(crate) async fn is_held_joined_and_done(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let bob = account(&store, "bob@example.com").await.id;
    let jobs = vec![job(alice, "j", 1), job(bob, "j", 1), job(alice, "j", 1)];
    let holding = store.jobs_hold(jobs).await.unwrap();
    assert_eq!(
        holding,
        [Holding::New, Holding::New, Holding::Joined],
        "a key has its account"
    );
    assert_eq!(store.statistics().jobs_held, 3);
    ready(&store, alice, "j", 1).await;
    assert_eq!(take(&store, 1, 9).await, ["j"], "bob's is held");
    assert_eq!(
        store.jobs_hold(vec![job(alice, "j", 1)]).await.unwrap(),
        [Holding::Joined]
    );
    end(&store, alice, "j").await;
    assert_eq!(
        store.jobs_hold(vec![job(alice, "j", 1)]).await.unwrap(),
        [Holding::Done]
    );
    store
        .jobs_release(vec![(key(alice, "j"), holder(1))])
        .await
        .unwrap();
    assert_eq!(take(&store, 99, 9).await, NOTHING);
}

pub(crate) async fn is_taken_once_released(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    store.jobs_hold(vec![job(alice, "j", 7)]).await.unwrap();
    assert_eq!(take(&store, 99, 9).await, NOTHING);
    store
        .jobs_release(vec![(key(alice, "j"), holder(2))])
        .await
        .unwrap();
    assert_eq!(
        take(&store, 99, 9).await,
        NOTHING,
        "that delivery does not hold it"
    );
    store
        .jobs_release(vec![(key(alice, "j"), holder(1))])
        .await
        .unwrap();
    assert_eq!(
        take(&store, 6, 9).await,
        NOTHING,
        "it is not due before it came"
    );
    let taken = store.jobs_take(7, 9).await.unwrap();
    let [one] = &taken[..] else {
        panic!("{taken:?}")
    };
    assert_eq!(
        (&one.key, one.attempts, one.received),
        (&key(alice, "j"), 0, 7)
    );
    assert_eq!(one.content, job(alice, "j", 7).content);
    assert_eq!(one.details, ["{}"]);
    assert_eq!(take(&store, 99, 9).await, NOTHING, "it is taken");
}

pub(crate) async fn comes_oldest_first(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    for (id, received) in [("c", 3), ("a", 1), ("b", 2)] {
        ready(&store, alice, id, received).await;
    }
    for id in ["a", "b", "c"] {
        assert_eq!(take(&store, 3, 9).await, [id]);
        end(&store, alice, id).await;
    }
}

pub(crate) async fn is_alone_in_its_account(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let bob = account(&store, "bob@example.com").await.id;
    for owner in [alice, bob] {
        ready(&store, owner, "first", 1).await;
        ready(&store, owner, "second", 2).await;
    }
    assert_eq!(take(&store, 9, 9).await, ["first", "first"]);
    assert_eq!(take(&store, 9, 9).await, NOTHING);
    end(&store, bob, "first").await;
    let taken = store.jobs_take(9, 9).await.unwrap();
    let keys: Vec<&JobKey> = taken.iter().map(|one| &one.key).collect();
    assert_eq!(keys, [&key(bob, "second")]);
}

pub(crate) async fn gives_every_account_its_turn(database: &impl Database) {
    let store = database.open();
    let mut accounts = Vec::new();
    for name in ["a", "b", "c"] {
        let owner = account(&store, &format!("{name}@example.com")).await.id;
        for (number, received) in [("1", 1), ("2", 2)] {
            ready(&store, owner, &format!("{name}{number}"), received).await;
        }
        accounts.push((name, owner));
    }
    let mut seen = Vec::new();
    for _ in 0..6 {
        let id = take(&store, 9, 1).await.remove(0);
        let owner = accounts
            .iter()
            .find(|(name, _)| id.starts_with(name))
            .unwrap()
            .1;
        end(&store, owner, &id).await;
        seen.push(id);
    }
    assert_eq!(seen, ["a1", "b1", "c1", "a2", "b2", "c2"]);
}

pub(crate) async fn does_not_block_when_it_waits(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    for (id, received) in [("waits", 1), ("parked", 2), ("behind", 3)] {
        ready(&store, alice, id, received).await;
    }
    assert_eq!(take(&store, 3, 9).await, ["waits"]);
    store
        .job_retry(&key(alice, "waits"), 100, "busy")
        .await
        .unwrap();
    assert_eq!(take(&store, 3, 9).await, ["parked"]);
    store
        .job_park(&key(alice, "parked"), "hopeless", None)
        .await
        .unwrap();
    assert_eq!(take(&store, 3, 9).await, ["behind"]);
    end(&store, alice, "behind").await;
    assert_eq!(take(&store, 99, 9).await, NOTHING);
    let taken = store.jobs_take(100, 9).await.unwrap();
    assert_eq!((taken[0].key.id.as_str(), taken[0].attempts), ("waits", 1));
    assert_eq!(
        take(&store, i64::MAX, 9).await,
        NOTHING,
        "a parked job waits for a person"
    );
}

pub(crate) async fn goes_with_its_only_hold(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    store.jobs_hold(vec![job(alice, "j", 1)]).await.unwrap();
    store
        .jobs_refuse(vec![(key(alice, "j"), holder(2))])
        .await
        .unwrap();
    assert_eq!(
        store.queue().await.unwrap().len(),
        1,
        "another delivery has no say"
    );
    store
        .jobs_refuse(vec![(key(alice, "j"), holder(1))])
        .await
        .unwrap();
    assert_eq!(store.queue().await.unwrap(), []);
    let holding = store.jobs_hold(vec![job(alice, "j", 1)]).await.unwrap();
    assert_eq!(holding, [Holding::New], "it was not done");
}

pub(crate) async fn stays_for_others_when_refused(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    for (id, released) in [("held", false), ("ready", true)] {
        let mut second = job(alice, id, 1);
        second.holder = holder(2);
        store
            .jobs_hold(vec![job(alice, id, 1), second])
            .await
            .unwrap();
        if released {
            store
                .jobs_release(vec![(key(alice, id), holder(1))])
                .await
                .unwrap();
        }
        store
            .jobs_refuse(vec![(key(alice, id), holder(2))])
            .await
            .unwrap();
    }
    // The delivery has said already that the mail is stored.
    store
        .jobs_refuse(vec![(key(alice, "ready"), holder(1))])
        .await
        .unwrap();
    let mut states: Vec<_> = store
        .queue()
        .await
        .unwrap()
        .into_iter()
        .map(|one| (one.id, one.state))
        .collect();
    states.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(
        states,
        [
            ("held".to_owned(), QueueState::Held),
            ("ready".to_owned(), QueueState::Ready)
        ]
    );
}

pub(crate) async fn keeps_every_distinct_detail(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    for (delivery, detail) in [(1, "one"), (2, "refused"), (3, "one"), (4, "three")] {
        let mut new = job(alice, "j", 1);
        new.holder = holder(delivery);
        new.detail = detail.to_owned();
        store.jobs_hold(vec![new]).await.unwrap();
    }
    let mut same_delivery = job(alice, "j", 1);
    same_delivery.detail = "four".to_owned();
    store.jobs_hold(vec![same_delivery]).await.unwrap();
    store
        .jobs_refuse(vec![(key(alice, "j"), holder(2))])
        .await
        .unwrap();
    store
        .jobs_release(vec![(key(alice, "j"), holder(3))])
        .await
        .unwrap();
    let taken = store.jobs_take(1, 1).await.unwrap();
    assert_eq!(taken[0].details, ["one", "three", "four"]);
}

pub(crate) async fn is_released_for_a_dead_process(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    for (id, node, process) in [
        ("dead", "a", "p0"),
        ("own", "a", "p1"),
        ("other", "b", "p0"),
    ] {
        let mut new = job(alice, id, 1);
        (new.holder.node, new.holder.process) = (node.to_owned(), process.to_owned());
        store.jobs_hold(vec![new]).await.unwrap();
    }
    assert_eq!(store.jobs_sweep("a", "p1", 9).await.unwrap(), 1);
    assert_eq!(take(&store, 9, 9).await, ["dead"]);
    end(&store, alice, "dead").await;
    assert_eq!(take(&store, 9, 9).await, NOTHING);
    assert_eq!(store.jobs_sweep("a", "p1", 9).await.unwrap(), 0);
}

pub(crate) async fn is_released_after_its_lease(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    store.jobs_hold(vec![job(alice, "j", 1)]).await.unwrap();
    assert_eq!(store.jobs_sweep("a", "p1", 9_999).await.unwrap(), 0);
    assert_eq!(store.jobs_sweep("b", "p7", 10_000).await.unwrap(), 1);
    assert_eq!(take(&store, 10_000, 9).await, ["j"]);
}

pub(crate) async fn is_given_back_by_a_restart(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    ready(&store, alice, "j", 1).await;
    store.mails_add(vec![mail(alice, "m", 1)]).await.unwrap();
    assert_eq!(take(&store, 1, 9).await, ["j"]);
    assert_eq!(store.mails_take(1, 9).await.unwrap().len(), 1);
    drop(store);
    let store = database.open();
    assert_eq!(take(&store, 1, 9).await, ["j"]);
    assert_eq!(store.mails_take(1, 9).await.unwrap().len(), 1);
}

pub(crate) async fn is_forgotten_after_thirty_days(database: &impl Database) {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let done_at = 100 * DAY;
    for id in ["bare", "decided"] {
        ready(&store, alice, id, 1).await;
        take(&store, 1, 1).await;
        let mut commit = Commit::new(alice, "uid-1");
        commit.job = Some(key(alice, id));
        let record = if id == "decided" {
            id
        } else {
            "of something else"
        };
        commit.decision = Some(decision(record, "eve@example.org", done_at));
        store.commit(commit).await.unwrap();
    }
    for (now, bare) in [
        (done_at + 30 * DAY, Holding::Done),
        (done_at + 31 * DAY, Holding::New),
    ] {
        store.jobs_sweep("a", "p1", now).await.unwrap();
        let jobs = vec![job(alice, "bare", 1), job(alice, "decided", 1)];
        assert_eq!(store.jobs_hold(jobs).await.unwrap(), [bare, Holding::Done]);
    }
}

pub(crate) async fn wakes_who_waits(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    for id in ["a", "b", "c"] {
        tokio::join!(
            store.wait_for_work(Work::Jobs, FOR_EVER),
            ready(&store, alice, id, 1)
        );
        while take(&store, 1, 1).await.is_empty() {
            store.wait_for_work(Work::Jobs, FOR_EVER).await;
        }
        end(&store, alice, id).await;
    }
}

pub(crate) async fn wakes_who_was_not_waiting_yet(database: &impl Database) {
    let store = std::sync::Arc::new(database.open());
    let alice = account(store.as_ref(), "alice@example.com").await.id;
    ready(store.as_ref(), alice, "a", 1).await;
    store.queue().await.unwrap(); // The release is written.
    let waiting = |_| {
        let store = std::sync::Arc::clone(&store);
        tokio::spawn(async move { store.wait_for_work(Work::Jobs, FOR_EVER).await })
    };
    for waiter in (0..3).map(waiting).collect::<Vec<_>>() {
        waiter.await.unwrap(); // Each task learns of it, not just the first.
    }
}

pub(crate) async fn wakes_another_process(database: &impl Database) {
    let (server, command) = (database.open(), database.open());
    let alice = account(&server, "alice@example.com").await.id;
    ready(&server, alice, "j", 1).await;
    assert_eq!(take(&server, 1, 1).await, ["j"]);
    server
        .job_park(&key(alice, "j"), "hopeless", None)
        .await
        .unwrap();
    assert!(command.queue_retry("j").await.unwrap());
    while take(&server, 1, 1).await.is_empty() {
        server.wait_for_work(Work::Jobs, FOR_EVER).await;
    }
}

/// A session may end while it asks; what it would have got is not lost.
pub(crate) async fn is_given_back_by_a_caller_that_has_gone(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    ready(&store, alice, "j", 1).await;
    store.queue().await.unwrap(); // The release is written.
    let mut asking = store.jobs_take(1, 1);
    let asked = poll_fn(|context| Poll::Ready(asking.as_mut().poll(context))).await;
    drop(asking);
    if asked.is_ready() {
        return; // The answer came at once: there was nobody to go meanwhile.
    }
    while take(&store, 1, 1).await.is_empty() {
        tokio::task::yield_now().await;
    }
}
