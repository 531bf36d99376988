//! Why components are no series that can be told.

use thiserror::Error;

use super::rule::BadRule;
use crate::date_or_time::NoInstant;

/// Why components are no series.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadSeries {
    /// There is neither a master nor an override.
    #[error("there is no component")]
    Empty,
    /// Two components have no RECURRENCE-ID.
    #[error("there are several masters")]
    SeveralMasters,
    /// The master has neither DTSTART nor DUE.
    #[error("the master has no start")]
    NoStart,
    /// A date of this property cannot be read.
    #[error("{property} has the value {value:?}")]
    Value {
        /// The property's name.
        property: &'static str,
        /// Its value as written.
        value: String,
    },
    /// A zone is unknown or a time is out of range.
    #[error(transparent)]
    NoInstant(#[from] NoInstant),
    /// A rule cannot be followed.
    #[error(transparent)]
    Rule(#[from] BadRule),
    /// EXRULE, which RFC 5545 took away.
    #[error("EXRULE is not supported")]
    ExceptionRule,
    /// There are too many RRULEs.
    #[error("there are too many rules")]
    TooManyRules,
    /// There are too many values of RDATE and EXDATE.
    #[error("there are too many dates")]
    TooManyDates,
    /// There are too many overrides.
    #[error("there are too many overrides")]
    TooManyOverrides,
}

impl BadSeries {
    /// The stable word for records and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "no-component",
            Self::SeveralMasters => "several-masters",
            Self::NoStart => "no-start",
            Self::Value { .. } => "bad-date",
            Self::NoInstant(NoInstant::UnknownZone(_)) => "unknown-time-zone",
            Self::NoInstant(NoInstant::OutOfRange) => "out-of-range",
            Self::Rule(BadRule::Calendar(_)) => "other-calendar",
            Self::Rule(BadRule::TooLong | BadRule::TooDense) => "rule-too-much",
            Self::Rule(BadRule::Unreadable(_) | BadRule::FinerThanDays) => "bad-rule",
            Self::ExceptionRule => "exception-rule",
            Self::TooManyRules => "too-many-rules",
            Self::TooManyDates => "too-many-dates",
            Self::TooManyOverrides => "too-many-overrides",
        }
    }
}
