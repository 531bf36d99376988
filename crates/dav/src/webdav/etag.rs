//! Entity tags, and the sync tokens made of the same numbers (RFC 6578).

use store::{Collection, Revision};

/// The entity tag of what a change wrote.
pub(crate) fn of(revision: Revision) -> String {
    format!("\"{}\"", revision.0)
}

/// The Schedule-Tag of a calendar object (RFC 6638, 3.2.10).
pub(crate) fn schedule_tag(revision: Revision) -> String {
    format!("\"s{}\"", revision.0)
}

/// The token of a collection as it was after a change.
pub(crate) fn sync_token(collection: &Collection, revision: Revision) -> String {
    format!("urn:invited:sync:{}:{}", collection.id, revision.0)
}

/// The revision of a token, if it is one that this collection has given out.
pub(crate) fn revision_of_token(collection: &Collection, token: &str) -> Option<Revision> {
    let rest = token.trim().strip_prefix("urn:invited:sync:")?;
    let (id, number) = rest.split_once(':')?;
    let number: i64 = number.parse().ok()?;
    let was_given = id == collection.id.0 && (0..=collection.revision.0).contains(&number);
    was_given.then_some(Revision(number))
}
