//! Scripts and messages made to hurt: clear errors, and budgets that hold exactly.

#![allow(clippy::unwrap_used, reason = "a test that can't go on must stop")]

use sieve::{
    Effect, ImplicitKeep, Known, Limits, Outcome, Question, RawMessage, Run, compile, run,
};

fn outcome(source: &str, header: &str, limits: &Limits) -> Outcome {
    let script = compile(source, limits).unwrap();
    let message = RawMessage::new(header.as_bytes(), Some("a@example.org"), "b@example.com");
    match run(&[&script], &message, &Known::default(), limits) {
        Run::Done(outcome) => outcome,
        Run::Need(questions) => panic!("{questions:?}"),
    }
}

fn errors(source: &str) -> Vec<String> {
    let errors = compile(source, &Limits::default()).unwrap_err();
    errors.iter().map(ToString::to_string).collect()
}

fn assert_kept(outcome: &Outcome, fault: &str) {
    assert_eq!(outcome.effects, [Effect::Keep { flags: vec![] }]);
    assert_eq!(outcome.implicit_keep, ImplicitKeep::Forced);
    let message = &outcome.faults[0].message;
    assert!(message.contains(fault), "{message}");
}

#[test]
fn steps_are_counted_exactly() {
    let limits = Limits::default();
    let header = "A: x\r\nA: y\r\n\r\n";
    // A command and a test are one step each; so is each string, and each pair of value and key.
    for (source, steps) in [
        ("", 0),
        ("keep;", 1),
        ("if true { keep; }", 3),
        ("if not false {}", 3),
        ("if exists \"A\" {}", 3),
        ("if header \"A\" \"y\" {}", 6),
        ("if header \"A\" [\"z\", \"x\"] {}", 7),
        ("if anyof(true, true, true) {}", 3),
    ] {
        assert_eq!(outcome(source, header, &limits).steps, steps, "{source}");
    }
}

#[test]
fn the_step_budget_ends_a_unit_at_its_last_step() {
    let source = "keep; ".repeat(10);
    let limits = |steps| Limits {
        steps,
        ..Limits::default()
    };
    assert!(outcome(&source, "", &limits(10)).faults.is_empty());
    let ended = outcome(&source, "", &limits(9));
    assert_eq!(ended.steps, 9);
    assert_kept(&ended, "more than the 9 steps");
}

#[test]
fn hostile_patterns_cost_their_value_times_one_run_at_most() {
    let header = format!("A: {}\r\n\r\n", "a".repeat(10_000));
    let script = |pattern: &str| format!("if header :matches \"A\" \"{pattern}\" {{ discard; }}");
    let stars = outcome(
        &script(&("*a".repeat(30) + "*b")),
        &header,
        &Limits::default(),
    );
    assert!(stars.faults.is_empty());
    assert_eq!(stars.match_work, 20_190);
    let long = outcome(
        &script(&format!("*{}b*", "a".repeat(900))),
        &header,
        &Limits::default(),
    );
    assert!(long.faults.is_empty());
    assert_eq!(long.match_work, 8_220_911);
    let tight = Limits {
        match_work: 1_000_000,
        ..Limits::default()
    };
    let ended = outcome(&script(&format!("*{}b*", "a".repeat(900))), &header, &tight);
    assert_eq!(ended.match_work, 1_000_000);
    assert_kept(&ended, "octets of work");
}

#[test]
fn doubling_a_variable_stops_at_its_limit() {
    let limits = Limits {
        string_length: 1_000,
        variable_bytes: 1_000,
        ..Limits::default()
    };
    let doubling = "set \"a\" \"${a}${a}\";".repeat(100);
    let source = format!("require \"variables\"; set \"a\" \"x\"; {doubling}");
    assert!(outcome(&source, "", &limits).faults.is_empty());
    let both = format!("{source} set \"b\" \"${{a}}\";");
    assert_kept(
        &outcome(&both, "", &limits),
        "variables hold more than the 1000 octets",
    );
    let used = format!("require \"fileinto\"; {source} fileinto \"${{a}}${{a}}\";");
    assert_kept(&outcome(&used, "", &limits), "more than the 1000 octets");
}

#[test]
fn effects_are_bounded() {
    let files: String = (0..33).map(|n| format!("fileinto \"{n}\";")).collect();
    let source = format!("require \"fileinto\"; {files}");
    assert_kept(
        &outcome(&source, "", &Limits::default()),
        "more than the 32 actions",
    );
    let notifies: String = (0..11)
        .map(|n| format!("notify :options \"calendarId={n}\" \"addcal\";"))
        .collect();
    let source = format!("require \"enotify\"; {notifies}");
    assert_kept(
        &outcome(&source, "", &Limits::default()),
        "more than the 10 notifications",
    );
}

