//! Plays the scenarios of `tests/scenarios/`; README.md there says how they are written.
//!
//! `UPDATE_EXPECT=1 cargo test -p itip` rewrites what they expect; `SCENARIO=C3` plays some only.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

mod client;
mod diff;
mod door;
mod rules;
mod script;
mod undo;
mod world;

use std::path::PathBuf;

use script::Script;
use world::World;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// Paths of all scenarios, sorted.
fn scenarios() -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    files
}

#[test]
fn every_scenario_ends_as_expected() {
    let only = std::env::var("SCENARIO").unwrap_or_default();
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut failures = Vec::new();
    for path in scenarios()
        .iter()
        .filter(|path| path.to_string_lossy().contains(&only))
    {
        let text = std::fs::read_to_string(path).unwrap();
        let mut script = Script::read(&text);
        let found = World::default().play(&mut script);
        if update && script.to_text() != text {
            std::fs::write(path, script.to_text()).unwrap();
        } else if !update {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            failures.extend(
                found
                    .iter()
                    .map(|failure| format!("tests/scenarios/{name}:{failure}")),
            );
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

const WRONG: &str = "\
# What is expected is wrong in three places.
account bob bob@example.com
undo restored
receive REQUEST from alice@example.org
  DTSTAMP:20261101T100000Z
  DTSTART:20261201T090000Z
  SUMMARY:Plan
  ORGANIZER:mailto:alice@example.org
expect updated new
get only=DTSTAMP,SUMMARY
  BEGIN:VEVENT
  DTSTAMP:*
  SUMMARY:Plna
  END:VEVENT
";

#[test]
fn a_failure_says_where_and_what_differs() {
    let failures = World::default().play(&mut Script::read(WRONG));
    let lines: Vec<_> = failures
        .iter()
        .flat_map(|failure| failure.lines())
        .collect();
    assert_eq!(
        lines,
        [
            "3: undo nothing-changed, not undo restored",
            "9: the decision",
            "    - expect updated new",
            "    + expect added new",
            "10: the object",
            "      BEGIN:VEVENT",
            "      DTSTAMP:*",
            "    - SUMMARY:Plna",
            "    + SUMMARY:Plan",
            "      END:VEVENT",
        ]
    );
}

#[test]
fn what_is_expected_can_be_rewritten() {
    let mut script = Script::read(WRONG);
    World::default().play(&mut script);
    let right = WRONG
        .replace("undo restored", "undo nothing-changed")
        .replace("updated new", "added new")
        .replace("Plna", "Plan");
    assert_eq!(script.to_text(), right);
    assert_eq!(
        World::default().play(&mut Script::read(&right)),
        Vec::<String>::new()
    );
}
