//! Bodies of outgoing mail in the transfer encoding that fits them (RFC 2045 section 6).

use std::fmt::Write;

use crate::encoded_word::push_base64;

/// Octets of the longest line of a body, but for its CRLF (RFC 2045 section 6.7).
const LINE: usize = 76;

/// Octets in one line of base64.
const BASE64_LINE: usize = 57;

/// A part with its header fields.
pub(super) struct Encoded {
    content_type: String,
    disposition: &'static str,
    encoding: &'static str,
    body: String,
}

impl Encoded {
    /// A part that shows text; every line end becomes CRLF.
    pub(super) fn of_text(content_type: String, text: &str) -> Self {
        let mut lines = String::with_capacity(text.len() + 64);
        for line in text.lines() {
            lines.push_str(line);
            lines.push_str("\r\n");
        }
        Self::of(content_type, lines.as_bytes())
    }

    /// A part whose octets come through as they are.
    pub(super) fn of(content_type: String, octets: &[u8]) -> Self {
        let (encoding, body) = match as_it_is(octets) {
            Some(text) => ("7bit", text.to_owned()),
            None if is_mostly_ascii(octets) => ("quoted-printable", quoted_printable(octets)),
            None => ("base64", base64(octets)),
        };
        Self {
            content_type,
            disposition: "",
            encoding,
            body,
        }
    }

    /// The calendar data as a file.
    pub(super) fn attachment(octets: &[u8]) -> Self {
        Self {
            content_type: "application/ics; name=\"invite.ics\"".to_owned(),
            disposition: "Content-Disposition: attachment; filename=\"invite.ics\"\r\n",
            encoding: "base64",
            body: base64(octets),
        }
    }

    /// Appends fields and body, and the CRLF that belongs to the boundary behind it.
    pub(super) fn push(&self, text: &mut Vec<u8>) {
        for piece in [
            "Content-Type: ",
            &self.content_type,
            "\r\n",
            self.disposition,
            "Content-Transfer-Encoding: ",
            self.encoding,
            "\r\n\r\n",
            &self.body,
            "\r\n",
        ] {
            text.extend_from_slice(piece.as_bytes());
        }
    }
}

/// The text where no relay can harm it: short lines of ASCII, no blank at the end of one, none that
/// mbox would quote.
fn as_it_is(octets: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(octets).ok()?;
    let is_safe = |line: &str| {
        line.len() <= LINE
            && line
                .bytes()
                .all(|octet| matches!(octet, b'\t' | b' '..=b'~'))
            && !line.ends_with([' ', '\t'])
            && !line.starts_with("From ")
            && !line.starts_with('.')
    };
    text.split("\r\n").all(is_safe).then_some(text)
}

/// Whether quoted-printable is not longer than base64.
fn is_mostly_ascii(octets: &[u8]) -> bool {
    let escaped = octets.iter().filter(|octet| !is_literal(**octet)).count();
    escaped * 6 <= octets.len()
}

fn is_literal(octet: u8) -> bool {
    matches!(octet, b'\t' | b'\r' | b'\n' | b' '..=b'~') && octet != b'='
}

fn base64(octets: &[u8]) -> String {
    let mut encoded = String::with_capacity(octets.len() / 3 * 4 + octets.len() / 24 + 8);
    for line in octets.chunks(BASE64_LINE) {
        if !encoded.is_empty() {
            encoded.push_str("\r\n");
        }
        push_base64(line, &mut encoded);
    }
    encoded
}

/// CRLF stays, a CR or LF alone is escaped, so that the octets come back exactly.
fn quoted_printable(octets: &[u8]) -> String {
    let mut encoded = String::with_capacity(octets.len() + octets.len() / 4);
    let mut rest = octets;
    loop {
        let end = memchr::memmem::find(rest, b"\r\n");
        let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
        push_line(line, &mut encoded);
        if end.is_none() {
            return encoded;
        }
        encoded.push_str("\r\n");
        rest = after.get(2..).unwrap_or_default();
    }
}

fn push_line(line: &[u8], encoded: &mut String) {
    let mut column = 0;
    for (index, &octet) in line.iter().enumerate() {
        let is_last = index + 1 == line.len();
        let is_blank_at_end = is_last && matches!(octet, b' ' | b'\t');
        let is_break = matches!(octet, b'\r' | b'\n');
        let must = !is_literal(octet) || is_blank_at_end || is_break;
        if column + if must { 3 } else { 1 } > LINE - 1 {
            encoded.push_str("=\r\n");
            column = 0;
        }
        // A dot may be doubled, and mbox quotes "From ".
        let escape = must || (column == 0 && matches!(octet, b'.' | b'F'));
        if escape {
            // Writing to a String does not fail.
            let _ = write!(encoded, "={octet:02X}");
            column += 3;
        } else {
            encoded.push(char::from(octet));
            column += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer;

    fn encoding(octets: &[u8]) -> &'static str {
        let part = Encoded::of(String::new(), octets);
        assert!(part.body.split("\r\n").all(|line| line.len() <= LINE));
        assert!(part.body.is_ascii());
        let read = transfer::decode(part.encoding, part.body.as_bytes());
        assert_eq!(read.octets, octets);
        assert_eq!(read.fault, None);
        part.encoding
    }

    #[test]
    fn the_encoding_fits_the_text() {
        assert_eq!(encoding(b""), "7bit");
        assert_eq!(encoding(b"BEGIN:VCALENDAR\r\n fold\r\n"), "7bit");
        assert_eq!(
            encoding("Besprechung der Größe\r\n".as_bytes()),
            "quoted-printable"
        );
        assert_eq!(encoding("встреча\r\n".as_bytes()), "base64");
        for harmed in [
            "blank \r\n",
            "From me\r\n",
            "From me ...\r\n.\r\n",
            "bare\nline",
            "bare\rline",
            &"x".repeat(2000),
            &"x.F".repeat(2000),
        ] {
            assert_eq!(
                encoding(harmed.as_bytes()),
                "quoted-printable",
                "{harmed:?}"
            );
        }
    }

    #[test]
    fn any_octets_come_back() {
        for seed in 0_u32..400 {
            let pick = |index: u32| {
                let mixed = (seed * 400 + index).wrapping_mul(2_654_435_761) >> 13;
                b"ab=. \t\r\nF\xc3\x00-"[mixed as usize % 12]
            };
            let octets: Vec<u8> = (0..seed).map(pick).collect();
            encoding(&octets);
        }
    }
}
