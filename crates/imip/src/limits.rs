//! Bounds on what is looked at in one mail, so that no mail costs more than its reading.

/// Bounds for [`Walker`](crate::Walker) and [`detect`](crate::detect). Past one, the mail has no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Octets of the message's header that are kept.
    pub header: usize,
    /// Octets of one part's header.
    pub part_header: usize,
    /// Parts in the whole message, containers included.
    pub parts: usize,
    /// Multiparts open at once.
    pub depth: usize,
    /// Candidate parts in the whole message.
    pub candidates: usize,
    /// Octets of all candidate parts together, headers and still encoded bodies.
    pub candidate_bytes: usize,
    /// Octets of one boundary parameter; RFC 2046 allows 70.
    pub boundary: usize,
    /// Octets of one line that are read to see whether it is a delimiter, its `--` aside.
    pub lookahead: usize,
    /// Bounds of the calendar data in one candidate part.
    pub calendar: calendar::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header: 1 << 20,
            part_header: 64 << 10,
            parts: 1_000,
            depth: 32,
            candidates: 16,
            candidate_bytes: 1 << 20,
            boundary: 256,
            lookahead: 1_024,
            calendar: calendar::Limits::default(),
        }
    }
}
