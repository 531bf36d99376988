//! Cancellations and added dates written into the organizer's version (rules C2, D1 and D4).
//!
//! They are kept in the state and never in the base, so that messages may come in any order; what the
//! owner sees is made from both, each time.

use std::borrow::Cow;
use std::collections::BTreeSet;

use calendar::{ComponentBuf, DateOrTime, PropertyBuf, RecurrenceLimits};
use jiff::SignedDuration;

use crate::case::MASTER;
use crate::course::Course;
use crate::object::{Body, Object};
use crate::recurrence_id::RecurrenceId;
use crate::span;
use crate::state::State;

/// The version with its added dates and its cancellations: components marked, the series ended, instances that have no
/// override, neither here nor among the owner's `own`, taken out by EXDATE.
pub(crate) fn marked<'o, 'a>(
    version: &'o Object<'a>,
    state: &State,
    own: &BTreeSet<&RecurrenceId>,
    limits: &RecurrenceLimits,
) -> Cow<'o, Object<'a>> {
    if !state.has_cancels() && state.added.is_empty() {
        return Cow::Borrowed(version);
    }
    let mut object = version.clone();
    add_dates(&mut object, state.added.keys());
    let course = Course::of(&object, limits).ok().flatten();
    let end = state.end();
    if let (Some(end), Some(course)) = (&end, &course) {
        if course.has_any_before(end) {
            if course.has_any_from(end) {
                end_before(&mut object, end, course);
            }
            object
                .components
                .retain(|id, _| !id.is_from(end) || !state.is_ended(id));
        } else {
            cancel(&mut object, &MASTER, state.cancel_sequence(end));
        }
    }
    let ids: Vec<_> = object.components.keys().cloned().collect();
    for id in ids.iter().filter(|id| state.is_cancelled(id)) {
        cancel(&mut object, id, state.cancel_sequence(id));
    }
    if let Some(course) = &course {
        let is_here = |id: &RecurrenceId| version.components.contains_key(id) || own.contains(id);
        let is_over = |id: &RecurrenceId| end.as_ref().is_some_and(|end| id.is_from(end));
        let alone = state
            .cancelled_alone()
            .filter(|id| !is_here(id) && !is_over(id));
        except(&mut object, alone, course);
    }
    Cow::Owned(object)
}

/// Instances that an ADD brought stand in the master's RDATE, as its DTSTART is written (rule D4).
fn add_dates<'s>(object: &mut Object<'_>, added: impl Iterator<Item = &'s RecurrenceId>) {
    let added = added.filter(|id| object.components.contains_key(*id));
    let added: Vec<_> = added.cloned().collect();
    let clock = object.clock();
    edit(object, &MASTER, |component| {
        for date in added.iter().filter_map(|id| clock.written(id)) {
            let rdate = date.to_property("RDATE");
            let is_known = |(value, _): (String, String)| value == rdate.value();
            if !span::dates(component, "RDATE").any(is_known) {
                component.push_property(rdate);
            }
        }
    });
}

/// The owner's component with what cancellations changed in the organizer's, all else left as it is.
pub(crate) fn changed(
    mine: &ComponentBuf,
    before: &ComponentBuf,
    after: &ComponentBuf,
) -> ComponentBuf {
    let mut changed = mine.clone();
    for name in ["STATUS", "SEQUENCE", "RRULE"] {
        match (before.property(name), after.property(name)) {
            (old, Some(new)) if old.is_none_or(|old| !old.same_content(new)) => {
                changed.set_property(new.clone());
            }
            (Some(_), None) => {
                changed.remove_properties(name);
            }
            _ => {}
        }
    }
    for name in ["RDATE", "EXDATE"] {
        let has = |side: &ComponentBuf, line: &PropertyBuf| {
            side.properties_named(name)
                .any(|other| other.same_content(line))
        };
        let is_gone = |line: &PropertyBuf| line.is(name) && has(before, line) && !has(after, line);
        changed.retain(|item| item.as_property().is_none_or(|line| !is_gone(line)));
        for line in after.properties_named(name) {
            if !has(before, line) && !has(&changed, line) {
                changed.push_property(line.clone());
            }
        }
    }
    changed
}

/// Marks a component as cancelled.
pub(crate) fn cancel(object: &mut Object<'_>, id: &RecurrenceId, sequence: u64) {
    edit(object, id, |component| {
        cancel_component(component, sequence)
    });
}

/// Marks a component as cancelled; its SEQUENCE is what the cancellation said.
pub(crate) fn cancel_component(component: &mut ComponentBuf, sequence: u64) {
    component.set_property(PropertyBuf::new("STATUS", "CANCELLED"));
    if sequence > 0 {
        component.set_property(PropertyBuf::new("SEQUENCE", &sequence.to_string()));
    }
}

