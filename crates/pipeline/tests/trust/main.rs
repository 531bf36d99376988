//! Who may do what to a calendar (rules B1 to B7): raw mail through examine, filter, job and rules.

#![allow(clippy::unwrap_used)]

mod attacks;
mod caps;
mod mail;
mod place;
mod roles;
mod schedule_tag;
mod script;
mod table;
