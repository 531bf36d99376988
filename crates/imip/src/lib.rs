//! RFC 6047: find the invitation in a mail, stamp its header, judge its sender, write outgoing mail.
//!
//! ```
//! use imip::sender::{SpokenFor, judge};
//! use imip::{Limits, Stamp, Trust, Walker, stamp_fields};
//!
//! let mail = b"From: Alice <alice@example.com>\r\n\
//!     Content-Type: text/calendar; method=REQUEST\r\n\r\n\
//!     BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@example.com\r\n\
//!     ORGANIZER:mailto:alice@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
//! let limits = Limits::default();
//! let mut walker = Walker::new(&limits);
//! walker.feed(mail);
//! let structure = walker.finish();
//! let invitation = structure.detect(&limits).invitation.ok_or("no invitation")?;
//!
//! let sender = judge(&structure.header, &SpokenFor::read(&invitation), &Trust::default());
//! assert_eq!(sender.authentication.code(), "unverified");
//! let fields = stamp_fields(&Stamp {
//!     method: invitation.method,
//!     uid: &invitation.uid,
//!     exists: None,
//!     sender: sender.authenticated(),
//! });
//! assert!(fields.starts_with(b"X-ME-Cal-Method: request\r\nX-ME-Cal-UID: 1@example.com\r\n"));
//! # Ok::<(), &str>(())
//! ```

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
pub mod outgoing;
mod parameters;
mod reason;
pub mod sender;
mod stamp;
mod strip;
mod structure;
mod thread;
mod transfer;
mod walker;

pub use detection::{Detection, Invitation, detect};
pub use event_id::event_id;
pub use limits::Limits;
pub use outgoing::Outgoing;
pub use reason::{NotStamped, Note};
pub use sender::{Authentication, Sender, Trust};
pub use stamp::{Stamp, stamp_fields};
pub use strip::Strip;
pub use structure::{Cost, Fault, Part, Structure};
pub use thread::references_field;
pub use walker::Walker;
