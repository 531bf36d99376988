//! What the walker found in a mail: its header, its candidate parts, the limit it passed.

/// A candidate part, verbatim as in the mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Its header with the blank line; empty where the message itself is the part, whose header then
    /// stands in [`Structure::header`].
    pub header: Vec<u8>,
    /// Its body, still encoded, without the line end that belongs to the next delimiter.
    pub body: Vec<u8>,
}

/// What [`Walker`](crate::Walker) found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Structure {
    /// The message's header with the blank line, up to [`Limits::header`](crate::Limits::header).
    pub header: Vec<u8>,
    /// Octets of the whole header, whatever was kept.
    pub header_length: u64,
    /// The candidate parts in their order; none after a fault.
    pub parts: Vec<Part>,
    /// The limit that was passed: the mail then has no event.
    pub fault: Option<Fault>,
    /// What finding this cost.
    pub cost: Cost,
}

/// A limit that a mail passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// [`Limits::header`](crate::Limits::header).
    #[error("the message's header is too long")]
    Header,
    /// [`Limits::part_header`](crate::Limits::part_header).
    #[error("the header of a part is too long")]
    PartHeader,
    /// [`Limits::parts`](crate::Limits::parts).
    #[error("the message has too many parts")]
    Parts,
    /// [`Limits::depth`](crate::Limits::depth).
    #[error("the parts are nested too deeply")]
    Depth,
    /// [`Limits::candidates`](crate::Limits::candidates).
    #[error("the message has too many calendar parts")]
    Candidates,
    /// [`Limits::candidate_bytes`](crate::Limits::candidate_bytes).
    #[error("the calendar parts are too long")]
    CandidateBytes,
    /// [`Limits::boundary`](crate::Limits::boundary).
    #[error("a boundary is too long")]
    Boundary,
}

/// Counts of work done, the same however the mail was cut into chunks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Parts that were begun, containers included.
    pub parts: usize,
    /// Most multiparts open at once.
    pub depth: usize,
    /// Octets looked at one by one: headers, and lines that begin with `--`.
    pub octets: u64,
    /// Comparisons of a line with an open boundary.
    pub comparisons: u64,
}
