//! Pins, lists, deputies and parameters: what gives authority over an event, and what only looks so.

use store::{Account, NewDecision};

use crate::mail::{
    ATTENDEE, AUTHSERV, CONTACT, Kind, Message, ORGANIZER, OWNER, PINNED, STRANGER, authentic,
    person, results,
};
use crate::place::{Place, Setup, said};

const UID: &str = "1@uid.example";
const LIST: &str = "List-Id: <all.friends.example>\r\n";

/// A site with alice, whose script adds whatever is authenticated.
struct Scene {
    place: Place,
    alice: Account,
}

impl Scene {
    async fn new() -> Self {
        let place = Place::new(Setup::Trusting);
        let alice = place.account(OWNER).await;
        place.inviters(&alice, "everyone").await;
        Self { place, alice }
    }

    async fn receive(&self, fields: &str, message: &Message) -> NewDecision {
        self.place.send(&self.alice, &message.mail(fields)).await
    }

    /// What comes of a message that is from this address.
    async fn from(&self, address: &str, message: &Message) -> String {
        said(&self.receive(&authentic(address), message).await)
    }

    /// The event, brought by the sender in the organizer's name.
    async fn brought(by: &str, organizer: &str) -> Self {
        let scene = Self::new().await;
        let new = about(Kind::New, organizer);
        assert_eq!(scene.from(by, &new).await, "+new");
        scene
    }

    /// Alice's own event with this ATTENDEE.
    async fn own(attendee: &str) -> Self {
        let scene = Self::new().await;
        let own = Message::new(Kind::New, UID, &person(OWNER), attendee);
        scene.place.put(&scene.alice, UID, own.stored()).await;
        scene
    }
}

/// A message about the event with this ORGANIZER.
fn about(kind: Kind, organizer: &str) -> Message {
    Message::new(kind, UID, organizer, &person(OWNER))
}

/// A reply to alice's own event.
fn reply(attendee: &str) -> Message {
    let attendee = format!(";PARTSTAT=ACCEPTED{attendee}");
    Message::new(Kind::Reply, UID, &person(OWNER), &attendee)
}

const REFUSED: &str = "-not-the-organizer";

#[tokio::test]
async fn b3_who_forwards_an_invitation_is_pinned_and_named() {
    let scene = Scene::new().await;
    let boss = person(ORGANIZER);
    let new = scene
        .receive(&authentic(CONTACT), &about(Kind::New, &boss))
        .await;
    assert_eq!(
        (said(&new).as_str(), new.sender.as_str()),
        ("+new", CONTACT)
    );
    assert!(
        new.notes.contains(&"forwarded-by".to_owned()),
        "{:?}",
        new.notes
    );
    let update = about(Kind::Update, &boss);
    assert_eq!(scene.from(STRANGER, &update).await, REFUSED);
    assert_eq!(scene.from(CONTACT, &update).await, "~update");
    let cancel = about(Kind::Cancel, &boss);
    assert_eq!(
        scene.from(ORGANIZER, &cancel).await,
        "xcancelled-by-organizer"
    );
}

#[tokio::test]
async fn b3_a_list_pins_nobody_but_the_organizer() {
    let scene = Scene::new().await;
    let boss = person(ORGANIZER);
    let through_list = format!("{LIST}{}", authentic(CONTACT));
    let new = scene.receive(&through_list, &about(Kind::New, &boss)).await;
    assert_eq!(said(&new), "+new");
    assert!(
        new.notes.contains(&"forwarded-by".to_owned()),
        "{:?}",
        new.notes
    );
    let update = about(Kind::Update, &boss);
    assert_eq!(scene.from(CONTACT, &update).await, REFUSED);
    assert_eq!(said(&scene.receive(&through_list, &update).await), REFUSED);
    assert_eq!(scene.from(ORGANIZER, &update).await, "~update");
}

