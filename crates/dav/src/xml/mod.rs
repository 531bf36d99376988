//! XML as WebDAV uses it: bounded reading, names, writing.

mod element;
mod guard;
mod name;
mod write;

pub(crate) use element::Element;
pub(crate) use guard::Guard;
pub(crate) use name::{CALDAV, CALENDARSERVER, CARDDAV, DAV, Name};
pub(crate) use write::{Xml, escape};