#[test]
fn questions_are_asked_together_and_bounded() {
    let limits = Limits {
        questions: 2,
        ..Limits::default()
    };
    let source = "require \"extlists\"; if address :list \"To\" \":addrbook:default\" { discard; }";
    let script = compile(source, &limits).unwrap();
    let ask = |to: &str| {
        let header = format!("To: {to}\r\n\r\n");
        let message = RawMessage::new(header.as_bytes(), None, "b@example.com");
        run(&[&script], &message, &Known::default(), &limits)
    };
    let question = |value: &str| Question::List {
        list: ":addrbook:default".to_owned(),
        value: value.to_owned(),
    };
    assert_eq!(
        ask("a@b, c@d, a@b"),
        Run::Need(vec![question("a@b"), question("c@d")])
    );
    let Run::Done(outcome) = ask("a@b, c@d, e@f") else {
        panic!("a third question was asked");
    };
    assert_kept(&outcome, "more than the 2 things");
}

#[test]
fn an_answer_that_is_missing_is_asked_for_before_a_later_one_counts() {
    let source = "require \"extlists\"; if address :list \"To\" \":addrbook:default\" { discard; }";
    let script = compile(source, &Limits::default()).unwrap();
    let message = RawMessage::new(b"To: a@b, c@d\r\n\r\n", None, "b@example.com");
    let question = |value: &str| Question::List {
        list: ":addrbook:default".to_owned(),
        value: value.to_owned(),
    };
    let mut known = Known::default();
    known.learn(question("c@d"), true);
    let asked = run(&[&script], &message, &known, &Limits::default());
    assert_eq!(asked, Run::Need(vec![question("a@b")]));
    known.learn(question("a@b"), false);
    let Run::Done(outcome) = run(&[&script], &message, &known, &Limits::default()) else {
        panic!("everything is known");
    };
    assert_eq!(outcome.effects, [Effect::Discard]);
}

#[test]
fn nesting_is_refused_at_its_limit_in_one_sentence() {
    for hostile in [
        "if true { ".repeat(10_000),
        format!("if {} true {{}}", "not ".repeat(10_000)),
        "if allof(".repeat(10_000),
        format!(
            "if {}true{} {{}}",
            "anyof(".repeat(10_000),
            ")".repeat(10_000)
        ),
    ] {
        let errors = errors(&hostile);
        assert_eq!(errors.len(), 1);
        assert!(
            errors[0].contains("nested deeper than 32 levels"),
            "{errors:?}"
        );
    }
    let lists = errors(&format!("keep {}", "[".repeat(10_000)));
    assert_eq!(
        lists,
        ["line 1, column 7: a list holds strings in double quotes, not ["]
    );
}

#[test]
fn a_megabyte_of_anything_is_read_or_refused() {
    let megabyte = Limits::default().script_bytes;
    let fill = |part: &str, octets: usize| part.repeat(octets / part.len());
    assert!(compile(&fill("keep;", megabyte), &Limits::default()).is_ok());
    assert!(errors(&fill("\\", megabyte)).len() <= 20);
    for part in [
        "a", "kep;", "keep;.", "\"", "{", "}", "(", "[", ":a ", "1", "/*", "text:", "\u{0}", "$",
        "if ", "elsif ", "\"a\",", "keep :a;",
    ] {
        let errors = errors(&fill(part, megabyte / 16));
        assert!((1..=20).contains(&errors.len()), "{part:?}: {errors:?}");
    }
    let list = format!("if exists [{}\"a\"] {{}}", "\"a\",".repeat(200_000));
    let script = compile(&list, &Limits::default()).unwrap();
    let message = RawMessage::new(b"", None, "");
    let Run::Done(outcome) = run(&[&script], &message, &Known::default(), &Limits::default())
    else {
        panic!("nothing is asked");
    };
    assert_eq!(outcome.steps, 3);
    assert_eq!(
        errors(&" ".repeat(megabyte + 1)),
        [
            "line 1, column 1: the script has 1048577 octets, more than the 1048576 allowed; shorten it"
        ]
    );
}

#[test]
fn many_names_meet_many_fields_in_bounded_work() {
    let header: String = (0..50_000).map(|n| format!("A{n}:\r\n")).collect();
    let source = format!(
        "if header [{}\"b\"] \"x\" {{ discard; }}",
        "\"a\",".repeat(100_000)
    );
    let outcome = outcome(&source, &header, &Limits::default());
    assert_eq!((outcome.steps, outcome.faults.len()), (100_004, 0));
}

#[test]
fn a_long_string_is_refused() {
    let source = format!("redirect \"{}\";", "a".repeat(70_000));
    assert_eq!(
        errors(&source),
        [
            "line 1, column 10: this string has 70000 octets, more than the 65536 allowed; shorten it"
        ]
    );
}

#[test]
fn hostile_fields_are_read_in_bounded_work() {
    let source = "require \"fileinto\";
        if header :contains \"A\" \"never\" { discard; }
        if address :contains \"A\" \"never\" { discard; }";
    for part in [
        "=?",
        "=?utf-8?q?",
        "=?utf-8?b?AAAA?= ",
        "(",
        "<",
        "\"",
        ",",
        ":",
        "a@b,",
        "\\",
        "\u{fc}",
    ] {
        let header = format!("A: {}\r\n\r\n", part.repeat(200_000 / part.len()));
        let outcome = outcome(source, &header, &Limits::default());
        assert_eq!(outcome.faults, [], "{part:?}");
        assert_eq!(outcome.effects, [Effect::Keep { flags: vec![] }]);
    }
}
