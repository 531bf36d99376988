//! What holds for all scripts: no panic, and a printed tree parses to itself.

#![allow(clippy::unwrap_used, reason = "a test that can't go on must stop")]

use proptest::prelude::*;
use sieve::ast::{Block, Command, Test};
use sieve::print::print;
use sieve::{Answers, Known, Limits, RawMessage, Run, compile, parse, run};

/// Compiles and runs, answering every question with no.
fn exercise(source: &str, message: &[u8]) {
    let limits = Limits::default();
    let Ok(script) = compile(source, &limits) else {
        return;
    };
    let message = RawMessage::new(message, Some("a@example.org"), "b@example.com");
    let mut known = Known::default();
    for _ in 0..100 {
        match run(
            &[&script, &script],
            &message,
            &known as &dyn Answers,
            &limits,
        ) {
            Run::Done(outcome) => {
                assert!(!outcome.effects.is_empty());
                return;
            }
            Run::Need(questions) => {
                for question in questions {
                    known.learn(question, false);
                }
            }
        }
    }
    panic!("{source} asks without end");
}

/// Scripts of tokens that make sense now and then.
fn token_soup() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "if",
        "elsif",
        "else",
        "keep",
        "stop",
        "discard",
        "set",
        "notify",
        "fileinto",
        "redirect",
        "addflag",
        "not",
        "allof",
        "anyof",
        "header",
        "address",
        "envelope",
        "string",
        "exists",
        "size",
        "hasflag",
        "mailboxexists",
        "valid_notify_method",
        "true",
        "false",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        ",",
        ";",
        ";",
        ":is",
        ":contains",
        ":matches",
        ":list",
        ":count",
        ":value",
        ":over",
        ":copy",
        ":flags",
        ":options",
        ":domain",
        ":detail",
        ":comparator",
        ":lower",
        "\"i;octet\"",
        "\"A\"",
        "\"*a?\"",
        "\"${1}${a}\"",
        "\"ge\"",
        "\"from\"",
        "\"addcal\"",
        "\":addrbook:default\"",
        "\"a@b.org\"",
        "\"calendarId=${a}\"",
        "1K",
        "text:\nx\n.\n",
        "#x\n",
    ]);
    prop::collection::vec(token, 0..40).prop_map(|tokens| {
        format!(
            "require [\"variables\", \"enotify\", \"fileinto\", \"envelope\", \"imap4flags\", \"copy\",\
             \"extlists\", \"mailbox\", \"relational\", \"subaddress\", \"encoded-character\"];\n{}",
            tokens.join(" ")
        )
    })
}

fn word() -> impl Strategy<Value = String> {
    "[a-z_][a-z0-9_]{0,6}".prop_filter("text: begins a string", |word| word != "text")
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[^\u{0}]{0,12}", "[a.\n\r]{0,12}\n", "[\"\\\\${}:a]{0,12}",]
}

fn arguments() -> impl Strategy<Value = Vec<Part>> {
    prop::collection::vec(
        prop_oneof![
            word().prop_map(Part::Tag),
            prop_oneof![any::<u64>(), 0_u64..4_096, Just(3 << 30)].prop_map(Part::Number),
            prop::collection::vec(text(), 1..4).prop_map(Part::Strings),
        ],
        0..4,
    )
}

#[derive(Debug, Clone)]
enum Part {
    Tag(String),
    Number(u64),
    Strings(Vec<String>),
}

fn test_tree() -> impl Strategy<Value = Test> {
    let leaf = (word(), arguments()).prop_map(|(name, parts)| {
        parts
            .into_iter()
            .fold(Test::new(name), |test, part| match part {
                Part::Tag(name) => test.tag(&name),
                Part::Number(number) => test.number(number),
                Part::Strings(strings) => test.strings(strings),
            })
    });
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(Test::negated),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Test::allof),
            prop::collection::vec(inner, 1..4).prop_map(Test::anyof),
        ]
    })
}

fn command(block: Option<BoxedStrategy<Block>>) -> impl Strategy<Value = Command> {
    let block = match block {
        Some(block) => prop::option::of(block).boxed(),
        None => Just(None).boxed(),
    };
    let name = prop_oneof![word(), Just("require".into()), Just("else".into())];
    let comment = prop::option::of("[ a-z#*/\"]{0,20}(\n[ a-z]{0,5})?");
    (
        name,
        arguments(),
        prop::option::of(test_tree()),
        block,
        comment,
    )
        .prop_map(|(name, parts, test, block, comment)| {
            let mut command =
                parts
                    .into_iter()
                    .fold(Command::new(name), |command, part| match part {
                        Part::Tag(name) => command.tag(&name),
                        Part::Number(number) => command.number(number),
                        Part::Strings(strings) => command.strings(strings),
                    });
            if let Some(test) = test {
                command = command.test(test);
            }
            if let Some(block) = block {
                command = command.block(block);
            }
            command.comment(&comment.unwrap_or_default())
        })
}

fn script() -> impl Strategy<Value = Block> {
    let flat = prop::collection::vec(command(None), 0..4)
        .prop_map(Block::from)
        .boxed();
    flat.prop_recursive(3, 20, 4, |inner| {
        (
            prop::collection::vec(command(Some(inner.boxed())), 0..4),
            "[a-z ]{0,9}",
        )
            .prop_map(|(commands, comment)| Block::from(commands).comment(&comment))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn arbitrary_text_never_panics(source in any::<String>(), message in any::<Vec<u8>>()) {
        exercise(&source, &message);
    }

    #[test]
    fn token_soup_never_panics(source in token_soup(), value in "[ab@<>(),:;\"=?*\\\\]{0,30}") {
        exercise(&source, format!("A: {value}\r\nFrom: {value}\r\n\r\n").as_bytes());
    }

    #[test]
    fn whatever_parses_prints_and_parses_to_itself(source in token_soup()) {
        if let Ok(tree) = parse(&source, &Limits::default()) {
            prop_assert_eq!(parse(&print(&tree), &Limits::default()).unwrap(), tree);
        }
    }

    #[test]
    fn a_printed_tree_parses_to_itself(tree in script()) {
        let printed = print(&tree);
        match parse(&printed, &Limits::default()) {
            Ok(parsed) => prop_assert_eq!(parsed, tree, "{}", printed),
            Err(errors) => prop_assert!(false, "{:?}\n{}", errors, printed),
        }
    }
}
