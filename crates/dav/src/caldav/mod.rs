//! CalDAV (RFC 4791) on the generic layer.

pub(crate) mod alarm;
pub(crate) mod availability;
pub(crate) mod bounds;
pub(crate) mod calendar_data;
pub(crate) mod component_set;
pub(crate) mod filter;
pub(crate) mod free_busy;
pub(crate) mod mkcalendar;
pub(crate) mod object;
mod object_times;
pub(crate) mod occurrence;
pub(crate) mod query;
pub(crate) mod range;
pub(crate) mod recurrence_set;
pub(crate) mod time_zone;
mod todo;
