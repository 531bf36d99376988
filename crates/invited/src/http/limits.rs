//! What the clients of the HTTP listener may use.

use std::time::Duration;

/// Pause after a failed accept, most often for want of file descriptors.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Bounds of the listener.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at one time. A process may have 1024 files open unless somebody allows more; the
    /// database, LMTP and the outbox want theirs.
    pub connections: usize,
    /// From the end of a request, or the opening, until the next request's header is here.
    pub header: Duration,
    /// Longest wait for a client to take what is sent.
    pub idle: Duration,
    /// How long requests may go on after the server was told to stop.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 400,
            header: Duration::from_secs(60),
            idle: Duration::from_secs(60),
            grace: Duration::from_secs(10),
        }
    }
}
