//! Whether an object waits for its owner's answer (rule B7).

use calendar::Method;

use crate::case::Case;
use crate::decision::Answered;
use crate::line::{Line, NEEDS_ACTION};
use crate::object::{Body, Object};
use crate::owner::Owner;

/// Whether all that can be answered is.
///
/// A published event, and one that is cancelled or of the owner's own, has nothing to answer; one
/// that lists the owner nowhere (rule C8) waits.
pub(crate) fn answered(object: &Object<'_>, case: &Case<'_>) -> Answered {
    if matches!(case.incoming.method, Method::Publish | Method::Reply) {
        return Answered::Yes;
    }
    of_object(object, case.owner)
}

/// As [`answered`], of any object.
pub(crate) fn of_object(object: &Object<'_>, owner: &Owner) -> Answered {
    let has = |test: &dyn Fn(&dyn Line) -> bool| {
        let bodies = object.components.values();
        bodies
            .filter(|body| !body.is_cancelled())
            .any(|body| body.any_line("ATTENDEE", test))
    };
    let lists_owner = |body: &Body<'_>| body.any_line("ATTENDEE", |line| owner.is(line));
    let is_organizer = object.organizer().is_some_and(|line| owner.is(&line));
    let is_listed = object.components.values().any(lists_owner);
    let waits =
        has(&|line| owner.is(line) && is_unanswered(line)) || (!is_listed && has(&|_| true));
    if waits && !is_organizer {
        Answered::No
    } else {
        Answered::Yes
    }
}

/// Whether an ATTENDEE has given no answer yet.
pub(crate) fn is_unanswered(line: &dyn Line) -> bool {
    let partstat = line.parameter("PARTSTAT");
    partstat.is_none_or(|partstat| partstat.eq_ignore_ascii_case(NEEDS_ACTION))
}
