//! What is promised of the queue that a person sees.

use store::{Holding, QueueState, Store, Work};

use super::Database;
use super::record::{account, decision, end, job, key, mail, mail_key, ready, take};

pub(crate) async fn shows_all_that_is_not_done(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    store.mails_add(vec![mail(alice, "mail", 7)]).await.unwrap();
    ready(&store, alice, "parked", 1).await;
    ready(&store, alice, "ready", 2).await;
    ready(&store, alice, "done", 4).await;
    store.jobs_hold(vec![job(alice, "held", 3)]).await.unwrap();
    take(&store, 9, 1).await;
    store
        .job_park(&key(alice, "parked"), "hopeless", None)
        .await
        .unwrap();
    end(&store, alice, "done").await;
    let queue = store.queue().await.unwrap();
    let seen: Vec<_> = queue
        .iter()
        .map(|one| (one.id.as_str(), one.kind.as_str(), one.state))
        .collect();
    assert_eq!(
        seen,
        [
            ("parked", "calendar", QueueState::Parked),
            ("ready", "calendar", QueueState::Ready),
            ("held", "calendar", QueueState::Held),
            ("mail", "redirect", QueueState::Ready),
        ]
    );
    assert_eq!(
        (queue[0].attempts, queue[0].error.as_str()),
        (1, "hopeless")
    );
    assert_eq!(
        (queue[1].due, queue[1].received, queue[1].account),
        (2, 2, alice)
    );
    assert_eq!(
        (queue[3].due, queue[3].recipient.as_str()),
        (7, "to@example.org")
    );
}

pub(crate) async fn makes_due(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    for id in ["waits", "parked"] {
        ready(&store, alice, id, 1).await;
    }
    take(&store, 1, 1).await;
    assert!(!store.queue_retry("parked").await.unwrap(), "it is in hand");
    store
        .job_park(&key(alice, "parked"), "hopeless", None)
        .await
        .unwrap();
    take(&store, 1, 1).await;
    store
        .job_retry(&key(alice, "waits"), 1000, "busy")
        .await
        .unwrap();
    store.jobs_hold(vec![job(alice, "held", 1)]).await.unwrap();
    for (id, found) in [
        ("waits", true),
        ("parked", true),
        ("held", false),
        ("none", false),
    ] {
        assert_eq!(store.queue_retry(id).await.unwrap(), found, "{id}");
    }
    for id in ["parked", "waits"] {
        assert_eq!(take(&store, 1, 9).await, [id]);
        end(&store, alice, id).await;
    }
}

pub(crate) async fn drops_what_nobody_works_on(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    ready(&store, alice, "j", 1).await;
    store.jobs_hold(vec![job(alice, "held", 1)]).await.unwrap();
    store.mails_add(vec![mail(alice, "m", 1)]).await.unwrap();
    take(&store, 1, 1).await;
    store.mails_take(1, 1).await.unwrap();
    for id in ["j", "m", "held", "none"] {
        assert!(!store.queue_drop(id).await.unwrap(), "{id}");
    }
    store
        .job_park(&key(alice, "j"), "hopeless", None)
        .await
        .unwrap();
    store
        .mail_retry(&mail_key(alice, "m"), 50, "451")
        .await
        .unwrap();
    assert!(store.queue_drop("j").await.unwrap());
    assert!(store.queue_drop("m").await.unwrap());
    let left: Vec<_> = store
        .queue()
        .await
        .unwrap()
        .into_iter()
        .map(|one| one.id)
        .collect();
    assert_eq!(left, ["held"]);
}

pub(crate) async fn records_what_is_dropped(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    for (id, received) in [("parked", 1), ("waits", 2)] {
        ready(&store, alice, id, received).await;
    }
    take(&store, 1, 1).await;
    let mut failure = decision("parked", "eve@example.org", 70);
    failure.reason = "failed".to_owned();
    let (parked, recorded) = (key(alice, "parked"), Some(failure.clone()));
    store.job_park(&parked, "hopeless", recorded).await.unwrap();
    for id in ["parked", "waits"] {
        assert!(store.queue_drop(id).await.unwrap());
        let decision = store.decisions(alice, 1).await.unwrap().remove(0).record;
        let dropped = (decision.job.as_str(), decision.outcome.as_str());
        assert_eq!(dropped, (id, "error"));
        assert_eq!(decision.reason, "dropped");
        let known = if id == "parked" { &failure.uid } else { "" };
        assert_eq!(decision.uid, known);
    }
    let decisions = store.decisions(alice, 10).await.unwrap();
    let received: Vec<i64> = decisions.iter().map(|one| one.record.received).collect();
    assert_eq!(received, [2, failure.received], "one record for a message");
    let jobs = vec![job(alice, "parked", 1), job(alice, "waits", 2)];
    let holding = store.jobs_hold(jobs).await.unwrap();
    assert_eq!(holding, [Holding::Done; 2], "it does not come back");
}

/// When the next job and the next mail become due.
async fn due(store: &impl Store) -> (Option<i64>, Option<i64>) {
    (
        store.next_due(Work::Jobs).await.unwrap(),
        store.next_due(Work::Mails).await.unwrap(),
    )
}

pub(crate) async fn says_when_something_becomes_due(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    assert_eq!(due(&store).await, (None, None));
    ready(&store, alice, "j", 1).await;
    assert_eq!(
        due(&store).await,
        (Some(1), None),
        "nothing was looked for yet"
    );
    take(&store, 5, 1).await;
    assert_eq!(
        due(&store).await,
        (None, None),
        "it was due when it was looked for"
    );
    let job = key(alice, "j");
    store.job_retry(&job, 100, "busy").await.unwrap();
    store.mails_add(vec![mail(alice, "m", 60)]).await.unwrap();
    assert_eq!(due(&store).await, (Some(100), Some(60)));
    store.mails_take(60, 1).await.unwrap();
    assert_eq!(due(&store).await, (Some(100), None));
    store.job_park(&job, "hopeless", None).await.unwrap();
    assert_eq!(due(&store).await, (None, None));
}

pub(crate) async fn is_due_for_its_own_worker(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    ready(&store, alice, "j", 1).await;
    store.mails_add(vec![mail(alice, "m", 2)]).await.unwrap();
    take(&store, 9, 1).await;
    assert_eq!(
        due(&store).await,
        (None, Some(2)),
        "a mail that nobody sends wakes no worker of jobs"
    );
    store.mails_take(9, 1).await.unwrap();
    assert_eq!(due(&store).await, (None, None));
}

pub(crate) async fn is_due_again_when_the_clock_was_set_back(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    store.jobs_take(1000, 1).await.unwrap();
    store.mails_take(1000, 1).await.unwrap();
    ready(&store, alice, "j", 50).await;
    store.mails_add(vec![mail(alice, "m", 60)]).await.unwrap();
    store.jobs_take(10, 1).await.unwrap();
    store.mails_take(10, 1).await.unwrap();
    assert_eq!(due(&store).await, (Some(50), Some(60)));
}
