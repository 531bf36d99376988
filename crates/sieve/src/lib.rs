//! Sieve (RFC 5228 and extensions): compile, run, and the list of effects.

mod address;
pub mod ast;
mod check;
mod comparator;
mod deliveries;
mod effect;
mod encoded_word;
mod error;
mod extension;
mod flag_set;
mod glob;
mod inquiry;
mod instruction;
mod lexer;
mod limits;
mod machine;
mod matching;
mod message;
mod meter;
mod outcome;
mod parser;
pub mod print;
mod question;
mod registry;
mod script;
mod text;
mod variables;

pub use effect::{Create, Effect, Importance, Notify, NotifyMethod, Transfer};
pub use error::{CompileError, Position};
pub use limits::Limits;
pub use message::{Message, RawMessage};
pub use outcome::{Fault, ImplicitKeep, Outcome, Run};
pub use parser::parse;
pub use question::{Answers, Known, Question};
pub use registry::capabilities;
pub use script::{Script, compile, run};
