//! The `invited` command.

fn main() {}
