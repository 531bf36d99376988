//! The zone that floating times and days of a calendar count in (RFC 4791, 5.2.2; RFC 7809, 5.2).

use std::sync::OnceLock;

use calendar::{ComponentBuf, Document, Limits, PropertyBuf, ZoneSource, Zones};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use store::Collection;

use crate::failure::{Failure, Outcome};
use crate::xml::{CALDAV, Element, Name};

/// Zones are written as they are since then.
const SINCE: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// The properties of a calendar that say its zone.
const BY_NAME: &str = "calendar-timezone-id";
const BY_RULES: &str = "calendar-timezone";

/// What made calendars of ours.
pub(crate) const PRODUCT: &str = "-//invited//invited//EN";

/// Where zones are looked up.
pub(crate) fn source() -> ZoneSource {
    static SOURCE: OnceLock<ZoneSource> = OnceLock::new();
    SOURCE.get_or_init(ZoneSource::new).clone()
}

/// The zone of a query: what it says itself, else its calendar's, else UTC.
pub(crate) fn of_query(query: &Element, calendar: &Collection) -> Outcome<TimeZone> {
    if let Some(id) = query.child(CALDAV, "timezone-id") {
        return of_id(&id.text()).ok_or_else(|| Failure::refused("C:valid-timezone"));
    }
    if let Some(text) = query.child(CALDAV, "timezone") {
        return of_calendar(&text.text()).ok_or_else(|| Failure::refused("C:valid-calendar-data"));
    }
    Ok(of(calendar))
}

/// The zone of a calendar.
pub(crate) fn of(calendar: &Collection) -> TimeZone {
    let value = |name: &str| {
        let mut set = calendar.properties.iter();
        let set = set.find(|one| one.namespace == CALDAV && one.name == name)?;
        Some(Element::parse(set.value.as_bytes()).ok()?.text())
    };
    let by_id = value(BY_NAME).and_then(|id| of_id(&id));
    by_id
        .or_else(|| of_calendar(&value(BY_RULES)?))
        .unwrap_or(TimeZone::UTC)
}

/// The zone of a name.
pub(crate) fn of_id(id: &str) -> Option<TimeZone> {
    source().resolve(id.trim())
}

/// The property that says the same of a calendar as this one.
pub(crate) fn twin(name: &Name) -> Option<Name> {
    let twin = match name {
        _ if name.is(CALDAV, BY_NAME) => BY_RULES,
        _ if name.is(CALDAV, BY_RULES) => BY_NAME,
        _ => return None,
    };
    Some(Name::new(CALDAV, twin))
}

/// What the twin of a property says when this one has a value; `None`: nothing, for the zone has no name.
pub(crate) fn value_of_twin(name: &Name, value: &str) -> Option<String> {
    match name.is(CALDAV, BY_NAME) {
        true => calendar_of_id(value),
        false => id_of_calendar(value),
    }
}

/// The zone of a VCALENDAR with one VTIMEZONE and nothing else.
pub(crate) fn of_calendar(text: &str) -> Option<TimeZone> {
    let (tzid, calendar) = read(text)?;
    Zones::of_calendar(&calendar, source(), TimeZone::UTC).zone(&tzid)
}

/// Its name, if every calendar app knows it.
fn id_of_calendar(text: &str) -> Option<String> {
    let (tzid, _) = read(text)?;
    let is_iana = TimeZone::get(&tzid).is_ok();
    is_iana.then_some(tzid)
}

/// The VCALENDAR with the VTIMEZONE of a name.
fn calendar_of_id(id: &str) -> Option<String> {
    let vtimezone = source().vtimezone(id.trim(), SINCE)?;
    let mut calendar = ComponentBuf::new("VCALENDAR");
    calendar.push_property(PropertyBuf::new("VERSION", "2.0"));
    calendar.push_property(PropertyBuf::new("PRODID", PRODUCT));
    calendar.push_component(vtimezone);
    String::from_utf8(calendar.to_bytes()).ok()
}

/// TZID, and the calendar around it.
fn read(text: &str) -> Option<(String, ComponentBuf)> {
    let document = Document::parse(text.trim(), &Limits::default()).ok()?;
    let mut calendars = document.components();
    let calendar = calendars.next().filter(|one| one.is("VCALENDAR"))?;
    let mut parts = calendar.components();
    let zone = parts.next().filter(|one| one.is("VTIMEZONE"))?;
    let is_alone = calendars.next().is_none() && parts.next().is_none();
    let tzid = zone.property("TZID")?.value().trim().to_owned();
    (is_alone && document.is_well_nested() && !tzid.is_empty()).then(|| (tzid, calendar.to_buf()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: &str = "BEGIN:VTIMEZONE\nTZID:Here\nBEGIN:STANDARD\nDTSTART:19700101T000000\n\
        TZOFFSETFROM:+0300\nTZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE\n";

    fn calendar(inner: &str) -> String {
        format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{inner}END:VCALENDAR\n")
    }

    #[test]
    fn a_zone_comes_in_a_calendar_of_its_own() {
        assert!(of_calendar(&calendar(ZONE)).is_some());
        let event = "BEGIN:VEVENT\nUID:a\nDTSTART:20270101T000000Z\nEND:VEVENT\n";
        for wrong in [
            ZONE,
            "",
            &calendar(""),
            &calendar(event),
            &calendar(&ZONE.repeat(2)),
            &calendar(&format!("{ZONE}{event}")),
            &calendar(&ZONE.replace("TZID:Here\n", "")),
            &calendar(&ZONE.replace("Here", "")),
            &calendar(&ZONE.replace("+0300", "east")),
        ] {
            assert!(of_calendar(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_zone_of_the_world_is_told_by_name_and_by_rules() {
        let rules = calendar_of_id("Europe/Berlin").unwrap();
        assert_eq!(id_of_calendar(&rules).as_deref(), Some("Europe/Berlin"));
        assert!(of_calendar(&rules).is_some());
        assert_eq!(id_of_calendar(&calendar(ZONE)), None);
        assert_eq!(calendar_of_id("Atlantis/Harbour"), None);
    }
}
