//! The parts of one unfolded content line: name, parameters, value (RFC 5545 section 3.1).

use std::borrow::Cow;

use crate::parameter;
use crate::text;

/// Whether a DQUOTE protects the characters up to the next one.
///
/// A quote that never closes would swallow the colon; such a line is read as if quotes meant nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quoting {
    Honoured,
    Literal,
}

/// Where name and value of a content line stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// End of the name.
    pub(crate) name: usize,
    /// Start of the value, behind the colon.
    pub(crate) value: usize,
    quoting: Quoting,
}

impl Layout {
    /// Reads the line; none when it has no colon or no readable name.
    pub(crate) fn of(content: &[u8]) -> Option<Self> {
        let name = match plain_name_end(content) {
            Some(name) => name,
            None => name_end(content).filter(|end| content.get(..*end).is_some_and(is_name))?,
        };
        Self::of_named(content, name)
    }

    /// Reads a line whose readable name ends here; none when it has no colon.
    pub(crate) fn of_named(content: &[u8], name: usize) -> Option<Self> {
        if content.get(name) == Some(&b':') {
            return Some(Self {
                name,
                value: name + 1,
                quoting: Quoting::Honoured,
            });
        }
        [Quoting::Honoured, Quoting::Literal]
            .into_iter()
            .find_map(|quoting| {
                let colon = find(content, b':', name, quoting)?;
                Some(Self {
                    name,
                    value: colon + 1,
                    quoting,
                })
            })
    }

    /// The layout of a line that has no parameters.
    pub(crate) fn of_bare_name(name: &str) -> Self {
        Self {
            name: name.len(),
            value: name.len() + 1,
            quoting: Quoting::Honoured,
        }
    }

    pub(crate) fn name<'c>(&self, content: &'c [u8]) -> &'c str {
        let bytes = content.get(..self.name).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// Whether it is this name, without case.
    pub(crate) fn is(&self, content: &[u8], name: &str) -> bool {
        let (name, written) = (name.as_bytes(), content.get(..self.name));
        // Nearly all write names in capitals, and equal octets are found out faster.
        written.is_some_and(|written| written == name || written.eq_ignore_ascii_case(name))
    }

    /// Whether a quote in the parameters never closes, so that quotes mean nothing in this line.
    pub(crate) fn ignores_quotes(&self) -> bool {
        self.quoting == Quoting::Literal
    }

    pub(crate) fn value<'c>(&self, content: &'c [u8]) -> &'c [u8] {
        content.get(self.value..).unwrap_or_default()
    }

    pub(crate) fn parameters<'c>(
        &self,
        content: &'c [u8],
    ) -> impl Iterator<Item = Parameter<'c>> + use<'c> {
        let quoting = self.quoting;
        let between = content
            .get(self.name + 1..self.value - 1)
            .unwrap_or_default();
        let start = self.name;
        split(between, b';', quoting)
            .filter(|(_, text)| !text.is_empty())
            .map(move |(at, text)| Parameter {
                start: start + at,
                end: start + 1 + at + text.len(),
                text,
                quoting,
            })
    }

    /// The first parameter of that name.
    pub(crate) fn parameter<'c>(&self, content: &'c [u8], name: &str) -> Option<Parameter<'c>> {
        if self.value <= self.name + 1 {
            return None;
        }
        self.parameters(content).find(|p| p.is(name))
    }
}

/// One parameter as it stands in the line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter<'c> {
    /// Position of its semicolon in the line.
    pub(crate) start: usize,
    /// Position behind its last octet.
    pub(crate) end: usize,
    text: &'c [u8],
    quoting: Quoting,
}

impl<'c> Parameter<'c> {
    fn parts(&self) -> (&'c [u8], &'c [u8]) {
        match self.text.iter().position(|byte| *byte == b'=') {
            Some(at) => (
                self.text.get(..at).unwrap_or_default(),
                self.text.get(at + 1..).unwrap_or_default(),
            ),
            None => (self.text, &[]),
        }
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        let Some((start, rest)) = self.text.split_at_checked(name.len()) else {
            return false;
        };
        matches!(rest.first(), None | Some(b'=')) && start.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The first value.
    pub(crate) fn value(&self) -> Cow<'c, str> {
        let values = self.parts().1;
        let is_special = |byte: &u8| matches!(byte, b',' | b'"' | b'^');
        match values.iter().position(is_special) {
            None => text::lossy(values),
            Some(_) => {
                let end = find(values, b',', 0, self.quoting).unwrap_or(values.len());
                parameter::decode(text::lossy(values.get(..end).unwrap_or_default()))
            }
        }
    }

    /// Whether both have the same values, however they are quoted and escaped.
    pub(crate) fn has_values_of(&self, other: &Parameter<'_>) -> bool {
        let is_same_text = self.quoting == other.quoting && self.parts().1 == other.parts().1;
        is_same_text || self.values().eq(other.values())
    }

