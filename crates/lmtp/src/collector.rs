//! Hands the text of one message on, up to the size limit (RFC 1870, section 6).

use pipeline::intake::Incoming;

use crate::fault::guard;
use crate::protocol::TOO_BIG;
use crate::reply::Reply;

/// Takes the text until there is too much of it or the intake cannot hold it.
pub(crate) struct Collector<M> {
    incoming: Result<M, Reply>,
    left: u64,
}

impl<M: Incoming> Collector<M> {
    pub(crate) fn new(incoming: M, limit: u64) -> Self {
        Self {
            incoming: Ok(incoming),
            left: limit,
        }
    }

    pub(crate) fn take(&mut self, text: &[u8]) {
        let Ok(incoming) = &mut self.incoming else {
            return;
        };
        let refused = match self.left.checked_sub(text.len() as u64) {
            None => TOO_BIG,
            Some(left) => {
                self.left = left;
                match guard(|| incoming.write(text)) {
                    Ok(Ok(())) => return,
                    Ok(Err(refusal)) => refusal.into(),
                    Err(panicked) => panicked.into(),
                }
            }
        };
        self.incoming = Err(refused);
    }

    /// The message, or what every recipient is told.
    pub(crate) fn finish(self) -> Result<M, Reply> {
        self.incoming
    }
}
