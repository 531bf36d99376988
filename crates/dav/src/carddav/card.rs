//! Cards that a client stores: what they must be (RFC 6352, 5.1 and 6.3.2.1).

use calendar::vcard::{self, Card};
use calendar::{Defect, Document, Limits, Problem};
use pipeline::address_book;
use pipeline::member::{NotChanged, Stored};
use store::{Collection, CollectionKind};

use crate::body::media_type;
use crate::failure::{Failure, Outcome};
use crate::request::Request;
use crate::resource::Resource;
use crate::webdav::condition::Conditions;

/// Checks a card and stores it.
pub(crate) async fn put(
    request: &Request,
    book: &Collection,
    name: &str,
    text: Vec<u8>,
    conditions: &Conditions,
) -> Outcome<Stored> {
    check_type(request.field("content-type"))?;
    let limits = Limits {
        bytes: request.dav.limits.object,
        line_length: request.dav.limits.object,
        ..Limits::default()
    };
    let card = check(&text, &limits)?;
    let place = (book.id.clone(), name.to_owned());
    let card = address_book::Card {
        uid: card.uid.unwrap_or_default(),
        text,
        addresses: card.addresses,
    };
    let holds = |member: Option<&_>| conditions.hold_for(member);
    let (store, account) = (request.store(), request.account.id);
    let storing = address_book::put(store, account, &place, &card, &holds).await;
    named(request, book, name, storing)
}

/// What was stored in a book under a name, or which card is in its way (RFC 6352, 6.3.2.1).
pub(crate) fn named(
    request: &Request,
    book: &Collection,
    name: &str,
    stored: Result<Stored, NotChanged>,
) -> Outcome<Stored> {
    let other = match stored {
        Err(NotChanged::UidElsewhere((_, other))) => other,
        Err(NotChanged::OtherUid) => name.to_owned(),
        stored => return Ok(stored?),
    };
    let resource = Resource::Member(CollectionKind::AddressBook, book.segment.clone(), other);
    let href = resource.href(&request.account);
    Err(Failure::refused_for("R:no-uid-conflict", &href))
}

/// supported-address-data: a type that is said must be vCard's.
fn check_type(content_type: &str) -> Outcome<()> {
    match media_type(content_type).as_str() {
        "" | "text/vcard" | "text/x-vcard" | "text/directory" | "application/octet-stream" => {
            Ok(())
        }
        _ => Err(Failure::refused("R:supported-address-data")),
    }
}

/// The one card of a text that is as cards must be.
pub(crate) fn check(text: &[u8], limits: &Limits) -> Outcome<Card> {
    let invalid = || Failure::refused("R:valid-address-data");
    let document = Document::parse(text, limits).map_err(|_| invalid())?;
    let mut components = document.components();
    let card = components.next().filter(|one| one.is("VCARD"));
    let card = card
        .filter(|_| document.is_well_nested())
        .ok_or_else(invalid)?;
    let is_not_text = |problem: &Problem| problem.defect == Defect::NotUtf8;
    if components.next().is_some() || document.problems().iter().any(is_not_text) {
        return Err(invalid());
    }
    let version = card
        .property("VERSION")
        .map(|version| version.value().trim().to_owned());
    match version.as_deref() {
        Some("3.0" | "4.0") => {}
        Some(_) => return Err(Failure::refused("R:supported-address-data")),
        None => return Err(invalid()),
    }
    let mut cards = vcard::contacts(text, limits).map_err(|_| invalid())?;
    let card = cards
        .pop()
        .filter(|card| card.uid.is_some() && !card.name.is_empty());
    card.ok_or_else(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(lines: &str) -> Result<Card, String> {
        let text = format!("BEGIN:VCARD\r\n{lines}END:VCARD\r\n");
        check(text.as_bytes(), &Limits::default())
            .map_err(|failure| failure.condition.unwrap_or_default())
    }

    #[test]
    fn cards_are_taken_or_refused() {
        let card =
            checked("VERSION:4.0\r\nUID:a\r\nFN:A\r\nitem1.EMAIL:a@example.com\r\n").unwrap();
        assert_eq!(card.addresses, ["a@example.com"]);
        assert!(checked("VERSION:3.0\r\nUID:a\r\nN:A;B;;;\r\n").is_ok());
        let invalid = Err("<R:valid-address-data/>".to_owned());
        assert_eq!(checked("UID:a\r\nFN:A\r\n"), invalid);
        assert_eq!(checked("VERSION:4.0\r\nFN:A\r\n"), invalid);
        assert_eq!(checked("VERSION:4.0\r\nUID:a\r\n"), invalid);
        let two = "VERSION:4.0\r\nUID:a\r\nFN:A\r\nEND:VCARD\r\nBEGIN:VCARD\r\n";
        assert_eq!(checked(two), invalid);
        let old = checked("VERSION:2.1\r\nUID:a\r\nFN:A\r\n");
        assert_eq!(old, Err("<R:supported-address-data/>".to_owned()));
    }
}
