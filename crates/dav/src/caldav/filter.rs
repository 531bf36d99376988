//! The filter of calendar-query (RFC 4791, 9.7).

use std::ops::Range;

use calendar::{ComponentBuf, PropertyBuf};
use jiff::Timestamp;

use super::alarm::{self, Around};
use super::occurrence::{Occurrences, wider};
use super::range::{self, Ends};
use super::recurrence_set::RecurrenceSet;
use crate::failure::{Failure, Outcome};
use crate::text_match::{ParamFilter, TextMatch};
use crate::xml::{CALDAV, Element};

/// What a component must be.
#[derive(Debug, Clone)]
pub(crate) struct CompFilter {
    name: String,
    is_not_defined: bool,
    window: Option<Range<Timestamp>>,
    properties: Vec<PropFilter>,
    components: Vec<CompFilter>,
}

/// What a property of it must be.
#[derive(Debug, Clone)]
struct PropFilter {
    name: String,
    is_not_defined: bool,
    window: Option<Range<Timestamp>>,
    text: Option<TextMatch>,
    parameters: Vec<ParamFilter>,
}

/// What properties time ranges are defined for, and those that are like them (RFC 4791, 9.9).
const TIMED: [&str; 11] = [
    "COMPLETED",
    "CREATED",
    "DTEND",
    "DTSTAMP",
    "DTSTART",
    "DUE",
    "LAST-MODIFIED",
    "RECURRENCE-ID",
    "RDATE",
    "EXDATE",
    "TRIGGER",
];

/// Which components are in which (RFC 5545, 3.6; RFC 7953, 3.1). Any other can be anywhere.
const INSIDE: [(&str, &[&str]); 11] = [
    ("VCALENDAR", &[]),
    ("VEVENT", &["VCALENDAR"]),
    ("VTODO", &["VCALENDAR"]),
    ("VJOURNAL", &["VCALENDAR"]),
    ("VFREEBUSY", &["VCALENDAR"]),
    ("VTIMEZONE", &["VCALENDAR"]),
    ("VAVAILABILITY", &["VCALENDAR"]),
    ("VALARM", &["VEVENT", "VTODO"]),
    ("STANDARD", &["VTIMEZONE"]),
    ("DAYLIGHT", &["VTIMEZONE"]),
    ("AVAILABLE", &["VAVAILABILITY"]),
];

/// The components that are filtered together: one series, or what is inside one component.
struct Candidates<'a> {
    parts: Vec<&'a ComponentBuf>,
    /// The component around them: an alarm's event.
    around: Option<Around<'a>>,
}

impl CompFilter {
    /// Reads `filter`: one `comp-filter` for VCALENDAR.
    pub(crate) fn read(filter: &Element) -> Outcome<Self> {
        let invalid = || Failure::refused("C:valid-filter");
        let mut outer = filter.all(CALDAV, "comp-filter");
        let first = outer.next().ok_or_else(invalid)?;
        let read = Self::of(first)?;
        match read.name.eq_ignore_ascii_case("VCALENDAR") && outer.next().is_none() {
            true => Ok(read),
            false => Err(invalid()),
        }
    }

    fn of(element: &Element) -> Outcome<Self> {
        let name = element.attribute("name").ok_or_else(Failure::bad_request)?;
        let properties = element.all(CALDAV, "prop-filter").map(PropFilter::of);
        let components = element.all(CALDAV, "comp-filter").map(|inner| {
            let inner = Self::of(inner)?;
            match is_inside(&inner.name, name) {
                true => Ok(inner),
                false => Err(Failure::refused("C:valid-filter")),
            }
        });
        Ok(Self {
            name: name.to_owned(),
            is_not_defined: element.child(CALDAV, "is-not-defined").is_some(),
            window: window(element)?,
            properties: properties.collect::<Outcome<_>>()?,
            components: components.collect::<Outcome<_>>()?,
        })
    }

    /// The window that every object must have a part in, as far as the index can tell.
    pub(crate) fn indexed(&self) -> Option<&Range<Timestamp>> {
        let events =
            |inner: &&Self| inner.name.eq_ignore_ascii_case("VEVENT") && !inner.is_not_defined;
        let mut inner = self.components.iter().filter(events);
        inner.find_map(|inner| inner.window.as_ref())
    }

    /// How many filters there are in this one and itself.
    pub(crate) fn size(&self) -> usize {
        let properties = self.properties.iter().map(|one| 1 + one.parameters.len());
        let inner = self.components.iter().map(Self::size);
        1 + properties.sum::<usize>() + inner.sum::<usize>()
    }

    /// Whether an object is what is asked for.
    pub(crate) fn matches(&self, object: &Occurrences<'_>) -> bool {
        let calendar = Candidates {
            parts: vec![&object.calendar],
            around: None,
        };
        self.any(object, &calendar)
    }

    fn any(&self, object: &Occurrences<'_>, candidates: &Candidates<'_>) -> bool {
        let parts = candidates.parts.iter().copied();
        let named: Vec<&ComponentBuf> = parts.filter(|part| part.is(&self.name)).collect();
        if self.is_not_defined || named.is_empty() {
            return self.is_not_defined && named.is_empty();
        }
        let in_window = self.in_window(object, candidates, &named);
        let set = match self.asks_for_instances() {
            true => RecurrenceSet::of(object, &named),
            false => None,
        };
        let mut pairs = named.iter().zip(in_window).enumerate();
        pairs.any(|(place, (part, is_in))| {
            let around = set.as_ref().map(|set| Around { set, part, place });
            is_in && self.fits(object, part, around)
        })
    }

