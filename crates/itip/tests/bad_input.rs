//! Whatever a message or a stored object holds: no panic, and nothing broken is stored (RULES.md G).

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use calendar::{Document, Kind, Method};
use itip::{
    Access, Account, CancelMode, Caps, Change, Decision, Incoming, Limits, Note, Outcome,
    Permission, Policy, Reason, Route, Sender, Spam, State, Stored, StoredObject, Trust, Update,
};
use proptest::prelude::*;

const EVENT: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//S//EN\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:event-1\r\nDTSTAMP:20261101T100000Z\r\nSEQUENCE:1\r\nDTSTART;TZID=Europe/Berlin:20261201T100000\r\nRRULE:FREQ=DAILY;COUNT=9\r\nSUMMARY:Plan\r\nORGANIZER:mailto:alice@example.org\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.com\r\nATTENDEE:mailto:carol@example.net\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:event-1\r\nRECURRENCE-ID;TZID=Europe/Berlin:20261202T100000\r\nDTSTAMP:20261101T100000Z\r\nDTSTART;TZID=Europe/Berlin:20261202T110000\r\nORGANIZER:mailto:alice@example.org\r\nATTENDEE:mailto:bob@example.com\r\nBEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn policy() -> Policy {
    Policy {
        permission: Permission::AddTo(None),
        update: Update::Allowed,
        spam: Spam::Ham,
        default_calendar: "personal".into(),
        cancel: CancelMode::Mark,
        caps: Caps::default(),
    }
}

fn stored(text: &[u8]) -> Stored {
    let object = StoredObject {
        calendar: "personal".into(),
        name: "1.ics".into(),
        text: text.to_vec(),
        access: Access::Writable,
    };
    Stored {
        objects: vec![object],
        state: State::default(),
    }
}

