//! Whether the arguments of a command or test fit its shape (RFC 5228 sections 2.6 and 2.7).

use super::Checker;
use crate::ast::{Argument, Block, Tests, Value};
use crate::error::Position;
use crate::lexer::shortened;
use crate::registry::{Kind, Role, Shape, TagSpec, TestCount};

/// A tag that stands in the script.
#[derive(Clone, Copy)]
pub(super) struct Given<'c> {
    pub(super) spec: &'static TagSpec,
    pub(super) operand: Option<&'c Argument>,
}

/// What stands in the script, before it is sorted.
pub(super) struct Source<'c> {
    pub(super) name: &'static str,
    pub(super) shape: &'static Shape,
    pub(super) at: Position,
    pub(super) arguments: &'c [Argument],
    pub(super) tests: &'c Tests,
    pub(super) block: Option<&'c Block>,
}

impl<'c> Source<'c> {
    /// Parts tags with their operands from positional arguments.
    pub(super) fn sort(
        &self,
        checker: &mut Checker<'_>,
    ) -> Option<(Vec<Given<'c>>, Vec<&'c Argument>)> {
        let mut tags: Vec<Given<'c>> = Vec::new();
        let mut positional = Vec::new();
        let mut arguments = self.arguments.iter();
        while let Some(argument) = arguments.next() {
            let Value::Tag(tag) = &argument.value else {
                positional.push(argument);
                continue;
            };
            let at = argument.place.0;
            let Some(spec) = checker.vocabulary.tag(tag, self.name, self.shape) else {
                let message = checker.vocabulary.unknown_tag(tag, self.name, self.shape);
                checker.report(at, message);
                return None;
            };
            let operand = match spec.operand {
                Some(kind) => Some(operand_of(checker, spec, kind, arguments.next(), at)?),
                None => None,
            };
            if let Some(message) = objection(spec, &tags) {
                checker.report(at, message);
                return None;
            }
            tags.push(Given { spec, operand });
        }
        Some((tags, positional))
    }

    /// Gives each positional argument its place; those that may be left out are `None`.
    pub(super) fn assign(
        &self,
        checker: &mut Checker<'_>,
        given: Vec<&'c Argument>,
    ) -> Option<Vec<Option<&'c Argument>>> {
        let wanted = self.shape.positional;
        let skipped = wanted.len().checked_sub(given.len());
        let Some(skipped) = skipped.filter(|n| *n == 0 || *n == self.shape.optional) else {
            checker.report(self.at, self.arity(given.len()));
            return None;
        };
        let mut assigned = vec![None; skipped];
        for (argument, positional) in given.into_iter().zip(wanted.iter().skip(skipped)) {
            if !fits(&argument.value, positional.kind) {
                let message = format!(
                    "the {} of {:?} must be {}",
                    positional.name,
                    self.name,
                    kind_name(positional.kind)
                );
                checker.report(argument.place.0, message);
                return None;
            }
            assigned.push(Some(argument));
        }
        Some(assigned)
    }

    fn arity(&self, found: usize) -> String {
        let names: Vec<_> = self.shape.positional.iter().map(|p| p.name).collect();
        let wanted = match (names.len(), self.shape.optional) {
            (0, _) => "no argument".to_owned(),
            (1, _) => "1 argument".to_owned(),
            (n, 0) => format!("{n} arguments"),
            (n, optional) => format!("{} or {n} arguments", n - optional),
        };
        let names = match names.is_empty() {
            true => String::new(),
            false => format!(" ({})", names.join(", ")),
        };
        format!("{:?} takes {wanted}{names}, found {found}", self.name)
    }

    /// Checks what follows the arguments: tests and block.
    pub(super) fn check_rest(&self, checker: &mut Checker<'_>) -> Option<()> {
        let name = self.name;
        let message = match (self.shape.tests, self.tests) {
            (TestCount::None, Tests::None)
            | (TestCount::One, Tests::One(_))
            | (TestCount::Many, Tests::List(_)) => None,
            (TestCount::None, Tests::One(test)) => Some(format!(
                "{name:?} takes no test; is a ; missing before {:?}?",
                shortened(&test.name)
            )),
            (TestCount::None, Tests::List(_)) => Some(format!("{name:?} takes no tests in (…)")),
            (TestCount::One, _) => Some(format!("{name:?} takes one test; write {name} TEST")),
            (TestCount::Many, _) => Some(format!(
                "{name:?} takes tests in parentheses; write {name}(TEST, …)"
            )),
        };
        let message = message.or_else(|| {
            self.block?;
            Some(format!("{name:?} takes no block; end it with a ;"))
        });
        match message {
            Some(message) => {
                checker.report(self.at, message);
                None
            }
            None => Some(()),
        }
    }
}

fn operand_of<'c>(
    checker: &mut Checker<'_>,
    spec: &TagSpec,
    kind: Kind,
    operand: Option<&'c Argument>,
    at: Position,
) -> Option<&'c Argument> {
    let operand = operand.filter(|argument| fits(&argument.value, kind));
    if operand.is_none() {
        let message = format!("{} must follow the tag :{}", kind_name(kind), spec.name);
        checker.report(at, message);
    }
    operand
}

/// Why a tag can't stand beside those before it, or not at all.
fn objection(spec: &TagSpec, tags: &[Given<'_>]) -> Option<String> {
    if let Role::Refused(reason) = spec.role {
        return Some(reason.to_owned());
    }
    let rival = tags.iter().find(|given| exclude(given.spec, spec))?;
    Some(if rival.spec.name == spec.name {
        format!("the tag :{} stands twice; remove one", spec.name)
    } else {
        format!(
            "the tags :{} and :{} exclude each other; remove one",
            rival.spec.name, spec.name
        )
    })
}

fn exclude(a: &TagSpec, b: &TagSpec) -> bool {
    let same_kind = match (a.role, b.role) {
        (Role::MatchType(_), Role::MatchType(_)) | (Role::AddressPart(_), Role::AddressPart(_)) => {
            true
        }
        (Role::Change(a), Role::Change(b)) => a.precedence == b.precedence,
        _ => false,
    };
    same_kind || a.name == b.name
}

fn fits(value: &Value, kind: Kind) -> bool {
    match (value, kind) {
        (Value::Strings(strings), Kind::String) => strings.len() == 1,
        (Value::Strings(_), Kind::Strings) | (Value::Number(_), Kind::Number) => true,
        _ => false,
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::String => "one string",
        Kind::Strings => "a string or a list of strings",
        Kind::Number => "a number",
    }
}
