//! The filter of calendar-query (RFC 4791, 9.7).

use std::ops::Range;

use calendar::{ComponentBuf, PropertyBuf, Series};
use jiff::Timestamp;

use super::alarm;
use super::occurrence::Occurrences;
use super::range::{self, Ends};
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

/// The components that are filtered together: one series, or what is inside one component.
struct Candidates<'a> {
    parts: Vec<&'a ComponentBuf>,
    /// The series of the component around them: an alarm's event.
    around: Option<&'a Series>,
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
        let components = element.all(CALDAV, "comp-filter").map(Self::of);
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

    /// Whether an object is what is asked for.
    pub(crate) fn matches(&self, object: &Occurrences) -> bool {
        let calendar = Candidates {
            parts: vec![&object.calendar],
            around: None,
        };
        self.any(object, &calendar)
    }

    fn any(&self, object: &Occurrences, candidates: &Candidates<'_>) -> bool {
        let parts = candidates.parts.iter().copied();
        let named: Vec<&ComponentBuf> = parts.filter(|part| part.is(&self.name)).collect();
        if self.is_not_defined {
            return named.is_empty();
        }
        let is_outer = self.name.eq_ignore_ascii_case("VCALENDAR");
        let in_window = match &self.window {
            Some(_) if is_outer => vec![true; named.len()],
            Some(window) if self.name.eq_ignore_ascii_case("VALARM") => named
                .iter()
                .map(|alarm| alarm::is_in_window(candidates.around, alarm, window))
                .collect(),
            Some(window) => object.in_window(&named, window),
            None => vec![true; named.len()],
        };
        let series = match self.components.is_empty() || is_outer {
            true => None,
            false => object.series(&named),
        };
        let mut pairs = named.iter().zip(in_window);
        pairs.any(|(part, is_in)| is_in && self.fits(object, part, series.as_ref()))
    }

    fn fits(&self, object: &Occurrences, part: &ComponentBuf, series: Option<&Series>) -> bool {
        let inner = Candidates {
            parts: part.components().collect(),
            around: series,
        };
        self.properties
            .iter()
            .all(|filter| filter.matches(object, part))
            && self
                .components
                .iter()
                .all(|filter| filter.any(object, &inner))
    }
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
        Ok(Self {
            name: name.to_owned(),
            is_not_defined: element.child(CALDAV, "is-not-defined").is_some(),
            window: window(element)?,
            text,
            parameters: parameters.collect::<Outcome<_>>()?,
        })
    }

    fn matches(&self, object: &Occurrences, part: &ComponentBuf) -> bool {
        let mut named = part.properties_named(&self.name).peekable();
        if self.is_not_defined {
            return named.peek().is_none();
        }
        named.any(|property| self.fits(object, property))
    }

    fn fits(&self, object: &Occurrences, property: &PropertyBuf) -> bool {
        let is_in = |window: &Range<Timestamp>| {
            let instant = property
                .date_or_time()
                .and_then(|at| at.instant(&object.zones).ok());
            instant.is_some_and(|at| window.contains(&at))
        };
        let parameters = property.parameters();
        self.window.as_ref().is_none_or(is_in)
            && self
                .text
                .as_ref()
                .is_none_or(|text| text.matches(&property.unescaped()))
            && self
                .parameters
                .iter()
                .all(|filter| filter.matches(&parameters))
    }
}

fn text_match(element: &Element) -> Outcome<TextMatch> {
    TextMatch::read(element, "i;ascii-casemap", "C:supported-collation")
}

fn window(element: &Element) -> Outcome<Option<Range<Timestamp>>> {
    let range = element.child(CALDAV, "time-range");
    let read = range.map(|range| range::read(range, Ends::OneMayMiss));
    read.transpose()
        .map_err(|_| Failure::refused("C:valid-filter"))
}
