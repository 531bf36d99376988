//! The whole way of a mail, measured: messages a second beside the floor, memory, bad input; see
//! ../RESULTS.md.
//!
//! `cargo bench -p invited --bench throughput -- ordinary invitations memory bad-input` runs the
//! named parts, all of them without names.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

mod applied;
mod bad_input;
mod client;
mod floor;
mod mail;
mod memory;
mod process;
mod product;
mod rates;

fn main() {
    let named: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    for (name, run) in [
        ("ordinary", rates::ordinary as fn()),
        ("invitations", rates::invitations),
        ("memory", memory::run),
        ("bad-input", bad_input::run),
    ] {
        if named.is_empty() || named.iter().any(|one| one == name) {
            run();
        }
    }
}

/// A folder on the disk that the build is on, never in memory.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}
