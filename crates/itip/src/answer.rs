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
    let bodies = || {
        let bodies = object.components.values();
        bodies.filter(|body| !body.is_cancelled())
    };
    let lists_others = || bodies().any(|body| body.any_line("ATTENDEE", |_| true));
    let waits =
        bodies().any(|body| asks(body, case)) || (!case.lists_owner(object) && lists_others());
    if is_settled || !waits {
        Answered::Yes
    } else {
        Answered::No
    }
}

/// Whether a component has an own line without an answer.
fn asks(body: &Body<'_>, case: &Case<'_>) -> bool {
    body.any_line("ATTENDEE", |line| {
        case.owner.is(line) && is_unanswered(line)
    })
}

fn is_unanswered(line: &dyn Line) -> bool {
    let partstat = line.parameter("PARTSTAT");
    partstat.is_none_or(|partstat| partstat.eq_ignore_ascii_case("NEEDS-ACTION"))
}