/// Only the pinned sender may name another organizer (A6), which shows who is pinned.
#[tokio::test]
async fn b3_an_organizer_who_writes_through_a_list_is_pinned() {
    let elsewhere = about(Kind::Update, &person("room@calendars.example"));
    for (fields, expected) in [(LIST, "~update"), ("", "~update")] {
        let scene = Scene::new().await;
        let new = about(Kind::New, &person(CONTACT));
        let record = scene
            .receive(&format!("{fields}{}", authentic(CONTACT)), &new)
            .await;
        assert_eq!(said(&record), "+new");
        assert_eq!(scene.from(CONTACT, &elsewhere).await, expected);
    }
    let scene = Scene::brought(PINNED, &person(CONTACT)).await;
    assert_eq!(scene.from(CONTACT, &elsewhere).await, REFUSED);
}

#[tokio::test]
async fn b3_a_stored_deputy_may_change_the_event_and_one_named_now_may_not() {
    let deputy = "deputy@corp.example";
    let with = |by: &str| format!(";SENT-BY=\"mailto:{by}\":mailto:{ORGANIZER}");
    let scene = Scene::brought(PINNED, &with(deputy)).await;
    let forged = about(Kind::Update, &with(STRANGER));
    assert_eq!(scene.from(STRANGER, &forged).await, REFUSED);
    let update = about(Kind::Update, &with(deputy));
    assert_eq!(scene.from(deputy, &update).await, "~update");
    let scene = Scene::brought(PINNED, &person(ORGANIZER)).await;
    assert_eq!(scene.from(deputy, &update).await, REFUSED);
}

#[tokio::test]
async fn a7_an_email_parameter_in_the_message_gives_no_authority() {
    let scene = Scene::brought(PINNED, &person(ORGANIZER)).await;
    for organizer in [
        format!(";EMAIL={STRANGER}:mailto:{ORGANIZER}"),
        format!(";EMAIL={ORGANIZER}:mailto:{STRANGER}"),
        person(STRANGER),
    ] {
        for kind in [Kind::Update, Kind::Cancel] {
            let forged = about(kind, &organizer);
            assert_eq!(scene.from(STRANGER, &forged).await, REFUSED, "{organizer}");
        }
    }
    let scene = Scene::own(&person(ATTENDEE)).await;
    for (attendee, expected) in [
        (
            format!(";EMAIL={STRANGER}:mailto:{ATTENDEE}"),
            "-not-the-attendee",
        ),
        (
            format!(";SENT-BY=\"mailto:{STRANGER}\":mailto:{ATTENDEE}"),
            "-not-the-attendee",
        ),
        (
            format!(";EMAIL={ATTENDEE}:mailto:{STRANGER}"),
            "-party-crasher",
        ),
        (person(STRANGER), "-party-crasher"),
    ] {
        assert_eq!(
            scene.from(STRANGER, &reply(&attendee)).await,
            expected,
            "{attendee}"
        );
    }
}

/// A list's member is not the organizer by writing so into EMAIL: only the organizer is pinned.
#[tokio::test]
async fn a7_an_email_parameter_pins_nobody_through_a_list() {
    let scene = Scene::new().await;
    let forged = about(Kind::New, &format!(";EMAIL={CONTACT}:mailto:{ORGANIZER}"));
    let through_list = format!("{LIST}{}", authentic(CONTACT));
    let new = scene.receive(&through_list, &forged).await;
    assert_eq!(said(&new), "+new");
    assert!(
        new.notes.contains(&"forwarded-by".to_owned()),
        "{:?}",
        new.notes
    );
    let elsewhere = about(Kind::Update, &person("room@calendars.example"));
    assert_eq!(scene.from(CONTACT, &elsewhere).await, REFUSED);
}

#[tokio::test]
async fn a7_an_email_parameter_of_the_stored_event_is_the_same_person() {
    let apple = format!(";EMAIL={ORGANIZER}:mailto:2_boss@imip.me.com");
    let scene = Scene::brought(PINNED, &apple).await;
    let update = about(Kind::Update, &apple);
    assert_eq!(scene.from(ORGANIZER, &update).await, "~update");
}

