//! Calendars and address books as DAV sees them: collections of members with properties.

use crate::{CalendarId, Event, Revision, Timestamp};

/// The id of a calendar or an address book; no two collections ever have one id.
pub type CollectionId = CalendarId;

/// What a collection holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CollectionKind {
    /// Calendar objects.
    Calendar,
    /// vCards.
    AddressBook,
}

/// A calendar or an address book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// Its id.
    pub id: CollectionId,
    /// What it holds.
    pub kind: CollectionKind,
    /// Its name in a path, one alone among the account's of its kind.
    pub segment: String,
    /// What a person reads.
    pub name: String,
    /// Whether it is the account's default one, which stays.
    pub is_default: bool,
    /// The last change of a member.
    pub revision: Revision,
    /// The properties that clients set, by name.
    pub properties: Vec<Property>,
}

/// A scheduling inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbox {
    /// The last change of an item, or of which are there.
    pub revision: Revision,
    /// The properties that clients set, by name.
    pub properties: Vec<Property>,
}

/// A collection to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCollection {
    /// What it holds.
    pub kind: CollectionKind,
    /// Its name in a path.
    pub segment: String,
    /// What a person reads.
    pub name: String,
    /// Its properties.
    pub properties: Vec<Property>,
}

/// A property as a client set it; opaque here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// The namespace of its name.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The whole element, as XML that needs nothing around it.
    pub value: String,
}

/// What becomes of a collection's name and properties, or of a member's properties.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PropertyChanges {
    /// What a person reads, of a collection.
    pub name: Option<String>,
    /// Properties to set.
    pub set: Vec<Property>,
    /// Properties to remove: namespace and name.
    pub remove: Vec<(String, String)>,
}

/// An object or card of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name within the collection.
    pub name: String,
    /// Its UID; empty when it is not known.
    pub uid: String,
    /// The change that wrote it last; serves as its etag.
    pub revision: Revision,
    /// When that was; 0 when it was not asked for.
    pub changed: Timestamp,
    /// The last change that matters to whoever edits it (RFC 6638, 3.2.10); of a card the last one.
    pub schedule_tag: Revision,
    /// How many octets its text has.
    pub size: u64,
    /// The text, where it was asked for.
    pub text: Vec<u8>,
}

/// What stands at a place of a calendar, and what its account holds of a UID.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The object at the place.
    pub at: Option<Member>,
    /// All that is held of the UID.
    pub event: Event,
}

/// Which members are asked for; the answer is by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Those behind this name, at most so many: a page of all.
    After(String, u32),
    /// Those of these names.
    Names(Vec<String>),
    /// The objects of a calendar that may have a part between two instants. It leaves none out that
    /// has; whether one really has, its text says.
    Window(Timestamp, Timestamp),
    /// The one of this UID.
    Uid(String),
}

/// How much of each member is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// All but the text and when it was changed, which costs as much as all else.
    Etag,
    /// All but the text.
    Dated,
    /// All but when it was changed.
    Text,
    /// All.
    Whole,
}

/// What changed in a collection since a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncPage {
    /// Names, each with the revision of what it has now; `None`: deleted.
    pub members: Vec<(String, Option<Revision>)>,
    /// Where the next page begins.
    pub revision: Revision,
    /// Whether there are more pages.
    pub is_cut: bool,
}

/// A card to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutCard {
    /// The address book that holds it.
    pub book: CollectionId,
    /// Its name within the book.
    pub name: String,
    /// Its UID; empty when it has none.
    pub uid: String,
    /// The vCard, verbatim.
    pub text: Vec<u8>,
    /// Its mail addresses (rule B6).
    pub addresses: Vec<String>,
}

/// A change of an account's address books, written whole or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardCommit {
    /// What must still hold: cards by book and name, and their revisions; `None`: there is none.
    pub expect: Vec<(CollectionId, String, Option<Revision>)>,
    /// Cards to delete: book and name. Deletions come first.
    pub delete: Vec<(CollectionId, String)>,
    /// Cards to write.
    pub put: Vec<PutCard>,
    /// Where the card that is put is copied or moved from: the properties that clients set on it there come
    /// along in place of those at its new place.
    pub from: Option<(CollectionId, String)>,
}

/// A password of one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppPassword {
    /// What the password begins with.
    pub id: String,
    /// What its owner calls the device.
    pub label: String,
    /// The password's hash, a PHC string.
    pub hash: String,
    /// When it was made.
    pub created: Timestamp,
}
