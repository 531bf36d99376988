//! What one server and one session may use (RFC 5321, sections 4.5.3.1 and 4.5.3.2).

use std::time::Duration;

use tokio::time::Instant;

/// The longest time-out that counts; anything above is this.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Bounds of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Octets of one message after dot-unstuffing, line ends counted as CRLF.
    pub message_size: u64,
    /// Octets of a command line with its CRLF.
    pub command_line: usize,
    /// Accepted recipients of one message.
    pub recipients: usize,
    /// Bad commands since the last message; the one that reaches it ends the session.
    pub errors: u32,
    /// Sessions at the same time.
    pub connections: usize,
    /// Longest silence of a client, and longest wait for it to read a reply.
    pub idle: Duration,
    /// Longest time from 354 to the end of data.
    pub data: Duration,
    /// Age at which a session takes no further command; a message in transit has `data` on top.
    pub session: Duration,
    /// How long a stopping server waits for the end of data of a message in transit.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_size: 50 * 1024 * 1024,
            command_line: 2048,
            recipients: 1000,
            errors: 20,
            connections: 100,
            idle: Duration::from_secs(5 * 60),
            data: Duration::from_secs(30 * 60),
            session: Duration::from_secs(2 * 60 * 60),
            grace: Duration::from_secs(30),
        }
    }
}

/// The instant at which a time-out that begins now is over.
pub(crate) fn deadline(after: Duration) -> Instant {
    Instant::now() + after.min(LONGEST)
}
