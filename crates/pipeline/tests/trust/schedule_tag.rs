//! The Schedule-Tag of an event changes with what its organizer and its owner change, and stays when
//! an answer is taken (RFC 6638, 3.2.10; rule E5).

use store::{CollectionKind, Detail, Revision, Selection};

use crate::mail::{ATTENDEE, Kind, ORGANIZER, OWNER, authentic};
use crate::place::{Place, Setup};
use crate::roles::Sender;

/// The Schedule-Tag and the entity tag of the only event.
async fn tags(place: &Place, account: &store::Account) -> (Revision, Revision) {
    let calendar = place
        .store
        .calendars(account.id)
        .await
        .unwrap()
        .remove(0)
        .id;
    let (kind, all) = (CollectionKind::Calendar, Selection::After(String::new(), 2));
    let found = place
        .store
        .members(account.id, kind, &calendar, all, Detail::Etag);
    let [event] = &found.await.unwrap()[..] else {
        panic!("one event")
    };
    (event.schedule_tag, event.revision)
}

#[tokio::test]
async fn it_stays_when_an_answer_is_taken() {
    let place = Place::new(Setup::Trusting);
    let alice = place.account(OWNER).await;
    let own = Sender::Attendee.own("own");
    place.put(&alice, "own", own.stored()).await;
    let before = tags(&place, &alice).await;
    let reply = Sender::Attendee.message(Kind::Reply, "own");
    let record = place.send(&alice, &reply.mail(&authentic(ATTENDEE))).await;
    assert_eq!(record.outcome, "updated");
    let after = tags(&place, &alice).await;
    assert_eq!(after.0, before.0);
    assert_ne!(after.1, before.1);
}

#[tokio::test]
async fn it_changes_with_what_the_organizer_changes() {
    let place = Place::new(Setup::Trusting);
    let alice = place.account(OWNER).await;
    place.inviters(&alice, "everyone").await;
    let mail = |kind, attendees: &str| {
        let mut message = Sender::Organizer.stored("theirs");
        message.kind = kind;
        message.attendee.push_str(attendees);
        message.mail(&authentic(ORGANIZER))
    };
    let with = |answer: &str| format!("\r\nATTENDEE;PARTSTAT={answer}:mailto:{ATTENDEE}");
    place
        .send(&alice, &mail(Kind::New, &with("NEEDS-ACTION")))
        .await;
    place
        .send(&alice, &mail(Kind::Update, &with("NEEDS-ACTION")))
        .await;
    let moved = tags(&place, &alice).await;
    assert_eq!(moved.0, moved.1, "a message that moves it counts");
    let later = mail(Kind::Update, &with("ACCEPTED")).replace("20260902T08", "20260902T09");
    let record = place.send(&alice, &later).await;
    assert_eq!(record.outcome, "updated");
    let answered = tags(&place, &alice).await;
    assert_eq!(answered.0, moved.0, "another's answer does not");
    assert_ne!(answered.1, moved.1);
}
