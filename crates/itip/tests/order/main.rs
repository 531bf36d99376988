//! Any order of an event's messages, with some lost and some doubled, ends as that subset in order
//! would (promise 3): a property test against a plain reading of RULES.md.
//!
//! `ORDER_CASES=100000` plays as many of each family, `ORDER_SEED=7` the same again.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails loudly, and says its seed"
)]

mod answers;
mod clock;
mod edit;
mod expected;
mod message;
mod model;
mod play;
mod plot;
mod reader;
mod seed;
mod seen;
mod story;

use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestError, TestRunner};

use answers::{Answers, answers};
use expected::Expected;
use plot::{Edit, Plot, edits, forms, of_all, of_instances, plots};
use seed::variable;
use seen::Seen;
use story::Story;

/// Plays stories until one ends otherwise than expected, and shows the smallest such.
fn tell<S: std::fmt::Debug + Clone>(
    (family, cases): (&str, u32),
    plots: impl Strategy<Value = S>,
    check: impl Fn(&S) -> Result<(), String>,
) {
    let seed = seed::seed(family);
    let cases = variable("ORDER_CASES").map_or(cases, |cases| u32::try_from(cases).unwrap());
    println!("{family}: {cases} cases, ORDER_SEED={seed}");
    let result = TestRunner::new_with_rng(seed::config(cases), seed::rng(seed))
        .run(&plots, |story| check(&story).map_err(TestCaseError::fail));
    match result {
        Ok(()) => {}
        Err(TestError::Fail(why, story)) => {
            panic!("ORDER_SEED={seed}\n\n{story:?}\n{why}")
        }
        Err(TestError::Abort(why)) => panic!("ORDER_SEED={seed}: {why}"),
    }
}

fn ends_as_in_order(story: &Story) -> Result<(), String> {
    let expected = Expected::of(story);
    let text = play::play(story);
    let mut seen = text.as_deref().map(reader::seen).unwrap_or_default();
    expected.forgive(&mut seen, story);
    same(&expected.seen, &seen)
}

/// Nothing of a text differs but the order of its lines, also what no calendar shows.
fn text_ends_as_in_order(story: &Story) -> Result<(), String> {
    let lines = |story: &Story| {
        let text = play::play(story).unwrap_or_default();
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    let (expected, actual) = (lines(&story.in_order()), lines(story));
    if expected == actual {
        return Ok(());
    }
    Err(format!(
        "in order\n{expected:#?}\nin this order\n{actual:#?}"
    ))
}

fn answers_end_as_in_order(answers: &Answers) -> Result<(), String> {
    let text = play::play_answers(answers).unwrap();
    same(&answers.expected(), &reader::seen(&text))
}

fn same(expected: &Seen, seen: &Seen) -> Result<(), String> {
    seen::difference(expected, seen).map_or(Ok(()), Err)
}

fn stories(plots: impl Strategy<Value = Plot>) -> impl Strategy<Value = Story> {
    plots.prop_map(|plot| Story::of(&plot))
}

#[test]
fn everything_about_a_series() {
    let edits = edits(&[Edit::Accept, Edit::Decorate, Edit::Retitle]);
    let plots = plots(of_all(), forms(), edits);
    tell(("series", 5_000), stories(plots), ends_as_in_order);
}

#[test]
fn instances_alone() {
    let plots = plots(of_instances(), forms(), edits(&[Edit::Accept]));
    let plots = plots.prop_map(Plot::of_series);
    tell(("instances", 1_500), stories(plots), ends_as_in_order);
}

#[test]
fn answers_to_an_own_event() {
    tell(
        ("answers", 2_500),
        answers(forms()),
        answers_end_as_in_order,
    );
}

#[test]
fn texts_are_the_same_in_any_order() {
    let plots = plots(of_all(), forms(), edits(&[]));
    let plots = plots.prop_map(|plot| Plot {
        removes: false,
        ..plot
    });
    tell(("texts", 1_500), stories(plots), text_ends_as_in_order);
}
