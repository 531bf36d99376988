//! LMTP (RFC 2033): the server that hands mail to the pipeline, and a small client.
//!
//! From the wire inwards: [`mod@line`] and [`data`] cut octets into command lines and message text
//! without I/O, [`command`] and [`path`] read a line, `protocol` keeps the order of commands,
//! [`session`] drives one connection over any stream, [`server`] listens.

pub mod client;
mod collector;
pub mod command;
pub mod data;
mod fault;
mod input;
pub mod limits;
pub mod line;
pub mod listen;
pub mod path;
mod protocol;
pub mod reply;
pub mod server;
pub mod session;
pub mod socket;

pub use client::Client;
pub use limits::Limits;
pub use listen::Listen;
pub use reply::{EnhancedCode, Reply};
pub use server::Server;
