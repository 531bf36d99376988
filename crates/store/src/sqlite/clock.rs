//! The system's clock, for what a caller gives no time for.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::Timestamp;

pub(super) fn now() -> Timestamp {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::try_from(elapsed.as_millis()).unwrap_or(Timestamp::MAX)
}
