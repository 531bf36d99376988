//! The workers of jobs and mails over a store that fails and a relay that panics.

#![allow(clippy::unwrap_used)]

mod double;
mod place;

use std::time::Duration;

use pipeline::outbox::SendError;
use place::{NOW, Place};
use store::Store;

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
    for number in 0..33 {
        place
            .job_of(&format!("user{number}@example.com"), "j")
            .await;
    }
    let store = place.open();
    store.hold("account");
    let worker = place.update(&store);
    store.called("account", 32).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!((store.count("jobs_take"), store.count("next_due")), (1, 0));
    assert_eq!(store.waits(), []);
    store.release("account");
    store.called("job_park", 33).await;
    worker.stop().await;
    assert_eq!(place.parked(&store).await, 33);
}

#[tokio::test]
async fn expired_mail_is_parked_and_never_sent() {
    let place = Place::new().await;
    place.mail_until("m", NOW - 1).await;
    let store = place.open();
    let worker = place.outbox(&store, Ok(()));
    store.called("mail_park", 1).await;
    worker.stop().await;
    assert_eq!(store.count("mail_sent"), 0);
    let queue = place.queue(&store).await;
    assert_eq!(queue[0].state, store::QueueState::Parked);
    assert_eq!(queue[0].error, "expired before it could be sent");
}

#[tokio::test]
async fn the_last_look_at_a_mail_is_when_it_expires() {
    let place = Place::new().await;
    place.mail_until("m", NOW + 5).await;
    let store = place.open();
    let later = SendError::Transient("later".to_owned());
    let worker = place.outbox(&store, Err(later));
    store.called("mail_retry", 1).await;
    worker.stop().await;
    assert_eq!(place.queue(&store).await[0].due, NOW + 6);
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

const INVITATION: &[u8] = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x\r\nMETHOD:REQUEST\r\n\
    BEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260201T100000Z\r\n\
    SUMMARY:Lunch\r\nORGANIZER:mailto:bob@example.org\r\n\
    ATTENDEE:mailto:alice@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// The content of a job for an invitation of bob's.
fn invitation() -> Vec<u8> {
    let part = imip::Part {
        header: b"Content-Type: text/calendar; method=REQUEST\r\n\r\n".to_vec(),
        body: INVITATION.to_vec(),
    };
    let head = b"From: bob@example.org\r\nMessage-ID: <1@example.org>\r\n\r\n";
    pipeline::job::encode(head, &[part])
}

#[tokio::test]
async fn a_parked_job_leaves_a_record_that_a_later_success_replaces() {
    let place = Place::new().await;
    let key = place.job_with("alice@example.com", "j", invitation()).await;
    let store = place.open();
    store
        .preferences_set(key.account, "not preferences")
        .await
        .unwrap();
    let worker = place.update(&store);
    store.called("job_park", 1).await;
    worker.stop().await;
    let record = place.record(&store, &key).await;
    let outcome = (record.outcome.as_str(), record.reason.as_str());
    assert_eq!(outcome, ("error", "failed"));
    let of_message = (record.method, record.uid, record.summary, record.sender);
    let expected = ["REQUEST", "u1", "Lunch", "bob@example.org"].map(str::to_owned);
    assert_eq!(<[String; 4]>::from(of_message), expected);
    assert_eq!(record.message_id, "<1@example.org>");
    store.preferences_set(key.account, "{}").await.unwrap();
    assert!(store.queue_retry("j").await.unwrap());
    let worker = place.update(&store);
    store.called("commit", 1).await;
    worker.stop().await;
    let record = place.record(&store, &key).await;
    assert_ne!(record.outcome, "error");
    assert_eq!(place.queue(&store).await, []);
}

#[tokio::test]
async fn a_job_without_a_readable_message_leaves_a_record_too() {
    let place = Place::new().await;
    let key = place.job("j").await;
    let store = place.open();
    let worker = place.update(&store);
    store.called("job_park", 1).await;
    worker.stop().await;
    let record = place.record(&store, &key).await;
    assert_eq!(
        (record.reason.as_str(), record.uid.as_str()),
        ("failed", "")
    );
    assert_eq!((record.received, record.decided), (1, NOW));
}

#[tokio::test]
async fn nothing_comes_of_a_job_that_is_dropped_while_it_is_applied() {
    let place = Place::new().await;
    let key = place.job_with("alice@example.com", "j", invitation()).await;
    let store = place.open();
    store.hold("commit");
    let worker = place.update(&store);
    store.called("commit", 1).await;
    assert!(place.other().queue_drop("j").await.unwrap());
    store.release("commit");
    store.called("job_park", 1).await;
    worker.stop().await;
    assert_eq!(place.record(&store, &key).await.reason, "dropped");
    assert_eq!(place.queue(&store).await, []);
    let event = store.event(key.account, "u1").await.unwrap();
    assert_eq!((event.objects, event.state), (Vec::new(), None));
}

#[tokio::test]
async fn nothing_comes_of_the_jobs_of_an_account_that_is_removed() {
    let place = Place::new().await;
    let store = place.open();
    for before in ["account", "commit"] {
        let key = place.job_with("alice@example.com", "j", invitation()).await;
        let job = store.jobs_take(NOW, 1).await.unwrap().remove(0);
        store.hold(before);
        let already = store.count(before);
        let (applied, ()) = tokio::join!(place.apply(&store, &job), async {
            store.called(before, already + 1).await;
            place.other().account_remove(key.account).await.unwrap();
            store.release(before);
        });
        assert_eq!(applied, Ok(None), "before {before}");
        store.job_park(&key, "", None).await.unwrap();
        assert_eq!(place.queue(&store).await, []);
    }
}
