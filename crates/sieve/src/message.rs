//! The message that a script is run on, and one made from plain bytes.

use std::borrow::Cow;
use std::cmp::Ordering;

use memchr::memchr;

/// A message as scripts see it.
pub trait Message {
    /// The raw bodies of all fields of that name, in order: what follows the colon, folds and encoded words included.
    ///
    /// Names are compared without regard to case. A script may ask for each name it lists, at the cost of a step, so
    /// that this should not walk over the whole header. This crate unfolds and decodes (RFC 2047), because the `address`
    /// test must split addresses before it decodes them.
    fn header_values(&self, name: &str) -> Vec<Cow<'_, [u8]>>;
    /// Octets of the whole message.
    fn size(&self) -> u64;
    /// The reverse-path, empty for the null one; `None` when there is no envelope.
    fn envelope_from(&self) -> Option<&str>;
    /// The forward-path of the recipient that the script belongs to.
    fn envelope_to(&self) -> &str;
}

/// A message held as the bytes of its header, or of all of it.
#[derive(Debug, Clone)]
pub struct RawMessage<'m> {
    /// Names and bodies, sorted by name without regard to case, and as they came within one name.
    fields: Vec<(&'m [u8], &'m [u8])>,
    size: u64,
    envelope_from: Option<String>,
    envelope_to: String,
}

impl<'m> RawMessage<'m> {
    /// Reads the header up to the first empty line; lines may end in CRLF or LF, and broken lines are passed over.
    pub fn new(bytes: &'m [u8], envelope_from: Option<&str>, envelope_to: &str) -> Self {
        let mut fields = fields(bytes);
        fields.sort_by(|(a, _), (b, _)| order(a, b));
        RawMessage {
            fields,
            size: bytes.len() as u64,
            envelope_from: envelope_from.map(str::to_owned),
            envelope_to: envelope_to.to_owned(),
        }
    }

    /// The same message with the size of the whole, for when only the header was given.
    pub fn with_size(mut self, octets: u64) -> Self {
        self.size = octets;
        self
    }
}

impl Message for RawMessage<'_> {
    fn header_values(&self, name: &str) -> Vec<Cow<'_, [u8]>> {
        let name = name.as_bytes();
        let first = self
            .fields
            .partition_point(|(field, _)| order(field, name).is_lt());
        self.fields
            .iter()
            .skip(first)
            .take_while(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, body)| Cow::Borrowed(*body))
            .collect()
    }

    fn size(&self) -> u64 {
        self.size
    }

    fn envelope_from(&self) -> Option<&str> {
        self.envelope_from.as_deref()
    }

    fn envelope_to(&self) -> &str {
        &self.envelope_to
    }
}

fn order(a: &[u8], b: &[u8]) -> Ordering {
    let a = a.iter().map(u8::to_ascii_lowercase);
    a.cmp(b.iter().map(u8::to_ascii_lowercase))
}

fn fields(bytes: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut fields = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() && !rest.starts_with(b"\n") && !rest.starts_with(b"\r\n") {
        let (field, after) = rest.split_at(field_end(rest));
        rest = after;
        if let Some(colon) = memchr(b':', field) {
            let (name, body) = field.split_at(colon);
            if let Some(name) = field_name(name) {
                fields.push((name, body.get(1..).unwrap_or_default()));
            }
        }
    }
    fields
}

/// A field's name without the blanks behind it; `None` for what is no name (RFC 5322 section 2.2).
///
/// Were anything before the name passed over, a stranger could write a field that we take out of incoming mail.
fn field_name(name: &[u8]) -> Option<&[u8]> {
    let blanks = name
        .iter()
        .rev()
        .take_while(|octet| matches!(octet, b' ' | b'\t'));
    let name = name.get(..name.len() - blanks.count())?;
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(name)
}

/// Where the first field of `bytes` ends: behind the first line end that no blank follows.
fn field_end(bytes: &[u8]) -> usize {
    let mut end = 0;
    while let Some(newline) = bytes.get(end..).and_then(|rest| memchr(b'\n', rest)) {
        end += newline + 1;
        if !matches!(bytes.get(end), Some(b' ' | b'\t')) {
            return end;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_end_at_the_empty_line_and_keep_their_folds() {
        let mail = b"From ignored\nSubject: a\r\n\tb\r\nTO : x\r\n\r\nSubject: body\r\n";
        let message = RawMessage::new(mail, None, "a@example.com");
        assert_eq!(message.header_values("subject"), [&b" a\r\n\tb\r\n"[..]]);
        assert_eq!(message.header_values("To"), [&b" x\r\n"[..]]);
        assert_eq!(message.size(), mail.len() as u64);
    }

    #[test]
    fn fields_of_one_name_keep_their_order() {
        let mail = b"b: 1\nA: 2\nB: 3\nbb: 4\na: 5\n";
        let message = RawMessage::new(mail, None, "");
        assert_eq!(message.header_values("B"), [&b" 1\n"[..], b" 3\n"]);
        assert_eq!(message.header_values("a"), [&b" 2\n"[..], b" 5\n"]);
        assert!(message.header_values("c").is_empty());
        assert!(message.header_values("").is_empty());
    }

    #[test]
    fn what_is_no_name_makes_no_field() {
        for line in [
            " A: 1",
            "\tA: 1",
            "\x0cA: 1",
            "\rA: 1",
            "A\x0c: 1",
            "A B: 1",
            "\u{a0}A: 1",
            ": 1",
        ] {
            let mail = format!("{line}\r\nTo \t: x\r\n\r\n");
            let message = RawMessage::new(mail.as_bytes(), None, "a@example.com");
            assert!(message.header_values("A").is_empty(), "{line:?}");
            assert!(message.header_values("").is_empty(), "{line:?}");
            assert_eq!(message.header_values("to"), [&b" x\r\n"[..]]);
        }
    }
}
