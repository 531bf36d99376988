//! What one message costs: `cargo bench -p itip`; results are dated in RESULTS.md.

use calendar::{Document, Kind, Method};
use itip::{
    Access, Account, CancelMode, Caps, Change, Decision, Incoming, Limits, Permission, Policy,
    Route, Sender, Spam, Stored, StoredObject, Trust, Update,
};

fn main() {
    divan::main();
}

/// A message of alice to bob: a series with overrides, or a single event.
fn message(version: u32, overrides: std::ops::Range<u32>, master: Option<&str>) -> Document {
    let event = |lines: String, day: u32| {
        format!(
            "BEGIN:VEVENT\r\nUID:event-1@example.org\r\nDTSTAMP:20261101T10{version:02}00Z\r\nSEQUENCE:{version}\r\n{lines}DTSTART;TZID=Europe/Berlin:2027{:02}{:02}T100000\r\nDTEND;TZID=Europe/Berlin:2027{:02}{:02}T110000\r\nSUMMARY:Planning\\, version {version}\r\nLOCATION:Room 1\r\nDESCRIPTION:Agenda and notes of the meeting\\nwith several lines\r\nORGANIZER;CN=Alice:mailto:alice@example.org\r\nATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Bob:mailto:bob@example.com\r\nATTENDEE;PARTSTAT=ACCEPTED;CN=Alice:mailto:alice@example.org\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n",
            1 + day / 28,
            1 + day % 28,
            1 + day / 28,
            1 + day % 28
        )
    };
    let mut text = String::from(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Sender//EN\r\nMETHOD:REQUEST\r\n",
    );
    text.push_str("BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n");
    if let Some(rule) = master {
        text.push_str(&event(rule.to_owned(), 0));
    }
    for day in overrides {
        let id = format!(
            "RECURRENCE-ID;TZID=Europe/Berlin:2027{:02}{:02}T090000\r\n",
            1 + day / 28,
            1 + day % 28
        );
        text.push_str(&event(id, day));
    }
    text.push_str("END:VCALENDAR\r\n");
    Document::parse(text, &calendar::Limits::default()).expect("within limits")
}

fn decide(stored: &Stored, document: &Document) -> Decision {
    let incoming = Incoming {
        document,
        method: Method::Request,
        uid: "event-1@example.org",
        kind: Kind::Event,
        sender: Sender {
            address: Some("alice@example.org".into()),
            trust: Trust::Authenticated,
            via_service: None,
            owner: itip::AddressOwner::Person,
        },
        received: 0,
        date: None,
        digest: "",
        route: Route::Direct,
        delivered_to: "bob@example.com",
    };
    let policy = Policy {
        permission: Permission::AddTo(None),
        update: Update::Allowed,
        spam: Spam::Ham,
        default_calendar: "personal".into(),
        cancel: CancelMode::Mark,
        caps: Caps::default(),
    };
    let addresses = ["bob@example.com".to_owned()];
    itip::receive(
        stored,
        &incoming,
        &Account {
            addresses: &addresses,
        },
        &policy,
        &Limits::default(),
    )
}

fn after(document: &Document) -> Stored {
    let decision = decide(&Stored::default(), document);
    let Change::Put { calendar, text, .. } = decision.change else {
        panic!("not added")
    };
    let object = StoredObject {
        calendar,
        name: "1.ics".into(),
        text,
        access: Access::Writable,
    };
    Stored {
        objects: vec![object],
        state: decision.state.expect("a state"),
    }
}

/// The same after bob accepted every date.
fn accepted(stored: Stored) -> Stored {
    let mut stored = stored;
    for object in &mut stored.objects {
        let text = String::from_utf8_lossy(&object.text);
        let asked = "PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Bob";
        object.text = text.replace(asked, "PARTSTAT=ACCEPTED;CN=Bob").into_bytes();
    }
    stored
}

const SERIES: Option<&str> = Some("RRULE:FREQ=DAILY\r\n");

#[divan::bench]
fn new_single_event(bencher: divan::Bencher<'_, '_>) {
    let document = message(1, 0..0, Some(""));
    bencher.bench_local(|| decide(&Stored::default(), &document));
}

#[divan::bench]
fn update_single_event(bencher: divan::Bencher<'_, '_>) {
    let (stored, document) = (
        after(&message(1, 0..0, Some(""))),
        message(2, 0..0, Some("")),
    );
    bencher.bench_local(|| decide(&stored, &document));
}

#[divan::bench]
fn stale_single_event(bencher: divan::Bencher<'_, '_>) {
    let (stored, document) = (
        after(&message(2, 0..0, Some(""))),
        message(1, 0..0, Some("")),
    );
    bencher.bench_local(|| decide(&stored, &document));
}

#[divan::bench]
fn new_series_with_100_overrides(bencher: divan::Bencher<'_, '_>) {
    let document = message(1, 0..100, SERIES);
    bencher.bench_local(|| decide(&Stored::default(), &document));
}

#[divan::bench]
fn one_override_of_a_series_with_100(bencher: divan::Bencher<'_, '_>) {
    let (stored, document) = (after(&message(1, 0..100, SERIES)), message(2, 50..51, None));
    bencher.bench_local(|| decide(&stored, &document));
}

#[divan::bench]
fn whole_update_of_a_series_with_100_overrides(bencher: divan::Bencher<'_, '_>) {
    let (stored, document) = (
        after(&message(1, 0..100, SERIES)),
        message(2, 0..100, SERIES),
    );
    bencher.bench_local(|| decide(&stored, &document));
}

#[divan::bench]
fn whole_update_of_an_accepted_series_with_100_overrides(bencher: divan::Bencher<'_, '_>) {
    let (stored, document) = (
        accepted(after(&message(1, 0..100, SERIES))),
        message(2, 0..100, SERIES),
    );
    bencher.bench_local(|| decide(&stored, &document));
}
