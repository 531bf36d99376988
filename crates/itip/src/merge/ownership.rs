//! Whose a property is, and which lines are the same property (rule C3).

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

fn is_one_of(line: &PropertyBuf, names: &[&str]) -> bool {
    names.iter().any(|name| line.is(name))
}

pub(super) fn ownership(line: &PropertyBuf, key: &Key) -> Ownership {
    if key.is_own_attendee() {
        Ownership::Self_
    } else if is_one_of(line, ORGANIZERS) {
        Ownership::Organizer
    } else if is_personal(line) {
        Ownership::Owner
    } else if line.is("EXDATE") {
        Ownership::Dates
    } else {
        Ownership::Shared
    }
}

/// Whether the property is always the owner's.
pub(super) fn is_personal(line: &PropertyBuf) -> bool {
    is_one_of(line, OWNERS.as_slice())
}

/// Whether clients change the property with every edit, so that a difference says nothing.
pub(super) fn is_bookkeeping(line: &PropertyBuf) -> bool {
    is_one_of(line, &["DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE"])
}

/// What makes two lines the same property: the name; for an attendee the address, for other
/// repeated properties the value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    name: String,
    which: Which,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Which {
    Only,
    Owner,
    Attendee(String),
    Value(String),
}

impl Key {
    pub(super) fn of(line: &PropertyBuf, owner: &Owner) -> Self {
        let which = if line.is("ATTENDEE") {
            if owner.is(line) {
                Which::Owner
            } else {
                Which::Attendee(line.address().as_str().to_lowercase())
            }
        } else if is_one_of(line, REPEATED) {
            Which::Value(line.value().into_owned())
        } else {
            Which::Only
        };
        Self {
            name: line.name().to_ascii_uppercase(),
            which,
        }
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
