//! "mailbox": `mailboxexists` and `:create` (RFC 5490 section 3).

use crate::deliveries::Delivery;
use crate::effect::Create;
use crate::inquiry::Inquiry;
use crate::instruction::{Condition, Step};
use crate::machine::Machine;
use crate::question::Question;
use crate::registry::{Extension, Modifier, On, Positional, Role, Shape, TagSpec, TestSpec};
use crate::text::Text;

/// `mailboxexists`, and `:create` on `fileinto`.
pub(crate) static EXTENSION: Extension = Extension {
    capabilities: &["mailbox"],
    tests: &[TestSpec {
        name: "mailboxexists",
        shape: Shape {
            positional: &[Positional::strings("mailboxes")],
            ..Shape::NOTHING
        },
        build: |call| Some(Box::new(MailboxExists(call.strings()?))),
    }],
    tags: &[TagSpec {
        name: "create",
        operand: None,
        on: On::Commands(&["fileinto"]),
        role: Role::Modifier(|_| Some(Box::new(CreateMissing))),
    }],
    ..Extension::EMPTY
};

#[derive(Debug)]
struct CreateMissing;

impl Modifier for CreateMissing {
    fn apply(&self, delivery: &mut Delivery, _: &mut Machine<'_>) -> Step<()> {
        delivery.create = Create::IfMissing;
        Ok(())
    }
}

#[derive(Debug)]
struct MailboxExists(Vec<Text>);

impl Condition for MailboxExists {
    fn holds(&self, machine: &mut Machine<'_>) -> Step<bool> {
        let mut inquiry = Inquiry::new(machine.limits);
        for name in machine.expand_all(&self.0)? {
            if name.eq_ignore_ascii_case("INBOX") {
                continue;
            }
            match machine.answers.mailbox_exists(&name) {
                Some(true) => {}
                Some(false) => return Ok(false),
                None => inquiry.ask(Question::Mailbox(name.into_owned()))?,
            }
        }
        inquiry.conclude(true)
    }
}
