//! ADD: instances join a series with all their properties (rule D4).

use calendar::ComponentBuf;

use crate::arrival::Part;
use crate::authority;
use crate::case::Case;
use crate::course::Course;
use crate::decision::{Decision, Outcome};
use crate::note::Note;
use crate::object::Body;
use crate::outcome;
use crate::reason::Reason;
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
        if let Err(reason) = join(case, &mut taking, part) {
            return Decision::no_action(reason).noted(Note::RefreshOffered);
        }
    }
    if taking.version.components.len() > case.limits.components {
        return Decision::no_action(Reason::TooMuch).noted(Note::RefreshOffered);
    }
    if taking.applied.is_empty() && taking.state.added == case.state.added {
        return Decision::no_action(taking.refusal());
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

/// Lets every instance of a component join.
fn join<'a>(case: &Case<'a>, taking: &mut Taking<'a>, part: &Part<'_>) -> Result<(), Reason> {
    if part.start().is_none() {
        return Err(Reason::BadDate);
    }
    let mut content = strip::stripped(part.component.to_buf(), case.owner);
    content.remove_properties("RECURRENCE-ID");
    if !span::recurs(&Body::Kept(part.component)) {
        return join_one(case, taking, part, content);
    }
    let clock = case.arrival.clock.clone();
    let course = Course::read(vec![content], clock, &case.limits.recurrence)?;
    for instance in course.all(case.limits.added)? {
        join_one(case, taking, part, course.component(&instance))?;
    }
    Ok(())
}

/// One instance, at its DTSTART, named as the series names it.
fn join_one<'a>(
    case: &Case<'a>,
    taking: &mut Taking<'a>,
    part: &Part<'_>,
    mut content: ComponentBuf,
) -> Result<(), Reason> {
    let start = Body::made(content.clone()).start();
    let id = start.and_then(|start| case.arrival.clock.id(&start).ok());
    let id = id.ok_or(Reason::BadDate)?;
    let written = case.arrival.clock.written(&id).ok_or(Reason::BadDate)?;
    content.set_property(written.to_property("RECURRENCE-ID"));
    taking.take_added(&id, &part.stamp, Body::made(content), case);
    Ok(())
}
