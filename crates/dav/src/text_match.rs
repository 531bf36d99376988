//! Text matches and parameter filters (RFC 4791, 9.7; RFC 6352, 10.5), the same for both.

use icu_normalizer::DecomposingNormalizerBorrowed;

use crate::failure::{Failure, Outcome};
use crate::xml::Element;

/// The collations that are known (RFC 4790, 9; RFC 5051).
pub(crate) const COLLATIONS: [&str; 3] = ["i;ascii-casemap", "i;octet", "i;unicode-casemap"];

/// A text that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextMatch {
    text: String,
    collation: Collation,
    how: How,
    negated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Collation {
    AsciiCasemap,
    Octet,
    UnicodeCasemap,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Equals,
    Contains,
    StartsWith,
    EndsWith,
}

impl TextMatch {
    /// Reads `text-match`; `default` is the collation when none is said.
    pub(crate) fn read(element: &Element, default: &str, unknown: &str) -> Outcome<Self> {
        let collation = element.attribute("collation").unwrap_or("default");
        let collation = match collation {
            "default" => default,
            other => other,
        };
        let collation = match collation {
            "i;ascii-casemap" => Collation::AsciiCasemap,
            "i;octet" => Collation::Octet,
            "i;unicode-casemap" => Collation::UnicodeCasemap,
            _ => return Err(Failure::refused(unknown)),
        };
        let how = match element.attribute("match-type") {
            None | Some("contains") => How::Contains,
            Some("equals") => How::Equals,
            Some("starts-with") => How::StartsWith,
            Some("ends-with") => How::EndsWith,
            Some(_) => return Err(Failure::bad_request()),
        };
        Ok(Self {
            text: collation.folded(&element.text()),
            collation,
            how,
            negated: element.attribute("negate-condition") == Some("yes"),
        })
    }

    /// Whether a value is what is looked for.
    pub(crate) fn matches(&self, value: &str) -> bool {
        let value = self.collation.folded(value);
        let found = match self.how {
            How::Equals => value == self.text,
            How::Contains => value.contains(&self.text),
            How::StartsWith => value.starts_with(&self.text),
            How::EndsWith => value.ends_with(&self.text),
        };
        found != self.negated
    }
}

impl Collation {
    fn folded(self, text: &str) -> String {
        match self {
            Self::Octet => text.to_owned(),
            Self::AsciiCasemap => text.to_ascii_lowercase(),
            // Both ways, so that letters with two small forms are one.
            Self::UnicodeCasemap => decomposed(&text.to_uppercase().to_lowercase()),
        }
    }
}

/// Letters without their marks, and the marks (RFC 5051, 2): apps write both ways.
fn decomposed(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let normalizer = DecomposingNormalizerBorrowed::new_nfkd();
    normalizer.normalize(text).into_owned()
}

/// What a parameter of a property must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParamFilter {
    name: String,
    test: ParamTest,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum ParamTest {
    IsThere,
    IsNotThere,
    Text(TextMatch),
}

impl ParamFilter {
    /// Reads `param-filter` of a namespace.
    pub(crate) fn read(
        element: &Element,
        namespace: &str,
        text: impl Fn(&Element) -> Outcome<TextMatch>,
    ) -> Outcome<Self> {
        let name = element.attribute("name").ok_or_else(Failure::bad_request)?;
        let test = if element.child(namespace, "is-not-defined").is_some() {
            ParamTest::IsNotThere
        } else if let Some(wanted) = element.child(namespace, "text-match") {
            ParamTest::Text(text(wanted)?)
        } else {
            ParamTest::IsThere
        };
        Ok(Self {
            name: name.to_owned(),
            test,
        })
    }

    /// Whether parameters, by name with their values, are as they must be.
    pub(crate) fn matches(&self, parameters: &[(String, Vec<String>)]) -> bool {
        let mut named = parameters
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(&self.name));
        match &self.test {
            ParamTest::IsThere => named.next().is_some(),
            ParamTest::IsNotThere => named.next().is_none(),
            ParamTest::Text(text) => {
                named.any(|(_, values)| values.iter().any(|value| text.matches(value)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(xml: &str) -> Outcome<TextMatch> {
        let element = Element::parse(xml.as_bytes()).unwrap();
        TextMatch::read(&element, "i;ascii-casemap", "C:supported-collation")
    }

    #[test]
    fn collations_and_ways_to_match() {
        for (xml, value, expected) in [
            ("<t>ÄB</t>", "xÄb", true),
            ("<t>äb</t>", "xÄb", false),
            ("<t collation='i;unicode-casemap'>äB</t>", "xÄb", true),
            (
                "<t collation='i;unicode-casemap'>Zo\u{eb}</t>",
                "zoe\u{308}",
                true,
            ),
            (
                "<t collation='i;unicode-casemap'>zoe\u{308}</t>",
                "ZO\u{cb}",
                true,
            ),
            ("<t collation='i;octet'>ab</t>", "Ab", false),
            ("<t match-type='equals'>ab</t>", "abc", false),
            ("<t match-type='starts-with'>AB</t>", "abc", true),
            ("<t match-type='ends-with'>bc</t>", "abc", true),
            ("<t negate-condition='yes'>b</t>", "abc", false),
        ] {
            assert_eq!(read(xml).unwrap().matches(value), expected, "{xml} {value}");
        }
        let unknown = read("<t collation='i;klingon'>x</t>").unwrap_err();
        assert_eq!(
            unknown.condition.as_deref(),
            Some("<C:supported-collation/>")
        );
    }
}
