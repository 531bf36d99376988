//! The language and its extensions, a file for each.

pub(crate) mod ascii_numeric;
pub(crate) mod base;
pub(crate) mod copy;
pub(crate) mod encoded_character;
pub(crate) mod enotify;
pub(crate) mod envelope;
pub(crate) mod extlists;
pub(crate) mod fileinto;
pub(crate) mod imap4flags;
pub(crate) mod mailbox;
pub(crate) mod relational;
pub(crate) mod subaddress;
pub(crate) mod variables;
