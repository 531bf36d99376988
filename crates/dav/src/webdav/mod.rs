//! Generic WebDAV: one file per verb, and what calendars and address books have in common.

pub(crate) mod add_member;
pub(crate) mod ask;
pub(crate) mod collection;
pub(crate) mod condition;
pub(crate) mod date;
pub(crate) mod delete;
pub(crate) mod etag;
pub(crate) mod expand;
pub(crate) mod get;
pub(crate) mod members;
pub(crate) mod mkcol;
pub(crate) mod multiget;
pub(crate) mod multistatus;
pub(crate) mod node;
pub(crate) mod options;
pub(crate) mod patch;
pub(crate) mod preference;
pub(crate) mod principal_match;
pub(crate) mod principal_search;
pub(crate) mod property;
pub(crate) mod propfind;
pub(crate) mod proppatch;
pub(crate) mod put;
pub(crate) mod report;
pub(crate) mod sync;
pub(crate) mod transfer;
