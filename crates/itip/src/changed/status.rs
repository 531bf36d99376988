//! What became of a scheduling message, noted on the line of whom it went to (RFC 6638 section 3.2.9).

use calendar::{CalendarUserAddress, Document, Kind, Method, PropertyBuf};

use crate::limits::Limits;
use crate::line::Line;
use crate::object::{Body, Object};

pub(super) const NAME: &str = "SCHEDULE-STATUS";

/// It waits in the outbox.
pub(super) const PENDING: &str = "1.0";
/// SCHEDULE-FORCE-SEND says what nobody knows (RFC 6638 section 7.2).
pub(super) const INVALID_PARAMETER: &str = "2.3";
/// There is no mail address to write to.
pub(super) const NO_MAIL_ADDRESS: &str = "3.7";

/// What became of a message that was to be mailed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The mail was sent.
    Sent,
    /// The mail was delivered: its recipient has an account of the same server.
    Delivered,
    /// The mail could not be sent in all the time that it had.
    Expired,
    /// The mail was refused for good.
    Refused,
    /// There is no address that mail can go to.
    NoMailAddress,
}

impl Delivery {
    /// The code for SCHEDULE-STATUS.
    fn code(self) -> &'static str {
        match self {
            Self::Sent => "1.1",
            Self::Delivered => "1.2",
            Self::Expired => "5.1",
            Self::Refused => "5.2",
            Self::NoMailAddress => NO_MAIL_ADDRESS,
        }
    }
}

/// The object's text with what became of a message; none when that says nothing new.
///
/// `is_recipient` knows whom the message went to: attendees, or for a REPLY the organizer. Only a line
/// is touched that waits for it: one that an answer came for since is left alone.
pub fn delivered(
    text: &[u8],
    kind: Kind,
    (method, delivery): (Method, Delivery),
    is_recipient: &dyn Fn(&CalendarUserAddress) -> bool,
    limits: &Limits,
) -> Option<Vec<u8>> {
    let document = Document::parse(text, &limits.calendar).ok()?;
    let mut object = Object::read(&document, kind)?;
    let name = match method {
        Method::Reply => "ORGANIZER",
        _ => "ATTENDEE",
    };
    let mut is_changed = false;
    for body in object.components.values_mut() {
        is_changed |= note(body, name, |line| {
            let status = line.parameter(NAME)?;
            let waits = !status.trim().starts_with('2');
            (waits && is_recipient(&line.address())).then(|| delivery.code().to_owned())
        });
    }
    is_changed.then(|| object.to_bytes())
}

/// Sets SCHEDULE-STATUS on lines of this name to what is said of them; whether that changed any.
pub(super) fn note(
    body: &mut Body<'_>,
    name: &str,
    status_of: impl Fn(&PropertyBuf) -> Option<String>,
) -> bool {
    let component = body.to_buf();
    let is_other = |line: &PropertyBuf| {
        let status = status_of(line);
        status.is_some_and(|status| line.parameter(NAME).as_deref() != Some(&*status))
    };
    if !component.properties_named(name).any(is_other) {
        return false;
    }
    let mut component = component.into_owned();
    for line in component.properties_mut().filter(|line| line.is(name)) {
        if let Some(status) = status_of(line) {
            line.set_parameter(NAME, &status);
        }
    }
    *body = Body::made(component);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u\r\n\
        ORGANIZER;SCHEDULE-STATUS=1.0:mailto:anna@example.com\r\n\
        ATTENDEE;SCHEDULE-STATUS=1.0:mailto:ben@example.net\r\n\
        ATTENDEE;SCHEDULE-STATUS=\"2.0;Success\":mailto:carl@example.net\r\n\
        ATTENDEE:mailto:dora@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    /// The event with what became of a message to this address; none when nothing is new.
    fn noted(event: &str, said: (Method, Delivery), to: &str) -> Option<String> {
        let is_recipient = |address: &CalendarUserAddress| {
            address.same_ignoring_case(&CalendarUserAddress::parse(to))
        };
        let limits = Limits::default();
        let text = delivered(event.as_bytes(), Kind::Event, said, &is_recipient, &limits)?;
        Some(String::from_utf8(text).unwrap())
    }

    #[test]
    fn the_line_of_whom_it_went_to_says_what_became_of_it() {
        let sent = (Method::Request, Delivery::Sent);
        let once = noted(EVENT, sent, "Ben@Example.net").unwrap();
        assert_eq!(
            once,
            EVENT.replace("STATUS=1.0:mailto:ben", "STATUS=1.1:mailto:ben")
        );
        assert_eq!(
            noted(&once, sent, "ben@example.net"),
            None,
            "once is enough"
        );
        let failed = noted(
            &once,
            (Method::Cancel, Delivery::Refused),
            "ben@example.net",
        );
        assert!(failed.unwrap().contains("STATUS=5.2:mailto:ben"));
        let reply = noted(EVENT, (Method::Reply, Delivery::Sent), "anna@example.com");
        assert!(reply.unwrap().contains("ORGANIZER;SCHEDULE-STATUS=1.1:"));
    }

    #[test]
    fn who_answered_or_was_not_written_to_is_left_alone() {
        let sent = (Method::Request, Delivery::Sent);
        for address in ["carl@example.net", "dora@example.org", "anna@example.com"] {
            assert_eq!(noted(EVENT, sent, address), None);
        }
    }
}
