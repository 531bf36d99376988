//! The rules of RFC 5546: what a scheduling message does to a calendar object.
//!
//! [`receive`] is a pure function: what is stored, the message, and what is allowed go in, a
//! [`Decision`] comes out. It never does I/O, reads no clock and draws no random number. The rules
//! have the numbers of RULES.md (A to E and G).

mod answer;
mod arrival;
mod attendance;
mod authority;
mod case;
mod changed;
mod clock;
mod consequence;
mod course;
mod decision;
mod difference;
mod exdate;
mod extent;
mod facts;
mod incoming;
mod limits;
mod line;
mod marks;
mod merge;
mod moment;
mod note;
mod object;
mod outcome;
mod owner;
mod pattern;
mod policy;
mod reason;
mod receive;
mod recurrence_id;
mod respond;
mod short_text;
mod span;
mod stamp;
mod state;
mod stored;
mod strip;
mod taking;

pub use attendance::{Attendance, attendances};
pub use changed::{
    Delay, Delivery, Door, Forbidden, Invitations, OutgoingMessage, OwnersChange, Reply, Scheduled,
    Seen, changed, delivered,
};
pub use consequence::only_answers_differ;
pub use decision::{Answered, Change, Decision, Outcome, Suggestion};
pub use difference::{
    Changes, Detail, Difference, Fate, InstanceChange, InstanceDifference, PersonChange, Replaced,
    Span, difference,
};
pub use facts::{Facts, Person, describe, facts, summary};
pub use incoming::{AddressOwner, Incoming, Route, Sender, Timestamp, Trust};
pub use limits::Limits;
pub use moment::{Clock, Moment};
pub use note::Note;
pub use pattern::{End, Frequency, Pattern, Recurrence};
pub use policy::{CancelMode, Caps, Permission, Policy, Spam, Update};
pub use reason::Reason;
pub use receive::{recall, receive};
pub use respond::{CannotRespond, Partstat, Responded, Response, answered, respond};
pub use state::{BadState, Contents, State};
pub use stored::{Access, Account, Stored, StoredObject};
