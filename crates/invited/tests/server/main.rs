//! The whole program over real sockets: mail goes in by LMTP, and what comes of it is read from
//! Maildirs and with the program's own commands.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test that fails may panic, and shows the log of its server"
)]

mod app;
mod at_once;
mod bad_input;
mod behaviour;
mod by_hand;
mod commands;
#[cfg(feature = "failpoints")]
mod crash;
mod dav;
mod harness;
mod http;
mod inbox;
mod local;
mod manifest;
mod order;
mod redirect;
mod relay_tls;
mod respond;
mod round;
mod schedule;