#[tokio::test]
async fn b4_deputies_and_delegates_of_the_stored_event_may_answer() {
    for (parameter, sender) in [
        ("SENT-BY", "deputy@guest.example"),
        ("DELEGATED-TO", "delegate@guest.example"),
    ] {
        let stored = format!(";{parameter}=\"mailto:{sender}\":mailto:{ATTENDEE}");
        let scene = Scene::own(&stored).await;
        let answer = reply(&person(ATTENDEE));
        assert_eq!(scene.from(STRANGER, &answer).await, "-not-the-attendee");
        assert_eq!(scene.from(sender, &answer).await, "~reply", "{parameter}");
    }
}

#[tokio::test]
async fn b3_percent_signs_in_a_mail_address_mean_themselves() {
    let scene = Scene::brought("p%69n@agency.example", &person(ORGANIZER)).await;
    let update = about(Kind::Update, &person(ORGANIZER));
    assert_eq!(scene.from("bo%73s@corp.example", &update).await, REFUSED);
    assert_eq!(
        scene.from(PINNED, &update).await,
        REFUSED,
        "p%69n is not pin"
    );
    assert_eq!(scene.from("p%69n@agency.example", &update).await, "~update");
    let scene = Scene::own(&person(ATTENDEE)).await;
    let answer = reply(&person(ATTENDEE));
    assert_eq!(
        scene.from("bo%62@guest.example", &answer).await,
        "-not-the-attendee"
    );
}

/// The organizer's address in other letters that look, fold or decode the same.
#[tokio::test]
async fn b3_lookalikes_are_somebody_else() {
    let scene = Scene::brought(PINNED, &person("book@corp.example")).await;
    let update = about(Kind::Update, &person("book@corp.example"));
    for lookalike in [
        "boo\u{212a}@corp.example",
        "b\u{43e}ok@corp.example",
        "=?utf-8?Q?book?=@corp.example",
        "book@c\u{43e}rp.example",
        "book@corp.example.",
        "\"book \"@corp.example",
    ] {
        assert_eq!(scene.from(lookalike, &update).await, REFUSED, "{lookalike}");
    }
    assert_eq!(scene.from("BOOK@Corp.Example", &update).await, "~update");
}

#[tokio::test]
async fn b3_a_calendar_service_is_never_pinned() {
    let service = "noreply@email.apple.com";
    let scene = Scene::brought(service, &person(ORGANIZER)).await;
    let update = about(Kind::Update, &person(ORGANIZER));
    assert_eq!(scene.from(service, &update).await, REFUSED);
    assert_eq!(scene.from(ORGANIZER, &update).await, "~update");
}

/// What a service signs speaks for the one user whom it names, and for nobody beside.
#[tokio::test]
async fn b2_a_service_speaks_for_one_user_alone() {
    let google = results(AUTHSERV, "dkim=pass header.d=google.com");
    let google = format!("{google}Sender: <calendar-notification@google.com>\r\n");
    let apple = results(AUTHSERV, "dkim=pass header.d=email.apple.com");
    let token = ":mailto:2_eve@imip.me.com";
    for (fields, organizer) in [
        (format!("{google}From: {STRANGER}\r\n"), person(ORGANIZER)),
        (format!("{google}From: {ORGANIZER}\r\n"), person(STRANGER)),
        (
            format!("{google}From: {STRANGER}\r\n"),
            format!(";EMAIL={STRANGER}:mailto:{ORGANIZER}"),
        ),
        (
            format!("{google}From: {STRANGER}\r\n"),
            format!(";EMAIL={ORGANIZER}:mailto:{STRANGER}"),
        ),
        (
            format!("{apple}From: noreply@email.apple.com\r\n"),
            format!(";EMAIL={STRANGER}{token}"),
        ),
        (
            format!("{apple}From: noreply@email.apple.com\r\n"),
            format!(";EMAIL={STRANGER}:mailto:{ORGANIZER}"),
        ),
        (
            format!("{apple}From: noreply@email.apple.com\r\n"),
            person(ORGANIZER),
        ),
        (
            format!("{apple}From: eve@email.apple.com\r\n"),
            format!(";EMAIL={ORGANIZER}{token}"),
        ),
        (
            format!("{google}From: noreply@email.apple.com\r\n"),
            format!(";EMAIL={ORGANIZER}{token}"),
        ),
        (
            format!("{apple}Sender: calendar-notification@google.com\r\nFrom: {ORGANIZER}\r\n"),
            person(ORGANIZER),
        ),
    ] {
        let scene = Scene::brought(PINNED, &person(ORGANIZER)).await;
        for kind in [Kind::Update, Kind::Cancel] {
            let record = scene.receive(&fields, &about(kind, &organizer)).await;
            assert_eq!(said(&record), REFUSED, "{fields}{organizer}");
        }
    }
}

