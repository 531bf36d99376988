//! Tests of header fields and size (RFC 5228 sections 5.1, 5.5, 5.7 and 5.9).

use std::borrow::Cow;

use crate::address::AddressList;
use crate::check::Call;
use crate::encoded_word::{decoded, unfolded};
use crate::instruction::{Condition, Step};
use crate::machine::Machine;
use crate::matching::Matcher;
use crate::registry::{AddressPart, Family, On, Positional, Role, Shape, TagSpec, TestSpec};
use crate::text::Text;

pub(super) const ADDRESS: TestSpec = TestSpec {
    name: "address",
    shape: Shape {
        families: &[Family::Match, Family::AddressPart],
        positional: &[
            Positional::strings("header names"),
            Positional::strings("keys"),
        ],
        ..Shape::NOTHING
    },
    build: |call| {
        Some(Box::new(Address {
            matcher: call.matcher()?,
            part: call.address_part(),
            names: call.strings()?,
            keys: call.strings()?,
        }))
    },
};

pub(super) const EXISTS: TestSpec = TestSpec {
    name: "exists",
    shape: Shape {
        positional: &[Positional::strings("header names")],
        ..Shape::NOTHING
    },
    build: |call| Some(Box::new(Exists(call.strings()?))),
};

pub(super) const HEADER: TestSpec = TestSpec {
    name: "header",
    shape: Shape {
        families: &[Family::Match],
        positional: &[
            Positional::strings("header names"),
            Positional::strings("keys"),
        ],
        ..Shape::NOTHING
    },
    build: |call| {
        Some(Box::new(Header {
            matcher: call.matcher()?,
            names: call.strings()?,
            keys: call.strings()?,
        }))
    },
};

pub(super) const SIZE: TestSpec = TestSpec {
    name: "size",
    shape: Shape {
        tags: &[flag("over"), flag("under")],
        positional: &[Positional::number("limit")],
        ..Shape::NOTHING
    },
    build: size,
};

const fn flag(name: &'static str) -> TagSpec {
    TagSpec {
        name,
        operand: None,
        on: On::Own,
        role: Role::Option,
    }
}

fn size(call: &mut Call<'_, '_>) -> Option<Box<dyn Condition>> {
    let size = match (call.has("over"), call.has("under")) {
        (true, false) => Size::Over(call.number()?),
        (false, true) => Size::Under(call.number()?),
        _ => return call.report("\"size\" takes either :over or :under; write size :over 1M"),
    };
    Some(Box::new(size))
}

#[derive(Debug)]
struct Address {
    matcher: Matcher,
    part: AddressPart,
    names: Vec<Text>,
    keys: Vec<Text>,
}

impl Condition for Address {
    fn holds(&self, machine: &mut Machine<'_>) -> Step<bool> {
        let mut values = Vec::new();
        for name in &self.names {
            let name = machine.expand(name)?;
            for raw in machine.message.header_values(&name) {
                machine.meter.work(raw.len())?;
                for address in AddressList::new(&unfolded(&raw)) {
                    machine.meter.step()?;
                    values.extend((self.part)(&address).map(Cow::Owned));
                }
            }
        }
        self.matcher.matches(machine, values, &self.keys)
    }
}

#[derive(Debug)]
struct Header {
    matcher: Matcher,
    names: Vec<Text>,
    keys: Vec<Text>,
}

impl Condition for Header {
    fn holds(&self, machine: &mut Machine<'_>) -> Step<bool> {
        let mut values = Vec::new();
        for name in &self.names {
            let name = machine.expand(name)?;
            for raw in machine.message.header_values(&name) {
                machine.meter.work(raw.len())?;
                values.push(Cow::Owned(decoded(&raw)));
            }
        }
        self.matcher.matches(machine, values, &self.keys)
    }
}

#[derive(Debug)]
struct Exists(Vec<Text>);

impl Condition for Exists {
    fn holds(&self, machine: &mut Machine<'_>) -> Step<bool> {
        for name in &self.0 {
            let name = machine.expand(name)?;
            if machine.message.header_values(&name).is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[derive(Debug)]
enum Size {
    Over(u64),
    Under(u64),
}

impl Condition for Size {
    fn holds(&self, machine: &mut Machine<'_>) -> Step<bool> {
        let size = machine.message.size();
        Ok(match self {
            Size::Over(limit) => size > *limit,
            Size::Under(limit) => size < *limit,
        })
    }
}
