//! The zone that floating times and days of a calendar count in (RFC 4791, 5.2.2; RFC 7809, 5.2).

use std::sync::OnceLock;

use calendar::{Document, Limits, ZoneSource, Zones};
use jiff::tz::TimeZone;
use store::Collection;

use crate::failure::{Failure, Outcome};
use crate::xml::{CALDAV, Element};

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
    let by_id = value("calendar-timezone-id").and_then(|id| of_id(&id));
    by_id
        .or_else(|| of_calendar(&value("calendar-timezone")?))
        .unwrap_or(TimeZone::UTC)
}

/// The zone of a name.
pub(crate) fn of_id(id: &str) -> Option<TimeZone> {
    source().resolve(id.trim())
}

/// The zone of a VCALENDAR with one VTIMEZONE.
pub(crate) fn of_calendar(text: &str) -> Option<TimeZone> {
    let document = Document::parse(text.trim(), &Limits::default()).ok()?;
    let mut calendars = document.components();
    let calendar = calendars.next().filter(|one| one.is("VCALENDAR"))?;
    let mut zones = calendar.components().filter(|one| one.is("VTIMEZONE"));
    let zone = zones.next()?;
    let is_alone = calendars.next().is_none() && zones.next().is_none();
    let tzid = zone.property("TZID")?;
    let known = Zones::of_calendar(&calendar.to_buf(), source(), TimeZone::UTC);
    known.zone(&tzid.value()).filter(|_| is_alone)
}