fn edit(object: &mut Object<'_>, id: &RecurrenceId, edit: impl FnOnce(&mut ComponentBuf)) {
    if let Some(body) = object.components.get_mut(id) {
        let mut component = body.to_buf().into_owned();
        edit(&mut component);
        *body = Body::made(component);
    }
}

/// Takes instances out of the series, in the master's form.
fn except<'s>(
    object: &mut Object<'_>,
    ids: impl Iterator<Item = &'s RecurrenceId>,
    course: &Course,
) {
    let exists = |id: &&RecurrenceId| matches!(course.find(id), Ok(Some(_)));
    let dates: Vec<_> = ids
        .filter(exists)
        .filter_map(|id| course.written(id))
        .collect();
    edit(object, &MASTER, |component| {
        for date in dates {
            component.push_property(date.to_property("EXDATE"));
        }
    });
}

/// Ends the series before an instance (RANGE=THISANDFUTURE).
fn end_before(object: &mut Object<'_>, end: &RecurrenceId, course: &Course) {
    let Some(until) = end.date_or_time().and_then(just_before) else {
        return;
    };
    let is_over = |value: &str, tzid: Option<&str>| {
        let start = value.split('/').next().unwrap_or(value);
        let date = DateOrTime::parse(start, tzid);
        date.and_then(|date| course.name(&date))
            .is_some_and(|id| id.is_from(end))
    };
    edit(object, &MASTER, |component| {
        for line in component.properties_mut() {
            if line.is("RRULE") {
                let rule = until_instead(&line.value(), &until);
                line.set_value(&rule);
            } else if line.is("RDATE") {
                let tzid = line.parameter("TZID").map(Cow::into_owned);
                let value = line.value().into_owned();
                let left: Vec<_> = value
                    .split(',')
                    .filter(|one| !is_over(one, tzid.as_deref()))
                    .collect();
                line.set_value(&left.join(","));
            }
        }
        component.retain(|item| {
            let line = item.as_property();
            line.is_none_or(|line| !line.is("RDATE") || !line.value().is_empty())
        });
    });
}

/// The last moment before: a second, or a day, earlier.
fn just_before(value: DateOrTime) -> Option<DateOrTime> {
    Some(match value {
        DateOrTime::Date(date) => DateOrTime::Date(date.yesterday().ok()?),
        DateOrTime::Utc(at) => DateOrTime::Utc(at.checked_sub(SignedDuration::from_secs(1)).ok()?),
        DateOrTime::Floating(civil) => {
            DateOrTime::Floating(civil.checked_sub(SignedDuration::from_secs(1)).ok()?)
        }
        DateOrTime::Zoned { .. } => return None,
    })
}

/// A rule with another end; an UNTIL that is no later stays.
fn until_instead(rule: &str, until: &DateOrTime) -> String {
    let until = until.to_string();
    let name = |part: &&str| {
        part.split('=')
            .next()
            .map(|name| name.trim().to_ascii_uppercase())
    };
    let is_no_later = |part: &&str| {
        let written = part.split_once('=').map(|(_, value)| value.trim());
        written.is_some_and(|written| written.len() == until.len() && *written <= *until)
    };
    let parts = rule.split(';');
    let ends_in_time = parts
        .clone()
        .any(|part| name(&part).as_deref() == Some("UNTIL") && is_no_later(&part));
    if ends_in_time {
        return rule.to_owned();
    }
    let kept = parts.filter(|part| !matches!(name(part).as_deref(), Some("UNTIL" | "COUNT" | "")));
    let mut rule: Vec<_> = kept.map(str::to_owned).collect();
    rule.push(format!("UNTIL={until}"));
    rule.join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_gets_one_end() {
        let until = DateOrTime::parse("20261214T085959Z", None).unwrap();
        for (rule, ended) in [
            ("FREQ=WEEKLY;COUNT=10", "FREQ=WEEKLY;UNTIL=20261214T085959Z"),
            (
                "until=20301214T090000Z;freq=daily",
                "freq=daily;UNTIL=20261214T085959Z",
            ),
            (
                "FREQ=DAILY;UNTIL=20261201T090000Z;",
                "FREQ=DAILY;UNTIL=20261201T090000Z;",
            ),
            (
                "UNTIL=20261214T085959Z;FREQ=DAILY",
                "UNTIL=20261214T085959Z;FREQ=DAILY",
            ),
            (
                "FREQ=DAILY;UNTIL=20261201;",
                "FREQ=DAILY;UNTIL=20261214T085959Z",
            ),
        ] {
            assert_eq!(until_instead(rule, &until), ended);
        }
    }
}
