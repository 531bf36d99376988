//! A card of one vCard version told in the other (RFC 2426, RFC 6350), for clients that know one alone.
//!
//! What only looks otherwise is changed; what the other version has no word for stays as it is, which
//! every reader must let pass.

use calendar::{ComponentBuf, Item, PropertyBuf};

use super::address_data::bare;

/// A version that cards are kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V3,
    V4,
}

/// Properties that can be pictures, sounds or keys, and the type that theirs are of.
const BINARY: [(&str, &str); 4] = [
    ("PHOTO", "image"),
    ("LOGO", "image"),
    ("SOUND", "audio"),
    ("KEY", "application"),
];

/// Groups, as Apple's apps write them in version 3 and everybody in version 4.
const GROUPS: [(&str, &str); 2] = [
    ("X-ADDRESSBOOKSERVER-KIND", "KIND"),
    ("X-ADDRESSBOOKSERVER-MEMBER", "MEMBER"),
];

impl Version {
    pub(crate) fn of(text: &str) -> Option<Self> {
        match text.trim() {
            "3.0" => Some(Self::V3),
            "4.0" => Some(Self::V4),
            _ => None,
        }
    }

    fn number(self) -> &'static str {
        match self {
            Self::V3 => "3.0",
            Self::V4 => "4.0",
        }
    }
}

/// Makes a card one of this version, if it is not.
pub(crate) fn convert(card: &mut ComponentBuf, to: Version) {
    let version = card.property("VERSION").map(|one| one.value().into_owned());
    let from = version.and_then(|version| Version::of(&version));
    if from.is_none() || from == Some(to) {
        return;
    }
    for item in card.items_mut() {
        if let Item::Property(property) = item {
            match to {
                Version::V4 => to_4(property),
                Version::V3 => to_3(property),
            }
        }
    }
    name(card);
}

fn to_4(property: &mut PropertyBuf) {
    if property.is("VERSION") {
        property.set_value(Version::V4.number());
    }
    if let Some((_, new)) = GROUPS.iter().find(|(old, _)| property.is(old)) {
        *property = PropertyBuf::new(new, &property.value());
    }
    property.remove_parameter("CHARSET");
    let types = types(property);
    if let Some(kind) = binary_kind(property) {
        let is_inside = property
            .parameter("ENCODING")
            .is_some_and(|encoding| ["b", "base64"].contains(&encoding.to_lowercase().as_str()));
        if is_inside {
            let subtype = types.first().map_or("octet-stream", String::as_str);
            let data = format!(
                "data:{kind}/{};base64,{}",
                subtype.to_lowercase(),
                property.value()
            );
            property.set_value(&data);
            for name in ["ENCODING", "TYPE", "VALUE"] {
                property.remove_parameter(name);
            }
        }
        return;
    }
    let is_pref = |one: &String| one.eq_ignore_ascii_case("pref");
    if types.iter().any(is_pref) {
        let rest: Vec<&str> = types
            .iter()
            .filter(|one| !is_pref(one))
            .map(String::as_str)
            .collect();
        set_types(property, &rest);
        property.set_parameter("PREF", "1");
    }
}

fn to_3(property: &mut PropertyBuf) {
    if property.is("VERSION") {
        property.set_value(Version::V3.number());
    }
    if let Some((old, _)) = GROUPS.iter().find(|(_, new)| property.is(new)) {
        *property = PropertyBuf::new(old, &property.value());
    }
    if binary_kind(property).is_some() {
        let value = property.value().into_owned();
        if let Some((subtype, data)) = data_of(&value) {
            property.set_value(data);
            property.remove_parameter("MEDIATYPE");
            property.remove_parameter("VALUE");
            property.set_parameter("ENCODING", "b");
            property.set_parameter("TYPE", &subtype.to_uppercase());
        }
        return;
    }
    if property.parameter("PREF").as_deref() == Some("1") {
        property.remove_parameter("PREF");
        let mut types = types(property);
        types.push("PREF".to_owned());
        let types: Vec<&str> = types.iter().map(String::as_str).collect();
        set_types(property, &types);
    }
    let number = property.value().strip_prefix("tel:").map(str::to_owned);
    if let Some(number) = number.filter(|_| bare(property.name()).eq_ignore_ascii_case("TEL")) {
        property.set_value(&number);
        property.remove_parameter("VALUE");
    }
}

