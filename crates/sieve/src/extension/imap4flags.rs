//! "imap4flags": `setflag`, `addflag`, `removeflag`, `hasflag` and `:flags` (RFC 5232).

use std::borrow::Cow;

use super::variables::{NO_NAME, variable_name};
use crate::check::Call;
use crate::deliveries::Delivery;
use crate::flag_set::FlagSet;
use crate::instruction::{Action, Condition, Flow, Step};
use crate::machine::Machine;
use crate::matching::{Matcher, Subject};
use crate::registry::{
    CommandSpec, Extension, Family, Kind, Modifier, On, Positional, Role, Shape, TagSpec, TestSpec,
};
use crate::text::Text;

/// The flag actions, `hasflag`, and `:flags` on `keep` and `fileinto`.
pub(crate) static EXTENSION: Extension = Extension {
    capabilities: &["imap4flags"],
    commands: &[
        command("setflag", |call| build(call, Operation::Set)),
        command("addflag", |call| build(call, Operation::Add)),
        command("removeflag", |call| build(call, Operation::Remove)),
    ],
    tests: &[TestSpec {
        name: "hasflag",
        shape: Shape {
            families: &[Family::Match],
            positional: &[
                Positional::strings("variables"),
                Positional::strings("flags"),
            ],
            optional: 1,
            ..Shape::NOTHING
        },
        build: |call| {
            Some(Box::new(HasFlag {
                matcher: call.matcher()?,
                variables: variables(call)?,
                keys: call.strings()?,
            }))
        },
    }],
    tags: &[TagSpec {
        name: "flags",
        operand: Some(Kind::Strings),
        on: On::Commands(&["keep", "fileinto"]),
        role: Role::Modifier(|call| Some(Box::new(Flags(call.operand_strings()?)))),
    }],
    ..Extension::EMPTY
};

const ARGUMENTS: &[Positional] = &[Positional::string("variable"), Positional::strings("flags")];

const fn command(
    name: &'static str,
    build: fn(&mut Call<'_, '_>) -> Option<Box<dyn Action>>,
) -> CommandSpec {
    CommandSpec {
        name,
        shape: Shape {
            positional: ARGUMENTS,
            optional: 1,
            ..Shape::NOTHING
        },
        build,
    }
}

fn build(call: &mut Call<'_, '_>, operation: Operation) -> Option<Box<dyn Action>> {
    Some(Box::new(ChangeFlags {
        operation,
        variable: variables(call)?.and_then(|mut names| names.pop()),
        flags: call.strings()?,
    }))
}

/// The names of the variables that stand first; `None` inside for the internal variable.
fn variables(call: &mut Call<'_, '_>) -> Option<Option<Vec<String>>> {
    let Some(names) = call.optional_strings()? else {
        return Some(None);
    };
    if !call.requires("variables") {
        return call.report(
            "flags of a named variable need an extension; write require \"variables\"; at the top of the script",
        );
    }
    let constants = names
        .iter()
        .map(|name| name.constant().and_then(variable_name));
    match constants.collect() {
        Some(names) => Some(Some(names)),
        None => call.report(NO_NAME),
    }
}

#[derive(Debug, Clone, Copy)]
enum Operation {
    Set,
    Add,
    Remove,
}

#[derive(Debug)]
struct ChangeFlags {
    operation: Operation,
    variable: Option<String>,
    flags: Vec<Text>,
}

impl Action for ChangeFlags {
    fn execute(&self, machine: &mut Machine<'_>) -> Step<Flow> {
        let limit = machine.limits.flags;
        let texts = machine.expand_all(&self.flags)?;
        let mut set = match self.operation {
            Operation::Set => FlagSet::default(),
            Operation::Add | Operation::Remove => held(machine, self.variable.as_deref())?,
        };
        for text in &texts {
            machine.meter.work(set.len().saturating_mul(text.len()))?;
            match self.operation {
                Operation::Set | Operation::Add => set.add(text, limit)?,
                Operation::Remove => set.remove(text),
            }
        }
        match &self.variable {
            Some(name) => machine.variables.set(name, set.joined(), machine.limits)?,
            None => machine.flags = set,
        }
        Ok(Flow::Next)
    }
}

/// The flags that a variable holds, or the internal one.
fn held(machine: &mut Machine<'_>, variable: Option<&str>) -> Step<FlagSet> {
    let Some(name) = variable else {
        return Ok(machine.flags.clone());
    };
    let text = machine.variables.get(name);
    machine.meter.work(text.len())?;
    FlagSet::from_texts([text], machine.limits.flags)
}

#[derive(Debug)]
struct Flags(Vec<Text>);

impl Modifier for Flags {
    fn apply(&self, delivery: &mut Delivery, machine: &mut Machine<'_>) -> Step<()> {
        let texts = machine.expand_all(&self.0)?;
        let texts = texts.iter().map(AsRef::as_ref);
        delivery.flags = FlagSet::from_texts(texts, machine.limits.flags)?.to_vec();
        Ok(())
    }
}

#[derive(Debug)]
struct HasFlag {
    matcher: Matcher,
    variables: Option<Vec<String>>,
    keys: Vec<Text>,
}

impl Condition for HasFlag {
    fn holds(&self, machine: &mut Machine<'_>) -> Step<bool> {
        let sets = match &self.variables {
            None => vec![held(machine, None)?],
            Some(names) => names
                .iter()
                .map(|name| held(machine, Some(name)))
                .collect::<Step<Vec<_>>>()?,
        };
        let flags = sets.iter().flat_map(FlagSet::iter);
        let subject = Subject::from(flags.map(Cow::Borrowed).collect::<Vec<_>>());
        let keys = machine.expand_all(&self.keys)?;
        let flags = keys.iter().flat_map(|key| key.split_ascii_whitespace());
        let keys: Vec<_> = flags.map(Cow::Borrowed).collect();
        self.matcher.matches_any(machine, &subject, &keys)
    }
}
