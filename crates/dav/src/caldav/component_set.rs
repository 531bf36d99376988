//! supported-calendar-component-set (RFC 4791, 5.2.3).

use store::Collection;

use crate::xml::{CALDAV, Element};

/// What can be in a calendar whose client asked for it.
const KNOWN: [&str; 5] = ["VEVENT", "VTODO", "VJOURNAL", "VAVAILABILITY", "VFREEBUSY"];

/// What a calendar holds of which nothing else was asked.
pub(crate) const ALL: [&str; 4] = ["VEVENT", "VTODO", "VJOURNAL", "VAVAILABILITY"];

/// What a calendar holds.
pub(crate) fn of(calendar: &Collection) -> Vec<&'static str> {
    let mut set = calendar.properties.iter();
    let set =
        set.find(|one| one.namespace == CALDAV && one.name == "supported-calendar-component-set");
    let set = set.and_then(|set| Element::parse(set.value.as_bytes()).ok());
    set.as_ref().and_then(read).unwrap_or_else(|| ALL.to_vec())
}

/// Reads the property; `None` when it names nothing, or something unknown.
pub(crate) fn read(property: &Element) -> Option<Vec<&'static str>> {
    let comps = property
        .all(CALDAV, "comp")
        .map(|comp| comp.attribute("name"));
    let known = comps.map(|name| {
        let mut all = KNOWN.into_iter();
        all.find(|known| name.is_some_and(|name| name.eq_ignore_ascii_case(known)))
    });
    let known = known.collect::<Option<Vec<_>>>()?;
    (!known.is_empty()).then_some(known)
}
