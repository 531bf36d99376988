//! Any order of an event's messages ends in the same object (promise 3, rules C2, D3 and E1).

use calendar::{Document, Limits};
use proptest::prelude::*;

use crate::world::{Actor, lines};

/// A message of one event; its place in the list is its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    Master,
    Override(u8),
    CancelAll,
    CancelOverride(u8),
    /// From somebody who has no say.
    Forged(Forged),
    Reply(u8, Partstat),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Forged {
    Request,
    Cancel,
    Unauthenticated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Partstat {
    Accepted,
    Declined,
}

/// A message with its time.
#[derive(Clone, Copy, Debug)]
struct Message {
    at: usize,
    sent: Sent,
}

impl Message {
    /// METHOD, sender with what else is known of the mail, and the component's lines.
    fn written(self) -> (&'static str, String, String) {
        let Self { at, sent } = self;
        let stamp = format!("DTSTAMP:20261101T10{at:02}00Z\r\nSEQUENCE:{}\r\n", at / 2);
        let alice = format!("alice@example.org digest=digest-{at}");
        let organizer = "ORGANIZER:mailto:alice@example.org\r\nATTENDEE:mailto:bob@example.com\r\n";
        let event = format!(
            "{stamp}DTSTART:202612{:02}T100000Z\r\nSUMMARY:Version {at}\r\n{organizer}X-ONLY-{}:{at}\r\n",
            at + 1,
            at % 3
        );
        let id = |number: u8| format!("RECURRENCE-ID:202612{:02}T100000Z\r\n", 20 + number);
        match sent {
            Sent::Master => (
                "REQUEST",
                alice,
                format!("{event}RRULE:FREQ=DAILY;COUNT=30\r\n"),
            ),
            Sent::Override(number) => ("REQUEST", alice, id(number) + &event),
            Sent::CancelAll => ("CANCEL", alice, stamp + organizer),
            Sent::CancelOverride(number) => ("CANCEL", alice, id(number) + &stamp + organizer),
            Sent::Forged(Forged::Request) => (
                "REQUEST",
                format!("mallory@evil.example updatecal digest=digest-{at}"),
                event,
            ),
            Sent::Forged(Forged::Cancel) => (
                "CANCEL",
                format!("mallory@evil.example updatecal digest=digest-{at}"),
                stamp + organizer,
            ),
            Sent::Forged(Forged::Unauthenticated) => {
                ("CANCEL", alice + " failed", stamp + organizer)
            }
            Sent::Reply(who, partstat) => {
                let partstat = if partstat == Partstat::Accepted {
                    "ACCEPTED"
                } else {
                    "DECLINED"
                };
                let lines = format!(
                    "{stamp}ATTENDEE;PARTSTAT={partstat}:mailto:guest{who}@example.net\r\n"
                );
                (
                    "REPLY",
                    format!("guest{who}@example.net digest=digest-{at}"),
                    lines,
                )
            }
        }
    }

    fn reach(self, actor: &mut Actor) {
        let (method, mail, lines) = self.written();
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Sender {}//EN\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:event-1\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n",
            self.at
        );
        let document = Document::parse(text, &Limits::default()).unwrap();
        let words: Vec<_> = mail.split(' ').collect();
        actor.receive(&document, &words, self.at);
    }
}

/// What stands in the calendar, and the organizer's version, after these messages.
fn end(messages: &[Message], object: Option<&str>) -> Vec<String> {
    let mut actor = Actor::new(vec!["bob@example.com".into()]);
    if let Some(text) = object {
        actor.store("personal", text);
    }
    for message in messages {
        message.reach(&mut actor);
    }
    let mut end: Vec<_> = actor
        .stored
        .objects
        .iter()
        .flat_map(|object| lines(&object.text, true))
        .collect();
    end.extend(
        actor
            .stored
            .state
            .base()
            .unwrap_or_default()
            .lines()
            .map(str::to_owned),
    );
    end
}

fn forged() -> impl Strategy<Value = Sent> {
    prop_oneof![
        Just(Forged::Request),
        Just(Forged::Cancel),
        Just(Forged::Unauthenticated)
    ]
    .prop_map(Sent::Forged)
}

/// Messages about a series; about dates of it alone; answers.
fn families() -> impl Strategy<Value = Vec<Sent>> {
    let series = prop_oneof![
        4 => Just(Sent::Master),
        3 => (0_u8..2).prop_map(Sent::Override),
        2 => Just(Sent::CancelAll),
        1 => forged(),
    ];
    let dates = prop_oneof![
        4 => (0_u8..2).prop_map(Sent::Override),
        3 => (0_u8..2).prop_map(Sent::CancelOverride),
        1 => Just(Sent::CancelAll),
        1 => forged(),
    ];
    prop_oneof![
        prop::collection::vec(series, 1..7),
        prop::collection::vec(dates, 1..7)
    ]
}

fn replies() -> impl Strategy<Value = Vec<Sent>> {
    let partstat = prop_oneof![Just(Partstat::Accepted), Just(Partstat::Declined)];
    prop::collection::vec(
        (0_u8..3, partstat).prop_map(|(who, partstat)| Sent::Reply(who, partstat)),
        1..7,
    )
}

/// The messages in order, and shuffled with some of them doubled.
fn shuffled(
    sent: impl Strategy<Value = Vec<Sent>>,
) -> impl Strategy<Value = (Vec<Message>, Vec<Message>)> {
    let timed = sent.prop_map(|sent| {
        sent.into_iter()
            .enumerate()
            .map(|(at, sent)| Message { at, sent })
            .collect::<Vec<_>>()
    });
    timed.prop_flat_map(|messages| {
        let doubled: Vec<_> = messages
            .iter()
            .chain(messages.iter().take(2))
            .copied()
            .collect();
        (Just(messages), Just(doubled).prop_shuffle())
    })
}

const OWN: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Mine//EN\r\nBEGIN:VEVENT\r\nUID:event-1\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:20261201T100000Z\r\nORGANIZER:mailto:bob@example.com\r\nATTENDEE;RSVP=TRUE:mailto:guest0@example.net\r\nATTENDEE:mailto:guest1@example.net\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn requests_and_cancellations_end_the_same((in_order, shuffled) in shuffled(families())) {
        prop_assert_eq!(end(&in_order, None), end(&shuffled, None));
    }

    #[test]
    fn answers_end_the_same((in_order, shuffled) in shuffled(replies())) {
        prop_assert_eq!(end(&in_order, Some(OWN)), end(&shuffled, Some(OWN)));
    }
}
