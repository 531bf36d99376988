//! Properties that a client sets: which of them may be set, and to what (RFC 4918, 9.2).

use std::borrow::Cow;

use jiff::tz::TimeZone;
use store::{CollectionKind, Property, PropertyChanges};

use super::ask;
use super::property::is_protected;
use crate::caldav::{availability, component_set, time_zone};
use crate::failure::{Failure, Outcome};
use crate::scheduling::role::DEFAULT_CALENDAR;
use crate::xml::{CALDAV, DAV, Element, Name, Xml};

/// Octets of one property.
const LONGEST: usize = 64 << 10;
/// Properties in one request.
const MOST: usize = 100;

/// What the properties are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// A collection that is being made.
    New(CollectionKind),
    /// A collection.
    Collection(CollectionKind),
    /// A member of one.
    Member,
    /// The inbox, where the default calendar is set, too. It keeps its name.
    Inbox,
    /// The account's principal, whose name is the account's.
    Principal,
    /// A home.
    Home,
    /// Anything else: nothing can be set there.
    Fixed,
}

impl Of {
    fn is_calendar(self) -> bool {
        matches!(
            self,
            Self::New(CollectionKind::Calendar) | Self::Collection(CollectionKind::Calendar)
        )
    }

    /// Whether a client can set no such property of it.
    fn has_fixed(self, name: &Name) -> bool {
        self == Self::Fixed
            || is_protected(name)
            || matches!(self, Self::Inbox | Self::Principal) && name.is(DAV, "displayname")
    }

    /// Whether its displayname is kept with it.
    fn has_own_name(self) -> bool {
        !matches!(self, Self::Member | Self::Home)
    }
}

/// The changes of a request, and why some of them cannot be made.
#[derive(Debug, Default)]
pub(crate) struct Patch {
    pub(crate) changes: PropertyChanges,
    /// The href of the calendar that becomes the default.
    pub(crate) default_calendar: Option<String>,
    /// All properties that are named.
    pub(crate) names: Vec<Name>,
    /// Those that cannot be set, with the element of the precondition.
    pub(crate) refused: Vec<(Name, &'static str)>,
}

impl Patch {
    /// Reads `set` and `remove` inside `propertyupdate`, `mkcol` or `mkcalendar`; 400 when there are more
    /// properties in them than a request may name.
    pub(crate) fn of(update: &Element, of: Of) -> Outcome<Self> {
        let named = update.elements().flat_map(|one| one.all(DAV, "prop"));
        if named.flat_map(Element::elements).count() > ask::MOST {
            return Err(Failure::bad_request());
        }
        let mut patch = Self::default();
        for instruction in update.elements() {
            let is_set = instruction.is(DAV, "set");
            if !is_set && !instruction.is(DAV, "remove") {
                continue;
            }
            for prop in instruction.all(DAV, "prop") {
                let around = [prop, instruction, update];
                let language = around.iter().find_map(|one| one.language());
                for property in prop.elements() {
                    match is_set {
                        true => patch.set(&spoken(property, language), of),
                        false => patch.remove(&property.name, of),
                    }
                }
            }
        }
        Ok(patch)
    }

    /// Notes that the property is named; each is told of once.
    fn name(&mut self, name: &Name) {
        if !self.names.contains(name) {
            self.names.push(name.clone());
        }
    }

    fn set(&mut self, property: &Element, of: Of) {
        let name = &property.name;
        if matches!(of, Of::New(_)) && name.is(DAV, "resourcetype") {
            return;
        }
        self.name(name);
        if of == Of::Inbox && name.is(CALDAV, DEFAULT_CALENDAR) {
            let href = property.child(DAV, "href").map(Element::text);
            self.default_calendar = Some(href.unwrap_or_default());
            return;
        }
        if let Some(condition) = self.refusal(property, of) {
            self.refuse(name, condition);
        } else if name.is(DAV, "displayname") && of.has_own_name() {
            self.changes.name = Some(property.text());
        } else {
            self.keep(property);
            if of == Of::Inbox
                && let Some(twin) = availability::twin(name)
            {
                self.keep(&property.renamed(twin));
            } else if of.is_calendar() {
                self.set_zone_twin(name, &property.text());
            }
        }
    }

