//! The stages of a message: intake, filter, deliver, update, outbox.

pub mod intake;
