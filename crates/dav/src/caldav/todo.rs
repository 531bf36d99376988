//! When to-dos are, by their table (RFC 4791, 9.9: VTODO).

use std::ops::Range;

use calendar::{ComponentBuf, Instance};
use jiff::Timestamp;

/// Whether an instance of a to-do that has DTSTART or DUE overlaps the window.
pub(super) fn is_in_window(
    todo: &ComponentBuf,
    instance: &Instance,
    window: &Range<Timestamp>,
) -> bool {
    let has = |name: &str| todo.property(name).is_some();
    let Range {
        start: from,
        end: to,
    } = *window;
    let Instance { start, end, .. } = *instance;
    match (has("DTSTART"), has("DURATION"), has("DUE")) {
        (true, _, true) => (from < end || from <= start) && (to > start || to >= end),
        (true, true, false) => from <= end && (to > start || to >= end),
        (true, false, false) => window.contains(&start),
        // Its start is when it is due.
        (false, ..) => from < start && to >= start,
    }
}

/// Whether a to-do with neither DTSTART nor DUE does, by when it was done and made.
pub(super) fn is_done_or_made_in(
    done: Option<Timestamp>,
    made: Option<Timestamp>,
    window: &Range<Timestamp>,
) -> bool {
    let Range {
        start: from,
        end: to,
    } = *window;
    match (done, made) {
        (Some(done), Some(made)) => (from <= made || from <= done) && (to >= made || to >= done),
        (Some(done), None) => from <= done && to >= done,
        (None, Some(made)) => to > made,
        (None, None) => true,
    }
}
