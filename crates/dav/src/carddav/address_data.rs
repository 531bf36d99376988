//! address-data: whole, or some properties alone (RFC 6352, 10.4).

use std::borrow::Cow;

use calendar::{Document, Item, Limits};

use crate::xml::{CARDDAV, Element};

/// A stored card as the `address-data` element of a request wants it.
pub(crate) fn print<'t>(asked: &Element, text: &'t [u8]) -> Cow<'t, str> {
    let names = asked
        .all(CARDDAV, "prop")
        .filter_map(|one| one.attribute("name"));
    let names: Vec<&str> = names.collect();
    let is_whole = names.is_empty() || asked.child(CARDDAV, "allprop").is_some();
    let cut = match is_whole {
        true => None,
        false => cut(text, &names),
    };
    match cut {
        Some(made) => Cow::Owned(String::from_utf8_lossy(&made).into_owned()),
        None => String::from_utf8_lossy(text),
    }
}

fn cut(text: &[u8], names: &[&str]) -> Option<Vec<u8>> {
    let document = Document::parse(text, &Limits::default()).ok()?;
    let mut card = document.components().next()?.to_buf();
    card.retain(|item| match item {
        Item::Property(property) => {
            let name = bare(property.name());
            name.eq_ignore_ascii_case("VERSION")
                || names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name))
        }
        _ => false,
    });
    Some(card.to_bytes())
}

/// A property's name without its group.
pub(crate) fn bare(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, name)| name)
}
