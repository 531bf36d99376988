//! What was decided, and why.

use super::{CalendarId, DecisionId, Timestamp};

/// The note of a decision that the owner made by hand.
pub const BY_HAND: &str = "by-hand";

/// A decision to be recorded (RULES.md, G).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewDecision {
    /// The message's job id, which makes the record unique: a second one is not written, but for
    /// what [`Store::commit`](crate::Store::commit) says of jobs.
    pub job: String,
    /// The message's METHOD as in the data, in capitals; empty when it was not stamped.
    pub method: String,
    /// The message's UID; empty when it was not stamped.
    pub uid: String,
    /// The event's title, for the list that a person reads.
    pub summary: String,
    /// The mail's Message-ID, empty when it has none.
    pub message_id: String,
    /// `added`, `updated`, `cancelled`, `removed`, `no-action`, `error`.
    pub outcome: String,
    /// A reason code of RULES.md.
    pub reason: String,
    /// What else was noticed: codes of RULES.md.
    pub notes: Vec<String>,
    /// The sender's address, empty when there is none.
    pub sender: String,
    /// How the sender was authenticated, or why not.
    pub authentication: String,
    /// Where the object is or would be.
    pub calendar: Option<CalendarId>,
    /// The object's name within the calendar.
    pub name: Option<String>,
    /// The object before, if there was one.
    pub before: Option<Vec<u8>>,
    /// The object after, if there is one.
    pub after: Option<Vec<u8>>,
    /// The message's calendar data when it was not applied and may be by hand later.
    pub suggestion: Option<Vec<u8>>,
    /// The Date field of a mail whose data is kept so.
    pub date: Option<Timestamp>,
    /// Whether that mail came through a mailing list; none where that was not recorded.
    pub through_list: Option<bool>,
    /// The address that it was delivered to; empty where that was not recorded.
    pub delivered_to: String,
    /// When the message came.
    pub received: Timestamp,
    /// When it was decided.
    pub decided: Timestamp,
}

/// A recorded decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its number.
    pub id: DecisionId,
    /// What was recorded.
    pub record: NewDecision,
}
