//! What came too early counts as soon as the owner stores the event (rule D3).

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use calendar::{Document, Kind, Method};
use itip::{
    Access, Account, CancelMode, Caps, Change, Incoming, Limits, Note, Outcome, Permission, Policy,
    Reason, Route, Sender, Spam, Stored, StoredObject, Trust, Update,
};

const REPLY: &str = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261102T100000Z\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:carol@example.net\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
const EVENT: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Mine//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T100000Z\r\nDTSTART:20261201T100000Z\r\nORGANIZER:mailto:bob@example.com\r\nATTENDEE;RSVP=TRUE:mailto:carol@example.net\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[test]
fn an_answer_counts_when_the_event_is_stored() {
    let document = Document::parse(REPLY, &calendar::Limits::default()).unwrap();
    let incoming = Incoming {
        document: &document,
        method: Method::Reply,
        uid: "1",
        kind: Kind::Event,
        sender: Sender {
            address: Some("carol@example.net".into()),
            trust: Trust::Authenticated,
            via_service: None,
            owner: itip::AddressOwner::Person,
        },
        received: 1_800_000_000_000,
        date: None,
        digest: "d",
        route: Route::Direct,
        delivered_to: "bob@example.com",
    };
    let policy = Policy {
        permission: Permission::None,
        update: Update::Allowed,
        spam: Spam::Ham,
        default_calendar: "personal".into(),
        cancel: CancelMode::Mark,
        caps: Caps::default(),
    };
    let addresses = ["bob@example.com".to_owned()];
    let (account, limits) = (
        Account {
            addresses: &addresses,
        },
        Limits::default(),
    );
    let mut stored = Stored::default();
    let early = itip::receive(&stored, &incoming, &account, &policy, &limits);
    assert_eq!(
        (early.reason, early.notes),
        (Reason::UnknownEvent, vec![Note::KeptForLater])
    );
    stored.state = early.state.unwrap();

    let now = incoming.received + 1;
    assert_eq!(
        itip::recall(&stored, ("1", Kind::Event, now), &account, &policy, &limits),
        None
    );
    let object = StoredObject {
        calendar: "work".into(),
        name: "1.ics".into(),
        text: EVENT.into(),
        access: Access::Writable,
    };
    stored.objects.push(object);
    let decision =
        itip::recall(&stored, ("1", Kind::Event, now), &account, &policy, &limits).unwrap();
    assert_eq!(
        (decision.outcome, decision.reason),
        (Outcome::Updated, Reason::Reply)
    );
    let Change::Put { name, text, .. } = decision.change else {
        panic!("not written")
    };
    assert_eq!(name.as_deref(), Some("1.ics"));
    assert_eq!(itip::facts(&text).attendees[0].partstat, "ACCEPTED");
    assert_eq!(decision.state.unwrap().early().count(), 0);
}

#[test]
fn facts_are_of_the_master_and_ready_to_read() {
    let text = EVENT.replace(
        "DTSTART:20261201T100000Z",
        "DTSTART:20261201T100000Z\r\nDURATION:PT90M\r\nSUMMARY:A\\, b\\nc\r\nLOCATION: ",
    );
    let facts = itip::facts(text.as_bytes());
    assert_eq!(facts.summary, "A, b c");
    assert_eq!(facts.end.unwrap().to_string(), "2026-12-01T11:30:00[UTC]");
    assert_eq!(
        (facts.location, facts.status, facts.overrides),
        (None, None, 0)
    );
    assert_eq!(facts.organizer.unwrap().address.as_str(), "bob@example.com");
    assert_eq!(itip::facts(b"").summary, "");
}

#[test]
fn who_is_named_by_the_address_of_a_service_is_known_by_his_own() {
    let event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART:20270301T110000Z\r\n\
        ORGANIZER;EMAIL=anna@example.com:mailto:2_a@imip.me.com\r\n\
        ATTENDEE;EMAIL=ben@example.net;PARTSTAT=ACCEPTED:mailto:2_b@imip.me.com\r\n\
        END:VEVENT\r\nEND:VCALENDAR\r\n";
    let facts = itip::facts(event.as_bytes());
    let partstat = |address: &str| facts.partstat_of(&[address.to_owned()]);
    assert_eq!(partstat("Ben@example.net"), Some("ACCEPTED"));
    assert_eq!(partstat("2_b@imip.me.com"), Some("ACCEPTED"));
    assert_eq!(partstat("anna@example.com"), None);
    assert!(facts.is_organized_by(&["anna@example.com".to_owned()]));
}
