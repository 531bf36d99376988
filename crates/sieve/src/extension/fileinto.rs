//! "fileinto" (RFC 5228 section 4.1).

use super::base::delivery;
use crate::check::Call;
use crate::instruction::{Action, Flow, Halt, Step};
use crate::machine::Machine;
use crate::registry::{CommandSpec, Extension, Modifier, Positional, Shape};
use crate::text::Text;

/// `fileinto`.
pub(crate) static EXTENSION: Extension = Extension {
    capabilities: &["fileinto"],
    commands: &[CommandSpec {
        name: "fileinto",
        shape: Shape {
            positional: &[Positional::string("mailbox")],
            ..Shape::NOTHING
        },
        build,
    }],
    ..Extension::EMPTY
};

fn build(call: &mut Call<'_, '_>) -> Option<Box<dyn Action>> {
    let modifiers = call.modifiers()?;
    let mailbox = call.string()?;
    if let Some(Err(message)) = mailbox.constant().map(check_name) {
        return call.report(message);
    }
    Some(Box::new(FileInto { modifiers, mailbox }))
}

#[derive(Debug)]
struct FileInto {
    modifiers: Vec<Box<dyn Modifier>>,
    mailbox: Text,
}

impl Action for FileInto {
    fn execute(&self, machine: &mut Machine<'_>) -> Step<Flow> {
        let delivery = delivery(&self.modifiers, machine)?;
        let mailbox = machine.expand(&self.mailbox)?;
        check_name(&mailbox).map_err(Halt::Fault)?;
        machine
            .deliveries
            .file_into(&mailbox, delivery, machine.limits)?;
        Ok(Flow::Next)
    }
}

/// What no store can take; the rest is for the store to judge.
fn check_name(mailbox: &str) -> Result<(), String> {
    const LONGEST: usize = 1_000;
    if mailbox.is_empty() {
        return Err("the name of the mailbox is empty; write one such as \"INBOX\"".to_owned());
    }
    if mailbox.len() > LONGEST || mailbox.contains(char::is_control) {
        return Err(format!(
            "{:?} is no name for a mailbox: it is too long or holds control characters",
            crate::lexer::shortened(mailbox)
        ));
    }
    Ok(())
}
