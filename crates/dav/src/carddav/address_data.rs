//! address-data: whole, or some properties alone, in the version that is asked for (RFC 6352, 10.4).

use std::borrow::Cow;

use calendar::{ComponentBuf, Document, Item, Limits};

use super::version::{self, Version};
use crate::failure::{Failure, Outcome};
use crate::webdav::ask::Ask;
use crate::xml::{CARDDAV, Element};

/// Refuses what is no type and version that cards can be told in (RFC 6352, 8.6, 8.7).
pub(crate) fn check(ask: &Ask) -> Outcome<()> {
    let (Ask::These(asked) | Ask::All(asked)) = ask else {
        return Ok(());
    };
    let Some(data) = asked.iter().find(|one| one.is(CARDDAV, "address-data")) else {
        return Ok(());
    };
    let kind = data.attribute("content-type").unwrap_or("text/vcard");
    let version = data.attribute("version").map(Version::of);
    match kind.eq_ignore_ascii_case("text/vcard") && version != Some(None) {
        true => Ok(()),
        false => Err(Failure::refused("R:supported-address-data")),
    }
}

/// A stored card as the `address-data` element of a request wants it.
pub(crate) fn print<'t>(asked: &Element, text: &'t [u8]) -> Cow<'t, str> {
    let names = asked
        .all(CARDDAV, "prop")
        .filter_map(|one| one.attribute("name"));
    let names: Vec<&str> = names.collect();
    let is_whole = names.is_empty() || asked.child(CARDDAV, "allprop").is_some();
    let version = asked.attribute("version").and_then(Version::of);
    let shaped = match (is_whole, version) {
        (true, None) => None,
        _ => shaped(text, (!is_whole).then_some(&names), version),
    };
    match shaped {
        Some(made) => Cow::Owned(String::from_utf8_lossy(&made).into_owned()),
        None => String::from_utf8_lossy(text),
    }
}

fn shaped(text: &[u8], names: Option<&Vec<&str>>, version: Option<Version>) -> Option<Vec<u8>> {
    let mut card = read(text)?;
    if let Some(version) = version {
        version::convert(&mut card, version);
    }
    if let Some(names) = names {
        cut(&mut card, names);
    }
    Some(card.to_bytes())
}

/// Reads a stored card, in which a photo may be one very long line.
pub(crate) fn read(text: &[u8]) -> Option<ComponentBuf> {
    let limits = Limits {
        line_length: text.len(),
        ..Limits::default()
    };
    let document = Document::parse(text, &limits).ok()?;
    Some(document.components().next()?.to_buf())
}

fn cut(card: &mut ComponentBuf, names: &[&str]) {
    card.retain(|item| match item {
        Item::Property(property) => {
            let name = bare(property.name());
            name.eq_ignore_ascii_case("VERSION")
                || names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name))
        }
        _ => false,
    });
}

/// A property's name without its group.
pub(crate) fn bare(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, name)| name)
}
