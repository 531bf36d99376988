//! The References field that joins all mail of one event (RFC 5322 section 3.6.4, RFC 5256).

use crate::header::first;

/// Longest message identifier that is repeated, so that its line stays under 998 octets.
const LONGEST: usize = 900;

/// The References field for a mail that has none: the event's identifier, then that of In-Reply-To.
///
/// One line or two, each ended by CRLF; `None` where the header has a References field. As with
/// [`stamp_fields`](crate::stamp_fields), another field has to stand between it and the mail.
#[must_use]
pub fn references_field(header: &[u8], event_id: &str) -> Option<Vec<u8>> {
    if first(header, "References").is_some() {
        return None;
    }
    let mut field = format!("References: {event_id}\r\n").into_bytes();
    let reply = first(header, "In-Reply-To").and_then(|field| message_id(&field.value()));
    if let Some(id) = reply.filter(|id| id != event_id.as_bytes()) {
        field.truncate(field.len() - 2);
        field.extend_from_slice(b"\r\n ");
        field.extend_from_slice(&id);
        field.extend_from_slice(b"\r\n");
    }
    Some(field)
}

/// The first message identifier in a value, with its angle brackets.
pub(crate) fn message_id(value: &[u8]) -> Option<Vec<u8>> {
    let start = memchr::memchr(b'<', value)?;
    let end = memchr::memchr(b'>', value.get(start..)?)?;
    let id = value.get(start..=start + end)?;
    let good = id.len() > 2 && id.len() <= LONGEST && id.iter().all(u8::is_ascii_graphic);
    good.then(|| id.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(header: &str) -> Option<String> {
        references_field(header.as_bytes(), "<e@x>").map(|field| String::from_utf8(field).unwrap())
    }

    #[test]
    fn the_event_stands_first() {
        assert_eq!(
            references("A: b\r\n\r\n").as_deref(),
            Some("References: <e@x>\r\n")
        );
        assert_eq!(
            references("In-Reply-To: \"x\"\r\n <i@y> <j@z>\r\n\r\n").as_deref(),
            Some("References: <e@x>\r\n <i@y>\r\n")
        );
        assert_eq!(
            references("In-Reply-To: <e@x>\r\n\r\n").as_deref(),
            Some("References: <e@x>\r\n")
        );
    }

    #[test]
    fn an_existing_field_is_left_alone() {
        assert_eq!(references("references : <a@b>\r\n\r\n"), None);
        assert_eq!(references("References:\r\n\r\n"), None);
        assert!(references("A: b\r\n\r\nReferences: <a@b>\r\n").is_some());
    }

    #[test]
    fn lines_that_the_header_begins_with_are_no_field() {
        let lost = " References: <a@b>\r\n\tIn-Reply-To: <c@d>\r\n";
        assert_eq!(
            references(&format!("{lost}In-Reply-To: <i@y>\r\n\r\n")).as_deref(),
            Some("References: <e@x>\r\n <i@y>\r\n")
        );
        assert_eq!(
            references(&format!("{lost}References: <a@b>\r\n\r\n")),
            None
        );
    }

    #[test]
    fn an_odd_in_reply_to_is_not_repeated() {
        let long = format!("<{}@b>", "a".repeat(1000));
        for odd in [
            "none",
            "<>",
            "<a b@c>",
            "<\u{e4}@c>",
            "a@b>",
            "<a\r\n X-Y: b@c>",
            long.as_str(),
        ] {
            let field = references(&format!("In-Reply-To: {odd}\r\n\r\n"));
            assert_eq!(field.as_deref(), Some("References: <e@x>\r\n"), "{odd}");
        }
    }
}
