//! The stages of a message: intake, filter, deliver, update, outbox.

pub mod acts;
pub mod address;
pub mod by_hand;
pub mod clock;
pub mod deliver;
mod digest;
pub mod examine;
pub mod explain;
pub mod filter;
mod guard;
pub mod intake;
pub mod job;
pub mod name;
pub mod outbox;
pub mod owner;
pub mod preferences;
pub mod receive;
pub mod site;
pub mod spool;
pub mod trace;
pub mod transfer;
pub mod undo;
pub mod update;
pub mod words;
mod worker;
