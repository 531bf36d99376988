//! Comparators (RFC 5228 section 2.7.3, RFC 4790).

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Debug;

/// How strings are compared: a canonical form whose octets are compared, and an order.
pub(crate) trait Comparator: Debug + Send + Sync {
    /// The name in the collation registry.
    fn name(&self) -> &'static str;
    /// The canonical form: equal strings have the same. Of the same length if substrings can be searched for.
    fn canonical<'s>(&self, string: &'s str) -> Cow<'s, str>;
    /// Whether `:contains` and `:matches` work with it.
    fn substrings(&self) -> Substrings;
    /// The order of two canonical forms.
    fn order(&self, a: &str, b: &str) -> Ordering {
        a.as_bytes().cmp(b.as_bytes())
    }
}

/// Whether a comparator has the operation "substring match".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Substrings {
    Supported,
    Unsupported,
}

/// `i;octet`.
#[derive(Debug)]
pub(crate) struct Octet;

impl Comparator for Octet {
    fn name(&self) -> &'static str {
        "i;octet"
    }

    fn canonical<'s>(&self, string: &'s str) -> Cow<'s, str> {
        Cow::Borrowed(string)
    }

    fn substrings(&self) -> Substrings {
        Substrings::Supported
    }
}

/// `i;ascii-casemap`, the default.
#[derive(Debug)]
pub(crate) struct AsciiCasemap;

impl Comparator for AsciiCasemap {
    fn name(&self) -> &'static str {
        "i;ascii-casemap"
    }

    // RFC 4790 section 9.2 folds to upper case, which decides how letters order against [ \ ] ^ _ and `.
    fn canonical<'s>(&self, string: &'s str) -> Cow<'s, str> {
        if string.bytes().any(|octet| octet.is_ascii_lowercase()) {
            Cow::Owned(string.to_ascii_uppercase())
        } else {
            Cow::Borrowed(string)
        }
    }

    fn substrings(&self) -> Substrings {
        Substrings::Supported
    }
}
