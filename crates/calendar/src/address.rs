//! Calendar user addresses (RFC 5545 section 3.3.3) and how RULES.md compares them.

use std::fmt;
use std::hash::{Hash, Hasher};

/// A calendar user address: percent-decoded, `mailto:` in any case removed.
///
/// Equal when the domains are the same without case and the local parts exactly.
#[derive(Clone, Debug)]
pub struct CalendarUserAddress(String);

impl CalendarUserAddress {
    /// Reads a value such as `MAILTO:bob%40work@example.com`; takes anything, also other URIs.
    ///
    /// Escapes that stand for a control character, or not for UTF-8, stay as written, so that the
    /// result never holds a line end that the value had not. Header fields of a mailto URI (behind
    /// `?`) go.
    pub fn parse(value: &str) -> Self {
        let value = value.trim();
        let Some(address) = without_mailto(value) else {
            return Self(decode(value));
        };
        let address = address.split('?').next().unwrap_or_default();
        Self(decode(address.trim()))
    }

    /// The address as written, decoded.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the last `@`; the whole when there is none.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or(&*self.0, |(local, _)| local)
    }

    /// What stands behind the last `@`; empty when there is none.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether it looks like a mail address: something on both sides of an `@`, no blank or control.
    pub fn is_mail(&self) -> bool {
        let is_strange = |c: char| c.is_whitespace() || c.is_control();
        !self.local_part().is_empty() && !self.domain().is_empty() && !self.0.contains(is_strange)
    }

    /// Whether both are the same with the local part compared exactly.
    pub fn same_as(&self, other: &Self) -> bool {
        self == other
    }

    /// Whether both are the same with case ignored everywhere.
    pub fn same_ignoring_case(&self, other: &Self) -> bool {
        lower(&self.0).eq(lower(&other.0))
    }
}

impl PartialEq for CalendarUserAddress {
    fn eq(&self, other: &Self) -> bool {
        self.local_part() == other.local_part() && lower(self.domain()).eq(lower(other.domain()))
    }
}

impl Eq for CalendarUserAddress {}

impl Hash for CalendarUserAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.local_part().hash(state);
        lower(self.domain()).for_each(|character| character.hash(state));
    }
}

impl fmt::Display for CalendarUserAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn lower(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}

fn without_mailto(value: &str) -> Option<&str> {
    const SCHEME: &str = "mailto:";
    let scheme = value.get(..SCHEME.len())?;
    let rest = value.get(SCHEME.len()..)?;
    scheme.eq_ignore_ascii_case(SCHEME).then_some(rest)
}

fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        match escaped(rest) {
            Some(meant) => {
                out.push(meant);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                out.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// The octet of the %-escape that `bytes` begins with, unless it is a control character.
fn escaped(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let octet = u8::try_from(digit(high)? * 16 + digit(low)?).ok()?;
    (!octet.is_ascii_control()).then_some(octet)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(value: &str) -> CalendarUserAddress {
        CalendarUserAddress::parse(value)
    }

    #[test]
    fn removes_mailto_and_decodes() {
        for (value, expected) in [
            ("mailto:bob@example.com", "bob@example.com"),
            (" MAILTO: Bob%2Bx@Example.com ", "Bob+x@Example.com"),
            ("bob@example.com", "bob@example.com"),
            ("mailto:bob@example.com?subject=x", "bob@example.com"),
            ("mailto:a%3Fb@example.com", "a?b@example.com"),
            ("mailto:j%C3%BCrgen@example.com", "jürgen@example.com"),
            (
                "mailto:a%0D%0Ab%ZZ%@example.com",
                "a%0D%0Ab%ZZ%@example.com",
            ),
            ("mailto:%FF@example.com", "%FF@example.com"),
            ("urn:uuid:1", "urn:uuid:1"),
            ("mailto:", ""),
            ("mailt", "mailt"),
            ("é", "é"),
        ] {
            assert_eq!(address(value).as_str(), expected, "{value}");
        }
    }

    #[test]
    fn compares_the_domain_without_case_and_the_local_part_exactly() {
        assert_eq!(
            address("mailto:Bob@EXAMPLE.com"),
            address("Bob@example.COM")
        );
        assert_ne!(address("Bob@example.com"), address("bob@example.com"));
        assert!(address("Bob@example.com").same_ignoring_case(&address("bob@Example.com")));
        assert_ne!(address("bob@example.com"), address("bob@example.org"));
        assert_ne!(address("urn:A"), address("urn:a"));
    }

    #[test]
    fn splits_at_the_last_at() {
        let quoted = address("\"a@b\"@example.com");
        assert_eq!(
            (quoted.local_part(), quoted.domain()),
            ("\"a@b\"", "example.com")
        );
        assert_eq!(
            (address("x").local_part(), address("x").domain()),
            ("x", "")
        );
        assert!(quoted.is_mail());
        for value in ["x", "@x", "x@", "a b@x", "urn:uuid:1"] {
            assert!(!address(value).is_mail());
        }
    }
}
