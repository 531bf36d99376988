//! The filter of addressbook-query (RFC 6352, 10.5).

use calendar::{ComponentBuf, PropertyBuf};

use super::address_data;
use crate::failure::{Failure, Outcome};
use crate::text_match::{ParamFilter, TextMatch};
use crate::xml::{CARDDAV, Element};

/// What a card must be.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    test: Test,
    properties: Vec<PropFilter>,
}

/// Whether one or all of several things must be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    AnyOf,
    AllOf,
}

#[derive(Debug, Clone)]
struct PropFilter {
    name: String,
    is_not_defined: bool,
    test: Test,
    texts: Vec<TextMatch>,
    parameters: Vec<ParamFilter>,
}

impl Test {
    fn read(element: &Element) -> Outcome<Self> {
        match element.attribute("test") {
            None | Some("anyof") => Ok(Self::AnyOf),
            Some("allof") => Ok(Self::AllOf),
            Some(_) => Err(Failure::bad_request()),
        }
    }

    /// Nothing to be so is always so.
    fn holds(self, mut each: impl ExactSizeIterator<Item = bool>) -> bool {
        match self {
            Self::AnyOf => each.len() == 0 || each.any(|one| one),
            Self::AllOf => each.all(|one| one),
        }
    }
}

impl Filter {
    /// Reads `filter`.
    pub(crate) fn read(element: &Element) -> Outcome<Self> {
        let properties = element.all(CARDDAV, "prop-filter").map(PropFilter::read);
        Ok(Self {
            test: Test::read(element)?,
            properties: properties.collect::<Outcome<_>>()?,
        })
    }

    /// How many tests there are in it.
    pub(crate) fn size(&self) -> usize {
        let tests = self.properties.iter();
        tests
            .map(|one| 1 + one.texts.len() + one.parameters.len())
            .sum()
    }

    /// Whether a stored card is what is asked for.
    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        let Some(card) = address_data::read(text) else {
            return false;
        };
        self.test
            .holds(self.properties.iter().map(|one| one.matches(&card)))
    }
}

impl PropFilter {
    fn read(element: &Element) -> Outcome<Self> {
        let name = element.attribute("name").ok_or_else(Failure::bad_request)?;
        let texts = element.all(CARDDAV, "text-match").map(text_match);
        let parameters = element.all(CARDDAV, "param-filter");
        let parameters = parameters.map(|one| ParamFilter::read(one, CARDDAV, text_match));
        Ok(Self {
            name: name.to_owned(),
            is_not_defined: element.child(CARDDAV, "is-not-defined").is_some(),
            test: Test::read(element)?,
            texts: texts.collect::<Outcome<_>>()?,
            parameters: parameters.collect::<Outcome<_>>()?,
        })
    }

    fn matches(&self, card: &ComponentBuf) -> bool {
        let all = card.properties();
        let mut named = all.filter(|property| address_data::is_named(property, &self.name));
        match self.is_not_defined {
            true => named.next().is_none(),
            false => named.any(|property| self.fits(property)),
        }
    }

    fn fits(&self, property: &PropertyBuf) -> bool {
        let value = property.unescaped();
        let parameters = property.parameters();
        let texts = self.texts.iter().map(|text| text.matches(&value));
        let parameters = self.parameters.iter().map(|one| one.matches(&parameters));
        let all: Vec<bool> = texts.chain(parameters).collect();
        self.test.holds(all.into_iter())
    }
}

fn text_match(element: &Element) -> Outcome<TextMatch> {
    TextMatch::read(element, "i;unicode-casemap", "R:supported-collation")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:a\r\nFN:Zoë\r\nNICKNAME:Z\r\n\
                        item1.EMAIL;TYPE=work:zoe@example.com\r\nEND:VCARD\r\n";

    fn matches(filter: &str) -> bool {
        let text = format!("<R:filter xmlns:R='{CARDDAV}' {filter}</R:filter>");
        let element = Element::parse(text.as_bytes()).unwrap();
        Filter::read(&element).unwrap().matches(CARD.as_bytes())
    }

    #[test]
    fn any_and_all_properties() {
        let fn_zoe = "<R:prop-filter name='FN'><R:text-match>ZOË</R:text-match></R:prop-filter>";
        let no_tel = "<R:prop-filter name='TEL'><R:is-not-defined/></R:prop-filter>";
        let tel = "<R:prop-filter name='TEL'/>";
        let work = "<R:prop-filter name='EMAIL' test='allof'><R:text-match match-type='starts-with'>zoe\
                    </R:text-match><R:param-filter name='TYPE'><R:text-match>WORK</R:text-match>\
                    </R:param-filter></R:prop-filter>";
        assert!(matches(">"));
        assert!(matches(&format!(">{fn_zoe}{tel}")));
        assert!(!matches(&format!("test='allof'>{fn_zoe}{tel}")));
        assert!(matches(&format!("test='allof'>{fn_zoe}{no_tel}{work}")));
        assert!(!matches(">\n<R:prop-filter name='item2.EMAIL'/>"));
        assert!(matches("><R:prop-filter name='item1.EMAIL'/>"));
    }
}