    /// A calendar's zone by its name and by its rules say the same (RFC 7809, 5.2): what is set last.
    fn set_zone_twin(&mut self, name: &Name, value: &str) {
        let Some(twin) = time_zone::twin(name) else {
            return;
        };
        match time_zone::value_of_twin(name, value) {
            Some(value) => {
                self.forget(&twin);
                let mut xml = Xml::default();
                xml.named_text(&twin, &value);
                self.changes.set.push(Property {
                    namespace: twin.namespace,
                    name: twin.local,
                    value: xml.into_string(),
                });
            }
            None => self.drop(&twin),
        }
    }

    fn keep(&mut self, property: &Element) {
        let name = &property.name;
        self.forget(name);
        self.changes.set.push(Property {
            namespace: name.namespace.clone(),
            name: name.local.clone(),
            value: property.to_xml(),
        });
    }

    /// Refuses a property, for the first reason that is found.
    pub(crate) fn refuse(&mut self, name: &Name, condition: &'static str) {
        if !self.refused.iter().any(|(refused, _)| refused == name) {
            self.refused.push((name.clone(), condition));
        }
    }

    fn remove(&mut self, name: &Name, of: Of) {
        self.name(name);
        if of == Of::Inbox && name.is(CALDAV, DEFAULT_CALENDAR) {
            let needed = "<C:default-calendar-needed/>";
            self.refuse(name, needed);
        } else if of.has_fixed(name) {
            self.refuse(name, PROTECTED);
        } else if name.is(DAV, "displayname") && of.has_own_name() {
            self.changes.name = Some(String::new());
        } else {
            self.drop(name);
            if of == Of::Inbox
                && let Some(twin) = availability::twin(name)
            {
                self.drop(&twin);
            } else if let Some(twin) = time_zone::twin(name) {
                self.drop(&twin);
            }
        }
    }

    fn drop(&mut self, name: &Name) {
        self.forget(name);
        let name = (name.namespace.clone(), name.local.clone());
        self.changes.remove.push(name);
    }

    /// The last instruction about a property counts.
    fn forget(&mut self, name: &Name) {
        self.changes
            .set
            .retain(|one| !name.is(&one.namespace, &one.name));
        self.changes
            .remove
            .retain(|(namespace, local)| !name.is(namespace, local));
    }

    fn refusal(&self, property: &Element, of: Of) -> Option<&'static str> {
        let name = &property.name;
        let is_new_calendar = of == Of::New(CollectionKind::Calendar);
        if is_new_calendar && name.is(CALDAV, "supported-calendar-component-set") {
            let is_known = component_set::read(property).is_some();
            return (!is_known).then_some("<C:supported-calendar-component/>");
        }
        if of.has_fixed(name) {
            return Some(PROTECTED);
        }
        if property.to_xml().len() > LONGEST || self.names.len() > MOST {
            return Some("<D:quota-not-exceeded/>");
        }
        if name.is(CALDAV, "calendar-timezone") {
            let zone: Option<TimeZone> = time_zone::of_calendar(&property.text());
            return zone.is_none().then_some("<C:valid-calendar-data/>");
        }
        if name.is(CALDAV, "calendar-timezone-id") {
            let zone = time_zone::of_id(&property.text());
            return zone.is_none().then_some("<C:valid-timezone/>");
        }
        if of == Of::Inbox && availability::is(name) {
            let is_valid = availability::is_valid(&property.text());
            return (!is_valid).then_some("<C:valid-calendar-data/>");
        }
        None
    }
}

/// A property with the language of what is around it (RFC 4918, 4.3).
fn spoken<'a>(property: &'a Element, language: Option<&str>) -> Cow<'a, Element> {
    match language {
        None => Cow::Borrowed(property),
        Some(language) => {
            let mut property = property.clone();
            property.speak(language);
            Cow::Owned(property)
        }
    }
}

const PROTECTED: &str = "<D:cannot-modify-protected-property/>";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_an_end_of_what_is_set() {
        let patched = |count: usize| {
            let names: String = (0..count).map(|number| format!("<p{number}/>")).collect();
            let text = format!(
                "<propertyupdate xmlns=\"DAV:\"><set><prop>{names}</prop></set></propertyupdate>"
            );
            Patch::of(&Element::parse(text.as_bytes()).unwrap(), Of::Member)
        };
        assert!(patched(MOST).unwrap().refused.is_empty());
        assert_eq!(patched(MOST + 1).unwrap().refused.len(), 1);
        assert!(patched(ask::MOST + 1).is_err());
    }
}
