//! Whose a property is, and which lines are the same property (rule C3).

use std::borrow::Cow;

use calendar::{Names, PropertyBuf};

use crate::line::Line;
use crate::owner::Owner;

/// Who decides about a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ownership {
    /// The organizer, always.
    Organizer,
    /// The organizer, unless only the owner changed it.
    Shared,
    /// The owner, always.
    Owner,
    /// EXDATE: the organizer's, and the owner's beside them.
    Dates,
    /// The owner's ATTENDEE.
    Self_,
}

const ORGANIZERS: &[&str] = &[
    "DTSTART",
    "DTEND",
    "DUE",
    "DURATION",
    "RRULE",
    "EXRULE",
    "RDATE",
    "STATUS",
    "SEQUENCE",
    "ORGANIZER",
    "DTSTAMP",
    "CREATED",
    "LAST-MODIFIED",
    "UID",
    "RECURRENCE-ID",
];

/// What is the owner's, always.
pub(super) const OWNERS: Names = Names::of(&[
    "TRANSP",
    "CLASS",
    "COLOR",
    "CATEGORIES",
    "COMPLETED",
    "PERCENT-COMPLETE",
]);

/// Properties that may stand there several times and match by value.
const REPEATED: &[&str] = &[
    "ATTACH",
    "COMMENT",
    "CONFERENCE",
    "CONTACT",
    "IMAGE",
    "LINK",
    "REFID",
    "CONCEPT",
    "RELATED-TO",
    "REQUEST-STATUS",
    "RESOURCES",
    "STRUCTURED-DATA",
    "STYLED-DESCRIPTION",
];

pub(super) fn ownership(key: &Key<'_>) -> Ownership {
    let is_one_of = |names: &[&str]| names.contains(&&*key.name);
    if key.is_own_attendee() {
        Ownership::Self_
    } else if is_one_of(ORGANIZERS) {
        Ownership::Organizer
    } else if is_one_of(OWNERS.as_slice()) {
        Ownership::Owner
    } else if key.name == "EXDATE" {
        Ownership::Dates
    } else {
        Ownership::Shared
    }
}

/// Whether the property is always the owner's.
pub(super) fn is_personal(line: &PropertyBuf) -> bool {
    OWNERS.as_slice().iter().any(|name| line.is(name))
}

/// Whether clients change the property with every edit, so that a difference says nothing.
pub(super) fn is_bookkeeping(line: &PropertyBuf) -> bool {
    const KEPT_BY_CLIENTS: &[&str] = &["DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE"];
    KEPT_BY_CLIENTS.iter().any(|name| line.is(name))
}

/// What makes two lines the same property: the name; for an attendee the address, for other
/// repeated properties the value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key<'l> {
    /// In capitals.
    name: Cow<'l, str>,
    which: Which<'l>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Which<'l> {
    Only,
    Owner,
    Attendee(String),
    Value(Cow<'l, str>),
}

impl<'l> Key<'l> {
    pub(super) fn of(line: &'l PropertyBuf, owner: &Owner) -> Self {
        let name = capitals(line.name());
        let which = if name == "ATTENDEE" {
            if owner.is(line) {
                Which::Owner
            } else {
                Which::Attendee(line.address().as_str().to_lowercase())
            }
        } else if REPEATED.contains(&&*name) {
            Which::Value(line.value())
        } else {
            Which::Only
        };
        Self { name, which }
    }

    pub(super) fn is_own_attendee(&self) -> bool {
        self.which == Which::Owner
    }

    pub(super) fn is_attendee(&self) -> bool {
        matches!(self.which, Which::Owner | Which::Attendee(_))
    }

    /// Whether it may be the owner's own when no base tells: the own ATTENDEE, and X-properties.
    pub(super) fn may_be_personal(&self) -> bool {
        self.is_own_attendee() || self.name.starts_with("X-")
    }
}

fn capitals(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        Cow::Owned(name.to_ascii_uppercase())
    } else {
        Cow::Borrowed(name)
    }
}
