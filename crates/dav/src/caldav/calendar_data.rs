//! calendar-data: whole, in part, expanded, or with fewer overrides (RFC 4791, 9.6).

use std::ops::Range;

use calendar::{ComponentBuf, DateOrTime, Instance, Item, shifted};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::Collection;

use super::free_busy;
use super::occurrence::{Occurrences, overlaps};
use super::range::{self, Ends};
use super::recurrence_set::RecurrenceSet;
use super::time_zone;
use crate::Limits;
use crate::budget::Budget;
use crate::failure::{Failure, Outcome};
use crate::webdav::ask::Ask;
use crate::xml::{CALDAV, Element};

/// The components that can recur.
const RECURRING: [&str; 3] = ["VEVENT", "VTODO", "VJOURNAL"];

/// How a client wants calendar data.
#[derive(Debug)]
pub(crate) struct Wish {
    zone: TimeZone,
    shape: Option<Shape>,
    free_busy: Option<Range<Timestamp>>,
    part: Option<Part>,
    /// The most instances that one object expands to.
    instances: usize,
    /// Octets that the instances of one object may take together.
    octets: usize,
    /// That of the whole request.
    pub(crate) budget: Budget,
}

/// The object is too much to be expanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMuch;

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
        Self::whole(TimeZone::UTC, &Limits::default())
    }
}

impl Wish {
    fn whole(zone: TimeZone, limits: &Limits) -> Self {
        Self {
            zone,
            shape: None,
            free_busy: None,
            part: None,
            instances: limits.instances,
            octets: limits.expanded,
            budget: Budget::of(limits),
        }
    }

    /// What is asked of members of this collection.
    pub(crate) fn of(ask: &Ask, collection: &Collection, limits: &Limits) -> Outcome<Self> {
        Self::in_zone(ask, time_zone::of(collection), limits)
    }

    /// The same with days and floating times of a zone.
    pub(crate) fn in_zone(ask: &Ask, zone: TimeZone, limits: &Limits) -> Outcome<Self> {
        let mut wish = Self::whole(zone, limits);
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

    /// Whether stored objects are to be given as they are.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(
            (&self.shape, &self.free_busy, &self.part),
            (None, None, None)
        )
    }

    /// A stored object as it is wanted; `None`: as it is.
    pub(crate) fn shaped(&self, text: &[u8]) -> Result<Option<Vec<u8>>, TooMuch> {
        if self.is_plain() {
            return Ok(None);
        }
        let Some(mut object) = Occurrences::read(text, &self.zone, &self.budget) else {
            return Ok(None);
        };
        match &self.shape {
            Some(Shape::Expand(window)) => self.expand(&mut object, window)?,
            Some(Shape::LimitOverrides(window)) => limit_overrides(&mut object, window),
            None => {}
        }
        if let Some(window) = &self.free_busy {
            limit_free_busy(&mut object.calendar, window);
        }
        if let Some(part) = &self.part {
            part.cut(&mut object.calendar);
        }
        Ok(Some(object.calendar.to_bytes()))
    }

    /// Puts the instances of a window in place of rules and zones. What cannot be told stays as it is.
    fn expand(
        &self,
        object: &mut Occurrences<'_>,
        window: &Range<Timestamp>,
    ) -> Result<(), TooMuch> {
        let kinds = RECURRING.into_iter();
        let kinds: Vec<&str> = kinds
            .filter(|kind| !object.parts(kind).is_empty())
            .collect();
        let mut expanded = Vec::new();
        for kind in &kinds {
            let parts = object.parts(kind);
            let Some(set) = RecurrenceSet::of(object, &parts) else {
                return match self.budget.is_used_up() {
                    true => Err(TooMuch),
                    false => Ok(()),
                };
            };
            expanded.extend(self.instances(object, &parts, &set, window)?);
        }
        object.calendar.retain(|item| match item.as_component() {
            Some(part) => !part.is("VTIMEZONE") && !kinds.iter().any(|kind| part.is(kind)),
            None => true,
        });
        for part in expanded {
            object.calendar.push_component(part);
        }
        Ok(())
    }

    /// The instances of one kind, if they are not too many or too long.
    fn instances(
        &self,
        object: &Occurrences<'_>,
        parts: &[&ComponentBuf],
        set: &RecurrenceSet<'_>,
        window: &Range<Timestamp>,
    ) -> Result<Vec<ComponentBuf>, TooMuch> {
        let lengths: Vec<usize> = parts.iter().map(|part| part.to_bytes().len()).collect();
        let (mut expanded, mut octets) = (Vec::new(), 0);
        for told in set.instances(window.clone()) {
            let (source, instance) = told.map_err(|_| TooMuch)?;
            let Some(place) = source else {
                continue;
            };
            octets += lengths.get(place).copied().unwrap_or_default();
            if expanded.len() >= self.instances || octets > self.octets {
                return Err(TooMuch);
            }
            let source = parts.get(place);
            expanded.extend(source.map(|source| single(object, set, parts, &instance, source)));
        }
        self.budget.take_reading(octets);
        match self.budget.is_used_up() {
            true => Err(TooMuch),
            false => Ok(expanded),
        }
    }
}

