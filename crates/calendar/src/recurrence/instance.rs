//! One instance of a series and what names it (RFC 5545 section 3.8.4.4, rule A3).

use jiff::Timestamp;
use jiff::civil::DateTime;

/// What names an instance: when it would begin if nothing had moved it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecurrenceId {
    /// The instant, by which instances are compared.
    pub instant: Timestamp,
    /// The same on the clock of the series; [`Series::value_of`](super::Series::value_of) writes it.
    pub civil: DateTime,
}

/// Which component an instance has its content from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InstanceSource {
    /// The master.
    Master,
    /// The override at this place among the components that the series was read from.
    ///
    /// With RANGE=THISANDFUTURE it is the source of later instances too.
    Override(usize),
}

/// One instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instance {
    /// When it begins; a day's midnight in the local zone for whole days.
    pub start: Timestamp,
    /// When it ends; the start where it has no length.
    pub end: Timestamp,
    /// What names it.
    pub recurrence_id: RecurrenceId,
    /// Where its content is from.
    pub source: InstanceSource,
}

impl Instance {
    /// Whether some of it is in the window; without length, whether it begins there.
    pub(crate) fn overlaps(&self, from: Timestamp, to: Timestamp) -> bool {
        self.start < to && (self.end > from || self.start >= from)
    }
}