/// The type that the property's pictures, sounds or keys are of, if it can be one.
fn binary_kind(property: &PropertyBuf) -> Option<&'static str> {
    let mut all = BINARY.into_iter();
    let found = all.find(|(name, _)| bare(property.name()).eq_ignore_ascii_case(name));
    found.map(|(_, kind)| kind)
}

/// Subtype and octets of a `data:` URI in base 64.
fn data_of(value: &str) -> Option<(&str, &str)> {
    let (media, data) = value.strip_prefix("data:")?.split_once(',')?;
    let (_, subtype) = media.strip_suffix(";base64")?.split_once('/')?;
    let subtype = subtype.split(';').next().unwrap_or(subtype);
    Some((subtype, data))
}

/// All values of all TYPE parameters.
fn types(property: &PropertyBuf) -> Vec<String> {
    let all = property.parameters().into_iter();
    let types = all.filter(|(name, _)| name.eq_ignore_ascii_case("TYPE"));
    types.flat_map(|(_, values)| values).collect()
}

fn set_types(property: &mut PropertyBuf, types: &[&str]) {
    property.remove_parameter("TYPE");
    property.set_parameter_values("TYPE", types);
}

/// Both versions want FN, and version 3 wants N.
fn name(card: &mut ComponentBuf) {
    let value = |name: &str| card.property(name).map(|one| one.value().into_owned());
    match (value("FN"), value("N")) {
        (Some(full), None) => card.push_property(PropertyBuf::new("N", &format!("{full};;;;"))),
        (None, Some(parts)) => {
            let mut parts = parts.split(';').map(str::trim);
            let (family, given) = (parts.next(), parts.next());
            let full = [given, family].map(Option::unwrap_or_default).join(" ");
            card.push_property(PropertyBuf::new("FN", full.trim()));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use calendar::{Document, Limits};

    use super::*;

    fn converted(lines: &str, to: Version) -> String {
        let text = format!("BEGIN:VCARD\r\n{lines}END:VCARD\r\n");
        let document = Document::parse(text, &Limits::default()).unwrap();
        let mut card = document.components().next().unwrap().to_buf();
        convert(&mut card, to);
        let printed = String::from_utf8(card.to_bytes()).unwrap();
        let inner = printed.strip_prefix("BEGIN:VCARD\r\n").unwrap();
        inner.strip_suffix("END:VCARD\r\n").unwrap().to_owned()
    }

    const THREE: &str = "VERSION:3.0\r\nUID:a\r\nN:B;A;;;\r\nFN:A B\r\n\
        item1.EMAIL;TYPE=work;TYPE=pref:a@example.com\r\nitem1.X-ABLABEL:x\r\n\
        PHOTO;ENCODING=b;TYPE=JPEG:AAAA\r\nX-ADDRESSBOOKSERVER-KIND:group\r\n\
        X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:b\r\n";
    const FOUR: &str = "VERSION:4.0\r\nUID:a\r\nN:B;A;;;\r\nFN:A B\r\n\
        item1.EMAIL;TYPE=work;PREF=1:a@example.com\r\nitem1.X-ABLABEL:x\r\n\
        PHOTO:data:image/jpeg;base64,AAAA\r\nKIND:group\r\nMEMBER:urn:uuid:b\r\n";

    #[test]
    fn version_3_becomes_version_4_and_back() {
        assert_eq!(converted(THREE, Version::V4), FOUR);
        let back = converted(FOUR, Version::V3);
        let back = back.replace("TYPE=work,PREF", "TYPE=work;TYPE=pref");
        assert_eq!(back, THREE);
        assert_eq!(converted(THREE, Version::V3), THREE);
    }

    #[test]
    fn names_and_numbers_are_as_the_version_wants_them() {
        let card = "VERSION:4.0\r\nFN:Ann\r\nTEL;VALUE=uri:tel:+1-2\r\n";
        let three = "VERSION:3.0\r\nFN:Ann\r\nTEL:+1-2\r\nN:Ann;;;;\r\n";
        assert_eq!(converted(card, Version::V3), three);
        let card = converted("VERSION:3.0\r\nN:B;A;;;\r\n", Version::V4);
        assert_eq!(card, "VERSION:4.0\r\nN:B;A;;;\r\nFN:A B\r\n");
        assert_eq!(converted("VERSION:2.1\r\n", Version::V4), "VERSION:2.1\r\n");
    }
}
