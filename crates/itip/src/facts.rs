//! What a person wants to know of an object at a glance, for lists.

use calendar::{CalendarUserAddress, Component, DateOrTime, Document, Limits};

use crate::line::Line;
use crate::span;

/// The facts of one event or to-do, those of the master or else of the first override.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// SUMMARY as text, blanks around it removed.
    pub summary: String,
    /// DTSTART.
    pub start: Option<DateOrTime>,
    /// DTEND or DUE, or DTSTART with DURATION; as written, for a date the day after.
    pub end: Option<DateOrTime>,
    /// LOCATION, none when empty.
    pub location: Option<String>,
    /// ORGANIZER.
    pub organizer: Option<Person>,
    /// ATTENDEEs in order.
    pub attendees: Vec<Person>,
    /// STATUS in capitals.
    pub status: Option<String>,
    /// RRULE as written, none for a single event.
    pub rule: Option<String>,
    /// How many overrides there are.
    pub overrides: usize,
}

/// An organizer or attendee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The address, `mailto:` removed.
    pub address: CalendarUserAddress,
    /// CN, none when empty.
    pub name: Option<String>,
    /// PARTSTAT in capitals; `NEEDS-ACTION` when it is missing.
    pub partstat: String,
}

impl Facts {
    /// The PARTSTAT of the attendee who has one of these addresses.
    pub fn partstat_of(&self, addresses: &[String]) -> Option<&str> {
        let account = crate::stored::Account { addresses };
        let owner = crate::owner::Owner::of(&account);
        let own = self
            .attendees
            .iter()
            .find(|person| owner.has(&person.address));
        own.map(|person| person.partstat.as_str())
    }
}

/// The facts of an object's iCalendar text; empty ones when it holds no event and no to-do.
pub fn facts(text: &[u8]) -> Facts {
    Document::parse(text, &Limits::default())
        .map_or_else(|_| Facts::default(), |document| describe(&document))
}

/// The facts of a message or an object.
pub fn describe(document: &Document) -> Facts {
    let components: Vec<_> = document.descendants().filter(is_scheduled).collect();
    let is_override = |component: &&Component<'_>| component.property("RECURRENCE-ID").is_some();
    let overrides = components.iter().filter(is_override).count();
    let master = components.iter().find(|component| !is_override(component));
    master
        .or_else(|| components.first())
        .map_or_else(Facts::default, |component| Facts {
            overrides,
            ..of_component(component)
        })
}

/// SUMMARY of a message or an object as one line of text, empty when there is none.
pub fn summary(document: &Document) -> String {
    describe(document).summary
}

fn is_scheduled(component: &Component<'_>) -> bool {
    component.is("VEVENT") || component.is("VTODO")
}

fn of_component(component: &Component<'_>) -> Facts {
    Facts {
        summary: text(component, "SUMMARY").unwrap_or_default(),
        start: component
            .property("DTSTART")
            .and_then(|start| start.date_or_time()),
        end: span::end(|name| component.property(name).map(|property| property.to_buf())),
        location: text(component, "LOCATION"),
        organizer: component
            .property("ORGANIZER")
            .map(|organizer| person(&organizer)),
        attendees: component
            .properties_named("ATTENDEE")
            .map(|attendee| person(&attendee))
            .collect(),
        status: text(component, "STATUS").map(|status| status.to_ascii_uppercase()),
        rule: text(component, "RRULE"),
        overrides: 0,
    }
}

fn text(component: &Component<'_>, name: &str) -> Option<String> {
    let text = component.property(name)?.text();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

fn person(line: &impl Line) -> Person {
    let name = line.parameter("CN").map(|name| name.trim().to_owned());
    let partstat = line.parameter("PARTSTAT");
    Person {
        address: line.address(),
        name: name.filter(|name| !name.is_empty()),
        partstat: partstat.map_or_else(
            || "NEEDS-ACTION".to_owned(),
            |partstat| partstat.trim().to_ascii_uppercase(),
        ),
    }
}
