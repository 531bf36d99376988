//! The message that a script is run on, and one made from plain bytes.

use std::borrow::Cow;

use memchr::memchr;

/// A message as scripts see it.
pub trait Message {
    /// The raw bodies of all fields of that name, in order: what follows the colon, folds and encoded words included.
    ///
    /// Names are compared without regard to case. This crate unfolds and decodes (RFC 2047), because the `address`
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
    fields: Vec<(&'m [u8], &'m [u8])>,
    size: u64,
    envelope_from: Option<String>,
    envelope_to: String,
}

impl<'m> RawMessage<'m> {
    /// Reads the header up to the first empty line; lines may end in CRLF or LF, and broken lines are passed over.
    pub fn new(bytes: &'m [u8], envelope_from: Option<&str>, envelope_to: &str) -> Self {
        RawMessage {
            fields: fields(bytes),
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
        self.fields
            .iter()
            .filter(|(field, _)| field.eq_ignore_ascii_case(name.as_bytes()))
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

fn fields(bytes: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut fields = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() && !rest.starts_with(b"\n") && !rest.starts_with(b"\r\n") {
        let (field, after) = rest.split_at(field_end(rest));
        rest = after;
        if let Some(colon) = memchr(b':', field) {
            let (name, body) = field.split_at(colon);
            fields.push((name.trim_ascii(), body.get(1..).unwrap_or_default()));
        }
    }
    fields
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
}
