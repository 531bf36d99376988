//! Messages about events, one after the other, each applied to what the last one left (RFC 5546).
//!
//! The input is calendar objects, each up to the next BEGIN:VCALENDAR. One without METHOD is put into
//! the account as its owner's client would; one with METHOD is a message.
#![no_main]

use std::collections::BTreeMap;

use calendar::{Document, Kind, Message, Method};
use fuzz::Choices;
use itip::{
    Access, Account, AddressOwner, Answered, CancelMode, Caps, Change, Decision, Incoming, Limits,
};
use itip::{Outcome, Permission, Policy, Route, Sender, Spam, State, Stored, StoredObject};
use itip::{Trust, Update, receive};
use libfuzzer_sys::fuzz_target;

const OWNER: &str = "alice@example.org";

fuzz_target!(|octets: &[u8]| {
    let mut account = BTreeMap::new();
    for (number, text) in objects(octets).iter().take(8).enumerate() {
        let Ok(document) = Document::parse(*text, &Limits::default().calendar) else {
            continue;
        };
        match Message::read(&document) {
            Ok(message) => comes(&mut account, &document, &message, number),
            Err(_) => is_imported(&mut account, text, &document),
        }
    }
});

/// The objects of an input, in order.
fn objects(octets: &[u8]) -> Vec<&[u8]> {
    const BEGIN: &[u8] = b"BEGIN:VCALENDAR";
    let mut begins = octets.windows(BEGIN.len()).enumerate();
    let mut objects = Vec::new();
    let mut rest = octets.len();
    while let Some((at, _)) = begins.rfind(|(_, window)| *window == BEGIN) {
        objects.insert(0, &octets[at..rest]);
        rest = at;
    }
    objects
}

/// All that the account has, by UID.
type Events = BTreeMap<String, Stored>;

/// The owner's client stores an object.
fn is_imported(events: &mut Events, text: &[u8], document: &Document) {
    if let Ok((uid, _)) = read(document) {
        let stored = events.entry(uid).or_default();
        stored.objects.clear();
        let imported = object("work", "imported", text.to_vec());
        stored.objects.push(imported);
    }
}

fn comes(events: &mut Events, document: &Document, message: &Message, number: usize) {
    let mut choices = Choices::of(document.as_bytes());
    let stored = events.entry(message.uid.clone()).or_default();
    let digest = format!("{number}");
    let incoming = Incoming {
        document,
        method: message.method,
        uid: &message.uid,
        kind: message.kind,
        sender: sender(document, message, &mut choices),
        received: 1_770_000_000_000 + number as i64,
        date: choices.one_of(&[None, Some(1_769_999_999_000)]),
        digest: &digest,
        route: choices.one_of(&[Route::Direct, Route::Direct, Route::List]),
        delivered_to: OWNER,
    };
    let policy = policy(&mut choices);
    let addresses = [OWNER.to_owned(), "al@example.org".to_owned()];
    let account = Account {
        addresses: &addresses,
    };
    let limits = choices.one_of(&[Limits::default(), small()]);
    let decision = receive(stored, &incoming, &account, &policy, &limits);
    let again = receive(stored, &incoming, &account, &policy, &limits);
    assert_eq!(decision, again, "the same arguments, another decision");
    is_sound(stored, &decision, message);
    is_applied(stored, decision);
}

/// Whoever may say it, mostly.
fn sender(document: &Document, message: &Message, choices: &mut Choices) -> Sender {
    let name = match message.method {
        Method::Reply | Method::Counter | Method::Refresh => "ATTENDEE",
        _ => "ORGANIZER",
    };
    let line = document.descendants().find_map(|c| c.property(name));
    let address = line.map(|line| calendar::CalendarUserAddress::parse(&line.value()));
    let address = address.map(|address| address.as_str().to_owned());
    let trusts = [
        Trust::Authenticated,
        Trust::Authenticated,
        Trust::Unverified,
        Trust::Failed,
    ];
    Sender {
        address: choices.one_of(&[address.clone(), address, None, Some(OWNER.to_owned())]),
        trust: choices.one_of(&trusts),
        via_service: choices.one_of(&[None, None, Some("google.com".to_owned())]),
        owner: choices.one_of(&[
            AddressOwner::Person,
            AddressOwner::Person,
            AddressOwner::Service,
        ]),
    }
}

