//! The arguments of one command or test, as what builds it reads them (RFC 5228 section 2.6).

use super::Checker;
use super::arguments::{Given, Source};
use crate::address::Address;
use crate::ast::{Argument, Command, Test, Tests, Value};
use crate::comparator::{AsciiCasemap, Comparator, Substrings};
use crate::error::Position;
use crate::instruction::Check;
use crate::matching::{Captures, Is, Matcher, Needs};
use crate::registry::{AddressPart, Change, CommandSpec, Modifier, Role, TestSpec};
use crate::text::Text;

/// One command or test whose arguments fit its shape.
pub(crate) struct Call<'c, 'l> {
    checker: &'c mut Checker<'l>,
    /// Where its name stands.
    at: Position,
    positional: std::vec::IntoIter<Option<&'c Argument>>,
    tags: Vec<Given<'c>>,
    /// What follows the tag that is being built.
    operand: Option<&'c Argument>,
    tests: &'c Tests,
}

impl<'c, 'l> Call<'c, 'l> {
    /// Sorts the arguments of a command; `None` when they don't fit, which is reported.
    pub(super) fn of_command(
        checker: &'c mut Checker<'l>,
        spec: &'static CommandSpec,
        command: &'c Command,
    ) -> Option<Self> {
        Call::of(
            checker,
            Source {
                name: spec.name,
                shape: &spec.shape,
                at: command.place.0,
                arguments: &command.arguments,
                tests: &command.tests,
                block: command.block.as_ref(),
            },
        )
    }

    /// As [`Call::of_command`], for a test.
    pub(super) fn of_test(
        checker: &'c mut Checker<'l>,
        spec: &'static TestSpec,
        test: &'c Test,
    ) -> Option<Self> {
        Call::of(
            checker,
            Source {
                name: spec.name,
                shape: &spec.shape,
                at: test.place.0,
                arguments: &test.arguments,
                tests: &test.tests,
                block: None,
            },
        )
    }

    fn of(checker: &'c mut Checker<'l>, source: Source<'c>) -> Option<Self> {
        let sorted = source.sort(checker);
        let rest = source.check_rest(checker);
        let (tags, positional) = sorted?;
        let positional = source.assign(checker, positional)?;
        rest?;
        Some(Call {
            checker,
            at: source.at,
            positional: positional.into_iter(),
            tags,
            operand: None,
            tests: source.tests,
        })
    }
}

impl Call<'_, '_> {
    /// Reports an error at the name of the command or test.
    pub(crate) fn report<T>(&mut self, message: impl Into<String>) -> Option<T> {
        self.checker.report(self.at, message);
        None
    }

    /// Whether a capability is in force.
    pub(crate) fn requires(&self, capability: &str) -> bool {
        self.checker.vocabulary.requires(capability)
    }

    /// Whether a tag is given.
    pub(crate) fn has(&self, tag: &str) -> bool {
        self.tags.iter().any(|given| given.spec.name == tag)
    }

    /// The next positional argument as a string.
    pub(crate) fn string(&mut self) -> Option<Text> {
        self.strings()?.pop()
    }

    /// The next positional argument as a list of strings.
    pub(crate) fn strings(&mut self) -> Option<Vec<Text>> {
        let argument = self.positional.next().flatten()?;
        self.texts(argument)
    }

    /// The next positional argument, if it was not left out.
    pub(crate) fn optional_strings(&mut self) -> Option<Option<Vec<Text>>> {
        match self.positional.next().flatten() {
            Some(argument) => self.texts(argument).map(Some),
            None => Some(None),
        }
    }

