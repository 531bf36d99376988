//! Holds the house in order: crate directions, purity, names and opening lines (ARCHITECTURE.md).

#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates from the bottom up; each may use those of lower layers only.
const LAYERS: [&[&str]; 5] = [
    &["calendar"],
    &["store", "sieve", "imip", "itip"],
    &["pipeline"],
    &["lmtp", "dav", "web"],
    &["invited"],
];

/// No I/O, no async, no clock, no randomness: time, ids and limits are arguments.
const PURE: [&str; 4] = ["calendar", "itip", "imip", "sieve"];

/// What a pure crate may not depend on.
const IMPURE_CRATES: [&str; 7] = [
    "async-trait",
    "fastrand",
    "futures",
    "getrandom",
    "hostname",
    "rand",
    "tracing",
];

/// What a pure crate may not stand on, however indirectly: runtimes, sockets, databases.
const IMPURE_GROUND: [&str; 7] = [
    "async-std",
    "hyper",
    "libsqlite3-sys",
    "mio",
    "rusqlite",
    "socket2",
    "tokio",
];

/// What a pure crate may not name of the standard library; `core::net` has the address types.
const IMPURE_MODULES: [&str; 7] = [
    "fs",
    "net",
    "env",
    "process",
    "thread",
    "SystemTime",
    "Instant",
];

/// What a pure crate may not write in any spelling: a clock or the machine's own zone.
const IMPURE_WORDS: [&str; 5] = [
    "SystemTime",
    "::now()",
    "TimeZone::system",
    "async fn",
    "async move",
];

/// Only this crate speaks to databases.
const DATABASE_CRATES: [&str; 4] = ["rusqlite", "tokio-postgres", "deadpool-postgres", "sqlx"];

/// Names that say nothing.
const EMPTY_NAMES: [&str; 6] = ["common", "util", "utils", "helper", "helpers", "misc"];

/// Where the paths of someone's machine begin; split so that this file does not hold them.
const MACHINE_PATHS: [&str; 5] = [
    concat!("/", "work/"),
    concat!("/", "root/"),
    concat!("/", "home/"),
    concat!("/", "Users/"),
    concat!("C:", "\\Users\\"),
];

/// A workspace member as `cargo metadata` tells it.
struct Member {
    name: String,
    /// Its folder.
    folder: PathBuf,
    /// The names of all that it depends on, tests and build included.
    all: BTreeSet<String>,
    /// The names of what its library depends on.
    normal: BTreeSet<String>,
}

struct House {
    root: PathBuf,
    members: Vec<Member>,
}

impl House {
    fn visit() -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let output = Command::new(cargo)
            .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
            .arg("--manifest-path")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
            .output()
            .expect("cargo runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let packages = metadata["packages"].as_array().unwrap();
        Self {
            root: metadata["workspace_root"].as_str().unwrap().into(),
            members: packages.iter().map(Member::read).collect(),
        }
    }

    fn member(&self, name: &str) -> &Member {
        self.members
            .iter()
            .find(|member| member.name == name)
            .expect(name)
    }

    /// All files of the checkout but what is built, hidden or made by a run.
    fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        walk(&self.root, &mut files);
        files
    }

    fn sources(&self) -> Vec<PathBuf> {
        let mut files = self.files();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
        files
    }
}

