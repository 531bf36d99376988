//! The scheduling inbox and outbox of an account (RFC 6638, 2).

pub(crate) mod freebusy_request;
pub(crate) mod inbox;
pub(crate) mod outbox;
pub(crate) mod role;
