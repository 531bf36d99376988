//! The records that a store keeps.

mod commit;
mod decision;
mod queue;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::commit::*;
pub use self::decision::*;
pub use self::queue::*;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
pub type Timestamp = i64;

/// The number of an account; never used again after the account is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AccountId(pub i64);

/// The opaque id of a calendar: `[A-Za-z0-9-]{1,64}`, never used again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CalendarId(pub String);

impl fmt::Display for CalendarId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number of a change of an account; grows by one with each change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Revision(pub i64);

/// The number of a decision within its account; grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DecisionId(pub i64);

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// The main address; its domain in lower case.
    pub address: String,
    /// Other addresses of the same account.
    pub aliases: Vec<String>,
    /// What a person reads; may be empty.
    pub name: String,
    /// The password's hash, a PHC string.
    pub password: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The main address.
    pub address: String,
    /// Other addresses.
    pub aliases: Vec<String>,
    /// What a person reads; may be empty.
    pub name: String,
    /// The password's hash, a PHC string.
    pub password: String,
}

impl Account {
    /// All addresses, the main one first.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.address.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}

/// A calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Its id.
    pub id: CalendarId,
    /// What a person reads.
    pub name: String,
    /// Whether new events without another target come here; one calendar of an account has it.
    pub is_default: bool,
    /// Whether the owner's changes of his own meetings in it are mailed (rule F8).
    pub invitations: Invitations,
}

/// Whether a calendar's invitations, changes and cancellations are mailed (rule F8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invitations {
    /// They are.
    Sent,
    /// They are not; answers are.
    NotSent,
}

/// All components with one UID in one calendar (RULES.md, *Object*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The calendar that holds it.
    pub calendar: CalendarId,
    /// Its name within the calendar, as in a CalDAV href.
    pub name: String,
    /// The UID of its components.
    pub uid: String,
    /// The iCalendar text, verbatim.
    pub text: Vec<u8>,
    /// The change that wrote it last; serves as its etag.
    pub revision: Revision,
    /// Whether it waits for its owner's answer (rule B7).
    pub unanswered: bool,
}

/// What an account holds of one UID.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// The objects, the default calendar's first.
    pub objects: Vec<Object>,
    /// What is kept beside them (RULES.md, *State*), also when there is no object.
    pub state: Option<State>,
}

/// The scheduling state of one UID of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The revision that wrote it.
    pub revision: Revision,
    /// The state itself, as the rules wrote it.
    pub json: String,
}

/// From when on the messages of a sender are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// Those that added an event.
    pub added: Timestamp,
    /// Those that came too early.
    pub early: Timestamp,
}

/// What a message is decided on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grounds {
    /// What the account holds of the UID.
    pub event: Event,
    /// The account's default calendar.
    pub default_calendar: Option<CalendarId>,
    /// As in [`Store::preferences`](crate::Store::preferences).
    pub preferences: Option<String>,
    /// How many events were added for messages of the sender (rule B7), those not counted that the
    /// owner let in himself ([`BY_HAND`]).
    pub added: u64,
    /// How many objects of the account still wait for an answer (rule B7).
    pub unanswered: u64,
    /// How many messages of the sender are kept that came too early (rule D3).
    pub early: u64,
}

/// What a mail is filtered with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilterGrounds {
    /// As in [`Store::preferences`](crate::Store::preferences).
    pub preferences: Option<String>,
    /// As in [`Store::script`](crate::Store::script).
    pub script: Option<String>,
    /// The calendar that holds the UID that was asked for, the default calendar winning over others.
    pub holding: Option<CalendarId>,
    /// As in [`Store::is_contact`](crate::Store::is_contact), when an address was asked for.
    pub is_contact: Option<bool>,
}

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its name within the address book, as in a CardDAV href.
    pub name: String,
    /// Its UID; empty when it has none.
    pub uid: String,
    /// The vCard, verbatim.
    pub text: Vec<u8>,
    /// Its mail addresses.
    pub addresses: Vec<String>,
}
