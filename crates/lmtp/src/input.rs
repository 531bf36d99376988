//! The read buffer of a session, and how long it waits for octets.

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{Instant, timeout_at};

use crate::protocol::End;

/// Octets read at a time.
const INPUT: usize = 32 * 1024;

/// A point in time and what it means to reach it.
pub(crate) type Deadline = (Instant, End);

/// The one that comes first.
pub(crate) fn earlier(one: Deadline, other: Deadline) -> Deadline {
    if other.0 < one.0 { other } else { one }
}

/// Octets that came and were not taken yet.
pub(crate) struct Input {
    octets: Box<[u8]>,
    start: usize,
    end: usize,
}

impl Input {
    pub(crate) fn new() -> Self {
        Self {
            octets: vec![0; INPUT].into_boxed_slice(),
            start: 0,
            end: 0,
        }
    }

    pub(crate) fn unread(&self) -> &[u8] {
        self.octets.get(self.start..self.end).unwrap_or_default()
    }

    pub(crate) fn consume(&mut self, octets: usize) {
        self.start = self.start.saturating_add(octets).min(self.end);
    }

    pub(crate) fn capacity(&self) -> usize {
        self.octets.len()
    }

    /// Reads again; what was unread before is gone. Cancelling it loses nothing.
    pub(crate) async fn fill<S>(&mut self, stream: &mut S, (at, late): Deadline) -> Result<(), End>
    where
        S: AsyncRead + Unpin,
    {
        // `timeout_at` never fires while there are octets to read: a flood would have no end.
        if Instant::now() >= at {
            return Err(late);
        }
        match timeout_at(at, stream.read(&mut self.octets)).await {
            Err(_) => Err(late),
            Ok(Ok(0) | Err(_)) => Err(End::Closed),
            Ok(Ok(octets)) => {
                (self.start, self.end) = (0, octets);
                Ok(())
            }
        }
    }
}
