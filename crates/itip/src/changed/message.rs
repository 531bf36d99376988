//! The iCalendar text of a message that goes out (RFC 5546 section 3.2, rule F6).

use std::collections::BTreeSet;

use calendar::{ComponentBuf, DateOrTime, Item, Method, PropertyBuf, Series, ZoneSource};
use jiff::Timestamp as Instant;

use crate::clock::Clock;
use crate::incoming::Timestamp;
use crate::limits::Limits;
use crate::object::Object;

/// For how long after its end an event is still written about.
const AFTERWARDS: Timestamp = 7 * 24 * 60 * 60 * 1000;

/// A VCALENDAR with METHOD, the time zones that the components name, and each stamped now; its lines are
/// short and end in CRLF, however the owner's app wrote them (rule F7).
pub(super) fn text(
    method: Method,
    components: &[ComponentBuf],
    around: &Object<'_>,
    now: Timestamp,
) -> Vec<u8> {
    let mut whole = ComponentBuf::new("VCALENDAR");
    for (name, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//invited//itip//EN"),
        ("METHOD", method.as_str()),
    ] {
        whole.push_property(PropertyBuf::new(name, value));
    }
    for zone in zones(components, around) {
        whole.push_component(zone);
    }
    for component in components {
        whole.push_component(stamped(component, now));
    }
    calendar::refolded(&whole.to_bytes())
}

/// The VTIMEZONEs of all zones that the components name, as Outlook wants them (rule F7): those that stand
/// around the event, and for apps that write none what the name means.
fn zones(components: &[ComponentBuf], around: &Object<'_>) -> Vec<ComponentBuf> {
    let lines = components.iter().flat_map(ComponentBuf::properties);
    let names: BTreeSet<_> = lines
        .filter_map(|line| Some(line.parameter("TZID")?.trim().to_owned()))
        .collect();
    let starts = components
        .iter()
        .filter_map(|component| DateOrTime::of_component(component, "DTSTART"));
    let first = starts.map(|start| start.civil()).min();
    let zone = |name: &String| match around.zones.get(name) {
        Some(zone) => Some(zone.to_buf().into_owned()),
        None => ZoneSource::new().vtimezone(name, first?),
    };
    names.iter().filter_map(zone).collect()
}

fn stamped(component: &ComponentBuf, now: Timestamp) -> ComponentBuf {
    let mut stamped = component.clone();
    let Ok(now) = Instant::from_millisecond(now) else {
        return stamped;
    };
    let is_uid = |item: &Item| item.as_property().is_some_and(|line| line.is("UID"));
    let behind = stamped.items().iter().position(is_uid);
    if behind.is_none() || stamped.property("DTSTAMP").is_some() {
        stamped.set_property(DateOrTime::Utc(now).to_property("DTSTAMP"));
    } else {
        let line = DateOrTime::Utc(now).to_property("DTSTAMP");
        let at = behind.map_or(0, |at| at + 1);
        stamped.items_mut().insert(at, Item::Property(line));
    }
    stamped
}

/// When the last of an object ends; none where there is no end, or none that can be told.
pub(super) fn ends(object: &Object<'_>, clock: &Clock, limits: &Limits) -> Option<Timestamp> {
    let components: Vec<_> = object
        .components
        .values()
        .map(|body| body.to_buf().into_owned())
        .collect();
    let series = Series::read(&components, clock.zones(), &limits.recurrence).ok()?;
    Some(series.span().last?.as_millisecond())
}

/// Whether nothing is sent any more about what ended then.
pub(super) fn is_long_past(ends: Timestamp, now: Timestamp) -> bool {
    ends.saturating_add(AFTERWARDS) < now
}
