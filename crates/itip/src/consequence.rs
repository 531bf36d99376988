//! Whether a change of an object matters to whoever edits it meanwhile (RFC 6638 section 3.2.10).

use calendar::{ComponentBuf, Document, Item, Limits, PropertyBuf};

use crate::line;

/// What is new with every message.
const STAMPS: [&str; 3] = ["DTSTAMP", "LAST-MODIFIED", "CREATED"];

/// What an answer changes on a line.
pub(crate) const ANSWERS: [&str; 5] = [
    "PARTSTAT",
    "RSVP",
    "SCHEDULE-STATUS",
    "DELEGATED-TO",
    line::RESPONSE_COMMENT,
];

/// Whether two versions of an object differ in nothing but what attendees answered.
pub fn only_answers_differ(before: &[u8], after: &[u8], limits: &Limits) -> bool {
    let said = |text: &[u8]| {
        let document = Document::parse(text, limits).ok()?;
        let components = document.components();
        Some(
            components
                .map(|one| said(&one.to_buf()))
                .collect::<Vec<_>>(),
        )
    };
    said(before).is_some_and(|before| said(after) == Some(before))
}

/// What a component says beside answers, in a form in which equal ones are equal.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    name: String,
    lines: Vec<line::Content>,
    inner: Vec<Self>,
}

fn said(component: &ComponentBuf) -> Said {
    let mut said = Said {
        name: component.name().to_ascii_uppercase(),
        lines: Vec::new(),
        inner: Vec::new(),
    };
    for item in component.items() {
        match item {
            Item::Property(property) if STAMPS.iter().any(|stamp| property.is(stamp)) => {}
            Item::Property(property) => said.lines.push(line::content(&unanswered(property))),
            Item::Component(inner) => said.inner.push(self::said(inner)),
            Item::Stray(_) => {}
        }
    }
    said.lines.sort_unstable();
    said.inner.sort_unstable();
    said
}

fn unanswered(property: &PropertyBuf) -> PropertyBuf {
    let mut property = property.clone();
    if property.is("ATTENDEE") {
        for name in ANSWERS {
            property.remove_parameter(name);
        }
    }
    property
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differ(before: &str, after: &str) -> bool {
        let text = |lines: &str| {
            format!(
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            )
        };
        let limits = Limits::default();
        !only_answers_differ(text(before).as_bytes(), text(after).as_bytes(), &limits)
    }

    #[test]
    fn answers_do_not_count() {
        let asked = "DTSTAMP:20270101T100000Z\r\nATTENDEE;RSVP=TRUE:mailto:a@example.org";
        let given = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org\r\nDTSTAMP:20270102T100000Z";
        assert!(!differ(asked, given));
    }

    #[test]
    fn all_else_counts() {
        let one = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org\r\nSUMMARY:a";
        assert!(differ(
            one,
            "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org\r\nSUMMARY:b"
        ));
        assert!(differ(one, "ATTENDEE:mailto:b@example.org\r\nSUMMARY:a"));
        assert!(differ(one, &format!("{one}\r\nX-WHAT:1")));
        assert!(differ(one, "this is no line"));
        assert!(differ("", "BEGIN:VALARM\r\nEND:VALARM"));
    }
}
