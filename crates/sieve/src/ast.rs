//! The syntax tree of a script (RFC 5228 section 8.2), to be parsed, or built by other code and printed.

mod argument;
mod command;
mod test;

pub use argument::{Argument, Strings, Value};
pub use command::{Block, Command};
pub use test::{Test, Tests};

use crate::error::Position;

/// Where a node stood in the source; all places are equal, so that trees that differ only in layout are too.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place(pub Position);

impl PartialEq for Place {
    fn eq(&self, _: &Place) -> bool {
        true
    }
}

impl Eq for Place {}
