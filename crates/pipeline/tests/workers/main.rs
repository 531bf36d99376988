//! The workers of jobs and mails over a store that fails and a relay that panics.

#![allow(clippy::unwrap_used)]

mod double;
mod place;

use std::time::Duration;

use pipeline::outbox::SendError;
use place::{NOW, Place};

/// The longest that a worker sleeps.
const LONGEST: Duration = Duration::from_secs(30);

#[tokio::test]
async fn mail_that_nobody_sends_wakes_no_worker_of_jobs() {
    let place = Place::new().await;
    place.mail("m").await;
    let store = place.open();
    let worker = place.update(&store);
    store.idle().await;
    assert_eq!(store.waits(), [LONGEST]);
    assert_eq!((store.count("jobs_take"), store.count("next_due")), (1, 1));
    worker.stop().await;
}

#[tokio::test]
async fn jobs_that_nobody_applies_wake_no_worker_of_mail() {
    let place = Place::new().await;
    place.job("j").await;
    let store = place.open();
    let worker = place.outbox(&store, Ok(()));
    store.idle().await;
    assert_eq!(store.waits(), [LONGEST]);
    assert_eq!((store.count("mails_take"), store.count("next_due")), (1, 1));
    worker.stop().await;
}

#[tokio::test]
async fn a_worker_without_room_waits_for_its_tasks() {
    let place = Place::new().await;
    for number in 0..17 {
        place
            .job_of(&format!("user{number}@example.com"), "j")
            .await;
    }
    let store = place.open();
    store.hold("account");
    let worker = place.update(&store);
    store.called("account", 16).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!((store.count("jobs_take"), store.count("next_due")), (1, 0));
    assert_eq!(store.waits(), []);
    store.release("account");
    store.called("job_park", 17).await;
    worker.stop().await;
    assert_eq!(place.parked(&store).await, 17);
}

#[tokio::test]
async fn an_outbox_without_room_waits_for_its_relay() {
    let place = Place::new().await;
    for number in 0..9 {
        place.mail(&number.to_string()).await;
    }
    let store = place.open();
    store.hold("mail_sent");
    let worker = place.outbox(&store, Ok(()));
    store.called("mail_sent", 8).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!((store.count("mails_take"), store.count("next_due")), (1, 0));
    assert_eq!(store.waits(), []);
    store.release("mail_sent");
    store.called("mail_sent", 9).await;
    worker.stop().await;
    assert_eq!(place.queue(&store).await, []);
}

#[tokio::test]
async fn a_mail_that_waits_is_looked_for_when_it_is_due() {
    let place = Place::new().await;
    place.mail("m").await;
    let store = place.open();
    let relay = Err(SendError::Transient("451 later".to_owned()));
    let worker = place.outbox(&store, relay);
    store.called("mail_retry", 1).await;
    store.called("next_due", 2).await;
    worker.stop().await;
    let queue = place.queue(&store).await;
    assert_eq!((queue[0].due, queue[0].attempts), (NOW + 60_000, 1));
}
