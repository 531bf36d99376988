//! What a client POSTs to ask for busy times: one VFREEBUSY with METHOD:REQUEST (RFC 5546, 3.3.2).

use std::ops::Range;

use calendar::{ComponentBuf, DateOrTime, Document, Limits, PropertyBuf};
use jiff::{SignedDuration, Timestamp};

/// The longest time that may be asked for.
const LONGEST: SignedDuration = SignedDuration::from_hours(400 * 24);

/// A request for busy times.
#[derive(Debug, Clone)]
pub(crate) struct FreeBusyRequest {
    pub(crate) uid: String,
    pub(crate) window: Range<Timestamp>,
    pub(crate) organizer: PropertyBuf,
    pub(crate) attendees: Vec<PropertyBuf>,
    /// The UID of an event that shall not count, as Apple Calendar asks for one that is being moved.
    pub(crate) masked: Option<String>,
}

/// Why it cannot be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotARequest {
    /// It is no iCalendar text.
    Unreadable,
    /// It is iCalendar, and no such request.
    Other,
}

impl FreeBusyRequest {
    /// Reads a body.
    pub(crate) fn read(text: &[u8], limits: &Limits) -> Result<Self, NotARequest> {
        let document = Document::parse(text, limits).map_err(|_| NotARequest::Unreadable)?;
        let mut calendars = document.components().filter(|one| one.is("VCALENDAR"));
        let calendar = calendars.next().ok_or(NotARequest::Unreadable)?.to_buf();
        Self::of(&calendar)
            .filter(|_| calendars.next().is_none())
            .ok_or(NotARequest::Other)
    }

    fn of(calendar: &ComponentBuf) -> Option<Self> {
        let method = calendar.property("METHOD")?.value();
        let mut parts = calendar.components().filter(|one| !one.is("VTIMEZONE"));
        let part = parts.next().filter(|one| one.is("VFREEBUSY"))?;
        let is_request = method.trim().eq_ignore_ascii_case("REQUEST") && parts.next().is_none();
        let text = |name: &str| {
            let value = part.property(name)?.value().trim().to_owned();
            (!value.is_empty()).then_some(value)
        };
        let instant = |name: &str| match DateOrTime::of_component(part, name)? {
            DateOrTime::Utc(instant) => Some(instant),
            _ => None,
        };
        let window = instant("DTSTART")?..instant("DTEND")?;
        let is_short =
            window.start < window.end && window.start.duration_until(window.end) <= LONGEST;
        let attendees: Vec<_> = part.properties_named("ATTENDEE").cloned().collect();
        (is_request && is_short && !attendees.is_empty()).then_some(Self {
            uid: text("UID")?,
            window,
            organizer: part.property("ORGANIZER")?.clone(),
            attendees,
            masked: text("X-CALENDARSERVER-MASK-UID"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "METHOD:REQUEST\r\nBEGIN:VFREEBUSY\r\nUID:1\r\nDTSTART:20270301T000000Z\r\n\
        DTEND:20270302T000000Z\r\nORGANIZER:mailto:a@example.org\r\n\
        ATTENDEE:mailto:b@example.org\r\nEND:VFREEBUSY\r\n";

    fn read(inner: &str) -> Result<FreeBusyRequest, NotARequest> {
        let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{inner}END:VCALENDAR\r\n");
        FreeBusyRequest::read(text.as_bytes(), &Limits::default())
    }

    #[test]
    fn a_request_is_read() {
        let request = read(WHOLE).unwrap();
        assert_eq!((request.uid.as_str(), request.attendees.len()), ("1", 1));
        assert_eq!(request.masked, None);
        let masking = WHOLE.replace("UID:1\r\n", "UID:1\r\nX-CALENDARSERVER-MASK-UID:2\r\n");
        assert_eq!(read(&masking).unwrap().masked.as_deref(), Some("2"));
    }

    #[test]
    fn anything_else_is_none() {
        for (from, to) in [
            ("METHOD:REQUEST", "METHOD:REPLY"),
            ("METHOD:REQUEST\r\n", ""),
            ("UID:1\r\n", ""),
            ("ORGANIZER", "X-ORGANIZER"),
            ("ATTENDEE", "X-ATTENDEE"),
            ("VFREEBUSY", "VEVENT"),
            ("20270302T000000Z", "20270301T000000Z"),
            ("20270302T000000Z", "20270302T000000"),
            ("20270302T000000Z", "20290302T000000Z"),
            ("DTSTART:20270301", "DTSTART:19000301"),
        ] {
            let other = read(&WHOLE.replace(from, to)).err();
            assert_eq!(other, Some(NotARequest::Other), "{to}");
        }
        let none = FreeBusyRequest::read(b"nothing", &Limits::default()).err();
        assert_eq!(none, Some(NotARequest::Unreadable));
    }
}
