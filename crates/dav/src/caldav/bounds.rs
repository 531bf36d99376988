//! The first and the last time that objects may name: min-date-time and max-date-time (RFC 4791, 5.2.6, 5.2.7).

use calendar::{Component, DateOrTime};

use crate::failure::Failure;

/// min-date-time.
pub(crate) const FIRST: &str = "00010101T000000Z";
/// max-date-time: the last second that is one in every zone.
pub(crate) const LAST: &str = "99991230T220000Z";

/// The properties that say when something takes place. Google writes CREATED in the year 0.
const TIMED: [&str; 7] = [
    "DTSTART",
    "DTEND",
    "DUE",
    "RECURRENCE-ID",
    "RDATE",
    "EXDATE",
    "TRIGGER",
];

/// Where a time is that is not between the bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Before,
    After,
}

impl Side {
    /// The precondition that it violates.
    pub(crate) fn refusal(self) -> Failure {
        Failure::refused(match self {
            Self::Before => "C:min-date-time",
            Self::After => "C:max-date-time",
        })
    }
}

/// Where a value is that is outside; zones are not regarded, and what is no time is not outside.
pub(crate) fn outside(value: &str) -> Option<Side> {
    // Local times can be told a little further than instants.
    let value = value
        .trim()
        .trim_end_matches(['Z', 'z'])
        .to_ascii_uppercase();
    DateOrTime::parse(&value, None)?;
    let bound = |bound: &'static str| bound.get(..value.len()).unwrap_or(bound);
    if value.as_str() < bound(FIRST) {
        return Some(Side::Before);
    }
    (value.as_str() > bound(LAST)).then_some(Side::After)
}

/// Where a time of a component, or of one in it, is outside.
pub(crate) fn outside_of(component: &Component<'_>) -> Option<Side> {
    let timed = TIMED
        .iter()
        .flat_map(|name| component.properties_named(name));
    let side = timed.into_iter().find_map(|property| {
        let value = property.value();
        let mut values = value.split([',', '/']);
        values.find_map(outside)
    });
    side.or_else(|| component.components().find_map(|inner| outside_of(&inner)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_themselves_are_inside() {
        for (value, side) in [
            ("00010101T000000Z", None),
            ("00010101", None),
            ("00001231T235959Z", Some(Side::Before)),
            ("00001231", Some(Side::Before)),
            ("99991230T220000Z", None),
            ("99991230t220000z", None),
            ("99991230", None),
            ("99991230T220001Z", Some(Side::After)),
            ("99991231T235959Z", Some(Side::After)),
            ("99991231", Some(Side::After)),
            ("PT1H", None),
            ("tomorrow", None),
        ] {
            assert_eq!(outside(value), side, "{value}");
        }
    }
}
