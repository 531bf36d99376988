//! The parts of the `invited` program.

pub mod config;
