//! "variables": `set`, `string` and `${name}` in strings (RFC 5229).

use std::borrow::Cow;

use crate::check::Call;
use crate::instruction::{Action, Condition, Flow, Step};
use crate::machine::Machine;
use crate::matching::{Matcher, Subject};
use crate::registry::{
    Change, CommandSpec, Extension, Family, On, Positional, Role, Shape, StringSyntax, TagSpec,
    TestSpec,
};
use crate::text::{Piece, Text};
use crate::variables::HIGHEST_MATCH;

/// `set`, `string`, and the modifiers of `set`.
pub(crate) static EXTENSION: Extension = Extension {
    capabilities: &["variables"],
    commands: &[CommandSpec {
        name: "set",
        shape: Shape {
            families: &[Family::Change],
            positional: &[Positional::string("name"), Positional::string("value")],
            ..Shape::NOTHING
        },
        build: set,
    }],
    tests: &[TestSpec {
        name: "string",
        shape: Shape {
            families: &[Family::Match],
            positional: &[Positional::strings("sources"), Positional::strings("keys")],
            ..Shape::NOTHING
        },
        build: |call| {
            Some(Box::new(StringTest {
                matcher: call.matcher()?,
                sources: call.strings()?,
                keys: call.strings()?,
            }))
        },
    }],
    tags: &[
        change("lower", 40, str::to_ascii_lowercase),
        change("upper", 40, str::to_ascii_uppercase),
        change("lowerfirst", 30, |value| {
            first(value, |c| c.to_ascii_lowercase())
        }),
        change("upperfirst", 30, |value| {
            first(value, |c| c.to_ascii_uppercase())
        }),
        change("quotewildcard", 20, quote_wildcards),
        change("length", 10, |value| value.chars().count().to_string()),
    ],
    strings: StringSyntax::Template(template),
    ..Extension::EMPTY
};

/// A modifier of `set`.
pub(super) const fn change(
    name: &'static str,
    precedence: u32,
    apply: fn(&str) -> String,
) -> TagSpec {
    TagSpec {
        name,
        operand: None,
        on: On::Family(Family::Change),
        role: Role::Change(Change { precedence, apply }),
    }
}

fn first(value: &str, change: fn(char) -> char) -> String {
    let mut chars = value.chars();
    chars.next().map(change).into_iter().chain(chars).collect()
}

fn quote_wildcards(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '*' | '?' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted
}

fn set(call: &mut Call<'_, '_>) -> Option<Box<dyn Action>> {
    let changes = call.changes();
    let name = call.string()?;
    let Some(name) = name.constant().and_then(variable_name) else {
        return call.report(NO_NAME);
    };
    Some(Box::new(Set {
        changes,
        name,
        value: call.string()?,
    }))
}

/// What is wrong with a name that is not one.
pub(super) const NO_NAME: &str =
    "the name of a variable is a letter or _ and then letters, digits or _, without ${…}";

/// The name in the form in which it is stored, if it is one that can be set.
pub(super) fn variable_name(name: &str) -> Option<String> {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| name.to_ascii_lowercase())
}

/// Finds the variables in a string; what only resembles one is left as it stands.
fn template(string: &str) -> Result<Text, String> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = string;
    while let Some(start) = rest.find("${") {
        let (before, after) = (rest.get(..start), rest.get(start + 2..));
        literal.push_str(before.unwrap_or_default());
        rest = after.unwrap_or_default();
        match reference(rest)? {
            Some((piece, octets)) => {
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                pieces.push(piece);
                rest = rest.get(octets..).unwrap_or_default();
            }
            None => literal.push_str("${"),
        }
    }
    literal.push_str(rest);
    if pieces.is_empty() {
        return Ok(Text::Constant(literal));
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    Ok(Text::Template(pieces))
}

/// The variable whose name and brace stand first, and their octets.
fn reference(text: &str) -> Result<Option<(Piece, usize)>, String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let (name, after) = text.split_at(end);
    if !after.starts_with('}') {
        return Ok(None);
    }
    if !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_digit()) {
        let index = name.parse().ok().filter(|index| *index <= HIGHEST_MATCH);
        let index = index.ok_or_else(|| {
            format!("there is no match variable above ${{{HIGHEST_MATCH}}}; use a lower one")
        })?;
        return Ok(Some((Piece::Match(index), end + 1)));
    }
    if let Some(name) = variable_name(name) {
        return Ok(Some((Piece::Variable(name), end + 1)));
    }
    match is_namespaced(name) {
        true => Err(format!(
            "no extension here has the variable ${{{}}}; remove it",
            crate::lexer::shortened(name)
        )),
        false => Ok(None),
    }
}

fn is_namespaced(name: &str) -> bool {
    let mut parts = name.split('.');
    let last = parts.next_back().unwrap_or_default();
    let is_number = !last.is_empty() && last.bytes().all(|octet| octet.is_ascii_digit());
    (is_number || variable_name(last).is_some()) && parts.all(|part| variable_name(part).is_some())
}

#[derive(Debug)]
struct Set {
    changes: Vec<Change>,
    name: String,
    value: Text,
}

impl Action for Set {
    fn execute(&self, machine: &mut Machine<'_>) -> Step<Flow> {
        let mut value = machine.expand_cut(&self.value)?.into_owned();
        for change in &self.changes {
            machine.meter.work(value.len())?;
            value = (change.apply)(&value);
        }
        machine.variables.set(&self.name, value, machine.limits)?;
        Ok(Flow::Next)
    }
}

#[derive(Debug)]
struct StringTest {
    matcher: Matcher,
    sources: Vec<Text>,
    keys: Vec<Text>,
}

impl Condition for StringTest {
    fn holds(&self, machine: &mut Machine<'_>) -> Step<bool> {
        let values: Vec<Cow<'_, str>> = machine.expand_all(&self.sources)?;
        // Section 5: the empty string counts for nothing.
        let count = values.iter().filter(|value| !value.is_empty()).count();
        let subject = Subject { values, count };
        self.matcher.matches(machine, subject, &self.keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(string: &str) -> String {
        match template(string) {
            Ok(Text::Constant(text)) => text,
            Ok(Text::Template(pieces)) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Literal(text) => text.clone(),
                    Piece::Variable(name) => format!("<{name}>"),
                    Piece::Match(index) => format!("<{index}>"),
                })
                .collect(),
            Err(message) => message,
        }
    }

    #[test]
    fn the_examples_of_section_3() {
        assert_eq!(shown("${full}"), "<full>");
        assert_eq!(shown("${Company}"), "<company>");
        assert_eq!(shown("${BAD${Company}"), "${BAD<company>");
        assert_eq!(
            shown("${President, ${Company} Inc.}"),
            "${President, <company> Inc.}"
        );
        assert_eq!(shown("${fo\\o}"), "${fo\\o}");
        assert_eq!(
            shown("$ ${} ${ a} ${-} ${3a} ${a.} $"),
            "$ ${} ${ a} ${-} ${3a} ${a.} $"
        );
    }

    #[test]
    fn match_variables_and_namespaces() {
        assert_eq!(shown("${1}${0032}"), "<1><32>");
        assert!(shown("${33}").contains("no match variable above ${32}"));
        assert!(shown("${99999999999999999999999}").contains("no match variable"));
        assert!(shown("${a.b}").contains("no extension here"));
    }

    #[test]
    fn changes() {
        assert_eq!(first("juMB", |c| c.to_ascii_uppercase()), "JuMB");
        assert_eq!(first("", |c| c.to_ascii_uppercase()), "");
        assert_eq!(quote_wildcards("Rock*\\?"), "Rock\\*\\\\\\?");
    }
}
