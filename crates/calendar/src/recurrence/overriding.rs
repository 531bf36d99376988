//! Components with a RECURRENCE-ID: one instance, or one and all after it (RFC 5545 section 3.8.4.4).

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::instance::{Instance, InstanceSource, RecurrenceId};
use super::length::Length;

/// An override with its times.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Override {
    /// The instance as it is now.
    pub(crate) instance: Instance,
    /// Its start on the clock of the series.
    pub(crate) civil: DateTime,
    /// Its length.
    pub(crate) length: Length,
    /// Which instances it names.
    pub(crate) named: Named,
    /// How far it reaches.
    pub(crate) reach: Reach,
}

/// How a RECURRENCE-ID names its instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// By its start.
    Instant,
    /// A series of times by a date: whatever is on that day.
    Day,
}

/// RANGE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The one instance.
    One,
    /// It and every later one.
    Future,
}

/// What a THISANDFUTURE override says of the instances after its own, or the master of all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// From which instance on.
    pub(crate) from: Timestamp,
    /// Seconds by which they move on the clock of the series.
    pub(crate) shift: i64,
    /// Their length.
    pub(crate) length: Length,
    /// Where their content is from.
    pub(crate) source: InstanceSource,
}

impl Override {
    /// The shape of later instances, if it has any.
    pub(crate) fn shape(&self) -> Option<Shape> {
        let RecurrenceId { instant, civil } = self.instance.recurrence_id;
        (self.reach == Reach::Future).then(|| Shape {
            from: instant,
            shift: self.civil.duration_since(civil).as_secs(),
            length: self.length,
            source: self.instance.source,
        })
    }
}
