//! The message identifier that stands for an event (RFC 5322 section 3.6.4).

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// Octets of the digest that are kept.
const DIGEST: usize = 20;

/// The identifier that all messages about one event share, `<…@…>` with the angle brackets.
///
/// It is made from a hash of the UID alone, so that every node gives the same; its domain is one that
/// never exists (RFC 2606).
#[must_use]
pub fn event_id(uid: &str) -> String {
    let mut id = String::from("<");
    for octet in Sha256::digest(uid.as_bytes()).iter().take(DIGEST) {
        // Writing to a String does not fail.
        let _ = write!(id, "{octet:02x}");
    }
    id.push_str("@event.invited.invalid>");
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_depends_on_the_uid_alone() {
        assert_eq!(
            event_id("abc"),
            "<ba7816bf8f01cfea414140de5dae2223b00361a3@event.invited.invalid>"
        );
        assert_eq!(event_id("abc"), event_id("abc"));
        assert_ne!(event_id("abc"), event_id("ABC"));
    }

    #[test]
    fn an_id_is_a_message_identifier_whatever_the_uid() {
        for uid in ["", "\r\n\0", "a b", "<@>", &"x".repeat(1 << 16)] {
            let id = event_id(uid);
            assert_eq!(id.len(), 64);
            assert!(id.bytes().all(|octet| octet.is_ascii_graphic()));
        }
    }
}
