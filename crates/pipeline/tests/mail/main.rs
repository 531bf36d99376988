//! Scheduling messages as mail: its words, and what of it the outbox is told (rules F6 to F8).

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

mod messages;
mod samples;
mod sent;
mod words;
