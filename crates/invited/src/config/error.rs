//! What is wrong with a configuration, where, and how to mend it, in one line.

use std::fmt;
use std::path::PathBuf;

use super::key::Key;

/// Where a setting was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere: the built-in default.
    Default,
    /// On a line of the configuration file; lines count from 1.
    File {
        /// The file, as it was named.
        path: PathBuf,
        /// The line.
        line: usize,
    },
    /// In an environment variable.
    Environment(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("built-in default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
        }
    }
}

/// What is wrong with one value, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Says what is wrong: `"50 parsecs" is not a size`.
    pub what: String,
    /// Says what to write instead, in the imperative.
    pub mend: String,
}

impl Problem {
    pub(super) fn new(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            mend: mend.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what, self.mend)
    }
}

/// Why a configuration was refused.
///
/// Its text is one line without the value of a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {}: {problem}", path.display())]
    Read {
        /// The file, as it was named.
        path: PathBuf,
        /// What went wrong.
        problem: Problem,
    },
    /// The file is not TOML.
    #[error("{origin}: {problem}")]
    Syntax {
        /// The line.
        origin: Origin,
        /// What TOML says about it.
        problem: Problem,
    },
    /// No such section, key or variable.
    #[error("{origin}: {problem}")]
    Unknown {
        /// Where it stands.
        origin: Origin,
        /// The name, and the nearest known one.
        problem: Problem,
    },
    /// A key has a value that it cannot have.
    #[error("{origin}: {key}: {problem}")]
    Value {
        /// Where it stands.
        origin: Origin,
        /// The key.
        key: Key,
        /// What is wrong with it.
        problem: Problem,
    },
}
