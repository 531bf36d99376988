//! Names of objects within their calendar or address book, as in a DAV href.

use crate::digest::Digest;

/// The most octets of a UID that becomes a name as it is.
const LONGEST: usize = 120;

/// The name of an event's object: its UID where that can stand in a path, else a digest of it.
#[must_use]
pub fn of_event(uid: &str) -> String {
    format!(
        "{}.ics",
        plain(uid).map_or_else(|| digest(uid.as_bytes()), str::to_owned)
    )
}

/// The name of a contact: by its UID, else by its content.
#[must_use]
pub fn of_card(uid: Option<&str>, text: &[u8]) -> String {
    let name = match uid {
        Some(uid) => plain(uid).map_or_else(|| digest(uid.as_bytes()), str::to_owned),
        None => digest(text),
    };
    format!("{name}.vcf")
}

/// A UID that is plain enough for a path. Upper case counts: two UIDs are two names.
fn plain(uid: &str) -> Option<&str> {
    let is_plain = (1..=LONGEST).contains(&uid.len())
        && !uid.starts_with('.')
        && uid
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || b"-_.@".contains(&octet));
    is_plain.then_some(uid)
}

fn digest(octets: &[u8]) -> String {
    let mut digest = Digest::default().piece(octets).hex();
    digest.truncate(40);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_uids_become_digests() {
        assert_eq!(of_event("a1@example.org"), "a1@example.org.ics");
        for odd in [
            "",
            "../x",
            "a/b",
            "a b",
            "Doppelgänger",
            ".hidden",
            &"x".repeat(121),
        ] {
            let name = of_event(odd);
            assert_eq!(name.len(), 44, "{odd:?}");
            assert!(
                name.bytes()
                    .all(|octet| octet.is_ascii_alphanumeric() || octet == b'.')
            );
        }
        assert_ne!(of_event("a/b"), of_event("a/c"));
        assert_eq!(of_card(None, b"x"), of_card(None, b"x"));
    }
}