    fn in_window(
        &self,
        object: &Occurrences<'_>,
        candidates: &Candidates<'_>,
        named: &[&ComponentBuf],
    ) -> Vec<bool> {
        match &self.window {
            Some(window) if self.name.eq_ignore_ascii_case("VALARM") => named
                .iter()
                .map(|alarm| alarm::is_in_window(candidates.around, alarm, window))
                .collect(),
            Some(window) if !self.is_outer() => object.in_window(named, window),
            _ => vec![true; named.len()],
        }
    }

    fn is_outer(&self) -> bool {
        self.name.eq_ignore_ascii_case("VCALENDAR")
    }

    /// Whether what is inside is asked about each instance: alarms, and when an instance begins or ends.
    fn asks_for_instances(&self) -> bool {
        let alarms = self.components.iter().any(|inner| inner.window.is_some());
        let times = self.properties.iter().any(|one| one.window.is_some());
        !self.is_outer() && (alarms || times)
    }

    fn fits(
        &self,
        object: &Occurrences<'_>,
        part: &ComponentBuf,
        around: Option<Around<'_>>,
    ) -> bool {
        let inner = Candidates {
            parts: part.components().collect(),
            around,
        };
        self.properties
            .iter()
            .all(|filter| filter.matches(object, part, around))
            && self
                .components
                .iter()
                .all(|filter| filter.any(object, &inner))
    }
}

fn is_inside(inner: &str, outer: &str) -> bool {
    let mut all = INSIDE.iter();
    let known = all.find(|(name, _)| inner.eq_ignore_ascii_case(name));
    known.is_none_or(|(_, outers)| outers.iter().any(|one| outer.eq_ignore_ascii_case(one)))
}

impl PropFilter {
    fn of(element: &Element) -> Outcome<Self> {
        let name = element.attribute("name").ok_or_else(Failure::bad_request)?;
        let text = element
            .child(CALDAV, "text-match")
            .map(text_match)
            .transpose()?;
        let parameters = element.all(CALDAV, "param-filter");
        let parameters = parameters.map(|one| ParamFilter::read(one, CALDAV, text_match));
        let window = window(element)?;
        let is_timed = TIMED.iter().any(|timed| name.eq_ignore_ascii_case(timed));
        if window.is_some() && !is_timed {
            return Err(Failure::refused("C:valid-filter"));
        }
        Ok(Self {
            name: name.to_owned(),
            is_not_defined: element.child(CALDAV, "is-not-defined").is_some(),
            window,
            text,
            parameters: parameters.collect::<Outcome<_>>()?,
        })
    }

    fn matches(
        &self,
        object: &Occurrences<'_>,
        part: &ComponentBuf,
        around: Option<Around<'_>>,
    ) -> bool {
        let mut named = part.properties_named(&self.name).peekable();
        if self.is_not_defined {
            return named.peek().is_none();
        }
        let of_instances = self
            .window
            .as_ref()
            .zip(around)
            .and_then(|(window, around)| {
                let is_of_start = self.name.eq_ignore_ascii_case("DTSTART");
                let ends = ["DTEND", "DUE"];
                let is_of_end = ends.iter().any(|end| self.name.eq_ignore_ascii_case(end));
                let is_there = named.peek().is_some();
                // An end that follows from DURATION counts as well.
                let is_told = is_there || is_of_end && part.property("DURATION").is_some();
                ((is_of_start || is_of_end) && is_told).then(|| {
                    let Around { set, place, .. } = around;
                    set.any(place, wider(window), |instance| {
                        let at = if is_of_start {
                            instance.start
                        } else {
                            instance.end
                        };
                        window.contains(&at)
                    })
                })
            });
        match of_instances {
            Some(is_in) if self.text.is_none() && self.parameters.is_empty() => is_in,
            Some(false) => false,
            Some(true) => named.any(|property| self.reads(property)),
            None => {
                named.any(|property| self.is_in_window(object, property) && self.reads(property))
            }
        }
    }

    fn is_in_window(&self, object: &Occurrences<'_>, property: &PropertyBuf) -> bool {
        self.window.as_ref().is_none_or(|window| {
            let instant = property
                .date_or_time()
                .and_then(|at| at.instant(&object.zones).ok());
            instant.is_some_and(|at| window.contains(&at))
        })
    }

    /// Whether text and parameters are as is asked.
    fn reads(&self, property: &PropertyBuf) -> bool {
        let parameters = property.parameters();
        let text = self.text.as_ref();
        text.is_none_or(|text| text.matches(&property.unescaped()))
            && self
                .parameters
                .iter()
                .all(|filter| filter.matches(&parameters))
    }
}

fn text_match(element: &Element) -> Outcome<TextMatch> {
    TextMatch::read(element, "i;ascii-casemap", "C:supported-collation")
}

/// The window of a filter; of what is wrong with it, only that it ends before all times has a name of its own.
fn window(element: &Element) -> Outcome<Option<Range<Timestamp>>> {
    let range = element.child(CALDAV, "time-range");
    let read = range.map(|range| range::read(range, Ends::OneMayMiss));
    read.transpose().map_err(|failure| match failure.condition {
        Some(_) => failure,
        None => Failure::refused("C:valid-filter"),
    })
}
