//! iCalendar and vCard objects: read, edit in place, recur, time zones, limits.
//!
//! The text is the truth: a [`Document`] keeps the bytes that came and an index of their lines, and
//! an edit through [`ComponentBuf`] changes the edited lines alone. Nothing here does I/O, reads a
//! clock or recurses over what a stranger nested.
//!
//! [`Zones`] says what the zone names of one calendar mean, and [`Series`] which instances its
//! components have, within a budget of steps.

mod address;
mod component;
mod component_buf;
mod content;
mod date_or_time;
mod document;
mod duration;
mod eol;
mod fold;
mod head;
mod limits;
mod message;
mod method;
mod name;
pub mod parameter;
mod problem;
mod property;
mod property_buf;
pub mod recurrence;
mod scan;
pub mod text;
pub mod vcard;
pub mod zone;
mod zones;

pub use address::CalendarUserAddress;
pub use component::Component;
pub use component_buf::{ComponentBuf, Item};
pub use date_or_time::{DateOrTime, NoInstant};
pub use document::Document;
pub use duration::Duration;
pub use fold::{readable, refolded};
pub use limits::{Limits, TooMuch};
pub use message::{Kind, Message, NotAMessage};
pub use method::Method;
pub use name::Names;
pub use problem::{Defect, Problem};
pub use property::Property;
pub use property_buf::PropertyBuf;
pub use recurrence::{
    BadRule, BadSeries, Ground, Instance, InstanceSource, Instances, NoAnswer, RecurrenceId,
    RecurrenceLimits, Series, SeriesSpan, TooManySteps, shifted,
};
pub use zone::{ZoneOrigin, ZoneSource};
pub use zones::{ZoneDisagreement, Zones};
