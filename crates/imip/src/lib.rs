//! RFC 6047: find the invitation in a mail, stamp its header, judge its sender.

mod charset;
mod detection;
mod encoded_word;
mod entity;
mod event_id;
pub mod header;
mod header_end;
mod lexer;
mod limits;
mod multiparts;
mod parameters;
mod reason;
pub mod sender;
mod stamp;
mod strip;
mod thread;
mod transfer;
mod walker;

pub use detection::{Detection, Invitation, detect};
pub use event_id::event_id;
pub use limits::Limits;
pub use reason::{NotStamped, Note};
pub use sender::{Authentication, Sender, Trust};
pub use stamp::{Stamp, stamp_fields};
pub use strip::Strip;
pub use thread::references_field;
pub use walker::{Cost, Fault, Part, Structure, Walker};
