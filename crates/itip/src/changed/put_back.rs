//! What an attendee may not change is put back as the organizer has it (RFC 6638 section 3.2.2.1,
//! rule F1).

use std::collections::BTreeSet;

use calendar::{ComponentBuf, Item, PropertyBuf};

use super::view;
use crate::line;
use crate::owner::Owner;

/// What is always the organizer's (rule C3).
const ORGANIZERS: &[&str] = &[
    "DTSTART",
    "DTEND",
    "DUE",
    "DURATION",
    "RRULE",
    "RDATE",
    "STATUS",
    "SEQUENCE",
    "ORGANIZER",
];

/// Puts back what differs; the names of what did.
pub(super) fn put_back(
    component: &mut ComponentBuf,
    organizers: &ComponentBuf,
    owner: &Owner,
) -> BTreeSet<&'static str> {
    let mut names = BTreeSet::new();
    for name in ORGANIZERS {
        let is_meant = |line: &PropertyBuf| line.is(name);
        if replace(component, organizers, is_meant) {
            names.insert(*name);
        }
    }
    let is_others = |line: &PropertyBuf| line.is("ATTENDEE") && !owner.is(line);
    if replace(component, organizers, is_others) {
        names.insert("ATTENDEE");
    }
    names
}

/// Replaces the lines that are meant by the organizer's, unless they say the same.
fn replace(
    component: &mut ComponentBuf,
    organizers: &ComponentBuf,
    is_meant: impl Fn(&PropertyBuf) -> bool,
) -> bool {
    let written: Vec<_> = component
        .properties()
        .filter(|line| is_meant(line))
        .collect();
    let wanted: Vec<_> = organizers
        .properties()
        .filter(|line| is_meant(line))
        .cloned()
        .collect();
    let said = |lines: &[&PropertyBuf]| {
        let mut said: Vec<_> = lines
            .iter()
            .map(|line| line::content(&plain(line)))
            .collect();
        said.sort_unstable();
        said
    };
    let says_same = said(&written) == said(&wanted.iter().collect::<Vec<_>>());
    if says_same {
        return false;
    }
    let first = component
        .items()
        .iter()
        .position(|item| item.as_property().is_some_and(&is_meant));
    component.retain(|item| item.as_property().is_none_or(|line| !is_meant(line)));
    for line in wanted {
        component.push_property(line);
    }
    if let Some(first) = first {
        gather(component, first, &is_meant);
    }
    true
}

/// Moves the lines that are meant, which stand last, to where the first of them stood.
fn gather(component: &mut ComponentBuf, first: usize, is_meant: &impl Fn(&PropertyBuf) -> bool) {
    let items = component.items_mut();
    let is_it = |item: &Item| item.as_property().is_some_and(is_meant);
    let moved: Vec<_> = items.extract_if(.., |item| is_it(item)).collect();
    let at = first.min(items.len());
    items.splice(at..at, moved);
}

/// The line without what the server and clients note on it about sending.
fn plain(line: &PropertyBuf) -> PropertyBuf {
    let mut plain = line.clone();
    view::strip_schedule(&mut plain);
    plain
}
