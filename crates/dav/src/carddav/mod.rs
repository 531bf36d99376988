//! CardDAV (RFC 6352) on the generic layer.

pub(crate) mod address_data;
pub(crate) mod card;
pub(crate) mod filter;
pub(crate) mod query;
mod version;
