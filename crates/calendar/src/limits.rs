//! How much calendar text is taken from a stranger; every limit is held while lines are scanned.

use thiserror::Error;

/// The most that [`Document::parse`](crate::Document::parse) takes; each value is the last that passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Octets of the whole text; text past 4 GiB is refused whatever stands here.
    pub bytes: usize,
    /// Logical lines: a folded line counts once, and so does an octet order mark.
    pub lines: usize,
    /// Octets of one logical line, its folds and line end included.
    pub line_length: usize,
    /// Components open at one time, VCALENDAR counted.
    pub depth: usize,
    /// Components in the whole text, of any name.
    pub components: usize,
    /// ATTENDEE properties directly in one component.
    pub attendees: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 1 << 20,
            lines: 1 << 16,
            line_length: 1 << 19,
            depth: 16,
            components: 4096,
            attendees: 2000,
        }
    }
}

/// Which of the [`Limits`] the text went past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum TooMuch {
    /// The text is too long.
    #[error("the calendar text has too many bytes")]
    Bytes,
    /// The text has too many logical lines.
    #[error("the calendar text has too many lines")]
    Lines,
    /// One logical line is too long.
    #[error("a line of the calendar text is too long")]
    LineLength,
    /// Components are nested too deeply.
    #[error("the calendar text nests components too deeply")]
    Depth,
    /// There are too many components.
    #[error("the calendar text has too many components")]
    Components,
    /// One component has too many attendees.
    #[error("a component has too many attendees")]
    Attendees,
}

impl TooMuch {
    /// The stable word for records and metrics.
    pub fn code(self) -> &'static str {
        match self {
            Self::Bytes => "too-many-bytes",
            Self::Lines => "too-many-lines",
            Self::LineLength => "line-too-long",
            Self::Depth => "too-deep",
            Self::Components => "too-many-components",
            Self::Attendees => "too-many-attendees",
        }
    }
}
