//! Sieve (RFC 5228 and extensions): compile, run, and the list of effects.

pub mod ast;
mod effect;
mod error;
mod lexer;
mod limits;
mod message;
mod outcome;
mod parser;
pub mod print;
mod question;
mod script;

pub use effect::{Create, Effect, Importance, Notify, NotifyMethod, Transfer};
pub use error::{CompileError, Position};
pub use limits::Limits;
pub use message::{Message, RawMessage};
pub use outcome::{Fault, ImplicitKeep, Outcome, Run};
pub use parser::parse;
pub use question::{Answers, Known, Question};
pub use script::{Script, compile, run};
