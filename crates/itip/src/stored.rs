//! What an account holds of one UID, and whose account it is (RULES.md, *Object* and *State*).

use crate::state::State;

/// What an account holds of one UID.
///
/// No objects but a state that took a REQUEST is a tombstone (rule C10): the caller only keeps the
/// state when an object goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored {
    /// The objects, the preferred calendar's first.
    pub objects: Vec<StoredObject>,
    /// What is kept beside them, also when there is none.
    pub state: State,
}

/// One object of the UID in one calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredObject {
    /// The calendar's id.
    pub calendar: String,
    /// The object's name within the calendar.
    pub name: String,
    /// The iCalendar text.
    pub text: Vec<u8>,
    /// Whether the account may write there.
    pub access: Access,
}

/// Whether an object may be written (rule C7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The account's own, writable.
    Writable,
    /// Shared or subscribed: never written.
    ReadOnly,
}

/// Whose calendar it is.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// All addresses, aliases included; their plus-tagged forms count as well.
    pub addresses: &'a [String],
}
