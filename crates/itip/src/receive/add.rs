//! ADD: instances join a series with all their properties (rule D4).

use calendar::{DateOrTime, Item};

use crate::arrival::Part;
use crate::authority;
use crate::case::Case;
use crate::decision::{Decision, Outcome};
use crate::note::Note;
use crate::object::Body;
use crate::outcome;
use crate::reason::Reason;
use crate::recurrence_id::RecurrenceId;
use crate::span;
use crate::strip;
use crate::taking::Taking;

pub(super) fn add(case: &Case<'_>) -> Decision {
    let has_master = case
        .mine
        .as_ref()
        .is_some_and(|mine| mine.master().is_some());
    if case.mine.is_some()
        && let Err(reason) = authority::of_organizer(case)
    {
        return case.refuse(reason);
    }
    if !has_master {
        return Decision::no_action(Reason::UnknownEvent).noted(Note::RefreshOffered);
    }
    if !case.may_update() {
        return case.refuse(Reason::NotPermitted);
    }
    let mut taking = Taking::begin(case);
    for part in case.arrival.parts.values() {
        match instance(part, &taking) {
            Ok((id, start)) => join(case, &mut taking, part, (id, start)),
            Err(reason) => return Decision::no_action(reason).suggested(),
        }
    }
    if taking.applied.is_empty() {
        return Decision::no_action(Reason::Duplicate);
    }
    taking.take_envelope(case);
    taking.keep_base(case);
    let result = outcome::result(case, &taking);
    let mut decision = Decision::new(Outcome::Updated, Reason::Instances);
    decision.change = case.put(&result.object);
    for note in taking.notes.iter().chain(&result.notes) {
        decision.note(*note);
    }
    decision.state = Some(taking.state);
    decision
}

/// Which instance a component adds: one, at its DTSTART, written as the series is.
fn instance(part: &Part<'_>, taking: &Taking<'_>) -> Result<(RecurrenceId, DateOrTime), Reason> {
    let start = part.start().ok_or(Reason::BadDate)?;
    let id = RecurrenceId::instance(&start);
    let recurs = span::recurs(&part.component.to_buf());
    if recurs || taking.has_other_form(&id) {
        return Err(Reason::NeedsRecurrence);
    }
    Ok((id, start))
}

fn join(
    case: &Case<'_>,
    taking: &mut Taking<'_>,
    part: &Part<'_>,
    (id, start): (RecurrenceId, DateOrTime),
) {
    let is_newer = taking
        .state
        .request_stamp(&id)
        .is_none_or(|taken| part.stamp.order(taken).is_gt());
    if !is_newer {
        return;
    }
    let mut content = strip::stripped(part.component.to_buf(), case.owner);
    content.retain(|item| !matches!(item, Item::Property(line) if line.is("RECURRENCE-ID")));
    content.push_property(start.to_property("RECURRENCE-ID"));
    taking.take(&id, &part.stamp, Body::made(content));
    taking.state.added.insert(id);
}
