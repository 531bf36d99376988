//! Tests (RFC 5228 sections 5 and 8.2), with builders.

use super::{Argument, Place, Strings, Value};

/// One test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Its name as written; names are compared without regard to case.
    pub name: String,
    /// Its arguments in order.
    pub arguments: Vec<Argument>,
    /// The tests inside it.
    pub tests: Tests,
    /// Where its name stood.
    pub place: Place,
}

/// The tests that a command or a test holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Tests {
    /// None.
    #[default]
    None,
    /// One, without parentheses.
    One(Box<Test>),
    /// A list in parentheses; never empty when parsed.
    List(Vec<Test>),
}

impl Test {
    /// A test without arguments.
    pub fn new(name: impl Into<String>) -> Self {
        Test {
            name: name.into(),
            arguments: Vec::new(),
            tests: Tests::None,
            place: Place::default(),
        }
    }

    /// `allof(…)`.
    pub fn allof(tests: Vec<Test>) -> Self {
        Test::holding("allof", Tests::List(tests))
    }

    /// `anyof(…)`.
    pub fn anyof(tests: Vec<Test>) -> Self {
        Test::holding("anyof", Tests::List(tests))
    }

    /// `not TEST`.
    pub fn negated(test: Test) -> Self {
        Test::holding("not", Tests::One(Box::new(test)))
    }

    /// `exists [...]`.
    pub fn exists(headers: impl Strings) -> Self {
        Test::new("exists").strings(headers)
    }

    fn holding(name: &str, tests: Tests) -> Self {
        Test {
            tests,
            ..Test::new(name)
        }
    }

    /// Adds a tag, with or without its colon.
    pub fn tag(mut self, name: &str) -> Self {
        let name = name.strip_prefix(':').unwrap_or(name);
        self.arguments
            .push(Argument::built(Value::Tag(name.to_owned())));
        self
    }

    /// Adds a number.
    pub fn number(mut self, number: u64) -> Self {
        self.arguments.push(Argument::built(Value::Number(number)));
        self
    }

    /// Adds a string.
    pub fn string(self, string: impl Into<String>) -> Self {
        self.strings([string])
    }

    /// Adds a list of strings; Sieve has no empty list.
    pub fn strings(mut self, strings: impl Strings) -> Self {
        self.arguments
            .push(Argument::built(Value::Strings(strings.into_strings())));
        self
    }
}
