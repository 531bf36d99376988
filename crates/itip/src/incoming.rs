//! The message as the rules see it: what it says, who sent it and how sure that is (RULES.md B1, B2).

use calendar::{Document, Kind, Method};
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Timestamp = i64;

/// A message that rules A1 and A2 let pass.
#[derive(Clone, Debug)]
pub struct Incoming<'a> {
    /// The calendar data, one VCALENDAR.
    pub document: &'a Document,
    /// METHOD of the calendar data.
    pub method: Method,
    /// The one UID.
    pub uid: &'a str,
    /// The one kind.
    pub kind: Kind,
    /// Who sent it.
    pub sender: Sender,
    /// When it came.
    pub received: Timestamp,
    /// The Date field, which stands in for a missing DTSTAMP (rule A5).
    pub date: Option<Timestamp>,
    /// Digest of the mail; settles what is equal in every other way (rule C2).
    pub digest: &'a str,
    /// Whether it came through a mailing list.
    pub route: Route,
    /// The address of the account that it was delivered to (rule C8).
    pub delivered_to: &'a str,
}

/// Who sent a message, as rules B1 and B2 found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The one address in From, or the address that a calendar service speaks for; none: nobody.
    pub address: Option<String>,
    /// How sure it is.
    pub trust: Trust,
    /// The calendar service that sent it for the address (rule B2), e.g. `google.com`.
    pub via_service: Option<String>,
    /// Whose address it is.
    pub owner: AddressOwner,
}

/// Whose address a sender's is (rule B3): a calendar service's own is never pinned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddressOwner {
    /// A person's, or whatever else sends mail.
    #[default]
    Person,
    /// A calendar service's own, which speaks for all of its users.
    Service,
}

/// How sure the sender's address is (rule B1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// Authenticated.
    Authenticated,
    /// No trusted authserv-id is configured: believed, and the record says so.
    Unverified,
    /// Not authenticated.
    Failed,
}

/// How a mail came (rule B3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// From its sender.
    Direct,
    /// With a List-Id field.
    List,
}
