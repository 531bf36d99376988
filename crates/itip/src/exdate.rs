//! Exceptions of the owner's own, which an organizer's update leaves (rule C3).

use std::borrow::Cow;
use std::collections::BTreeSet;

use calendar::{DateOrTime, PropertyBuf, RecurrenceLimits};

use crate::course::Course;
use crate::object::Object;
use crate::recurrence_id::RecurrenceId;
use crate::span::Timed;

/// The EXDATEs that `mine` has and neither `base` nor `theirs`, of instances that theirs still has.
pub(crate) fn own(
    mine: Timed<'_>,
    base: Timed<'_>,
    theirs: Timed<'_>,
    limits: &RecurrenceLimits,
) -> Vec<PropertyBuf> {
    if mine.component.property("EXDATE").is_none() {
        return Vec::new();
    }
    let mut known = names(base);
    known.extend(names(theirs));
    let mut series = theirs.component.clone();
    series.remove_properties("EXDATE");
    let course = Course::read(vec![series], theirs.clock.clone(), limits).ok();
    let stays = |id: &RecurrenceId| {
        let exists = course.as_ref().map(|course| course.find(id));
        !known.contains(id) && !matches!(exists, Some(Ok(None)))
    };
    let lines = mine.component.properties_named("EXDATE");
    lines
        .filter_map(|line| with_values(line, |value| stays(&name(mine, line, value))))
        .collect()
}

/// The names of all instances that an object's EXDATEs take out.
pub(crate) fn names_of(object: &Object<'_>) -> BTreeSet<RecurrenceId> {
    let Some(master) = object.master() else {
        return BTreeSet::new();
    };
    let clock = object.clock();
    names(Timed {
        component: &master.to_buf(),
        clock: &clock,
    })
}

fn names(timed: Timed<'_>) -> BTreeSet<RecurrenceId> {
    let lines = timed.component.properties_named("EXDATE");
    lines
        .flat_map(|line| {
            let value = line.value().into_owned();
            let names: Vec<_> = value.split(',').map(|one| name(timed, line, one)).collect();
            names
        })
        .collect()
}

/// The name of the instance that a value takes out; what cannot be read is named by its text.
fn name(timed: Timed<'_>, line: &PropertyBuf, value: &str) -> RecurrenceId {
    let date = DateOrTime::parse(value, line.parameter("TZID").as_deref());
    let id = date.and_then(|date| timed.clock.id(&date).ok());
    id.unwrap_or_else(|| RecurrenceId::unreadable(value.trim()))
}

/// The line with the values that stay; none when nothing is left.
fn with_values(line: &PropertyBuf, stays: impl Fn(&str) -> bool) -> Option<PropertyBuf> {
    let value = line.value();
    let left: Vec<_> = value.split(',').filter(|one| stays(one)).collect();
    if left.is_empty() {
        return None;
    }
    let left = left.join(",");
    let mut kept: Cow<'_, PropertyBuf> = Cow::Borrowed(line);
    if left != value {
        kept.to_mut().set_value(&left);
    }
    Some(kept.into_owned())
}
