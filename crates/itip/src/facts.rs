//! What a person wants to know of an object or one of its components at a glance.

use calendar::{
    CalendarUserAddress, Component, ComponentBuf, DateOrTime, Document, Kind, Limits, PropertyBuf,
    ZoneSource, Zones,
};
use jiff::tz::TimeZone;

use crate::line::{Line, RESPONSE_COMMENT};
use crate::moment::Moment;
use crate::object::calendar_of;
use crate::pattern::{End, Recurrence};
use crate::span;

/// The facts of one event or to-do, those of the master or else of the first override.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What it is.
    pub kind: Option<Kind>,
    /// SUMMARY as one line of text, blanks around it removed.
    pub summary: String,
    /// DTSTART.
    pub start: Option<Moment>,
    /// DTEND or DUE, or DTSTART with DURATION; as written, for a date the day after.
    pub end: Option<Moment>,
    /// LOCATION, none when empty.
    pub location: Option<String>,
    /// ORGANIZER.
    pub organizer: Option<Person>,
    /// ATTENDEEs in order.
    pub attendees: Vec<Person>,
    /// STATUS in capitals.
    pub status: Option<String>,
    /// How it recurs by its RRULE; none for a single event.
    pub recurrence: Option<Recurrence>,
    /// How many overrides there are.
    pub overrides: usize,
    /// Whether any component names an ORGANIZER, so that changes of it may be mailed (RFC 6638 section
    /// 3.1).
    pub is_meeting: bool,
}

/// An organizer or attendee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The address, `mailto:` removed.
    pub address: CalendarUserAddress,
    /// EMAIL, the person's own address where the other is that of a service (rule A7).
    pub email: Option<CalendarUserAddress>,
    /// CN, none when empty.
    pub name: Option<String>,
    /// PARTSTAT in capitals; `NEEDS-ACTION` when it is missing.
    pub partstat: String,
    /// The comment of the person's answer.
    pub comment: Option<String>,
}

impl Facts {
    /// The PARTSTAT of the attendee who has one of these addresses.
    pub fn partstat_of(&self, addresses: &[String]) -> Option<&str> {
        let own = self
            .attendees
            .iter()
            .find(|person| person.is_one_of(addresses));
        own.map(|person| person.partstat.as_str())
    }

    /// Whether the organizer has one of these addresses.
    pub fn is_organized_by(&self, addresses: &[String]) -> bool {
        let organizer = self.organizer.as_ref();
        organizer.is_some_and(|organizer| organizer.is_one_of(addresses))
    }
}

impl Person {
    /// Whether one of an account's addresses is the person's.
    pub fn is_one_of(&self, addresses: &[String]) -> bool {
        let account = crate::stored::Account { addresses };
        let owner = crate::owner::Owner::of(&account);
        let mut known = std::iter::once(&self.address).chain(&self.email);
        known.any(|address| owner.has(address))
    }

