//! The bounds that a script and one run of it are held to (RFC 5228 sections 2.10.4 and 10).

/// What one script and one run may cost; past a bound `compile` refuses and `run` reports a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Octets of source that `compile` reads.
    pub script_bytes: usize,
    /// Octets of one string in the source, of one variable and of one expanded string.
    pub string_length: usize,
    /// Depth of blocks and tests, counted together and checked before the parser descends.
    ///
    /// Each level takes some hundred octets of stack in every later pass, so keep it below a thousand.
    pub nesting: usize,
    /// Errors that `compile` reports before it gives up; at least one is reported.
    pub errors: usize,
    /// Steps of one unit: each command, test, string expanded and pair of strings compared is one.
    pub steps: u64,
    /// Octets read or compared while one unit matches and expands strings.
    pub match_work: u64,
    /// Octets of all variables of one unit and what `:matches` remembers for it.
    pub variable_bytes: usize,
    /// Distinct variables of one unit.
    pub variables: usize,
    /// Flags in one set (RFC 5232).
    pub flags: usize,
    /// Distinct effects of all units together, notifications included.
    pub effects: usize,
    /// Distinct addresses that one run redirects to.
    pub redirects: usize,
    /// Notifications of one run.
    pub notifies: usize,
    /// Questions that one test may ask at once.
    pub questions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            script_bytes: 1 << 20,
            string_length: 64 << 10,
            nesting: 32,
            errors: 20,
            steps: 1_000_000,
            match_work: 32 << 20,
            variable_bytes: 1 << 20,
            variables: 1_024,
            flags: 128,
            effects: 32,
            redirects: 5,
            notifies: 10,
            questions: 1_000,
        }
    }
}
