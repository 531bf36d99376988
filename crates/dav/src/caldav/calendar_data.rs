//! calendar-data: whole, in part, expanded, or with fewer overrides (RFC 4791, 9.6).

use std::borrow::Cow;
use std::ops::Range;

use calendar::{ComponentBuf, DateOrTime, Instance, InstanceSource, Item, Series};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::Collection;

use super::free_busy;
use super::occurrence::{Occurrences, overlaps};
use super::range::{self, Ends};
use super::time_zone;
use crate::failure::{Failure, Outcome};
use crate::webdav::ask::Ask;
use crate::xml::{CALDAV, Element};

/// The most instances that one object expands to; one that has more is given with its rules.
const MOST: usize = 5000;

/// The components that can recur.
const RECURRING: [&str; 3] = ["VEVENT", "VTODO", "VJOURNAL"];

/// How a client wants calendar data.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    zone: TimeZone,
    shape: Option<Shape>,
    free_busy: Option<Range<Timestamp>>,
    part: Option<Part>,
}

#[derive(Debug, Clone)]
enum Shape {
    Expand(Range<Timestamp>),
    LimitOverrides(Range<Timestamp>),
}

/// Which properties and components of a component are wanted; `None`: all.
#[derive(Debug, Clone)]
struct Part {
    name: String,
    /// Names, and whether without values.
    properties: Option<Vec<(String, bool)>>,
    components: Option<Vec<Part>>,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            shape: None,
            free_busy: None,
            part: None,
        }
    }
}

impl Wish {
    /// What is asked of members of this collection.
    pub(crate) fn of(ask: &Ask, collection: &Collection) -> Outcome<Self> {
        Self::in_zone(ask, time_zone::of(collection))
    }

    /// The same with days and floating times of a zone.
    pub(crate) fn in_zone(ask: &Ask, zone: TimeZone) -> Outcome<Self> {
        let mut wish = Self {
            zone,
            ..Self::default()
        };
        let (Ask::These(asked) | Ask::All(asked)) = ask else {
            return Ok(wish);
        };
        let Some(data) = asked.iter().find(|one| one.is(CALDAV, "calendar-data")) else {
            return Ok(wish);
        };
        let kind = data.attribute("content-type").unwrap_or("text/calendar");
        let version = data.attribute("version").unwrap_or("2.0");
        if !kind.eq_ignore_ascii_case("text/calendar") || version != "2.0" {
            return Err(Failure::refused("C:supported-calendar-data"));
        }
        if let Some(expand) = data.child(CALDAV, "expand") {
            wish.shape = Some(Shape::Expand(range::read(expand, Ends::Both)?));
        } else if let Some(limit) = data.child(CALDAV, "limit-recurrence-set") {
            wish.shape = Some(Shape::LimitOverrides(range::read(limit, Ends::Both)?));
        }
        if let Some(limit) = data.child(CALDAV, "limit-freebusy-set") {
            wish.free_busy = Some(range::read(limit, Ends::Both)?);
        }
        wish.part = data.child(CALDAV, "comp").map(Part::read).transpose()?;
        Ok(wish)
    }

    /// A stored object as it is wanted.
    pub(crate) fn print<'t>(&self, text: &'t [u8]) -> Cow<'t, str> {
        let shaped = match (&self.shape, &self.free_busy, &self.part) {
            (None, None, None) => None,
            _ => self.shaped(text),
        };
        match shaped {
            Some(made) => Cow::Owned(String::from_utf8_lossy(&made).into_owned()),
            None => String::from_utf8_lossy(text),
        }
    }

    fn shaped(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut object = Occurrences::read(text, &self.zone)?;
        match &self.shape {
            Some(Shape::Expand(window)) => expand(&mut object, window),
            Some(Shape::LimitOverrides(window)) => limit_overrides(&mut object, window),
            None => {}
        }
        if let Some(window) = &self.free_busy {
            limit_free_busy(&mut object.calendar, window);
        }
        if let Some(part) = &self.part {
            part.cut(&mut object.calendar);
        }
        Some(object.calendar.to_bytes())
    }
}

