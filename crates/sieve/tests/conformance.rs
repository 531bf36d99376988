//! Runs the cases of `conformance/*.sieve`: Sieve scripts with what they need and expect in comments.
//!
//! A case begins with `#==` and a title that names the section. `#|` is a line of the message's header, `#from` and
//! `#to` the envelope, `#size` the octets of the message, `#member` an address in the address book, `#mailbox` a
//! mailbox that exists, `#-- unit` begins the next unit, and each `#>` is one line of what must come of it.

#![allow(clippy::unwrap_used, reason = "a test that can't go on must stop")]

use std::fmt::Write as _;
use std::path::Path;

use sieve::{
    Create, Effect, Importance, Known, Limits, Notify, NotifyMethod, Outcome, Question, RawMessage,
    Run, Script, Transfer, compile, run,
};

#[derive(Debug, Default)]
struct Case {
    line: usize,
    title: String,
    header: String,
    from: Option<String>,
    to: String,
    size: Option<u64>,
    members: Vec<String>,
    mailboxes: Vec<String>,
    units: Vec<String>,
    expected: String,
}

impl Case {
    fn new(line: usize, title: &str) -> Self {
        Case {
            line,
            title: title.to_owned(),
            from: Some("sender@example.org".to_owned()),
            to: "alice@example.com".to_owned(),
            units: vec![String::new()],
            ..Case::default()
        }
    }

    fn take(&mut self, line: &str) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "#|" => self.header += &format!("{rest}\r\n"),
            "#from" => self.from = Some(rest.to_owned()).filter(|from| from != "none"),
            "#to" => self.to = rest.to_owned(),
            "#size" => self.size = Some(rest.parse().unwrap()),
            "#member" => self.members.push(rest.to_owned()),
            "#mailbox" => self.mailboxes.push(rest.to_owned()),
            "#--" => self.units.push(String::new()),
            "#>" => self.expected += &format!("{rest}\n"),
            _ => *self.units.last_mut().unwrap() += &format!("{line}\n"),
        }
    }

    fn outcome(&self) -> String {
        let mut scripts = Vec::new();
        for unit in &self.units {
            match compile(unit, &Limits::default()) {
                Ok(script) => scripts.push(script),
                Err(errors) => {
                    let lines = errors.iter().map(|error| format!("error {error}\n"));
                    return lines.collect();
                }
            }
        }
        described(&self.run(&scripts))
    }

    fn run(&self, scripts: &[Script]) -> Outcome {
        let message = RawMessage::new(self.header.as_bytes(), self.from.as_deref(), &self.to);
        let message = match self.size {
            Some(size) => message.with_size(size),
            None => message,
        };
        let units: Vec<&Script> = scripts.iter().collect();
        let mut known = Known::default();
        for _ in 0..20 {
            match run(&units, &message, &known, &Limits::default()) {
                Run::Done(outcome) => return outcome,
                Run::Need(questions) => {
                    for question in questions {
                        let answer = self.answer(&question);
                        known.learn(question, answer);
                    }
                }
            }
        }
        panic!("{} asks without end", self.title);
    }

    fn answer(&self, question: &Question) -> bool {
        match question {
            Question::List { value, .. } => self.members.contains(value),
            Question::Mailbox(name) => self.mailboxes.contains(name),
            _ => false,
        }
    }
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(title) = line.strip_prefix("#== ") {
            cases.push(Case::new(index + 1, title));
        } else if let Some(case) = cases.last_mut() {
            case.take(line);
        }
    }
    cases
}

fn described(outcome: &Outcome) -> String {
    let mut text = String::new();
    for effect in &outcome.effects {
        writeln!(text, "{}", effect_line(effect)).unwrap();
    }
    for fault in &outcome.faults {
        writeln!(
            text,
            "fault unit {}, line {}: {}",
            fault.unit, fault.line, fault.message
        )
        .unwrap();
    }
    text
}

fn effect_line(effect: &Effect) -> String {
    let flagged = |flags: &[String]| match flags {
        [] => String::new(),
        flags => format!(" flags {}", flags.join(" ")),
    };
    let copied = |transfer: &Transfer| match transfer {
        Transfer::Copy => " copy",
        Transfer::Move => "",
    };
    match effect {
        Effect::Keep { flags } => format!("keep{}", flagged(flags)),
        Effect::FileInto {
            mailbox,
            create,
            transfer,
            flags,
        } => {
            let create = match create {
                Create::IfMissing => " create",
                Create::Never => "",
            };
            format!(
                "fileinto {mailbox}{}{create}{}",
                copied(transfer),
                flagged(flags)
            )
        }
        Effect::Redirect { address, transfer } => format!("redirect {address}{}", copied(transfer)),
        Effect::Discard => "discard".to_owned(),
        Effect::Notify(notify) => notify_line(notify),
        other => format!("{other:?}"),
    }
}

fn notify_line(notify: &Notify) -> String {
    let mut line = match &notify.method {
        NotifyMethod::AddCal {
            calendar: Some(calendar),
        } => format!("addcal {calendar}"),
        NotifyMethod::AddCal { calendar: None } => "addcal".to_owned(),
        NotifyMethod::UpdateCal => "updatecal".to_owned(),
        other => format!("{other:?}"),
    };
    if let Some(from) = &notify.from {
        line += &format!(" from {from}");
    }
    match notify.importance {
        Importance::High => line += " high",
        Importance::Low => line += " low",
        Importance::Normal => {}
    }
    if let Some(message) = &notify.message {
        line += &format!(" message {message}");
    }
    line
}

#[test]
fn every_case_comes_out_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut failures = String::new();
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for case in cases(&text) {
            count += 1;
            let found = case.outcome();
            if found != case.expected {
                writeln!(
                    failures,
                    "{}:{}: {}\n--- expected\n{}--- found\n{found}",
                    path.display(),
                    case.line,
                    case.title,
                    case.expected
                )
                .unwrap();
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert!(count > 110, "only {count} cases were found");
}