impl Member {
    fn read(package: &serde_json::Value) -> Self {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        let dependencies = package["dependencies"].as_array().unwrap();
        let name = |dependency: &serde_json::Value| dependency["name"].as_str().unwrap().to_owned();
        let normal = dependencies
            .iter()
            .filter(|dependency| dependency["kind"].is_null());
        Self {
            name: name(package),
            folder: manifest.parent().unwrap().to_owned(),
            all: dependencies.iter().map(name).collect(),
            normal: normal.map(name).collect(),
        }
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let made = ["target", "corpus", "artifacts", "invited-data"].contains(&name.as_str());
        if made || name == ".git" {
            continue;
        }
        match path.is_dir() {
            true => walk(&path, files),
            false => files.push(path),
        }
    }
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

/// The code of a source file without comments and without the tests at its end.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// What the code names of the standard library, in `std::a::B` and in `use std::{…}`.
fn standard_names(code: &str) -> BTreeSet<&str> {
    let uses = code.match_indices("std::").map(|(at, _)| &code[at..]);
    uses.flat_map(|used| {
        let end = match used.starts_with("std::{") {
            true => used.find(';'),
            false => used.find(|c: char| !c.is_alphanumeric() && c != ':' && c != '_'),
        };
        used[..end.unwrap_or(used.len())].split(|c: char| !c.is_alphanumeric() && c != '_')
    })
    .collect()
}

/// Each locked package and what it depends on, of all versions together.
fn locked(root: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap();
    let lock: toml::Table = lock.parse().unwrap();
    let mut graph = BTreeMap::<String, BTreeSet<String>>::new();
    for package in lock["package"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap().to_owned();
        let dependencies = package.get("dependencies").and_then(|list| list.as_array());
        let names = dependencies.into_iter().flatten().map(|dependency| {
            let spelled = dependency.as_str().unwrap();
            spelled.split(' ').next().unwrap().to_owned()
        });
        graph.entry(name).or_default().extend(names);
    }
    graph
}

#[test]
fn every_crate_has_its_layer() {
    for member in House::visit().members {
        assert!(
            layer(&member.name).is_some(),
            "{} has no place in LAYERS",
            member.name
        );
        assert!(
            member
                .folder
                .ends_with(Path::new("crates").join(&member.name))
        );
    }
}

#[test]
fn arrows_point_one_way() {
    for member in House::visit().members {
        for used in &member.all {
            assert!(
                layer(used).is_none_or(|below| Some(below) < layer(&member.name)),
                "{} must not depend on {used}",
                member.name
            );
        }
    }
}

#[test]
fn only_the_store_speaks_to_databases() {
    for member in House::visit()
        .members
        .iter()
        .filter(|member| member.name != "store")
    {
        for database in DATABASE_CRATES {
            assert!(
                !member.normal.contains(database),
                "{} depends on {database}",
                member.name
            );
        }
    }
}

#[test]
fn pure_crates_stand_on_nothing_impure() {
    let house = House::visit();
    let graph = locked(&house.root);
    for name in PURE {
        let direct = &house.member(name).normal;
        for impure in IMPURE_CRATES {
            assert!(!direct.contains(impure), "{name} depends on {impure}");
        }
        let mut seen = BTreeSet::new();
        let mut next: Vec<&String> = direct.iter().collect();
        while let Some(used) = next.pop() {
            assert!(
                !IMPURE_GROUND.contains(&used.as_str()),
                "{name} stands on {used}"
            );
            // The lock file mixes in what a member's tests use; each member is asked itself.
            if layer(used).is_none() && seen.insert(used) {
                next.extend(graph.get(used).into_iter().flatten());
            }
        }
    }
}

#[test]
fn pure_crates_have_no_io_no_clock_and_no_async() {
    let house = House::visit();
    for name in PURE {
        let mut files = Vec::new();
        walk(&house.member(name).folder.join("src"), &mut files);
        for file in files.iter().filter(|file| !file.ends_with("tests.rs")) {
            let code = code(file);
            let names = standard_names(&code);
            for module in IMPURE_MODULES {
                assert!(!names.contains(module), "{} uses {module}", file.display());
            }
            for word in IMPURE_WORDS {
                assert!(!code.contains(word), "{} has {word:?}", file.display());
            }
        }
    }
}

#[test]
fn every_source_file_opens_with_what_it_is_for() {
    for file in House::visit().sources() {
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            text.starts_with("//! "),
            "{} does not open with //!",
            file.display()
        );
    }
}

#[test]
fn every_name_says_something() {
    for file in House::visit().sources() {
        let stem = file.file_stem().unwrap().to_string_lossy();
        let folder = file
            .parent()
            .unwrap()
            .file_name()
            .unwrap()
            .to_string_lossy();
        for name in EMPTY_NAMES {
            assert!(
                stem != name && folder != name,
                "{} is named {name}",
                file.display()
            );
        }
        for module in modules(&code(&file)) {
            assert!(
                !EMPTY_NAMES.contains(&module),
                "{} has mod {module}",
                file.display()
            );
        }
    }
}

fn modules(code: &str) -> impl Iterator<Item = &str> {
    let words = code.split_whitespace().zip(code.split_whitespace().skip(1));
    words
        .filter(|(word, _)| *word == "mod")
        .map(|(_, name)| name.trim_end_matches([';', '{']))
}

#[test]
fn no_file_holds_a_machine_path() {
    for file in House::visit().files() {
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        for start in MACHINE_PATHS {
            let mut found = text.match_indices(start);
            let held = found.any(|(at, _)| begins_a_path(&text[..at]));
            assert!(!held, "{} holds a path under {start}", file.display());
        }
    }
}

/// Whether a path may begin after this text, as opposed to going on.
fn begins_a_path(before: &str) -> bool {
    let last = before.chars().next_back();
    last.is_none_or(|c| !c.is_alphanumeric() && !"_-.}>*".contains(c))
}

#[test]
fn the_checks_see_what_they_look_for() {
    let code = "use std::{fmt, time::{Duration, Instant}};\nstd::fs::read(p); core::str::from(x)";
    let names = standard_names(code);
    assert!(names.contains("Instant") && names.contains("fs") && !names.contains("str"));
    assert_eq!(
        modules("mod a;\npub mod b {").collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert!(begins_a_path("include_str!(\"") && begins_a_path("") && !begins_a_path("/dav"));
}