/// Puts the instances of a window in place of rules and zones. What cannot be told stays as it is.
fn expand(object: &mut Occurrences, window: &Range<Timestamp>) {
    let kinds = RECURRING.into_iter();
    let kinds: Vec<&str> = kinds
        .filter(|kind| !object.parts(kind).is_empty())
        .collect();
    let mut expanded = Vec::new();
    for kind in &kinds {
        let parts = object.parts(kind);
        let Some(series) = object.series(&parts) else {
            return;
        };
        let instances = series.instances(window.clone()).take(MOST + 1);
        let Ok(instances) = instances.collect::<Result<Vec<_>, _>>() else {
            return;
        };
        if instances.len() > MOST {
            return;
        }
        let master = parts
            .iter()
            .find(|part| part.property("RECURRENCE-ID").is_none());
        for instance in instances {
            let source = match instance.source {
                InstanceSource::Master => master,
                InstanceSource::Override(index) => parts.get(index),
            };
            expanded
                .extend(source.map(|source| single(object, &series, &parts, &instance, source)));
        }
    }
    object.calendar.retain(|item| match item.as_component() {
        Some(part) => !part.is("VTIMEZONE") && !kinds.iter().any(|kind| part.is(kind)),
        None => true,
    });
    for part in expanded {
        object.calendar.push_component(part);
    }
}

/// One instance as a component of its own, in UTC.
fn single(
    object: &Occurrences,
    series: &Series,
    parts: &[&ComponentBuf],
    instance: &Instance,
    source: &ComponentBuf,
) -> ComponentBuf {
    let mut single = source.clone();
    let zone = object.zones.local();
    let is_day = DateOrTime::of_component(source, "DTSTART").is_some_and(|start| start.is_date());
    let at = |instant: Timestamp| match is_day {
        true => DateOrTime::Date(zone.to_datetime(instant).date()),
        false => DateOrTime::Utc(instant),
    };
    for name in ["RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"] {
        single.remove_properties(name);
    }
    for (name, instant) in [
        ("DTSTART", instance.start),
        ("DTEND", instance.end),
        ("DUE", instance.end),
    ] {
        if source.property(name).is_some() {
            single.set_property(at(instant).to_property(name));
        }
    }
    let recurs = |part: &&ComponentBuf| {
        let names = ["RRULE", "RDATE", "RECURRENCE-ID"];
        names.iter().any(|name| part.property(name).is_some())
    };
    if parts.iter().any(recurs) {
        let id = match series.value_of(instance.recurrence_id) {
            DateOrTime::Date(day) => DateOrTime::Date(day),
            _ => DateOrTime::Utc(instance.recurrence_id.instant),
        };
        single.set_property(id.to_property("RECURRENCE-ID"));
    }
    single
}

/// Drops overrides that neither are in the window nor were before they moved (RFC 4791, 9.6.6).
fn limit_overrides(object: &mut Occurrences, window: &Range<Timestamp>) {
    for kind in RECURRING {
        let parts = object.parts(kind);
        if parts.is_empty() {
            continue;
        }
        let in_window = object.in_window(&parts, window);
        let keep = parts.iter().zip(in_window).map(|(part, is_in)| {
            let named = object.instant(part, "RECURRENCE-ID");
            is_in || named.is_none_or(|named| overlaps(named, named, window))
        });
        let keep: Vec<bool> = keep.collect();
        let mut keep = keep.into_iter();
        object.calendar.retain(|item| match item.as_component() {
            Some(part) if part.is(kind) => keep.next().unwrap_or(true),
            _ => true,
        });
    }
}

