//! "copy": deliver and leave the implicit keep (RFC 3894).

use crate::deliveries::Delivery;
use crate::effect::Transfer;
use crate::instruction::Step;
use crate::machine::Machine;
use crate::registry::{Extension, Modifier, On, Role, TagSpec};

/// `:copy` on `fileinto` and `redirect`.
pub(crate) static EXTENSION: Extension = Extension {
    capabilities: &["copy"],
    tags: &[TagSpec {
        name: "copy",
        operand: None,
        on: On::Commands(&["fileinto", "redirect"]),
        role: Role::Modifier(|_| Some(Box::new(Copy))),
    }],
    ..Extension::EMPTY
};

#[derive(Debug)]
struct Copy;

impl Modifier for Copy {
    fn apply(&self, delivery: &mut Delivery, _: &mut Machine<'_>) -> Step<()> {
        delivery.transfer = Transfer::Copy;
        Ok(())
    }
}
