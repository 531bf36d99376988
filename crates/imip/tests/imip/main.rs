//! Mails through walker, detection and stripping, as the pipeline does it (RFC 6047, rules A1 to A6).
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may panic, and says so when it skips"
)]

mod authentication_results;
mod bad_input;
mod detection;
mod from;
mod mail;
mod outgoing;
mod properties;
mod samples;
mod walker;
