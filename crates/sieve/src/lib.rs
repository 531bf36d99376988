//! Sieve (RFC 5228 and extensions): compile, run, and the list of effects.
//!
//! [`parse`] makes a syntax tree ([`ast`]) of the source, which other code can build too and [`print`](mod@print)
//! spells; [`compile`] checks it against the registry of extensions; [`run`] executes units on a [`Message`] and ends
//! in effects, or in [`Question`]s when an answer is missing. Nothing here does I/O or knows the time.
//!
//! An extension is one file in `extension/` and one line in the registry: it names its commands, tests and tags with
//! their arguments and how to build each; the checker does the rest.
//!
//! ```
//! use sieve::{Effect, Known, Limits, RawMessage, Run, compile, run};
//!
//! let limits = Limits::default();
//! let script = compile("if header :contains \"Subject\" \"sale\" { discard; }", &limits).unwrap();
//! let mail = RawMessage::new(b"Subject: Big sale\r\n\r\n", None, "alice@example.com");
//! let Run::Done(outcome) = run(&[&script], &mail, &Known::default(), &limits) else {
//!     panic!("a script that asks nothing gets no questions");
//! };
//! assert_eq!(outcome.effects, [Effect::Discard]);
//! ```

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