    /// The next positional argument as a number.
    pub(crate) fn number(&mut self) -> Option<u64> {
        match self.positional.next().flatten()?.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// What follows a tag, if the tag is given.
    pub(crate) fn option_strings(&mut self, tag: &str) -> Option<Option<Vec<Text>>> {
        let given = self.tags.iter().find(|given| given.spec.name == tag);
        match given.and_then(|given| given.operand) {
            Some(argument) => self.texts(argument).map(Some),
            None => Some(None),
        }
    }

    /// As [`Call::option_strings`], for a tag that takes one string.
    pub(crate) fn option_string(&mut self, tag: &str) -> Option<Option<Text>> {
        Some(self.option_strings(tag)?.and_then(|mut texts| texts.pop()))
    }

    /// What follows the tag that is being built.
    pub(crate) fn operand_strings(&mut self) -> Option<Vec<Text>> {
        let argument = self.operand?;
        self.texts(argument)
    }

    fn texts(&mut self, argument: &Argument) -> Option<Vec<Text>> {
        let Value::Strings(strings) = &argument.value else {
            return None;
        };
        let at = argument.place.0;
        strings
            .iter()
            .map(|string| self.checker.text(at, string))
            .collect()
    }

    /// The match type and the comparator that the tags choose, `:is` and `i;ascii-casemap` by default.
    pub(crate) fn matcher(&mut self) -> Option<Matcher> {
        let chosen = self
            .tags
            .iter()
            .copied()
            .find_map(|given| match given.spec.role {
                Role::MatchType(build) => Some((given, build)),
                _ => None,
            });
        let match_type = match chosen {
            Some((given, build)) => {
                self.operand = given.operand;
                build(self)?
            }
            None => Box::new(Is),
        };
        let comparator = self.comparator()?;
        if match_type.needs() == Needs::Substrings
            && comparator.substrings() == Substrings::Unsupported
        {
            return self.report(format!(
                "the comparator {:?} can't search inside strings; use :is, :count or :value",
                comparator.name()
            ));
        }
        Some(Matcher {
            match_type,
            comparator,
        })
    }

    fn comparator(&mut self) -> Option<&'static dyn Comparator> {
        let Some(name) = self.option_string("comparator")? else {
            return Some(&AsciiCasemap);
        };
        let Some(name) = name.constant() else {
            return self.report("the name of a comparator can't hold variables");
        };
        match self.checker.vocabulary.comparator(name) {
            Some(comparator) => Some(comparator),
            None => {
                let message = self.checker.vocabulary.unknown_comparator(name);
                self.report(message)
            }
        }
    }

    /// Whether `:matches` sets match variables in this script.
    pub(crate) fn captures(&self) -> Captures {
        match self.requires("variables") {
            true => Captures::Remembered,
            false => Captures::Ignored,
        }
    }

    /// The part of addresses that the tags choose, the whole by default.
    pub(crate) fn address_part(&self) -> AddressPart {
        let mut roles = self.tags.iter().map(|given| given.spec.role);
        let chosen = roles.find_map(|role| match role {
            Role::AddressPart(part) => Some(part),
            _ => None,
        });
        chosen.unwrap_or(|address: &Address| Some(address.all.clone()))
    }

    /// The tags that change how the command delivers, in the order of the script.
    pub(crate) fn modifiers(&mut self) -> Option<Vec<Box<dyn Modifier>>> {
        let mut modifiers = Vec::new();
        for given in self.tags.clone() {
            if let Role::Modifier(build) = given.spec.role {
                self.operand = given.operand;
                modifiers.push(build(self)?);
            }
        }
        Some(modifiers)
    }

    /// The modifiers of `set`, in the order in which they are applied.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let roles = self.tags.iter().map(|given| given.spec.role);
        let mut changes: Vec<Change> = roles
            .filter_map(|role| match role {
                Role::Change(change) => Some(change),
                _ => None,
            })
            .collect();
        changes.sort_by_key(|change| std::cmp::Reverse(change.precedence));
        changes
    }

    /// The test that it holds.
    pub(crate) fn test(&mut self) -> Option<Check> {
        match self.tests {
            Tests::One(test) => self.checker.test(test),
            Tests::None | Tests::List(_) => None,
        }
    }

    /// The tests that it holds; all are checked, so that all errors are found.
    pub(crate) fn tests(&mut self) -> Option<Vec<Check>> {
        let Tests::List(tests) = self.tests else {
            return None;
        };
        let checks: Vec<_> = tests.iter().map(|test| self.checker.test(test)).collect();
        checks.into_iter().collect()
    }
}
