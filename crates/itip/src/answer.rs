//! Whether an object waits for its owner's answer (rule B7).

use calendar::Method;

use crate::case::Case;
use crate::decision::Answered;
use crate::line::Line;
use crate::object::{Body, Object};

/// Whether all that can be answered is.
///
/// A published event, and one that is cancelled or of the owner's own, has nothing to answer; one
/// that lists the owner nowhere (rule C8) waits.
pub(crate) fn answered(object: &Object<'_>, case: &Case<'_>) -> Answered {
    let is_settled = matches!(case.incoming.method, Method::Publish | Method::Reply);
    if is_settled || !object.components.values().any(|body| waits(body, case)) {
        Answered::Yes
    } else {
        Answered::No
    }
}

/// Whether a component asks: an own line without an answer, or a list without the owner.
fn waits(body: &Body<'_>, case: &Case<'_>) -> bool {
    let is_cancelled = |status: &dyn Line| status.value().trim().eq_ignore_ascii_case("CANCELLED");
    if body.any_line("STATUS", is_cancelled) {
        return false;
    }
    let mut is_listed = false;
    let asks = body.any_line("ATTENDEE", |line| {
        let is_own = case.owner.is(line);
        is_listed |= is_own;
        is_own && is_unanswered(line)
    });
    asks || (!is_listed && body.any_line("ATTENDEE", |_| true))
}

fn is_unanswered(line: &dyn Line) -> bool {
    let partstat = line.parameter("PARTSTAT");
    partstat.is_none_or(|partstat| partstat.eq_ignore_ascii_case("NEEDS-ACTION"))
}
