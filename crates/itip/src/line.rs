//! What the rules read of a content line, borrowed or owned.

use std::borrow::Cow;

use calendar::{CalendarUserAddress, DateOrTime, Property, PropertyBuf};

/// The PARTSTAT of who has not answered, whether it is written or not (RFC 5545 section 3.2.12).
pub(crate) const NEEDS_ACTION: &str = "NEEDS-ACTION";

/// Where Google Calendar, too, keeps the comment of an answer: on its attendee's line.
pub(crate) const RESPONSE_COMMENT: &str = "X-RESPONSE-COMMENT";

/// A content line of either form.
pub(crate) trait Line {
    /// Whether it has this name.
    fn is(&self, name: &str) -> bool;
    /// The value, unfolded.
    fn value(&self) -> Cow<'_, str>;
    /// The first value of a parameter.
    fn parameter(&self, name: &str) -> Option<Cow<'_, str>>;
    /// Every value of a parameter.
    fn parameter_values(&self, name: &str) -> Vec<String>;

    /// PARTSTAT in capitals.
    fn partstat(&self) -> String {
        let written = self.parameter("PARTSTAT");
        written.map_or_else(
            || NEEDS_ACTION.to_owned(),
            |partstat| partstat.trim().to_ascii_uppercase(),
        )
    }

    /// The value as a calendar user address.
    fn address(&self) -> CalendarUserAddress {
        CalendarUserAddress::parse(&self.value())
    }

    /// The addresses that name the person of the line: its value and its EMAIL parameter (rule A7).
    fn names(&self) -> Vec<CalendarUserAddress> {
        let email = self.parameter("EMAIL");
        std::iter::once(self.address())
            .chain(email.map(|email| CalendarUserAddress::parse(&email)))
            .filter(|address| !address.as_str().is_empty())
            .collect()
    }

    /// Whether the person of the line has this address.
    fn is_named(&self, address: &CalendarUserAddress) -> bool {
        self.names()
            .iter()
            .any(|name| name.same_ignoring_case(address))
    }
}

/// What a line says: its name, its parameters, its value.
pub(crate) type Content = (String, Vec<(String, Vec<String>)>, String);

/// What a line says, in a form in which equal lines are equal: name without case, parameters in order,
/// value.
pub(crate) fn content(line: &PropertyBuf) -> Content {
    let mut parameters = line.parameters();
    for (name, values) in &mut parameters {
        name.make_ascii_uppercase();
        values.sort_unstable();
    }
    parameters.sort_unstable();
    let name = line.name().to_ascii_uppercase();
    (name, parameters, PropertyBuf::value(line).into_owned())
}

/// A floating time of a component that has TZID as a property, as Zoom writes, is one of that zone.
pub(crate) fn within(value: Option<DateOrTime>, zone: Option<&str>) -> Option<DateOrTime> {
    match (value?, zone.map(str::trim).filter(|zone| !zone.is_empty())) {
        (DateOrTime::Floating(civil), Some(zone)) => Some(DateOrTime::Zoned {
            civil,
            tzid: zone.to_owned(),
        }),
        (value, _) => Some(value),
    }
}

impl Line for Property<'_> {
    fn is(&self, name: &str) -> bool {
        Property::is(self, name)
    }

    fn value(&self) -> Cow<'_, str> {
        Property::value(self)
    }

    fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        Property::parameter(self, name)
    }

    fn parameter_values(&self, name: &str) -> Vec<String> {
        Property::parameter_values(self, name)
    }
}

impl Line for PropertyBuf {
    fn is(&self, name: &str) -> bool {
        PropertyBuf::is(self, name)
    }

    fn value(&self) -> Cow<'_, str> {
        PropertyBuf::value(self)
    }

    fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        PropertyBuf::parameter(self, name)
    }

    fn parameter_values(&self, name: &str) -> Vec<String> {
        PropertyBuf::parameter_values(self, name)
    }
}
