//! What stories are made of, drawn at random; it shrinks to fewer messages, less done, and less disorder.

use proptest::prelude::*;

use super::clock::Clock;
use super::message::{By, Ending, Form};

/// The idea of a story.
#[derive(Clone, Debug)]
pub(crate) struct Plot {
    pub(crate) clock: Clock,
    pub(crate) step: Option<i64>,
    pub(crate) hour: Hour,
    pub(crate) ending: Ending,
    pub(crate) removes: bool,
    pub(crate) published: bool,
    pub(crate) sendings: Vec<Sending>,
    /// How many messages were sent before the user's edit.
    pub(crate) split: usize,
    pub(crate) edit: Option<Edit>,
}

impl Plot {
    /// The same of a series, should it be of a single event.
    pub(crate) fn of_series(self) -> Self {
        let step = self.step.or(Some(1));
        Self { step, ..self }
    }
}

/// When an event begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Hour {
    Morning,
    /// At an hour that one day of the series does not have where the clock is put forward.
    Skipped,
}

/// One message.
#[derive(Clone, Debug)]
pub(crate) struct Sending {
    pub(crate) act: Act,
    pub(crate) by: By,
    pub(crate) form: Form,
    pub(crate) raises: bool,
    pub(crate) same_second: bool,
    /// Where each copy of it arrives among the others; none: it is lost.
    pub(crate) copies: Vec<u8>,
}

/// What the sender did; a slot is the number of an instance.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// The series, with its overrides or without them.
    Series(Change, bool),
    /// An override so much later.
    Single(i64, u8),
    Cancel,
    /// One instance, and whether the rule has an EXDATE for it from then on.
    CancelOne(i64, bool),
    CancelFrom(i64),
}

/// What became of the series.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    Nothing,
    Text,
    Move(u8),
    Count(i64),
    Without(i64),
}

/// What the user does between; such edits alone whose end is defined whatever comes in which order.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edit {
    /// Alarm, colour, category and a note: always the user's, and new overrides inherit them (rule C3).
    Decorate,
    /// Another title of the series: stays as long as the organizer's is the same (rule C3); the
    /// organizer of a story never goes back to a title.
    Retitle,
    /// Yes to all that stands there: compared where rule C4 says the same of all messages one by one
    /// and of the last version alone.
    Accept,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        1 => Just(Change::Nothing),
        2 => Just(Change::Text),
        2 => (1_u8..6).prop_map(Change::Move),
        2 => (1_i64..7).prop_map(Change::Count),
        1 => (0_i64..5).prop_map(Change::Without),
    ]
}

fn single() -> impl Strategy<Value = Act> {
    (0_i64..5, prop_oneof![Just(0_u8), 0_u8..6]).prop_map(|(slot, shift)| Act::Single(slot, shift))
}

/// About instances alone.
pub(crate) fn of_instances() -> BoxedStrategy<Act> {
    prop_oneof![
        4 => single(),
        2 => (0_i64..5, any::<bool>()).prop_map(|(slot, excepts)| Act::CancelOne(slot, excepts)),
        1 => Just(Act::Cancel),
    ]
    .boxed()
}

/// Everything that an organizer sends.
pub(crate) fn of_all() -> BoxedStrategy<Act> {
    let series = (change(), any::<bool>());
    let cancelled = (0_i64..5, any::<bool>());
    prop_oneof![
        8 => series.prop_map(|(change, carries)| Act::Series(change, carries)),
        8 => single(),
        4 => cancelled.prop_map(|(slot, excepts)| Act::CancelOne(slot, excepts)),
        2 => (1_i64..5).prop_map(Act::CancelFrom),
        2 => Just(Act::Cancel),
    ]
    .boxed()
}

fn by() -> impl Strategy<Value = By> {
    prop_oneof![
        12 => Just(By::Alice),
        2 => Just(By::Desk),
        1 => Just(By::Mallory),
        1 => Just(By::Unauthenticated),
        1 => Just(By::Rival),
    ]
}

/// Every way of writing a RECURRENCE-ID.
pub(crate) fn forms() -> BoxedStrategy<Form> {
    prop_oneof![2 => Just(Form::Same), 1 => Just(Form::Utc), 1 => Just(Form::Windows)].boxed()
}

fn copies() -> impl Strategy<Value = Vec<u8>> {
    let key = 0_u8..12;
    prop_oneof![
        1 => Just(Vec::new()),
        8 => prop::collection::vec(key.clone(), 1),
        2 => prop::collection::vec(key, 2),
    ]
}

fn sending(act: BoxedStrategy<Act>, form: BoxedStrategy<Form>) -> impl Strategy<Value = Sending> {
    (
        act,
        by(),
        form,
        any::<bool>(),
        prop::bool::weighted(0.2),
        copies(),
    )
        .prop_map(|(act, by, form, raises, same_second, copies)| Sending {
            act,
            by,
            form,
            raises,
            same_second,
            copies,
        })
}

/// Edits of the user's own, and none.
pub(crate) fn edits(all: &[Edit]) -> BoxedStrategy<Option<Edit>> {
    if all.is_empty() {
        return Just(None).boxed();
    }
    prop::option::weighted(0.6, prop::sample::select(all.to_vec())).boxed()
}

fn clock() -> impl Strategy<Value = Clock> {
    prop_oneof![2 => Just(Clock::Berlin), 1 => Just(Clock::Utc), 1 => Just(Clock::AllDay)]
}

/// Plots with these acts.
pub(crate) fn plots(
    act: BoxedStrategy<Act>,
    form: BoxedStrategy<Form>,
    edit: BoxedStrategy<Option<Edit>>,
) -> impl Strategy<Value = Plot> {
    let step = prop_oneof![1 => Just(None), 2 => Just(Some(1)), 3 => Just(Some(7))];
    let ending = prop_oneof![Just(Ending::Count), Just(Ending::Until)];
    let sendings = prop::collection::vec(sending(act, form), 1..9);
    let hour = prop_oneof![3 => Just(Hour::Morning), 1 => Just(Hour::Skipped)];
    (
        clock(),
        (step, hour),
        ending,
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.1),
        sendings,
        0_usize..6,
        edit,
    )
        .prop_map(
            |(clock, (step, hour), ending, removes, published, sendings, split, edit)| Plot {
                clock,
                step,
                hour,
                ending,
                removes,
                published,
                sendings,
                split,
                edit,
            },
        )
}
