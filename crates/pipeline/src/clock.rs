//! The time, as the stages ask for it.

use store::Timestamp;

/// Tells the time. Stages never look at the machine's clock themselves, so tests decide what time
/// it is.
pub trait Clock: Send + Sync + 'static {
    /// Now, in milliseconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> Timestamp;
}

/// One second in [`Timestamp`]s.
pub const SECOND: Timestamp = 1_000;
/// One minute in [`Timestamp`]s.
pub const MINUTE: Timestamp = 60 * SECOND;
/// One hour in [`Timestamp`]s.
pub const HOUR: Timestamp = 60 * MINUTE;
/// One day in [`Timestamp`]s.
pub const DAY: Timestamp = 24 * HOUR;
