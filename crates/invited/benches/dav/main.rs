//! What requests of CalDAV and CardDAV cost, in collections of different sizes; see RESULTS.md.
//!
//! `cargo bench -p invited --bench dav -- 1000 100000 put multiget` measures the named parts in
//! collections of the named sizes, all of them without names. The server is a process of its own.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

mod client;
mod content;
mod figure;
mod load;
mod reading;
mod server;
mod writing;

use crate::figure::Row;
use crate::server::{Server, Site};

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// A part of the benchmark: its name, what it should come to, and how it is measured.
type Part = (&'static str, &'static str, fn(&Server<'_>) -> String);

const PARTS: [Part; 12] = [
    ("put", "2,000/s", writing::put_over),
    ("put-new", "2,000/s", writing::put_new),
    ("put-one-by-one", "", writing::put_alone),
    ("multiget", "4 ms", reading::multiget),
    ("query", "4 ms", reading::month),
    ("sync", "0.5 ms", reading::sync),
    ("get", "", reading::get),
    ("propfind", "32 MiB", reading::propfind),
    ("card-put", "2,000/s", writing::card_over),
    ("card-multiget", "4 ms", reading::card_multiget),
    ("card-sync", "0.5 ms", reading::card_sync),
    ("card-propfind", "32 MiB", reading::card_propfind),
];

fn main() {
    let named: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let sizes: Vec<usize> = named.iter().filter_map(|one| one.parse().ok()).collect();
    let sizes = match sizes.is_empty() {
        true => SIZES.to_vec(),
        false => sizes,
    };
    let is_part = |name: &str| PARTS.iter().any(|(part, ..)| *part == name);
    let parts: Vec<&String> = named.iter().filter(|one| is_part(one)).collect();
    let asked = PARTS
        .iter()
        .filter(|(name, ..)| parts.is_empty() || parts.iter().any(|one| one == name));
    let mut rows: Vec<(&Part, Row)> = asked.map(|part| (part, Row::default())).collect();
    for &size in &sizes {
        let site = Site::fill(size);
        for (part, row) in &mut rows {
            let (name, _, run) = part;
            let figure = run(&Server::start(&site));
            println!("{size:>7} {name}: {figure}");
            row.push(figure);
        }
    }
    figure::table(&sizes, &rows);
}
