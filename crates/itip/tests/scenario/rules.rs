//! Which rules have a scenario: a scenario's file is named by them, `C3+C4-what-it-shows.txt`, or by
//! the sections of RFC 5546 whose messages it plays.

use std::collections::BTreeSet;

use itip::{Note, Reason};

use crate::scenarios;
use crate::script::Script;

/// The rules that a scenario can show; of those about sending (F) the ones that are followed yet.
const RULES: &[&str] = &[
    "A1", "A2", "A3", "A4", "A5", "A6", "A7", "B1", "B2", "B3", "B4", "B5", "B6", "B7", "C1", "C2",
    "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "D1", "D2", "D3", "D4", "D5", "E1", "E2",
    "E3", "E4", "E5", "F1", "F2", "F3", "F4", "F6", "F7", "F8", "G",
];

/// What a name begins with that names sections of the standard behind its first dash.
const STANDARD: &str = "RFC5546";

/// The sections of RFC 5546 that give messages as examples.
const EXAMPLES: &[&str] = &[
    "4.1.1", "4.1.2", "4.1.3", "4.1.4", "4.1.5", "4.2.1", "4.2.2", "4.2.3", "4.2.4", "4.2.5",
    "4.2.6", "4.2.7", "4.2.8", "4.2.9", "4.2.10", "4.2.11", "4.3", "4.4.1", "4.4.2", "4.4.3",
    "4.4.4", "4.4.5", "4.4.6", "4.4.7", "4.4.8", "4.4.9", "4.4.10", "4.5.1", "4.5.2", "4.5.3",
    "4.5.4", "4.5.5", "4.5.6", "4.5.7", "4.6", "4.7.1", "4.7.2",
];

/// A scenario: its name, the rules that it is named by, and what it expects.
struct Shown {
    name: String,
    rules: BTreeSet<String>,
    expected: Vec<String>,
}

fn shown() -> Vec<Shown> {
    scenarios().iter().map(|path| read(path)).collect()
}

fn read(path: &std::path::Path) -> Shown {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let rules = name.split('-').next().unwrap().split('+');
    let script = Script::read(&std::fs::read_to_string(path).unwrap());
    let steps = script.steps.iter().map(|step| step.text.as_str());
    let expected = steps.filter_map(|text| text.strip_prefix("expect "));
    Shown {
        rules: rules.map(str::to_owned).collect(),
        expected: expected.map(str::to_owned).collect(),
        name,
    }
}

#[test]
fn every_rule_has_a_scenario() {
    let shown = shown();
    let is_shown = |rule: &&&str| shown.iter().any(|one| one.rules.contains(**rule));
    let missing: Vec<_> = RULES.iter().filter(|rule| !is_shown(rule)).collect();
    assert!(missing.is_empty(), "no scenario shows {missing:?}");
}

#[test]
fn every_example_of_the_standard_is_played() {
    let shown = shown();
    let sections: BTreeSet<_> = shown
        .iter()
        .filter(|one| one.rules.contains(STANDARD))
        .flat_map(|one| one.name.split('-').nth(1).unwrap().split('+'))
        .collect();
    assert_eq!(sections, EXAMPLES.iter().copied().collect());
}

#[test]
fn every_scenario_names_rules_and_expects_something() {
    for one in shown() {
        let is_known = |rule: &String| rule == STANDARD || RULES.contains(&rule.as_str());
        assert!(
            one.rules.iter().all(is_known),
            "{}: its name begins with no rule",
            one.name
        );
        let is_of_sending = one.rules.iter().all(|rule| rule.starts_with('F'));
        assert!(
            !one.expected.is_empty() || is_of_sending,
            "{}: expects nothing",
            one.name
        );
    }
}

/// A word comes from a rule, so a scenario that is named by that rule expects it.
#[test]
fn every_word_is_expected_where_its_rule_is_shown() {
    let shown = shown();
    // A message without a component is not stamped, and gets no further than that.
    let reasons = Reason::ALL
        .iter()
        .filter(|reason| **reason != Reason::NoComponent);
    let words = reasons
        .map(|reason| (reason.code(), reason.rule()))
        .chain(Note::ALL.iter().map(|note| (note.code(), note.rule())));
    let is_expected = |code: &str, rule: &str| {
        let named = shown.iter().filter(|one| one.rules.contains(rule));
        named
            .flat_map(|one| &one.expected)
            .any(|line| line.split(' ').any(|word| word == code))
    };
    let missing: Vec<_> = words
        .filter(|(code, rule)| !is_expected(code, rule))
        .collect();
    assert!(
        missing.is_empty(),
        "no scenario of its rule expects {missing:?}"
    );
}

/// The list of README.md: each behaviour with the files that show it.
#[test]
fn the_list_of_behaviours_names_files_that_exist() {
    let text = std::fs::read_to_string(crate::folder().join("README.md")).unwrap();
    let names: BTreeSet<_> = shown().into_iter().map(|one| one.name).collect();
    let rows = text
        .lines()
        .skip_while(|line| !line.starts_with("| behaviour"));
    let mut files = 0;
    for row in rows.skip(2).take_while(|line| line.starts_with('|')) {
        let column = row.split('|').nth(2).unwrap();
        let mut named = column.split('`').skip(1).step_by(2).peekable();
        assert!(named.peek().is_some(), "no file in {row}");
        for name in named {
            assert!(names.contains(name), "{name} is not there: {row}");
            files += 1;
        }
    }
    assert!(files > 0, "README.md lists no behaviours");
}

#[test]
fn words_are_well_formed_and_unlike() {
    let reasons = Reason::ALL.iter().map(|word| {
        (
            word.code(),
            word.text(),
            Reason::from_code(word.code()) == Some(*word),
        )
    });
    let notes = Note::ALL.iter().map(|word| {
        (
            word.code(),
            word.text(),
            Note::from_code(word.code()) == Some(*word),
        )
    });
    for (code, text, is_found) in reasons.chain(notes) {
        assert!(
            code.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
            "{code}"
        );
        assert!(
            text.ends_with('.') && text.starts_with(|c: char| c.is_uppercase()),
            "{text}"
        );
        assert!(is_found, "{code} stands for two words");
    }
}
