//! Which properties a request asks for (RFC 4918, 9.1).

use std::collections::HashSet;

use store::Detail;

use crate::failure::{Failure, Outcome};
use crate::xml::{CALDAV, CARDDAV, DAV, Element};

/// The most properties that one request may name: each is told of each resource.
pub(crate) const MOST: usize = 500;

/// What is asked of each resource.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    /// `allprop`, with those of `include`.
    All(Vec<Element>),
    /// `propname`
    Names,
    /// `prop`
    These(Vec<Element>),
}

impl Ask {
    /// Reads `allprop`, `propname` or `prop` inside an element; none of them is `allprop`.
    pub(crate) fn of(around: &Element) -> Outcome<Self> {
        if around.child(DAV, "propname").is_some() {
            return Ok(Self::Names);
        }
        Ok(match around.child(DAV, "prop") {
            Some(prop) => Self::These(properties(prop)?),
            None => Self::All(match around.child(DAV, "include") {
                Some(include) => properties(include)?,
                None => Vec::new(),
            }),
        })
    }

    /// The body of a PROPFIND; an empty one is `allprop`. One that says nothing that is known, or more
    /// than one thing, is refused (RFC 4918, A.3 and A.4).
    pub(crate) fn of_propfind(body: Option<&Element>) -> Outcome<Self> {
        let Some(body) = body else {
            return Ok(Self::All(Vec::new()));
        };
        let said = ["allprop", "propname", "prop"];
        let said = said.map(|tag| body.all(DAV, tag).count());
        let is_include_alone = body.child(DAV, "include").is_some() && said[0] == 0;
        if !body.is(DAV, "propfind") || said.iter().sum::<usize>() != 1 || is_include_alone {
            return Err(Failure::bad_request());
        }
        Self::of(body)
    }

    /// Whether the text of members is asked for.
    pub(crate) fn wants_text(&self) -> bool {
        let (Self::These(asked) | Self::All(asked)) = self else {
            return false;
        };
        let is_text =
            |one: &Element| one.is(CALDAV, "calendar-data") || one.is(CARDDAV, "address-data");
        asked.iter().any(is_text)
    }

    /// How much of members is to be read, when their texts are or are not needed anyway.
    pub(crate) fn detail(&self, needs_text: bool) -> Detail {
        let is_dated = match self {
            Self::These(_) => self.wants(DAV, "getlastmodified"),
            Self::All(_) | Self::Names => true,
        };
        match (needs_text, is_dated) {
            (false, false) => Detail::Etag,
            (false, true) => Detail::Dated,
            (true, false) => Detail::Text,
            (true, true) => Detail::Whole,
        }
    }

    pub(crate) fn wants(&self, namespace: &str, local: &str) -> bool {
        match self {
            Self::These(asked) | Self::All(asked) => {
                asked.iter().any(|one| one.is(namespace, local))
            }
            Self::Names => false,
        }
    }
}

/// The properties that an element names, each once; 400 when they are too many, what is asked of parts of
/// a text among them: each of its lines is compared with each of those.
fn properties(around: &Element) -> Outcome<Vec<Element>> {
    let mut seen = HashSet::new();
    let named = around.elements().filter(|one| seen.insert(&one.name));
    let named: Vec<Element> = named.cloned().collect();
    match named.iter().map(Element::count).sum::<usize>() > MOST {
        true => Err(Failure::bad_request()),
        false => Ok(named),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(inside: &str) -> Outcome<Ask> {
        let text = format!("<propfind xmlns=\"DAV:\">{inside}</propfind>");
        Ask::of_propfind(Some(&Element::parse(text.as_bytes()).unwrap()))
    }

    #[test]
    fn one_thing_is_asked() {
        for fine in [
            "<allprop/>",
            "<allprop/><include><a/></include>",
            "<propname/><b xmlns=\"x\"/>",
            "<prop/>",
        ] {
            assert!(asked(fine).is_ok(), "{fine}");
        }
        for bad in [
            "",
            "<b xmlns=\"x\"/>",
            "<allprop/><propname/>",
            "<prop/><allprop/>",
            "<prop/><prop/>",
            "<include><a/></include>",
        ] {
            assert!(asked(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_property_is_told_once_and_there_is_an_end_of_them() {
        let Ok(Ask::These(these)) = asked("<prop><a/><b/><a/></prop>") else {
            panic!("properties are asked");
        };
        assert_eq!(these.len(), 2);
        let many = |count: usize| -> String {
            let names = (0..count).map(|number| format!("<p{number}/>"));
            names.collect()
        };
        assert!(asked(&format!("<prop>{}</prop>", many(MOST))).is_ok());
        assert!(asked(&format!("<prop>{}</prop>", many(MOST + 1))).is_err());
        let inside = |count| asked(&format!("<prop><a><b>{}</b></a></prop>", many(count)));
        assert!(inside(MOST - 2).is_ok());
        assert!(inside(MOST - 1).is_err());
    }
}