fn policy(choices: &mut Choices) -> Policy {
    let permissions = [
        Permission::AddTo(None),
        Permission::AddTo(Some("work".to_owned())),
        Permission::ByHand(None),
        Permission::None,
    ];
    Policy {
        permission: choices.one_of(&permissions),
        update: choices.one_of(&[Update::Allowed, Update::Allowed, Update::NotAllowed]),
        spam: choices.one_of(&[Spam::Ham, Spam::Ham, Spam::Ham, Spam::Spam]),
        default_calendar: "home".to_owned(),
        cancel: choices.one_of(&[CancelMode::Mark, CancelMode::Remove]),
        caps: Caps::default(),
    }
}

/// The decision agrees with itself, and what it stores can be read again.
fn is_sound(stored: &Stored, decision: &Decision, message: &Message) {
    let is_still = matches!(decision.outcome, Outcome::NoAction | Outcome::Error);
    assert_eq!(is_still, decision.change == Change::None, "{decision:?}");
    if let Some(state) = &decision.state {
        let json = state.to_json();
        let read = State::from_json(&json).expect("a state reads again");
        assert_eq!(read.to_json(), json);
    }
    let has = |calendar: &str, name: &str| {
        let mut objects = stored.objects.iter();
        objects.any(|object| object.calendar == calendar && object.name == name)
    };
    match &decision.change {
        Change::None => {}
        Change::Delete { calendar, name } => assert!(has(calendar, name)),
        Change::Put {
            calendar,
            name,
            text,
            answered,
        } => {
            assert!(name.as_ref().is_none_or(|name| has(calendar, name)));
            assert!(matches!(answered, Answered::Yes | Answered::No));
            is_object(text, message);
        }
    }
}

/// The text is an object of the message's UID and kind.
fn is_object(text: &[u8], message: &Message) {
    let document = Document::parse(text, &Limits::default().calendar).expect("within limits");
    let expected = Ok((message.uid.clone(), message.kind));
    assert_eq!(read(&document), expected, "{}", text.escape_ascii());
}

/// UID and kind of a calendar object: one VCALENDAR without METHOD, of one UID and one kind.
fn read(document: &Document) -> Result<(String, Kind), &'static str> {
    let mut calendars = document.components();
    let (Some(calendar), None) = (calendars.next(), calendars.next()) else {
        return Err("not one component");
    };
    if !calendar.is("VCALENDAR") || calendar.property("METHOD").is_some() {
        return Err("no VCALENDAR, or METHOD");
    }
    let mut found = None;
    for component in document.descendants() {
        let Some(kind) = kind_of(component.name()) else {
            continue;
        };
        let mut uids = component.properties_named("UID").peekable();
        uids.peek().ok_or("no UID")?;
        for uid in uids {
            let this = (uid.value().trim_matches([' ', '\t']).to_owned(), kind);
            if *found.get_or_insert_with(|| this.clone()) != this {
                return Err("several UIDs or kinds");
            }
        }
    }
    found.ok_or("no event and no to-do")
}

fn is_applied(stored: &mut Stored, decision: Decision) {
    if let Some(state) = decision.state {
        stored.state = state;
    }
    match decision.change {
        Change::None => {}
        Change::Put {
            calendar,
            name,
            text,
            ..
        } => {
            let name = name.unwrap_or_else(|| "new".to_owned());
            stored.objects.retain(|object| object.name != name);
            stored.objects.insert(0, object(&calendar, &name, text));
        }
        Change::Delete { name, .. } => stored.objects.retain(|object| object.name != name),
    }
}

fn object(calendar: &str, name: &str, text: Vec<u8>) -> StoredObject {
    StoredObject {
        calendar: calendar.to_owned(),
        name: name.to_owned(),
        text,
        access: Access::Writable,
    }
}

fn kind_of(name: &str) -> Option<Kind> {
    [Kind::Event, Kind::Todo]
        .into_iter()
        .find(|kind| name.eq_ignore_ascii_case(kind.component_name()))
}

/// Limits so small that they are met.
fn small() -> Limits {
    Limits {
        components: 2,
        early_per_uid: 1,
        early_bytes: 300,
        replies: 2,
        ..Limits::default()
    }
}