    pub(crate) fn name(&self) -> Cow<'c, str> {
        text::lossy(self.parts().0)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = Cow<'c, str>> + use<'c> {
        split(self.parts().1, b',', self.quoting)
            .map(|(_, value)| parameter::decode(text::lossy(value)))
    }
}

/// Where the name of a content line ends; names are short, so this beats `memchr`.
pub(crate) fn name_end(line: &[u8]) -> Option<usize> {
    line.iter().position(|byte| matches!(byte, b';' | b':'))
}

/// Whether an octet is a letter, a digit or a hyphen.
const IS_PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = 0;
    while octet < table.len() {
        table[octet] = (octet as u8).is_ascii_alphanumeric() || octet as u8 == b'-';
        octet += 1;
    }
    table
};

/// The same where the name has nothing but letters, digits and hyphens, and so is readable.
pub(crate) fn plain_name_end(line: &[u8]) -> Option<usize> {
    let end = line.iter().position(|byte| !IS_PLAIN[usize::from(*byte)])?;
    (end > 0 && matches!(line.get(end), Some(b';' | b':'))).then_some(end)
}

/// Whether this can be the name of a property: readable, and not to be taken for a fold when printed.
pub(crate) fn is_name(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|&first| first != b' ')
        && !bytes.iter().any(u8::is_ascii_control)
        && (bytes.is_ascii() || std::str::from_utf8(bytes).is_ok())
}

/// Position of the first `wanted` at or behind `from` that no quotes protect.
fn find(bytes: &[u8], wanted: u8, from: usize, quoting: Quoting) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = bytes.get(at..)?;
        let hit = match quoting {
            Quoting::Literal => memchr::memchr(wanted, rest)?,
            Quoting::Honoured => memchr::memchr2(wanted, b'"', rest)?,
        };
        if rest.get(hit) == Some(&wanted) {
            return Some(at + hit);
        }
        let inside = at + hit + 1;
        at = inside + memchr::memchr(b'"', bytes.get(inside..)?)? + 1;
    }
}

/// The pieces between unprotected separators, each with its position.
fn split(
    bytes: &[u8],
    separator: u8,
    quoting: Quoting,
) -> impl Iterator<Item = (usize, &[u8])> + use<'_> {
    let has_quotes = quoting == Quoting::Honoured && memchr::memchr(b'"', bytes).is_some();
    let mut separators = memchr::memchr_iter(separator, bytes);
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let end = if has_quotes {
            find(bytes, separator, start, quoting)
        } else {
            separators.next()
        };
        next = end.map(|at| at + 1);
        let piece = bytes.get(start..end.unwrap_or(bytes.len()))?;
        Some((start, piece))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[u8]) -> (String, Vec<(String, Vec<String>)>, String) {
        let layout = Layout::of(line).unwrap();
        let parameters = layout
            .parameters(line)
            .map(|p| (p.name().into(), p.values().map(Cow::into_owned).collect()))
            .collect();
        let value = text::lossy(layout.value(line)).into_owned();
        (layout.name(line).to_owned(), parameters, value)
    }

    fn parameter(name: &str, values: &[&str]) -> (String, Vec<String>) {
        let values = values.iter().map(ToString::to_string).collect();
        (name.to_owned(), values)
    }

    #[test]
    fn quotes_protect_colons_semicolons_and_commas() {
        let (name, parameters, value) =
            read(br#"ATTENDEE;CN="a;b:c,d";MEMBER="mailto:x","mailto:y":mailto:z"#);
        assert_eq!(name, "ATTENDEE");
        assert_eq!(
            parameters,
            [
                parameter("CN", &["a;b:c,d"]),
                parameter("MEMBER", &["mailto:x", "mailto:y"])
            ]
        );
        assert_eq!(value, "mailto:z");
    }

    #[test]
    fn a_quote_that_never_closes_means_nothing() {
        let (_, parameters, value) = read(br#"ORGANIZER;CN="Bob;X=1:mailto:bob@example.com"#);
        assert_eq!(
            parameters,
            [parameter("CN", &["Bob"]), parameter("X", &["1"])]
        );
        assert_eq!(value, "mailto:bob@example.com");
    }

    #[test]
    fn tolerates_empty_and_nameless_parameters() {
        let (_, parameters, value) = read(b"TEL;;HOME;TYPE=:1");
        assert_eq!(
            parameters,
            [parameter("HOME", &[""]), parameter("TYPE", &[""])]
        );
        assert_eq!(value, "1");
    }

    #[test]
    fn a_line_without_name_or_colon_is_none() {
        for line in [
            &b"no colon"[..],
            b":x",
            b";a=b:x",
            b"",
            b"A\0B:x",
            b"\xFF:x",
            b"A;b",
            b" A:b",
            b"\tA:b",
        ] {
            assert_eq!(Layout::of(line), None, "{line:?}");
        }
    }
}
