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

/// Another process may write for longer than the database waits for it.
#[tokio::test]
async fn a_job_is_parked_as_soon_as_that_can_be_written() {
    let place = Place::new().await;
    place.job("first").await;
    place.job("second").await;
    let store = place.open();
    store.fail("job_park", 3);
    let worker = place.update(&store);
    store.called("job_park", 5).await;
    worker.stop().await;
    assert_eq!(place.parked(&store).await, 2, "no job blocks the next");
}

#[tokio::test]
async fn a_job_is_tried_again_as_soon_as_that_can_be_written() {
    let place = Place::new().await;
    place.job("j").await;
    let store = place.open();
    store.fail("account", 1);
    store.fail("job_retry", 3);
    let worker = place.update(&store);
    store.called("job_retry", 4).await;
    worker.stop().await;
    let queue = place.queue(&store).await;
    assert_eq!((queue[0].due, queue[0].attempts), (NOW + 1000, 1));
}

#[tokio::test]
async fn a_mail_leaves_the_outbox_as_soon_as_that_can_be_written() {
    let place = Place::new().await;
    place.mail("m").await;
    let store = place.open();
    store.fail("mail_sent", 3);
    let worker = place.outbox(&store, Ok(()));
    store.called("mail_sent", 4).await;
    worker.stop().await;
    assert_eq!(place.queue(&store).await, []);
}

#[tokio::test]
async fn a_refused_mail_is_parked_as_soon_as_that_can_be_written() {
    let place = Place::new().await;
    place.mail("m").await;
    let store = place.open();
    store.fail("mail_park", 2);
    let relay = Err(SendError::Permanent("550 no".to_owned()));
    let worker = place.outbox(&store, relay);
    store.called("mail_park", 3).await;
    worker.stop().await;
    assert_eq!(place.queue(&store).await[0].error, "550 no");
}

#[tokio::test]
async fn a_stop_ends_the_tries_and_a_restart_takes_the_job_again() {
    let place = Place::new().await;
    place.job("j").await;
    let store = place.open();
    store.fail("job_park", usize::MAX);
    let worker = place.update(&store);
    store.called("job_park", 2).await;
    worker.stop().await;
    drop(store);
    let store = place.open();
    let worker = place.update(&store);
    store.called("job_park", 1).await;
    worker.stop().await;
    assert_eq!(place.parked(&store).await, 1);
}

#[tokio::test]
async fn a_panic_of_the_relay_leaves_the_mail_waiting() {
    let place = Place::new().await;
    place.mail("m").await;
    let store = place.open();
    let worker = place.panicking_outbox(&store);
    store.called("mail_retry", 1).await;
    worker.stop().await;
    let queue = place.queue(&store).await;
    assert_eq!((queue[0].due, queue[0].attempts), (NOW + 60_000, 1));
}
