//! How much may come in (rule B7).

use pipeline::clock::DAY;
use pipeline::site::Caps;
use store::Account;

use crate::mail::{CONTACT, Kind, Message, ORGANIZER, OWNER, authentic, person};
use crate::place::{NO_CAPS, Place, Setup, said};

/// What comes of the sender's invitation with this UID.
async fn invite(place: &Place, account: &Account, from: &str, uid: &str) -> String {
    let message = Message::new(Kind::New, uid, &person(from), &person(OWNER));
    said(&place.send(account, &message.mail(&authentic(from))).await)
}

#[tokio::test]
async fn b7_the_fifty_first_event_of_a_sender_in_a_day_is_not_added() {
    let caps = Caps {
        new_per_sender_and_day: 50,
        ..NO_CAPS
    };
    let place = Place::with_caps(Setup::Trusting, caps);
    let alice = place.account(OWNER).await;
    place.inviters(&alice, "everyone").await;
    for number in 1..=50 {
        let uid = number.to_string();
        assert_eq!(
            invite(&place, &alice, CONTACT, &uid).await,
            "+new",
            "{number}"
        );
    }
    assert_eq!(invite(&place, &alice, CONTACT, "51").await, "-cap");
    let in_capitals = "CAROL@Friends.example";
    assert_eq!(invite(&place, &alice, in_capitals, "52").await, "-cap");
    let update = Message::new(Kind::Update, "1", &person(CONTACT), &person(OWNER));
    let update = place.send(&alice, &update.mail(&authentic(CONTACT))).await;
    assert_eq!(said(&update), "~update", "what is there is kept true");
    assert_eq!(invite(&place, &alice, ORGANIZER, "53").await, "+new");
    place.advance(DAY);
    assert_eq!(
        invite(&place, &alice, CONTACT, "54").await,
        "-cap",
        "a day is not over yet"
    );
    place.advance(1);
    assert_eq!(invite(&place, &alice, CONTACT, "55").await, "+new");
}

#[tokio::test]
async fn b7_another_account_counts_for_itself() {
    let caps = Caps {
        new_per_sender_and_day: 1,
        ..NO_CAPS
    };
    let place = Place::with_caps(Setup::Trusting, caps);
    let alice = place.account(OWNER).await;
    let bob = place.account("bob@own.example").await;
    assert_eq!(invite(&place, &alice, CONTACT, "1").await, "+new");
    assert_eq!(invite(&place, &alice, CONTACT, "2").await, "-cap");
    assert_eq!(invite(&place, &bob, CONTACT, "2").await, "+new");
}

#[tokio::test]
async fn b7_unanswered_events_are_counted_whoever_sent_them() {
    let caps = Caps {
        unanswered: 3,
        ..NO_CAPS
    };
    let place = Place::with_caps(Setup::Trusting, caps);
    let alice = place.account(OWNER).await;
    place.inviters(&alice, "everyone").await;
    for (uid, from) in ["a@a.example", "b@b.example", "c@c.example"]
        .iter()
        .enumerate()
    {
        assert_eq!(invite(&place, &alice, from, &uid.to_string()).await, "+new");
    }
    assert_eq!(invite(&place, &alice, "d@d.example", "3").await, "-cap");
    let cancel = Message::new(Kind::Cancel, "0", &person("a@a.example"), &person(OWNER));
    let cancel = place
        .send(&alice, &cancel.mail(&authentic("a@a.example")))
        .await;
    assert_eq!(said(&cancel), "xcancelled-by-organizer");
    assert_eq!(invite(&place, &alice, "d@d.example", "4").await, "+new");
}