/// Drops the FREEBUSY periods that have no part in the window (RFC 4791, 9.6.7).
fn limit_free_busy(calendar: &mut ComponentBuf, window: &Range<Timestamp>) {
    for part in calendar.components_mut() {
        if !part.is("VFREEBUSY") {
            continue;
        }
        for property in part.properties_mut().filter(|one| one.is("FREEBUSY")) {
            let value = property.value().into_owned();
            let kept = value.split(',').filter(|text| {
                free_busy::period(text).is_none_or(|(start, end)| overlaps(start, end, window))
            });
            let kept: Vec<&str> = kept.collect();
            property.set_value(&kept.join(","));
        }
        part.retain(|item| match item {
            Item::Property(one) => !one.is("FREEBUSY") || !one.value().is_empty(),
            _ => true,
        });
    }
}

impl Part {
    fn read(element: &Element) -> Outcome<Self> {
        let name = element.attribute("name").ok_or_else(Failure::bad_request)?;
        let properties = element.all(CALDAV, "prop").map(|property| {
            let name = property
                .attribute("name")
                .ok_or_else(Failure::bad_request)?;
            let has_no_value = property.attribute("novalue") == Some("yes");
            Ok((name.to_owned(), has_no_value))
        });
        let components = element.all(CALDAV, "comp").map(Self::read);
        let is_all = |tag| element.child(CALDAV, tag).is_some();
        Ok(Self {
            name: name.to_owned(),
            properties: match is_all("allprop") {
                true => None,
                false => Some(properties.collect::<Outcome<_>>()?),
            },
            components: match is_all("allcomp") {
                true => None,
                false => Some(components.collect::<Outcome<_>>()?),
            },
        })
    }

    /// Leaves of a component what is wanted.
    fn cut(&self, component: &mut ComponentBuf) {
        if !component.is(&self.name) {
            return;
        }
        let property = |name: &str| {
            let mut wanted = self.properties.iter().flatten();
            wanted.find(|(wanted, _)| wanted.eq_ignore_ascii_case(name))
        };
        component.retain(|item| match item {
            Item::Property(one) => self.properties.is_none() || property(one.name()).is_some(),
            Item::Component(one) => {
                let mut wanted = self.components.iter().flatten();
                self.components.is_none() || wanted.any(|part| one.is(&part.name))
            }
            Item::Stray(_) => false,
        });
        for item in component.properties_mut() {
            if property(item.name()).is_some_and(|(_, has_no_value)| *has_no_value) {
                item.set_value("");
            }
        }
        for inner in component.components_mut() {
            for part in self.components.iter().flatten() {
                part.cut(inner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stored object as the inside of `calendar-data` wants it.
    fn printed(inside: &str, stored: &str) -> String {
        let data = format!(
            "<prop xmlns='DAV:'><C:calendar-data xmlns:C='{CALDAV}'>{inside}</C:calendar-data></prop>"
        );
        let prop = Element::parse(data.as_bytes()).unwrap();
        let ask = Ask::These(prop.elements().cloned().collect());
        let wish = Wish::in_zone(&ask, TimeZone::UTC).unwrap();
        wish.print(stored.as_bytes()).into_owned()
    }

    #[test]
    fn what_has_too_many_instances_is_given_with_its_rule() {
        let every_minute = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20270101T000000Z\r\n\
            RRULE:FREQ=MINUTELY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let until = |end: &str| {
            let expand = format!("<C:expand start='20270101T000000Z' end='{end}'/>");
            printed(&expand, every_minute)
        };
        assert_eq!(
            until("20270104T112000Z").matches("BEGIN:VEVENT").count(),
            MOST
        );
        assert_eq!(until("20270104T112100Z"), every_minute);
    }

    #[test]
    fn busy_times_outside_of_the_window_are_left_out() {
        let stored = "BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\nUID:a\r\n\
            FREEBUSY:20270101T090000Z/PT1H,20270201T090000Z/PT1H\r\n\
            FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270103T090000Z/20270103T100000Z\r\n\
            END:VFREEBUSY\r\nEND:VCALENDAR\r\n";
        let limit = "<C:limit-freebusy-set start='20270201T093000Z' end='20270202T000000Z'/>";
        assert_eq!(
            printed(limit, stored),
            "BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\nUID:a\r\n\
             FREEBUSY:20270201T090000Z/PT1H\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"
        );
    }
}
