//! address-data: whole, or some properties alone, in the version that is asked for (RFC 6352, 10.4).

use std::borrow::Cow;

use calendar::{ComponentBuf, Document, Item, Limits, PropertyBuf};

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

/// A property that is asked for.
struct Asked<'a> {
    name: &'a str,
    has_no_value: bool,
}

/// A stored card as the `address-data` element of a request wants it.
pub(crate) fn print<'t>(asked: &Element, text: &'t [u8]) -> Cow<'t, str> {
    let properties = asked.all(CARDDAV, "prop").filter_map(|one| {
        Some(Asked {
            name: one.attribute("name")?,
            has_no_value: one.attribute("novalue") == Some("yes"),
        })
    });
    let properties: Vec<Asked<'_>> = properties.collect();
    let is_whole = properties.is_empty() || asked.child(CARDDAV, "allprop").is_some();
    let version = asked.attribute("version").and_then(Version::of);
    let shaped = match (is_whole, version) {
        (true, None) => None,
        _ => shaped(text, (!is_whole).then_some(&properties), version),
    };
    match shaped {
        Some(made) => Cow::Owned(String::from_utf8_lossy(&made).into_owned()),
        None => calendar::readable(text),
    }
}

fn shaped(
    text: &[u8],
    properties: Option<&Vec<Asked<'_>>>,
    version: Option<Version>,
) -> Option<Vec<u8>> {
    let mut card = read(text)?;
    if let Some(version) = version {
        version::convert(&mut card, version);
    }
    if let Some(properties) = properties {
        cut(&mut card, properties);
    }
    let made = card.to_bytes();
    Some(calendar::readable(&made).into_owned().into_bytes())
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

/// Leaves the properties that are asked for, of some their names alone (RFC 6352, 10.4.2).
fn cut(card: &mut ComponentBuf, asked: &[Asked<'_>]) {
    let find = |property: &PropertyBuf| {
        let mut asked = asked.iter();
        asked.find(|asked| is_named(property, asked.name))
    };
    card.retain(|item| match item {
        Item::Property(property) => property.is("VERSION") || find(property).is_some(),
        _ => false,
    });
    for property in card.properties_mut() {
        if find(property).is_some_and(|asked| asked.has_no_value) {
            property.set_value("");
        }
    }
}

/// Whether a property is one of this name; a name with a group names that group's properties alone.
pub(crate) fn is_named(property: &PropertyBuf, name: &str) -> bool {
    let own = match name.contains('.') {
        true => property.name(),
        false => bare(property.name()),
    };
    own.eq_ignore_ascii_case(name)
}

/// A property's name without its group.
pub(crate) fn bare(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_told_alone_and_without_values() {
        let card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:a\r\nFN:A\r\nitem1.TEL;TYPE=work:1\r\n\
            item2.TEL:2\r\nEND:VCARD\r\n";
        let printed = |inside: &str| {
            let asked = format!("<R:address-data xmlns:R='{CARDDAV}'>{inside}</R:address-data>");
            let asked = Element::parse(asked.as_bytes()).unwrap();
            let printed = print(&asked, card.as_bytes()).into_owned();
            let inner = printed
                .strip_prefix("BEGIN:VCARD\r\nVERSION:3.0\r\n")
                .unwrap();
            inner
                .strip_suffix("END:VCARD\r\n")
                .unwrap()
                .replace("\r\n", " ")
        };
        assert_eq!(printed("<R:prop name='fn'/>"), "FN:A ");
        assert_eq!(
            printed("<R:prop name='UID'/><R:prop name='TEL' novalue='yes'/>"),
            "UID:a item1.TEL;TYPE=work: item2.TEL: "
        );
        assert_eq!(
            printed("<R:prop name='item2.TEL' novalue='no'/>"),
            "item2.TEL:2 "
        );
        assert_eq!(
            printed("<R:allprop/>"),
            "UID:a FN:A item1.TEL;TYPE=work:1 item2.TEL:2 "
        );
    }
}
