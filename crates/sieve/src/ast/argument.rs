//! Arguments of commands and tests (RFC 5228 section 2.6).

use super::Place;

/// One argument and where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// What it is.
    pub value: Value,
    /// Where it stood.
    pub place: Place,
}

impl Argument {
    pub(super) fn built(value: Value) -> Self {
        Argument {
            value,
            place: Place::default(),
        }
    }
}

/// What an argument is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A tag, without its colon.
    Tag(String),
    /// A number, its K, M or G worked out.
    Number(u64),
    /// One string or several; Sieve makes no difference between `"a"` and `["a"]`.
    Strings(Vec<String>),
}

/// Whatever a builder takes as a list of strings: arrays, slices, vectors of `&str` or `String`.
pub trait Strings {
    /// The list.
    fn into_strings(self) -> Vec<String>;
}

impl<I> Strings for I
where
    I: IntoIterator,
    I::Item: Into<String>,
{
    fn into_strings(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}
