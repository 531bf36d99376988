//! The REPLY that an attendee's change sends (RFC 5546 section 3.2.3, rule F1).

use calendar::{ComponentBuf, PropertyBuf};

use super::view;
use crate::recurrence_id::RecurrenceId;

/// What a REPLY repeats of the event, so that its reader knows it.
const REPEATED: &[&str] = &[
    "UID",
    "RECURRENCE-ID",
    "SEQUENCE",
    "DTSTART",
    "DTEND",
    "DUE",
    "DURATION",
    "SUMMARY",
];

/// Parameters of the attendee's line that are for the organizer.
const ATTENDEES: &[&str] = &[
    "CN",
    "CUTYPE",
    "DELEGATED-TO",
    "DELEGATED-FROM",
    "SENT-BY",
    "EMAIL",
];

/// One component's answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// What it is about.
    pub(super) id: RecurrenceId,
    /// The stored component that it stands in.
    pub(super) place: RecurrenceId,
    /// The component as it is answered.
    pub(super) component: ComponentBuf,
    /// The owner's line in it.
    pub(super) attendee: PropertyBuf,
    /// What it says now.
    pub(super) partstat: String,
    /// COMMENTs that came with the answer.
    pub(super) comments: Vec<PropertyBuf>,
}

/// The component that says it, to the organizer even where the date does not name him.
pub(super) fn component(answer: &Answer, organizer: &PropertyBuf) -> ComponentBuf {
    let mut component = ComponentBuf::new(answer.component.name());
    let repeated = answer.component.properties();
    for line in repeated.filter(|line| REPEATED.iter().any(|name| line.is(name))) {
        component.push_property(line.clone());
    }
    let own = answer.component.property("ORGANIZER");
    let mut organizer = own.unwrap_or(organizer).clone();
    view::strip_schedule(&mut organizer);
    component.push_property(organizer);
    component.push_property(attendee(answer));
    for comment in &answer.comments {
        component.push_property(comment.clone());
    }
    component.push_property(PropertyBuf::new("REQUEST-STATUS", "2.0;Success"));
    component
}

/// The owner's line with the answer, and nothing that concerns the server alone.
fn attendee(answer: &Answer) -> PropertyBuf {
    let mut line = PropertyBuf::new("ATTENDEE", &answer.attendee.value());
    for name in ATTENDEES {
        let values = answer.attendee.parameter_values(name);
        if !values.is_empty() {
            let values: Vec<_> = values.iter().map(String::as_str).collect();
            line.set_parameter_values(name, &values);
        }
    }
    line.set_parameter("PARTSTAT", &answer.partstat);
    line
}