fn receive(
    stored: &Stored,
    text: &[u8],
    method: Method,
    sender: &str,
    limits: &Limits,
) -> Decision {
    let document = Document::parse(text, &calendar::Limits::default()).unwrap();
    let incoming = Incoming {
        document: &document,
        method,
        uid: "event-1",
        kind: Kind::Event,
        sender: Sender {
            address: Some(sender.into()),
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
    let addresses = ["bob@example.com".to_owned()];
    itip::receive(
        stored,
        &incoming,
        &Account {
            addresses: &addresses,
        },
        &policy(),
        limits,
    )
}

fn reason(stored: &Stored, text: &str) -> (Outcome, Reason) {
    let decision = receive(
        stored,
        text.as_bytes(),
        Method::Request,
        "alice@example.org",
        &Limits::default(),
    );
    assert_eq!(decision.change, Change::None);
    (decision.outcome, decision.reason)
}

#[test]
fn what_is_no_event_changes_nothing() {
    let none = Stored::default();
    for text in [
        "",
        "BEGIN:VCALENDAR",
        "\0\0\0",
        "BEGIN:VEVENT\nUID:event-1\nEND:VEVENT",
        "BEGIN:VCALENDAR\nEND:VCALENDAR\n",
    ] {
        assert_eq!(
            reason(&none, text),
            (Outcome::NoAction, Reason::NoComponent),
            "{text}"
        );
    }
    let other = EVENT.replace("UID:event-1", "UID:event-2");
    assert_eq!(reason(&none, &other).1, Reason::NoComponent);
}

#[test]
fn a_broken_stored_object_is_left_alone() {
    let many = "X\r\n".repeat(100_000);
    assert_eq!(
        reason(&stored(many.as_bytes()), EVENT),
        (Outcome::Error, Reason::StoredUnreadable)
    );
    let todo = EVENT.replace("VEVENT", "VTODO");
    assert_eq!(
        reason(&stored(todo.as_bytes()), EVENT),
        (Outcome::NoAction, Reason::KindDiffers)
    );
}

#[test]
fn answers_never_make_an_object_unreadable() {
    let own = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:event-1\r\nDTSTART:20261201T100000Z\r\nRRULE:FREQ=DAILY;COUNT=40\r\nORGANIZER:mailto:bob@example.com\r\nATTENDEE:mailto:carol@example.net\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let answer = |to: usize| {
        format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:event-1\r\nDTSTAMP:202611{to:02}T100000Z\r\nORGANIZER:mailto:bob@example.com\r\nATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:guest{to}@example.org\":mailto:carol@example.net\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    };
    let mut few_bytes = Limits::default();
    few_bytes.calendar.bytes = 1500;
    let mut few_attendees = Limits::default();
    few_attendees.calendar.attendees = 10;
    for limits in [few_bytes, few_attendees] {
        let mut stored = stored(own.as_bytes());
        let mut last = None;
        for day in 1..=28 {
            let answer = answer(day);
            let decision = receive(
                &stored,
                answer.as_bytes(),
                Method::Reply,
                "carol@example.net",
                &limits,
            );
            last = Some(decision.reason);
            if let Change::Put { text, .. } = decision.change {
                assert!(Document::parse(text.as_slice(), &limits.calendar).is_ok());
                stored.objects[0].text = text;
            }
            stored.state = decision.state.unwrap_or(stored.state);
        }
        assert_eq!(last, Some(Reason::TooMuch));
    }
}

#[test]
fn an_object_does_not_grow_past_the_limit() {
    let limits = Limits {
        components: 1,
        ..Limits::default()
    };
    let decision = receive(
        &Stored::default(),
        EVENT.as_bytes(),
        Method::Request,
        "alice@example.org",
        &limits,
    );
    assert_eq!(
        (decision.reason, decision.change),
        (Reason::TooMuch, Change::None)
    );
    let limits = Limits {
        components: 2,
        ..Limits::default()
    };
    let decision = receive(
        &Stored::default(),
        EVENT.as_bytes(),
        Method::Request,
        "alice@example.org",
        &limits,
    );
    assert_eq!(decision.outcome, Outcome::Added);
}

#[test]
fn what_comes_too_early_is_bounded() {
    let attendees: String = (0..1000)
        .map(|i| format!("ATTENDEE:mailto:guest{i}@example.net\r\n"))
        .collect();
    let cancel = EVENT.replace("ATTENDEE:mailto:carol@example.net\r\n", &attendees);
    let decision = receive(
        &Stored::default(),
        cancel.as_bytes(),
        Method::Cancel,
        "alice@example.org",
        &Limits::default(),
    );
    assert_eq!(decision.notes, [Note::KeptForLater]);
    let kept = decision.state.unwrap().to_json();
    assert!(kept.len() < 3000, "{}", kept.len());
    assert!(kept.contains("bob@example.com"));
    let tight = Limits {
        early_bytes: 100,
        ..Limits::default()
    };
    let decision = receive(
        &Stored::default(),
        cancel.as_bytes(),
        Method::Cancel,
        "alice@example.org",
        &tight,
    );
    assert_eq!(
        (decision.notes, decision.state),
        (vec![Note::EarlyCap], None)
    );
}

#[test]
fn text_that_is_not_utf_8_is_stored_as_it_came() {
    let mut latin = EVENT.replace("Plan", "Caf?").into_bytes();
    let at = latin.iter().position(|byte| *byte == b'?').unwrap();
    latin[at] = 0xE9;
    let decision = receive(
        &Stored::default(),
        &latin,
        Method::Request,
        "alice@example.org",
        &Limits::default(),
    );
    let Change::Put { text, .. } = decision.change else {
        panic!("not added")
    };
    assert!(text.windows(4).any(|window| window == b"Caf\xE9"));
}

#[test]
fn a_state_of_another_version_is_refused() {
    assert!(State::from_json("{}").is_ok());
    assert!(State::from_json("{\"version\":3}").is_err());
    for text in [
        "",
        "null",
        "{\"early\":3}",
        "{\"components\":{\"\":{\"request\":{}}}}",
    ] {
        assert!(State::from_json(text).is_err(), "{text}");
    }
}

/// One text with some octets put in, taken out or copied elsewhere.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop_oneof![
        Just("\r\n".to_owned()),
        Just("BEGIN:VEVENT\r\n".to_owned()),
        Just("END:VEVENT\r\n".to_owned()),
        Just("RECURRENCE-ID:20261203T100000Z\r\n".to_owned()),
        Just("EXDATE:20261203T100000Z,,\r\n".to_owned()),
        Just("ATTENDEE;PARTSTAT=\"x:mailto:bob@example.com\r\n".to_owned()),
        Just("SEQUENCE:99999999999999999999\r\n".to_owned()),
        Just("DTSTAMP:99991231T235959Z\r\n".to_owned()),
        Just("\u{1F600}".to_owned()),
        "[ -~]{0,12}",
    ];
    let edit = (any::<prop::sample::Index>(), 0_usize..40, pieces);
    prop::collection::vec(edit, 0..8).prop_map(|edits| {
        let mut text = EVENT.as_bytes().to_vec();
        for (at, length, piece) in edits {
            let start = at.index(text.len() + 1);
            let end = (start + length).min(text.len());
            text.splice(start..end, piece.bytes());
        }
        text
    })
}

/// What holds for a text that is stored: it parses again with one UID and one kind, and no METHOD.
fn assert_sound(text: &[u8]) {
    let document = Document::parse(text, &calendar::Limits::default()).unwrap();
    let calendar = document.components().next().unwrap();
    assert!(calendar.property("METHOD").is_none());
    let events: Vec<_> = calendar
        .components()
        .filter(|component| component.is("VEVENT"))
        .collect();
    assert!(!events.is_empty());
    assert!(!itip::facts(text).attendees.is_empty() || itip::facts(text).overrides < 100);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_two_texts_can_be_compared(mine in mutated(), theirs in mutated()) {
        itip::difference(Some(&mine), Some(&theirs));
        itip::difference(None, Some(&theirs));
        itip::difference(Some(&mine), None);
        let itself = itip::difference(Some(&mine), Some(&mine));
        prop_assert!(itself.is_empty(), "{:?}\n{}", itself.instances, String::from_utf8_lossy(&mine));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pairs_of_mutated_texts_never_panic(mine in mutated(), theirs in mutated(), own in any::<prop::sample::Index>()) {
        let method = Method::ALL[own.index(Method::ALL.len())];
        let mut stored = stored(&mine);
        for sender in ["alice@example.org", "carol@example.net"] {
            let decision = receive(&stored, &theirs, method, sender, &Limits::default());
            if let Change::Put { text, .. } = &decision.change {
                assert_sound(text);
                stored.objects[0].text = text.clone();
            }
            if let Some(state) = decision.state {
                stored.state = State::from_json(&state.to_json()).unwrap();
            }
            let next = receive(&stored, EVENT.as_bytes(), Method::Request, sender, &Limits::default());
            if let Change::Put { text, .. } = &next.change {
                assert_sound(text);
            }
        }
    }
}