    /// Whether both are one person, by their addresses.
    pub fn is_same(&self, other: &Self) -> bool {
        self.address.same_ignoring_case(&other.address)
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
    let Some(component) = master.or_else(|| components.first()) else {
        return Facts::default();
    };
    Facts {
        overrides,
        is_meeting: components.iter().any(has_organizer),
        ..of_component(&component.to_buf(), &zones(document))
    }
}

fn has_organizer(component: &Component<'_>) -> bool {
    let mut organizers = component.properties_named("ORGANIZER");
    organizers.any(|line| names_somebody(&line.value()))
}

/// Apps leave a blank ORGANIZER behind when a meeting becomes an event of one's own.
fn names_somebody(organizer: &str) -> bool {
    !organizer.trim().is_empty()
}

/// SUMMARY of a message or an object as one line of text, empty when there is none.
pub fn summary(document: &Document) -> String {
    let is_override = |component: &Component<'_>| component.property("RECURRENCE-ID").is_some();
    let mut components = document.descendants().filter(is_scheduled);
    let first = components.next();
    let master = first
        .into_iter()
        .chain(components)
        .find(|component| !is_override(component));
    let component = master.or(first);
    component
        .and_then(|component| one_line(component.property("SUMMARY")?.text()))
        .unwrap_or_default()
}

fn is_scheduled(component: &Component<'_>) -> bool {
    component.is("VEVENT") || component.is("VTODO")
}

/// The zones of a message or an object; whole days and floating times count in UTC.
pub(crate) fn zones(document: &Document) -> Zones {
    let source = ZoneSource::new();
    match calendar_of(document) {
        Some(calendar) => Zones::of_calendar(&calendar.to_buf(), source, TimeZone::UTC),
        None => Zones::new(source, TimeZone::UTC),
    }
}

/// The facts of one component.
pub(crate) fn of_component(component: &ComponentBuf, zones: &Zones) -> Facts {
    let moment = |value: DateOrTime| Moment::of(&value, zones);
    let start = DateOrTime::of_component(component, "DTSTART").map(moment);
    let end = span::end(|name| component.property(name).cloned());
    let mut organizers = component.properties_named("ORGANIZER");
    let organizer = organizers.find(|line| names_somebody(&line.value()));
    Facts {
        kind: [Kind::Event, Kind::Todo]
            .into_iter()
            .find(|kind| component.is(kind.component_name())),
        summary: text(component, "SUMMARY").unwrap_or_default(),
        // Zoom writes TZID beside the times: the end is on the clock of the start.
        end: end.map(moment).map(|end| match &start {
            Some(start) if end.clock == crate::moment::Clock::Floating => Moment {
                clock: start.clock.clone(),
                ..end
            },
            _ => end,
        }),
        location: text(component, "LOCATION"),
        organizer: organizer.map(person),
        attendees: component.properties_named("ATTENDEE").map(person).collect(),
        status: text(component, "STATUS").map(|status| status.to_ascii_uppercase()),
        recurrence: start
            .as_ref()
            .and_then(|start| recurrence(component, start, zones)),
        start,
        overrides: 0,
        is_meeting: organizer.is_some(),
    }
}

fn recurrence(component: &ComponentBuf, start: &Moment, zones: &Zones) -> Option<Recurrence> {
    let rules: Vec<_> = component
        .properties_named("RRULE")
        .map(|rule| rule.value().into_owned())
        .collect();
    match rules.as_slice() {
        [] => None,
        [rule] => Some(Recurrence::of(rule, start, zones)),
        several => Some(Recurrence {
            text: several.join(" "),
            pattern: None,
            end: End::Never,
        }),
    }
}

fn text(component: &ComponentBuf, name: &str) -> Option<String> {
    one_line(component.property(name)?.unescaped())
}

fn one_line(text: String) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

fn person(line: &PropertyBuf) -> Person {
    let name = line.parameter("CN").map(|name| name.trim().to_owned());
    Person {
        address: line.address(),
        email: line
            .parameter("EMAIL")
            .map(|email| CalendarUserAddress::parse(&email)),
        name: name.filter(|name| !name.is_empty()),
        partstat: line.partstat(),
        comment: line
            .parameter(RESPONSE_COMMENT)
            .and_then(|comment| one_line(comment.into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_organizer_is_none() {
        let facts = |organizer: &str| {
            let text = format!(
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\n{organizer}END:VEVENT\r\nEND:VCALENDAR\r\n"
            );
            let facts = facts(text.as_bytes());
            let component = Document::parse(text, &Limits::default()).unwrap();
            let component = component.descendants().find(is_scheduled).unwrap().to_buf();
            let one = of_component(&component, &Zones::new(ZoneSource::new(), TimeZone::UTC));
            [
                facts.organizer.is_some(),
                facts.is_meeting,
                one.organizer.is_some(),
                one.is_meeting,
            ]
        };
        assert_eq!(facts("ORGANIZER;CN=Bob: \r\n"), [false; 4]);
        assert_eq!(
            facts("ORGANIZER:\r\nORGANIZER:mailto:b@example.com\r\n"),
            [true; 4]
        );
    }
}
