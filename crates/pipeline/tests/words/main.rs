//! Changes of events in the words that a person reads.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

mod event;
mod rules;
mod series;
mod single;
