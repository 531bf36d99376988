//! The whole program over real sockets: mail goes in by LMTP, and what comes of it is read from
//! Maildirs and with the program's own commands.

mod bad_input;
mod behaviour;
mod commands;
mod crash;
mod harness;
mod manifest;
mod redirect;
