//! "comparator-i;ascii-numeric" (RFC 4790 section 9.1).

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::comparator::{Comparator, Substrings};
use crate::registry::Extension;

/// The comparator `i;ascii-numeric`.
pub(crate) static EXTENSION: Extension = Extension {
    capabilities: &["comparator-i;ascii-numeric"],
    comparators: &[&AsciiNumeric],
    ..Extension::EMPTY
};

/// Compares the numbers that strings begin with; a string that begins with none is positive infinity.
#[derive(Debug)]
struct AsciiNumeric;

impl Comparator for AsciiNumeric {
    fn name(&self) -> &'static str {
        "i;ascii-numeric"
    }

    // The digits without leading zeros, and nothing for infinity.
    fn canonical<'s>(&self, string: &'s str) -> Cow<'s, str> {
        let end = string
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(string.len());
        let digits = string.get(..end).unwrap_or_default();
        match digits.trim_start_matches('0') {
            "" if !digits.is_empty() => Cow::Borrowed("0"),
            digits => Cow::Borrowed(digits),
        }
    }

    fn substrings(&self) -> Substrings {
        Substrings::Unsupported
    }

    fn order(&self, a: &str, b: &str) -> Ordering {
        let is_infinite = |number: &str| number.is_empty();
        is_infinite(a)
            .cmp(&is_infinite(b))
            .then(a.len().cmp(&b.len()))
            .then(a.cmp(b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_length() {
        let order = |a, b| {
            let numeric = AsciiNumeric;
            numeric.order(&numeric.canonical(a), &numeric.canonical(b))
        };
        assert_eq!(order("007", "7 apples"), Ordering::Equal);
        assert_eq!(order("10", "9"), Ordering::Greater);
        assert_eq!(order("99999999999999999999999", "x"), Ordering::Less);
        assert_eq!(order("", "-1"), Ordering::Equal);
        assert_eq!(order("00", "0"), Ordering::Equal);
        assert_eq!(order("0", "1"), Ordering::Less);
    }
}
