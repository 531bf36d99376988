//! How a command fails: one line, and the exit status.

use std::fmt;

/// Why a command failed, in one line that says what and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It was called wrongly: exit status 2.
    Misuse(String),
    /// It could not do its work: exit status 1.
    Failed(String),
    /// It did its work, and what it printed says that something is not as it should be: status 1.
    Shown(String),
}

impl Failure {
    /// A failure to do the work.
    pub fn new(what: impl fmt::Display) -> Self {
        Self::Failed(what.to_string())
    }

    /// The exit status.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            Self::Misuse(_) => 2,
            Self::Failed(_) | Self::Shown(_) => 1,
        }
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<crate::config::ConfigError> for Failure {
    fn from(error: crate::config::ConfigError) -> Self {
        Self::Failed(error.to_string())
    }
}
