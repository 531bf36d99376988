//! Actions that need no `require` (RFC 5228 sections 3.3, 4.2, 4.3 and 4.4).

use crate::address::outbound;
use crate::check::Call;
use crate::deliveries::Delivery;
use crate::instruction::{Action, Flow, Halt, Step};
use crate::machine::Machine;
use crate::registry::{CommandSpec, Modifier, Positional, Shape};
use crate::text::Text;

pub(super) const COMMANDS: &[CommandSpec] = &[
    CommandSpec {
        name: "keep",
        shape: Shape::NOTHING,
        build: |call| Some(Box::new(Keep(call.modifiers()?))),
    },
    CommandSpec {
        name: "redirect",
        shape: Shape {
            positional: &[Positional::string("address")],
            ..Shape::NOTHING
        },
        build: redirect,
    },
    CommandSpec {
        name: "discard",
        shape: Shape::NOTHING,
        build: |_| Some(Box::new(Discard)),
    },
    CommandSpec {
        name: "stop",
        shape: Shape::NOTHING,
        build: |_| Some(Box::new(Stop)),
    },
];

/// How a command with these tags delivers now.
pub(in crate::extension) fn delivery(
    modifiers: &[Box<dyn Modifier>],
    machine: &mut Machine<'_>,
) -> Step<Delivery> {
    let mut delivery = Delivery {
        flags: machine.flags.to_vec(),
        ..Delivery::default()
    };
    for modifier in modifiers {
        modifier.apply(&mut delivery, machine)?;
    }
    Ok(delivery)
}

fn redirect(call: &mut Call<'_, '_>) -> Option<Box<dyn Action>> {
    let modifiers = call.modifiers()?;
    let address = call.string()?;
    if let Some(Err(message)) = address.constant().map(outbound) {
        return call.report(message);
    }
    Some(Box::new(Redirect { modifiers, address }))
}

#[derive(Debug)]
struct Keep(Vec<Box<dyn Modifier>>);

impl Action for Keep {
    fn execute(&self, machine: &mut Machine<'_>) -> Step<Flow> {
        let delivery = delivery(&self.0, machine)?;
        machine.deliveries.keep(delivery, machine.limits)?;
        Ok(Flow::Next)
    }
}

#[derive(Debug)]
struct Redirect {
    modifiers: Vec<Box<dyn Modifier>>,
    address: Text,
}

impl Action for Redirect {
    fn execute(&self, machine: &mut Machine<'_>) -> Step<Flow> {
        let delivery = delivery(&self.modifiers, machine)?;
        let address = machine.expand(&self.address)?;
        let address = outbound(&address).map_err(Halt::Fault)?;
        machine
            .deliveries
            .redirect(address, &delivery, machine.limits)?;
        Ok(Flow::Next)
    }
}

#[derive(Debug)]
struct Discard;

impl Action for Discard {
    fn execute(&self, machine: &mut Machine<'_>) -> Step<Flow> {
        machine.deliveries.discard();
        Ok(Flow::Next)
    }
}

#[derive(Debug)]
struct Stop;

impl Action for Stop {
    fn execute(&self, _: &mut Machine<'_>) -> Step<Flow> {
        Ok(Flow::Stop)
    }
}
