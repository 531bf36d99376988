//! XML as WebDAV uses it: bounded reading, names, writing.

mod character;
mod element;
mod encoding;
mod guard;
mod name;
mod write;

pub(crate) use character::{is_name, is_namespace};
pub(crate) use element::{BadXml, Element};
pub(crate) use encoding::Decoder;
pub(crate) use guard::Guard;
pub(crate) use name::{CALDAV, CALENDARSERVER, CARDDAV, DAV, Name};
pub(crate) use write::{Xml, escape};
