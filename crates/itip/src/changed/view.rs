//! What of an organizer's event is sent, and what of it matters to attendees (RFC 6638 section 3.2.6,
//! rule F3).

use std::collections::BTreeSet;

use calendar::{ComponentBuf, DateOrTime, Item, PropertyBuf};

use crate::clock::Clock;
use crate::line::Line;
use crate::span::{self, Timed};

/// What is the organizer's own, or changes with every save.
const OWN: &[&str] = &[
    "COLOR",
    "CLASS",
    "CREATED",
    "LAST-MODIFIED",
    "DTSTAMP",
    "SEQUENCE",
    "TRANSP",
    "REQUEST-STATUS",
];

/// What is not sent.
const PRIVATE: &[&str] = &["COLOR", "CLASS"];

/// How the names begin under which calendar apps keep notes for their user.
const APPS: &[&str] = &["X-MOZ-", "X-LIC-", "X-EVOLUTION-", "X-APPLE-TRAVEL-"];

fn is_apps_note(name: &str) -> bool {
    let begins = |app: &&str| {
        let start = name.get(..app.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(app))
    };
    APPS.iter().any(begins)
}

/// Parameters that say something of an attendee's place in the event.
const PLACES: &[&str] = &["ROLE", "CUTYPE", "DELEGATED-TO", "DELEGATED-FROM", "MEMBER"];

/// A component as it is sent: without alarms, what is the organizer's own, and notes for the server; with
/// its organizer, whom some apps leave out of single dates (RFC 5546 section 3.2.2).
pub(super) fn sent(component: &ComponentBuf, organizer: Option<&PropertyBuf>) -> ComponentBuf {
    let mut sent = component.clone();
    sent.retain(|item| match item {
        Item::Property(line) => {
            let is_own = PRIVATE.iter().any(|name| line.is(name)) || is_apps_note(line.name());
            !is_own && !line.is("DTSTAMP")
        }
        Item::Component(inner) => !inner.is("VALARM"),
        Item::Stray(_) => false,
    });
    if let Some(organizer) = organizer.filter(|_| sent.property("ORGANIZER").is_none()) {
        sent.push_property(organizer.clone());
    }
    for line in sent.properties_mut() {
        if line.is("ATTENDEE") || line.is("ORGANIZER") {
            strip_schedule(line);
        }
    }
    sent
}

/// Takes the parameters away that speak to the server alone.
pub(super) fn strip_schedule(line: &mut PropertyBuf) {
    for name in ["SCHEDULE-AGENT", "SCHEDULE-STATUS", "SCHEDULE-FORCE-SEND"] {
        if line.parameter(name).is_some() {
            line.remove_parameter(name);
        }
    }
}

/// What a component says that matters to whoever is invited, in a form that does not depend on how it
/// is spelled.
pub(super) fn essence(component: &ComponentBuf, clock: &Clock) -> BTreeSet<String> {
    let timed = Timed { component, clock };
    let instant = |value: Option<DateOrTime>| {
        let value = value?;
        let instant = clock.instant(&value)?;
        Some(format!("{instant} {}", value.is_date()))
    };
    let mut essence = BTreeSet::from([
        format!("start {:?}", instant(timed.start())),
        format!("length {:?}", timed.length()),
    ]);
    essence.extend(recurrence(component, clock));
    let others = component.properties().filter(|line| matters(line));
    essence.extend(others.map(plain));
    essence
}

/// What a component says of its dates: rules, further dates and exceptions, in the same form.
pub(super) fn recurrence(component: &ComponentBuf, clock: &Clock) -> BTreeSet<String> {
    let timed = Timed { component, clock };
    let dates = ["RDATE", "EXDATE"].into_iter();
    timed
        .rules()
        .chain(dates.flat_map(|name| timed.dates(name)))
        .collect()
}

fn matters(line: &PropertyBuf) -> bool {
    let is_one_of = |names: &[&str]| names.iter().any(|name| line.is(name));
    let is_own = line
        .name()
        .get(..2)
        .is_some_and(|start| start.eq_ignore_ascii_case("X-"));
    // Times are compared by what they mean, not as they are written.
    let is_time = is_one_of(span::TIMED.as_slice()) || line.is("DURATION");
    !is_own && !is_one_of(OWN) && !is_time
}

fn plain(line: &PropertyBuf) -> String {
    let name = line.name().to_ascii_uppercase();
    match name.as_str() {
        "RRULE" => span::rule(line),
        "ATTENDEE" | "ORGANIZER" => {
            let places = PLACES
                .iter()
                .map(|name| line.parameter_values(name).join(","));
            let places: Vec<_> = places.collect();
            let address = line.address().as_str().to_lowercase();
            format!("{name} {address} {}", places.join(";"))
        }
        _ => format!("{name} {}", line.value()),
    }
}
