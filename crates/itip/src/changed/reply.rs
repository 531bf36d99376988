//! The REPLY that an attendee's change sends (RFC 5546 section 3.2.3, rule F1).

use calendar::{ComponentBuf, DateOrTime, PropertyBuf};
use jiff::Timestamp as Instant;

use crate::incoming::Timestamp;
use crate::object::Object;

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
    /// The component as it is answered.
    pub(super) component: ComponentBuf,
    /// The owner's line in it.
    pub(super) attendee: PropertyBuf,
    /// What it says now.
    pub(super) partstat: String,
    /// COMMENTs that came with the answer.
    pub(super) comments: Vec<PropertyBuf>,
}

/// The message's text.
pub(super) fn text(answers: &[Answer], around: &Object<'_>, now: Timestamp) -> Vec<u8> {
    let mut calendar = ComponentBuf::new("VCALENDAR");
    for (name, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//invited//itip//EN"),
        ("METHOD", "REPLY"),
    ] {
        calendar.push_property(PropertyBuf::new(name, value));
    }
    let components: Vec<_> = answers
        .iter()
        .map(|answer| component(answer, now))
        .collect();
    let names_zone = |zone: &str| {
        let mut lines = components.iter().flat_map(ComponentBuf::properties);
        lines.any(|line| {
            line.parameter("TZID")
                .is_some_and(|tzid| tzid.trim() == zone)
        })
    };
    let zones = around.zones.iter().filter(|(tzid, _)| names_zone(tzid));
    for (_, zone) in zones {
        calendar.push_component(zone.to_buf().into_owned());
    }
    for component in components {
        calendar.push_component(component);
    }
    calendar.to_bytes()
}

fn component(answer: &Answer, now: Timestamp) -> ComponentBuf {
    let mut component = ComponentBuf::new(answer.component.name());
    let repeated = answer.component.properties();
    for line in repeated.filter(|line| REPEATED.iter().any(|name| line.is(name))) {
        component.push_property(line.clone());
    }
    if let Ok(now) = Instant::from_millisecond(now) {
        // Whole seconds are all that DTSTAMP has.
        component.push_property(DateOrTime::Utc(now).to_property("DTSTAMP"));
    }
    if let Some(organizer) = answer.component.property("ORGANIZER") {
        component.push_property(without_schedule(organizer));
    }
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

fn without_schedule(line: &PropertyBuf) -> PropertyBuf {
    let mut line = line.clone();
    for name in ["SCHEDULE-AGENT", "SCHEDULE-STATUS", "SCHEDULE-FORCE-SEND"] {
        if line.parameter(name).is_some() {
            line.remove_parameter(name);
        }
    }
    line
}
