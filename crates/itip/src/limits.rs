//! How much work one message may cause; every limit is a count, none a time.

use calendar::RecurrenceLimits;

use crate::incoming::Timestamp;

/// The most that [`receive`](crate::receive) takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Limits of the calendar text of a stored object or of a state's base.
    pub calendar: calendar::Limits,
    /// Limits of what repeats.
    pub recurrence: RecurrenceLimits,
    /// Instances that one component of an ADD may bring (rule D4).
    pub added: usize,
    /// VEVENTs or VTODOs of one object after the message.
    pub components: usize,
    /// Messages of one sender that came too early and are kept (rule D3).
    pub early_per_sender: u64,
    /// Messages of one UID that came too early and are kept, of all senders.
    pub early_per_uid: usize,
    /// How long they are kept, in milliseconds.
    pub early_age: Timestamp,
    /// Octets of one of them.
    pub early_bytes: usize,
    /// Pairs of attendee and instance whose last reply is remembered.
    pub replies: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const DAY: Timestamp = 24 * 60 * 60 * 1000;
        Self {
            calendar: calendar::Limits::default(),
            recurrence: RecurrenceLimits::default(),
            added: 100,
            components: 1000,
            early_per_sender: 100,
            early_per_uid: 100,
            early_age: 90 * DAY,
            early_bytes: 16 * 1024,
            replies: 10_000,
        }
    }
}
