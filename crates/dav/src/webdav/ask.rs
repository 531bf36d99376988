//! Which properties a request asks for (RFC 4918, 9.1).

use store::Detail;

use crate::failure::{Failure, Outcome};
use crate::xml::{CALDAV, CARDDAV, DAV, Element};

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
    pub(crate) fn of(around: &Element) -> Self {
        if around.child(DAV, "propname").is_some() {
            return Self::Names;
        }
        let named = |tag| {
            around
                .child(DAV, tag)
                .map(|prop| prop.elements().cloned().collect())
        };
        match named("prop") {
            Some(these) => Self::These(these),
            None => Self::All(named("include").unwrap_or_default()),
        }
    }

    /// The body of a PROPFIND; an empty one is `allprop`.
    pub(crate) fn of_propfind(body: Option<&Element>) -> Outcome<Self> {
        match body {
            None => Ok(Self::All(Vec::new())),
            Some(body) if body.is(DAV, "propfind") => Ok(Self::of(body)),
            Some(_) => Err(Failure::bad_request()),
        }
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
