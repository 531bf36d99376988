//! What a user sees of an event: its instances, each as a calendar shows it.

use std::collections::BTreeMap;

use super::clock::Instant;

/// The instances by the time at which the series has them.
pub(crate) type Seen = BTreeMap<Instant, Instance>;

/// One instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Instance {
    pub(crate) start: Instant,
    pub(crate) end: Instant,
    pub(crate) title: String,
    pub(crate) place: Option<String>,
    pub(crate) standing: Standing,
    /// Alarm, colour, category and note that the user put there.
    pub(crate) own: Vec<String>,
    /// PARTSTAT by address.
    pub(crate) answers: BTreeMap<String, String>,
}

impl Instance {
    pub(crate) fn span(&self) -> (Instant, Instant) {
        (self.start, self.end)
    }
}

/// Whether an instance takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Confirmed,
    Cancelled,
}

/// What differs, in words; none when both are the same.
pub(crate) fn difference(expected: &Seen, actual: &Seen) -> Option<String> {
    let mut out = String::new();
    let mut instants: Vec<_> = expected.keys().chain(actual.keys()).collect();
    instants.sort_unstable();
    instants.dedup();
    for instant in instants {
        let (one, other) = (expected.get(instant), actual.get(instant));
        if one != other {
            let written = |instance: Option<&Instance>| {
                instance.map_or_else(|| "nothing".to_owned(), written)
            };
            out += &format!(
                "  {}\n    expected {}\n    actual   {}\n",
                time(*instant),
                written(one),
                written(other)
            );
        }
    }
    (!out.is_empty()).then_some(out)
}

fn time(instant: Instant) -> String {
    jiff::Timestamp::from_second(instant).unwrap().to_string()
}

fn written(instance: &Instance) -> String {
    let Instance {
        start,
        end,
        title,
        place,
        standing,
        own,
        answers,
    } = instance;
    format!(
        "{} to {} {title:?} {place:?} {standing:?} {own:?} {answers:?}",
        time(*start),
        time(*end)
    )
}
