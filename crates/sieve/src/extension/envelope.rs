//! "envelope" (RFC 5228 section 5.4).

use std::borrow::Cow;

use crate::address::Address;
use crate::check::Call;
use crate::instruction::{Condition, Halt, Step};
use crate::machine::Machine;
use crate::matching::Matcher;
use crate::registry::{AddressPart, Extension, Family, Positional, Shape, TestSpec};
use crate::text::Text;

/// `envelope`.
pub(crate) static EXTENSION: Extension = Extension {
    capabilities: &["envelope"],
    tests: &[TestSpec {
        name: "envelope",
        shape: Shape {
            families: &[Family::Match, Family::AddressPart],
            positional: &[
                Positional::strings("envelope parts"),
                Positional::strings("keys"),
            ],
            ..Shape::NOTHING
        },
        build,
    }],
    ..Extension::EMPTY
};

fn build(call: &mut Call<'_, '_>) -> Option<Box<dyn Condition>> {
    let envelope = Envelope {
        matcher: call.matcher()?,
        part: call.address_part(),
        names: call.strings()?,
        keys: call.strings()?,
    };
    let constants = envelope.names.iter().filter_map(Text::constant);
    for name in constants {
        if let Err(message) = Side::named(name) {
            return call.report(message);
        }
    }
    Some(Box::new(envelope))
}

#[derive(Debug)]
struct Envelope {
    matcher: Matcher,
    part: AddressPart,
    names: Vec<Text>,
    keys: Vec<Text>,
}

/// The part of the envelope that is meant.
enum Side {
    From,
    To,
}

impl Side {
    fn named(name: &str) -> Result<Self, String> {
        match name.to_ascii_lowercase().as_str() {
            "from" => Ok(Side::From),
            "to" => Ok(Side::To),
            _ => Err(format!(
                "there is no envelope part {:?}; there are \"from\" and \"to\"",
                crate::lexer::shortened(name)
            )),
        }
    }
}

impl Condition for Envelope {
    fn holds(&self, machine: &mut Machine<'_>) -> Step<bool> {
        let mut values = Vec::new();
        for name in &self.names {
            let name = machine.expand(name)?;
            let path = match Side::named(&name).map_err(Halt::Fault)? {
                Side::From => machine.message.envelope_from(),
                Side::To => Some(machine.message.envelope_to()),
            };
            let Some(path) = path else { continue };
            machine.meter.work(path.len())?;
            let address = Address::from_path(path);
            // The null reverse-path is the empty string in every part.
            let value = match address.all.is_empty() {
                true => Some(String::new()),
                false => (self.part)(&address),
            };
            values.extend(value.map(Cow::Owned));
        }
        self.matcher.matches(machine, values, &self.keys)
    }
}
