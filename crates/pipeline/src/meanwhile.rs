//! What is decided may rest on what another changes meanwhile: then it is decided anew.

/// How often. A round is lost only where another writes the same within its few milliseconds; whoever loses
/// so many in a row is told to come again, rather than kept waiting.
pub const ROUNDS: usize = 8;
