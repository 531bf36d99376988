//! What the stages know of the site that they run for.

use store::Timestamp;

/// The checked settings that decisions depend on.
#[derive(Debug, Clone)]
pub struct Site {
    /// Our name in trace fields.
    pub hostname: String,
    /// The node's name: held jobs say whose they are.
    pub node: String,
    /// This process start, unique within the node.
    pub process: String,
    /// Whose word about a sender is believed (rules B1 and B2), and what is spam.
    pub trust: imip::Trust,
    /// The caps of rule B7.
    pub caps: Caps,
    /// Whether References are added, so that all mail of an event is one conversation.
    pub thread: Threading,
    /// Whether mail can be sent.
    pub sending: Sending,
    /// Bounds on what a mail may make us do.
    pub limits: imip::Limits,
    /// Bounds on what a script may make us do.
    pub script_limits: sieve::Limits,
    /// How long a job stays held when nobody ends it; above every delivery time-out.
    pub lease: Timestamp,
}

/// How much invitations may fill a calendar (rule B7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// New events per sender and day.
    pub new_per_sender_and_day: u64,
    /// Events of an account that wait for its answer.
    pub unanswered: u64,
}

/// Whether mail about one event is tied together by References.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threading {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// Whether a relay is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// Mail leaves through the outbox.
    ThroughRelay,
    /// There is no relay: redirect is keep.
    NoRelay,
}
