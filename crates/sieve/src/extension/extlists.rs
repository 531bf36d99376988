//! "extlists": `:list` and `valid_ext_list` (RFC 6134).

use crate::inquiry::Inquiry;
use crate::instruction::{Condition, Halt, Step};
use crate::lexer::shortened;
use crate::machine::Machine;
use crate::matching::{Captures, Comparison, MatchType, Needs};
use crate::question::Question;
use crate::registry::{Extension, Family, Kind, On, Positional, Role, Shape, TagSpec, TestSpec};
use crate::text::Text;

/// The one list that there is.
const ADDRESS_BOOK: &str = ":addrbook:default";

/// The match type `:list` and the test `valid_ext_list`.
pub(crate) static EXTENSION: Extension = Extension {
    capabilities: &["extlists"],
    tests: &[TestSpec {
        name: "valid_ext_list",
        shape: Shape {
            positional: &[Positional::strings("lists")],
            ..Shape::NOTHING
        },
        build: |call| Some(Box::new(ValidExtList(call.strings()?))),
    }],
    tags: &[
        TagSpec {
            name: "list",
            operand: None,
            on: On::Family(Family::Match),
            role: Role::MatchType(|call| Some(Box::new(List(call.captures())))),
        },
        TagSpec {
            name: "list",
            operand: Some(Kind::String),
            on: On::Commands(&["redirect"]),
            role: Role::Refused(
                "mail can't be redirected to a list here; write one redirect for each address",
            ),
        },
    ],
    ..Extension::EMPTY
};

/// `:list`: the keys are names of lists, and members are found by the rules of the list.
#[derive(Debug)]
struct List(Captures);

impl MatchType for List {
    fn needs(&self) -> Needs {
        Needs::Any
    }

    fn matches(&self, machine: &mut Machine<'_>, comparison: &Comparison<'_>) -> Step<bool> {
        if let Some(unknown) = comparison.keys.iter().find(|key| !is_list(key)) {
            return Err(Halt::Fault(format!(
                "there is no list {:?}; there is {:?}",
                shortened(unknown),
                ADDRESS_BOOK
            )));
        }
        let mut inquiry = Inquiry::new(machine.limits);
        for value in &comparison.subject.values {
            for _ in comparison.keys {
                machine.meter.step()?;
                machine.meter.work(value.len())?;
                match machine.answers.list_contains(ADDRESS_BOOK, value) {
                    // An earlier value whose answer is missing might match as well, and set other match variables.
                    Some(true) if inquiry.is_empty() => {
                        self.remember(machine, value)?;
                        return Ok(true);
                    }
                    Some(_) => {}
                    None => inquiry.ask(Question::List {
                        list: ADDRESS_BOOK.to_owned(),
                        value: value.clone().into_owned(),
                    })?,
                }
            }
        }
        inquiry.conclude(false)
    }
}

impl List {
    /// As after `:matches "*"`: `${0}` is the value that the list holds.
    fn remember(&self, machine: &mut Machine<'_>, value: &str) -> Step<()> {
        match self.0 {
            Captures::Remembered => machine
                .variables
                .remember(vec![value.to_owned()], machine.limits),
            Captures::Ignored => Ok(()),
        }
    }
}

fn is_list(name: &str) -> bool {
    name.eq_ignore_ascii_case(ADDRESS_BOOK)
}

#[derive(Debug)]
struct ValidExtList(Vec<Text>);

impl Condition for ValidExtList {
    fn holds(&self, machine: &mut Machine<'_>) -> Step<bool> {
        let names = machine.expand_all(&self.0)?;
        Ok(names.iter().all(|name| is_list(name)))
    }
}
