//! Scheduling messages as the rules make them: Alice organizes or answers, in 2026.

use calendar::{DateOrTime, Kind, Method};
use itip::{
    Access, Account, Delay, Door, Invitations, OutgoingMessage, OwnersChange, Partstat, Reply,
    Response, Seen, State, Stored, StoredObject,
};

pub(crate) const ALICE: &str = "alice@example.org";

/// 2026-11-20T12:00:00Z.
pub(crate) const NOW: i64 = 1_795_176_000_000;

/// A weekly series that Alice organizes.
pub(crate) const OWN: &str = "DTSTART;TZID=Europe/Berlin:20261208T100000
DTEND;TZID=Europe/Berlin:20261208T110000
RRULE:FREQ=WEEKLY;UNTIL=20270302T090000Z
SUMMARY:Plan
LOCATION:Blue room
DESCRIPTION:First line\\n<b>second</b> line
ORGANIZER;CN=Alice:mailto:alice@example.org
ATTENDEE;CN=Alice;PARTSTAT=ACCEPTED:mailto:alice@example.org
ATTENDEE;CN=Bob;PARTSTAT=ACCEPTED:mailto:bob@example.com
ATTENDEE;CN=Carol:mailto:carol@example.net";

/// A weekly series that Bob organizes.
pub(crate) const BOBS: &str = "DTSTART;TZID=Europe/Berlin:20261208T100000
DTEND;TZID=Europe/Berlin:20261208T110000
RRULE:FREQ=WEEKLY;UNTIL=20270302T090000Z
SUMMARY:Größe & Plan
LOCATION:Blue room
ORGANIZER;CN=Bob:mailto:bob@example.com
ATTENDEE;CN=Alice;PARTSTAT=NEEDS-ACTION:mailto:alice@example.org
ATTENDEE;CN=Carol:mailto:carol@example.net";

/// The iCalendar text of events, each given by its lines.
pub(crate) fn calendar(events: &[&str]) -> Vec<u8> {
    let events = events.iter().map(|lines| {
        format!(
            "BEGIN:VEVENT\nUID:plan@example.org\nDTSTAMP:20261101T100000Z\n{lines}\nEND:VEVENT\n"
        )
    });
    let events: String = events.collect();
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{events}END:VCALENDAR\n")
        .replace('\n', "\r\n")
        .into_bytes()
}

/// The lines with one of them replaced.
pub(crate) fn with(lines: &str, old: &str, new: &str) -> String {
    assert!(lines.contains(old), "{old} is not in {lines}");
    lines.replace(old, new)
}

/// What Alice's change of her own event sends.
pub(crate) fn changed(before: &[&str], after: &[&str]) -> Vec<OutgoingMessage> {
    let text = |events: &[&str]| (!events.is_empty()).then(|| calendar(events));
    let (before, after) = (text(before), text(after));
    let change = OwnersChange {
        before: before.as_deref(),
        after: after.as_deref(),
        gone: None,
        kind: Kind::Event,
        now: NOW,
        reply: Reply::Send,
        door: Door::Caldav,
        seen: Seen::Current,
        invitations: Invitations::Sent,
        unheard: &[],
    };
    let addresses = [ALICE.to_owned()];
    let account = Account {
        addresses: &addresses,
    };
    let scheduled = itip::changed(
        &Stored::default(),
        &change,
        &account,
        &itip::Limits::default(),
    );
    scheduled.unwrap().messages
}

/// The one for this recipient.
pub(crate) fn to(recipient: &str, messages: Vec<OutgoingMessage>) -> OutgoingMessage {
    let mut messages = messages.into_iter();
    messages
        .find(|message| message.recipient == recipient)
        .unwrap()
}

/// What Alice's answer to Bob's event sends.
pub(crate) fn answer(
    partstat: Partstat,
    instance: Option<&str>,
    comment: Option<&str>,
) -> OutgoingMessage {
    let text = calendar(&[BOBS]);
    let base = String::from_utf8(text.clone()).unwrap();
    let state = serde_json::json!({ "base": base }).to_string();
    let stored = Stored {
        objects: vec![StoredObject {
            calendar: "c".to_owned(),
            name: "n".to_owned(),
            text,
            access: Access::Writable,
        }],
        state: State::from_json(&state).unwrap(),
    };
    let response = Response {
        partstat,
        comment,
        instance: instance.map(|date| DateOrTime::parse(date, Some("Europe/Berlin")).unwrap()),
        now: NOW,
    };
    let addresses = [ALICE.to_owned()];
    let account = Account {
        addresses: &addresses,
    };
    let limits = itip::Limits::default();
    let responded = itip::respond(&stored, Kind::Event, &response, &account, &limits).unwrap();
    responded.scheduled.messages.into_iter().next().unwrap()
}

/// A message about Bob's event that the rules do not send by themselves.
pub(crate) fn by_hand(method: Method, lines: &str) -> OutgoingMessage {
    let text = String::from_utf8(calendar(&[lines])).unwrap();
    OutgoingMessage {
        method,
        recipient: "bob@example.com".to_owned(),
        sender: ALICE.to_owned(),
        text: text
            .replace("VERSION:2.0", &format!("VERSION:2.0\r\nMETHOD:{method}"))
            .into_bytes(),
        known: Some(calendar(&[BOBS])),
        delay: Delay::None,
        ends: None,
    }
}
