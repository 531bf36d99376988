//! Mails as they reach the server: whom they name, what the site's own servers wrote above them, and
//! the calendar data in them.

use std::sync::atomic::{AtomicU64, Ordering};

/// The site's own server, as it names itself in Authentication-Results and Received.
pub(crate) const AUTHSERV: &str = "mx.own.example";
pub(crate) const OWN_DOMAIN: &str = "own.example";
pub(crate) const OWNER: &str = "alice@own.example";
pub(crate) const CONTACT: &str = "carol@friends.example";
pub(crate) const STRANGER: &str = "eve@stranger.example";
pub(crate) const PINNED: &str = "pin@agency.example";
pub(crate) const ORGANIZER: &str = "boss@corp.example";
pub(crate) const ATTENDEE: &str = "bob@guest.example";

/// The event's number and times: as it is at first, moved, and as it is called off.
const FIRST: &str = "SEQUENCE:0\r\nDTSTAMP:20260901T080000Z\r\nDTSTART:20261201T090000Z";
const SECOND: &str = "SEQUENCE:1\r\nDTSTAMP:20260902T080000Z\r\nDTSTART:20261201T150000Z";
const LAST: &str = "SEQUENCE:2\r\nDTSTAMP:20260903T080000Z\r\nDTSTART:20261201T150000Z";

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    New,
    Update,
    Cancel,
    Reply,
    Publish,
}

/// A message about one event.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) kind: Kind,
    pub(crate) uid: String,
    /// ORGANIZER from its first parameter on, such as `:mailto:boss@corp.example`.
    pub(crate) organizer: String,
    /// ATTENDEE in the same way.
    pub(crate) attendee: String,
}

impl Message {
    pub(crate) fn new(kind: Kind, uid: &str, organizer: &str, attendee: &str) -> Self {
        Self {
            kind,
            uid: uid.to_owned(),
            organizer: organizer.to_owned(),
            attendee: attendee.to_owned(),
        }
    }

    /// The calendar data. What comes second has a later time and number.
    pub(crate) fn data(&self) -> String {
        let (method, times) = match self.kind {
            Kind::New => ("REQUEST", FIRST),
            Kind::Update => ("REQUEST", SECOND),
            Kind::Cancel => ("CANCEL", LAST),
            Kind::Reply => ("REPLY", FIRST),
            Kind::Publish => ("PUBLISH", FIRST),
        };
        object(&format!("METHOD:{method}\r\n"), self, times)
    }

    /// The event as a client stores it.
    pub(crate) fn stored(&self) -> String {
        object("", self, FIRST)
    }

    /// The mail with these fields above it, From among them.
    pub(crate) fn mail(&self, fields: &str) -> String {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        format!(
            "{fields}To: {OWNER}\r\nMessage-ID: <{number}.@mail.example>\r\nSubject: lunch\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/calendar; charset=utf-8\r\n\r\n{}",
            self.data()
        )
    }
}

fn object(method: &str, message: &Message, times: &str) -> String {
    let Message {
        uid,
        organizer,
        attendee,
        ..
    } = message;
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//mail//EN\r\n{method}BEGIN:VEVENT\r\n\
         UID:{uid}\r\n{times}\r\nDURATION:PT1H\r\nSUMMARY:Lunch\r\nORGANIZER{organizer}\r\n\
         ATTENDEE{attendee}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

/// The value of ORGANIZER or ATTENDEE for a plain address.
pub(crate) fn person(address: &str) -> String {
    format!(":mailto:{address}")
}

/// One Authentication-Results field.
pub(crate) fn results(authserv: &str, results: &str) -> String {
    format!("Authentication-Results: {authserv};\r\n\t{results}\r\n")
}

/// The fields of a mail that the site's own server found to be from this address.
pub(crate) fn authentic(from: &str) -> String {
    let domain = domain(from);
    let pass = results(AUTHSERV, &format!("dmarc=pass header.from={domain}"));
    format!("{pass}From: Somebody <{from}>\r\n")
}

pub(crate) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}
