//! How a run ends: with effects, or with questions (RFC 5228 section 2.10).

use crate::{Effect, Question};

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// All units ran, or `stop` ended them.
    Done(Outcome),
    /// Answers are missing: look them all up and run again from the start.
    Need(Vec<Question>),
}

/// What a finished run decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What is to be done, in the order of the scripts, implicit keep last; duplicates are merged.
    pub effects: Vec<Effect>,
    /// What became of the implicit keep.
    pub implicit_keep: ImplicitKeep,
    /// Units that failed, in order; their own effects are dropped.
    pub faults: Vec<Fault>,
    /// Steps that all units took together.
    pub steps: u64,
    /// Octets that all units read or compared in matching and expanding.
    pub match_work: u64,
}

/// What became of the implicit keep (RFC 5228 section 2.10.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImplicitKeep {
    /// No action cancelled it.
    InEffect,
    /// An action took its place.
    Cancelled,
    /// A unit failed, so the message is kept whatever else was decided.
    Forced,
}

/// Why a unit failed while it ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its index in the list that `run` was given.
    pub unit: usize,
    /// The line of the command that failed, from 1.
    pub line: u32,
    /// One sentence for the author of the script.
    pub message: String,
}