/// One instance as a component of its own, in UTC.
fn single(
    object: &Occurrences<'_>,
    set: &RecurrenceSet<'_>,
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
        let id = match set.series.value_of(instance.recurrence_id) {
            DateOrTime::Date(day) => DateOrTime::Date(day),
            _ => DateOrTime::Utc(instance.recurrence_id.instant),
        };
        single.set_property(id.to_property("RECURRENCE-ID"));
    }
    single
}

/// Drops overrides that neither are in the window nor were before they moved (RFC 4791, 9.6.6).
fn limit_overrides(object: &mut Occurrences<'_>, window: &Range<Timestamp>) {
    for kind in RECURRING {
        let parts = object.parts(kind);
        if parts.is_empty() {
            continue;
        }
        let in_window = object.in_window(&parts, window);
        let length = length(object, &parts);
        let keep = parts.iter().zip(in_window).map(|(part, is_in)| {
            let named = object.instant(part, "RECURRENCE-ID");
            let was_in = |named| overlaps(named, shifted(named, length), window);
            is_in || named.is_none_or(was_in)
        });
        let keep: Vec<bool> = keep.collect();
        let mut keep = keep.into_iter();
        object.calendar.retain(|item| match item.as_component() {
            Some(part) if part.is(kind) => keep.next().unwrap_or(true),
            _ => true,
        });
    }
}

/// The seconds from the start of the master to its end.
fn length(object: &Occurrences<'_>, parts: &[&ComponentBuf]) -> i64 {
    let mut all = parts.iter().copied();
    let master = all.find(|part| part.property("RECURRENCE-ID").is_none());
    let instance = master.and_then(|master| {
        let set = RecurrenceSet::of(object, &[master])?;
        let start = object.instant(master, "DTSTART")?;
        let first = set.instances(start..shifted(start, 1)).next()?;
        Some(first.ok()?.1)
    });
    instance.map_or(0, |first| first.start.duration_until(first.end).as_secs())
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

    /// A stored object as the inside of `calendar-data` wants it, within limits.
    fn printed(inside: &str, stored: &str, limits: &Limits) -> Result<String, TooMuch> {
        let data = format!(
            "<prop xmlns='DAV:'><C:calendar-data xmlns:C='{CALDAV}'>{inside}</C:calendar-data></prop>"
        );
        let prop = Element::parse(data.as_bytes()).unwrap();
        let ask = Ask::These(prop.elements().cloned().collect());
        let wish = Wish::in_zone(&ask, TimeZone::UTC, limits).unwrap();
        let shaped = wish.shaped(stored.as_bytes())?.unwrap();
        Ok(String::from_utf8(shaped).unwrap())
    }

    /// The instances of an event every minute until a time.
    fn minutes(end: &str, limits: &Limits) -> Result<usize, TooMuch> {
        let every_minute = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20270101T000000Z\r\n\
            RRULE:FREQ=MINUTELY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let expand = format!("<C:expand start='20270101T000000Z' end='{end}'/>");
        let printed = printed(&expand, every_minute, limits)?;
        Ok(printed.matches("BEGIN:VEVENT").count())
    }

    #[test]
    fn no_object_expands_to_more_than_max_instances() {
        let limits = Limits {
            instances: 60,
            ..Limits::default()
        };
        assert_eq!(minutes("20270101T010000Z", &limits), Ok(60));
        assert_eq!(minutes("20270101T010100Z", &limits), Err(TooMuch));
    }

    #[test]
    fn no_object_expands_to_more_octets_than_are_allowed() {
        let event = "BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20270101T000000Z\r\n\
            RRULE:FREQ=MINUTELY\r\nEND:VEVENT\r\n";
        let limits = Limits {
            expanded: 60 * event.len(),
            ..Limits::default()
        };
        assert_eq!(minutes("20270101T010000Z", &limits), Ok(60));
        assert_eq!(minutes("20270101T010100Z", &limits), Err(TooMuch));
    }

    #[test]
    fn no_object_takes_more_steps_than_the_request_has() {
        let taken = |steps: u64| {
            let limits = Limits {
                steps,
                ..Limits::default()
            };
            minutes("20270101T010000Z", &limits)
        };
        assert_eq!(taken(200), Ok(60));
        assert_eq!(taken(20), Err(TooMuch));
    }

    #[test]
    fn busy_times_outside_of_the_window_are_left_out() {
        let stored = "BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\nUID:a\r\n\
            FREEBUSY:20270101T090000Z/PT1H,20270201T090000Z/PT1H\r\n\
            FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270103T090000Z/20270103T100000Z\r\n\
            END:VFREEBUSY\r\nEND:VCALENDAR\r\n";
        let limit = "<C:limit-freebusy-set start='20270201T093000Z' end='20270202T000000Z'/>";
        assert_eq!(
            printed(limit, stored, &Limits::default()).unwrap(),
            "BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\nUID:a\r\n\
             FREEBUSY:20270201T090000Z/PT1H\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"
        );
    }
}