/// The user for whom a service brought the event is pinned, by whichever way the next mail comes.
#[tokio::test]
async fn b2_the_user_of_a_service_is_pinned() {
    let scene = Scene::new().await;
    let apple = results(AUTHSERV, "dkim=pass header.d=email.apple.com");
    let organizer = format!(";EMAIL={CONTACT}:mailto:2_carol@imip.me.com");
    let fields = format!("{apple}From: Carol <noreply@email.apple.com>\r\n");
    let new = scene.receive(&fields, &about(Kind::New, &organizer)).await;
    assert_eq!(
        (said(&new).as_str(), new.sender.as_str()),
        ("+new", CONTACT)
    );
    assert!(
        !new.notes.contains(&"forwarded-by".to_owned()),
        "{:?}",
        new.notes
    );
    let elsewhere = about(Kind::Update, &person("room@calendars.example"));
    assert_eq!(
        scene.from("noreply@email.apple.com", &elsewhere).await,
        REFUSED
    );
    assert_eq!(scene.from(CONTACT, &elsewhere).await, "~update");
}

#[tokio::test]
async fn b5_nobody_else_touches_an_own_or_a_private_event() {
    let scene = Scene::own(&person(ATTENDEE)).await;
    for kind in [Kind::Update, Kind::Cancel, Kind::Publish] {
        for organizer in [person(OWNER), person(ATTENDEE)] {
            let forged = about(kind, &organizer);
            assert_eq!(
                scene.from(ATTENDEE, &forged).await,
                "-own-event",
                "{kind:?}"
            );
            assert_eq!(scene.from(OWNER, &forged).await, "-own-event", "{kind:?}");
        }
    }
    let scene = Scene::new().await;
    let new = about(Kind::New, &person(OWNER));
    assert_eq!(scene.from(CONTACT, &new).await, "-own-event");
    let private = about(Kind::New, "").stored().replace("ORGANIZER\r\n", "");
    scene.place.put(&scene.alice, UID, private).await;
    for kind in [Kind::Update, Kind::Cancel] {
        let forged = about(kind, &person(CONTACT));
        assert_eq!(
            scene.from(CONTACT, &forged).await,
            "-private-event",
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn d3_a_cancel_that_comes_first_counts_only_from_who_may_cancel() {
    for (by, expected) in [
        (authentic(STRANGER), "+new"),
        (format!("From: {ORGANIZER}\r\n"), "+new"),
        (authentic(ORGANIZER), "-still-cancelled"),
    ] {
        let scene = Scene::new().await;
        let record = scene
            .receive(&by, &about(Kind::Cancel, &person(ORGANIZER)))
            .await;
        assert!(said(&record).starts_with('-'));
        let new = scene
            .from(ORGANIZER, &about(Kind::New, &person(ORGANIZER)))
            .await;
        let text = scene.place.text(&scene.alice, UID).await;
        let is_cancelled = text.contains("STATUS:CANCELLED");
        assert_eq!(is_cancelled, expected != "+new", "{by}: {new}");
    }
}
