//! The fields of a message or part header (RFC 5322 section 2.2), read leniently.

use std::borrow::Cow;

/// One header field, folds included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    name: &'a str,
    value: &'a [u8],
    octets: &'a [u8],
}

impl<'a> Field<'a> {
    /// The name as written, without the blanks that may stand before the colon.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Whether this is the field `name`, in any case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// What follows the colon, with folds, without the last line end.
    #[must_use]
    pub fn raw_value(&self) -> &'a [u8] {
        self.value
    }

    /// The whole field with its line ends, as in the mail.
    #[must_use]
    pub fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// The value unfolded and without blanks around it; a stray CR counts as a blank.
    #[must_use]
    pub fn value(&self) -> Cow<'a, [u8]> {
        let value = self.value.trim_ascii();
        if !value.iter().any(|&octet| octet == b'\n' || octet == b'\r') {
            return Cow::Borrowed(value);
        }
        let mut unfolded = Vec::with_capacity(value.len());
        let mut rest = value.iter().peekable();
        while let Some(&octet) = rest.next() {
            match octet {
                b'\n' => {}
                b'\r' if rest.peek() == Some(&&b'\n') => {}
                b'\r' => unfolded.push(b' '),
                other => unfolded.push(other),
            }
        }
        Cow::Owned(unfolded)
    }

    /// [`Field::value`] as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.value()).into_owned()
    }
}

/// The fields of a header, from the top; see [`fields`].
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    rest: &'a [u8],
}

/// Reads a header up to its blank line or the end.
///
/// Lines that are no field are passed over with those that continue them; so are folded lines at the
/// begin, which continue nothing.
#[must_use]
pub fn fields(header: &[u8]) -> Fields<'_> {
    Fields { rest: header }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        loop {
            let octets = logical_line(self.rest);
            if octets.is_empty() || is_blank(octets) {
                self.rest = &[];
                return None;
            }
            self.rest = self.rest.get(octets.len()..).unwrap_or_default();
            if let Some(field) = field(octets) {
                return Some(field);
            }
        }
    }
}

/// All fields of one name, from the top.
pub fn named<'a>(header: &'a [u8], name: &str) -> impl Iterator<Item = Field<'a>> {
    fields(header).filter(move |field| field.is(name))
}

/// The first field of one name.
#[must_use]
pub fn first<'a>(header: &'a [u8], name: &str) -> Option<Field<'a>> {
    named(header, name).next()
}

/// How many Received fields there are, for loop detection (RFC 5321 section 6.3).
#[must_use]
pub fn received_count(header: &[u8]) -> usize {
    named(header, "Received").count()
}

/// The values of all Delivered-To fields, from the top, for loop detection.
pub fn delivered_to(header: &[u8]) -> impl Iterator<Item = String> {
    named(header, "Delivered-To").map(|field| field.text())
}

/// Whether a line, its end included, is the blank one that ends a header.
pub(crate) fn is_blank(line: &[u8]) -> bool {
    matches!(line, b"\n" | b"\r\n")
}

/// A line without its end.
pub(crate) fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The first line with all lines that continue it.
fn logical_line(rest: &[u8]) -> &[u8] {
    let mut end = 0;
    loop {
        let tail = rest.get(end..).unwrap_or_default();
        let Some(length) = memchr::memchr(b'\n', tail) else {
            return rest;
        };
        end += length + 1;
        let first_line = rest.get(..end).unwrap_or(rest);
        let folded = matches!(rest.get(end), Some(b' ' | b'\t'));
        if !folded || is_blank(first_line) {
            return first_line;
        }
    }
}

fn field(octets: &[u8]) -> Option<Field<'_>> {
    let colon = memchr::memchr(b':', octets)?;
    let (name, value) = octets.split_at_checked(colon)?;
    let blanks = name
        .iter()
        .rev()
        .take_while(|octet| matches!(octet, b' ' | b'\t'))
        .count();
    let name = name.get(..name.len() - blanks)?;
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    Some(Field {
        name: std::str::from_utf8(name).ok()?,
        value: without_line_end(value.get(1..)?),
        octets,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &[u8]) -> Vec<(String, String)> {
        fields(header)
            .map(|field| (field.name().to_owned(), field.text()))
            .collect()
    }

    #[test]
    fn fields_are_read_to_the_blank_line() {
        let expected = vec![
            ("A".to_owned(), "1".to_owned()),
            ("b".to_owned(), "2  3".to_owned()),
        ];
        assert_eq!(read(b"A: 1\r\nb :2\r\n  3\r\n\r\nC: 4\r\n"), expected);
        assert_eq!(read(b"A: 1\nb :2\n  3\n\nC: 4\n"), expected);
    }

    #[test]
    fn a_line_of_blanks_continues_the_field() {
        assert_eq!(read(b"A: 1\r\n \r\nB: 2\r\n").len(), 2);
    }

    #[test]
    fn lines_that_are_no_field_are_passed_over() {
        assert_eq!(
            read(b"From someone yesterday\n: x\nA b: 1\nC: 2"),
            vec![("C".to_owned(), "2".to_owned())]
        );
        assert_eq!(read(b" lost\nC: 2").len(), 1);
        assert!(read(b"").is_empty());
        assert!(read(b"\r\nA: 1").is_empty());
    }

    #[test]
    fn lines_that_a_header_begins_with_continue_nothing() {
        let expected = vec![("C".to_owned(), "2 3".to_owned())];
        for lost in [
            " lost",
            "\tA: 1",
            " A: 1\r\n B: 1",
            " \r\n\t\r\n :",
            "\t: x\r\n C: 1",
        ] {
            let header = format!("{lost}\r\nC: 2\r\n 3\r\n\r\nD: 4\r\n");
            assert_eq!(read(header.as_bytes()), expected, "{lost:?}");
            let header = header.replace("\r\n", "\n");
            assert_eq!(read(header.as_bytes()), expected, "{lost:?}");
        }
        assert!(read(b" A: 1\r\n\r\nB: 2\r\n").is_empty());
    }

    #[test]
    fn a_stray_return_is_a_blank() {
        assert_eq!(
            read(b"A: x\ry\r\n"),
            vec![("A".to_owned(), "x y".to_owned())]
        );
    }

    #[test]
    fn loops_are_counted() {
        let header = b"Received: a\r\nRECEIVED : b\r\nDelivered-To: x@y\r\ndelivered-to: z@y\r\n\r\nReceived: c\r\n";
        assert_eq!(received_count(header), 2);
        assert_eq!(delivered_to(header).collect::<Vec<_>>(), ["x@y", "z@y"]);
        assert_eq!(
            first(header, "received")
                .map(|field| field.text())
                .as_deref(),
            Some("a")
        );
    }

    #[test]
    fn a_field_keeps_its_octets() {
        let field = first(b"A: 1\r\n 2\r\nB: 3\r\n", "a").unwrap();
        assert_eq!(field.octets(), b"A: 1\r\n 2\r\n");
        assert_eq!(field.raw_value(), b" 1\r\n 2");
    }
}
