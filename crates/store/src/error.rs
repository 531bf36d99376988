//! Why a store could not do what was asked, and whether trying again can help.

/// The result of a store operation.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a store operation failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// An expectation of a [`Commit`](crate::Commit) no longer holds: read again, decide again.
    #[error("the calendar changed meanwhile")]
    Conflict,
    /// The job of a [`Commit`](crate::Commit) was dropped meanwhile: nothing shall come of it.
    #[error("the job was dropped meanwhile")]
    Dropped,
    /// The address belongs to an account already.
    #[error("the address {0} belongs to an account already")]
    AddressTaken(String),
    /// There is no such account, calendar or entry.
    #[error("there is no {0}")]
    NotFound(String),
    /// The database could not be reached or was busy, or the disk is full: try again later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The database is damaged or of a version this program does not know: a person must look.
    #[error("the database cannot be used: {0}")]
    Unusable(String),
}

impl Error {
    /// Whether the same operation may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Conflict | Self::Unavailable(_))
    }
}
