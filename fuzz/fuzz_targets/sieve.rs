//! A script, compiled and run on a message (RFC 5228); the message follows the script after a NUL.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sieve::print::print;
use sieve::{Answers, Known, Limits, Outcome, Question, RawMessage, Run, Script};
use sieve::{compile, parse, run};

fuzz_target!(|octets: &[u8]| {
    let (script, message) = match octets.iter().position(|&octet| octet == 0) {
        Some(at) => (&octets[..at], &octets[at + 1..]),
        None => (octets, &[][..]),
    };
    let source = String::from_utf8_lossy(script);
    let limits = limits();
    if let Ok(tree) = parse(&source, &limits) {
        let printed = print(&tree);
        assert_eq!(parse(&printed, &generous()), Ok(tree), "{printed}");
    }
    match compile(&source, &limits) {
        Ok(script) => is_run(&script, message, &limits),
        Err(errors) => assert!(!errors.is_empty() && errors.len() <= limits.errors),
    }
});

/// Answers every question in the same way.
struct Always(bool);

impl Answers for Always {
    fn list_contains(&self, _: &str, _: &str) -> Option<bool> {
        Some(self.0)
    }

    fn mailbox_exists(&self, _: &str) -> Option<bool> {
        Some(self.0)
    }
}

fn is_run(script: &Script, message: &[u8], limits: &Limits) {
    let message = RawMessage::new(message, Some("a@example.org"), "b+x@example.com");
    let units = [script, script];
    for answer in [true, false] {
        let Run::Done(outcome) = run(&units, &message, &Always(answer), limits) else {
            panic!("nothing is unanswered");
        };
        is_bounded(&outcome, limits);
        let asked = asked(&units, &message, limits, answer);
        if let Some(asked) = asked.filter(|asked| asked.faults.is_empty()) {
            assert_eq!(asked, outcome);
        }
    }
}

/// The outcome when questions are answered as they come; `None` after many rounds.
fn asked(
    units: &[&Script],
    message: &RawMessage<'_>,
    limits: &Limits,
    answer: bool,
) -> Option<Outcome> {
    let mut known = Known::default();
    for _ in 0..20 {
        match run(units, message, &known, limits) {
            Run::Done(outcome) => return Some(outcome),
            Run::Need(questions) => {
                assert!(!questions.is_empty() && questions.len() <= limits.questions);
                for question in questions {
                    assert!(is_news(&known, &question), "{question:?} is asked again");
                    known.learn(question, answer);
                }
            }
        }
    }
    None
}

fn is_news(known: &Known, question: &Question) -> bool {
    let answer = match question {
        Question::List { list, value } => known.list_contains(list, value),
        Question::Mailbox(name) => known.mailbox_exists(name),
        _ => None,
    };
    answer.is_none()
}

fn is_bounded(outcome: &Outcome, limits: &Limits) {
    assert!(!outcome.effects.is_empty());
    assert!(outcome.effects.len() <= limits.effects + 1);
    assert!(outcome.steps <= 2 * limits.steps, "{}", outcome.steps);
    assert!(outcome.match_work <= 2 * limits.match_work);
    assert!(outcome.faults.len() <= 2);
}

/// Limits that many inputs meet, and that keep each short.
fn limits() -> Limits {
    Limits {
        string_length: 4_096,
        nesting: 12,
        steps: 20_000,
        match_work: 1 << 20,
        variable_bytes: 16 << 10,
        variables: 8,
        flags: 8,
        effects: 6,
        redirects: 2,
        notifies: 3,
        questions: 20,
        ..Limits::default()
    }
}

/// A printed script is longer than the one that was parsed.
fn generous() -> Limits {
    Limits {
        script_bytes: 16 << 20,
        ..limits()
    }
}
