//! Whether an object waits for its owner's answer (rule B7).

use calendar::{ComponentBuf, Method};

use crate::case::Case;
use crate::decision::Answered;
use crate::object::Object;
use crate::strip;

/// Whether all that can be answered is.
///
/// A published event, and one that is cancelled or of the owner's own, has nothing to answer; one
/// that lists the owner nowhere (rule C8) waits.
pub(crate) fn answered(object: &Object<'_>, case: &Case<'_>) -> Answered {
    let own_method = matches!(case.incoming.method, Method::Publish | Method::Reply);
    let waits = |component: &ComponentBuf| !is_cancelled(component) && waits(component, case);
    if own_method || !object.components.values().any(|body| waits(&body.to_buf())) {
        Answered::Yes
    } else {
        Answered::No
    }
}

fn is_cancelled(component: &ComponentBuf) -> bool {
    let status = component.property("STATUS");
    status.is_some_and(|status| status.value().trim().eq_ignore_ascii_case("CANCELLED"))
}

fn waits(component: &ComponentBuf, case: &Case<'_>) -> bool {
    match strip::own_attendee(component, case.owner) {
        Some(own) => own
            .parameter("PARTSTAT")
            .is_none_or(|partstat| partstat.eq_ignore_ascii_case("NEEDS-ACTION")),
        None => component.property("ATTENDEE").is_some(),
    }
}
