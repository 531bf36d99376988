//! Which rules have a scenario: a scenario's file is named by them, `C3+C4-what-it-shows.txt`.

use std::collections::BTreeSet;

use itip::{Note, Reason};

use crate::scenarios;

/// The rules that this crate holds so far; those about reading mail and zones are held elsewhere.
const RULES: &[&str] = &[
    "A5", "A6", "A7", "B1", "B2", "B3", "B4", "B5", "B6", "B7", "C1", "C2", "C3", "C4", "C5", "C6",
    "C7", "C8", "C9", "C10", "D1", "D2", "D3", "D4", "D5", "E1", "E2", "E3", "E4",
];

fn shown() -> BTreeSet<String> {
    let names = scenarios()
        .into_iter()
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned());
    names
        .flat_map(|name| {
            name.split('-')
                .next()
                .unwrap()
                .split('+')
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn every_rule_has_a_scenario() {
    let shown = shown();
    let missing: Vec<_> = RULES
        .iter()
        .filter(|rule| !shown.contains(**rule))
        .collect();
    assert!(
        missing.is_empty(),
        "no scenario shows {missing:?}; there are scenarios of {shown:?}"
    );
}

#[test]
fn every_word_is_expected_somewhere() {
    let texts: String = scenarios()
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let lines: Vec<_> = texts
        .lines()
        .filter(|line| line.starts_with("expect "))
        .collect();
    let reasons = Reason::ALL.iter().filter(|reason| {
        !matches!(
            reason,
            Reason::TooMuch | Reason::StoredUnreadable | Reason::NoComponent | Reason::KindDiffers
        )
    });
    let codes = reasons
        .map(|reason| reason.code())
        .chain(Note::ALL.iter().map(|note| note.code()));
    let missing: Vec<_> = codes
        .filter(|code| {
            !lines
                .iter()
                .any(|line| line.split(' ').any(|word| word == *code))
        })
        .collect();
    assert!(missing.is_empty(), "no scenario expects {missing:?}");
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
