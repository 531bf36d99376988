//! Content-Type and Content-Disposition values and their parameters (RFC 2045, RFC 2231), read leniently.

use crate::header::Field;
use crate::{charset, encoded_word, transfer};

/// A value such as `text/calendar; method=REQUEST`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parameterized {
    /// What stands before the first semicolon, in lower case and without comments.
    pub(crate) value: String,
    parameters: Vec<Parameter>,
}

/// Parameters that are read of one field.
const MOST: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parameter {
    /// In lower case, asterisks of RFC 2231 included.
    name: String,
    value: Vec<u8>,
}

impl Parameterized {
    pub(crate) fn read(field: &Field<'_>) -> Self {
        let value = field.value();
        let mut pieces = Pieces { rest: &value };
        let first = pieces.next().unwrap_or_default();
        let parameters = pieces.filter_map(parameter).take(MOST).collect();
        let value =
            String::from_utf8_lossy(without_comment(first).trim_ascii()).to_ascii_lowercase();
        Self { value, parameters }
    }

    /// A parameter's value in any spelling of RFC 2231; the plain one first.
    pub(crate) fn parameter(&self, name: &str) -> Option<Vec<u8>> {
        let plain = self
            .parameters
            .iter()
            .find(|parameter| parameter.name == name);
        plain
            .map(|parameter| parameter.value.clone())
            .or_else(|| self.extended(name))
    }

    /// Whether any spelling of the parameter ends in `suffix`, in any case.
    pub(crate) fn ends_with(&self, name: &str, suffix: &str) -> bool {
        let plain = self
            .parameters
            .iter()
            .filter(|parameter| parameter.name == name);
        plain
            .map(|parameter| encoded_word::decode(&parameter.value))
            .chain(self.extended(name))
            .any(|value| ends_with(&value, suffix) || ends_with(without_comment(&value), suffix))
    }

    /// Puts together `name*`, or `name*0`, `name*1*` and so on, in the order of their numbers.
    fn extended(&self, name: &str) -> Option<Vec<u8>> {
        let mut sections: Vec<Section<'_>> = self
            .parameters
            .iter()
            .filter_map(|parameter| section(parameter, name))
            .collect();
        sections.sort_by_key(|section| section.number);
        let charset = sections.first()?.charset();
        let octets = sections
            .iter()
            .enumerate()
            .flat_map(|(index, section)| section.octets(index == 0))
            .collect();
        Some(charset::to_utf8(octets, charset.as_deref()).octets)
    }
}

fn ends_with(value: &[u8], suffix: &str) -> bool {
    let value = value.trim_ascii_end();
    let tail = value
        .len()
        .checked_sub(suffix.len())
        .and_then(|start| value.get(start..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(suffix.as_bytes()))
}

/// One numbered piece of a parameter (RFC 2231 section 3).
struct Section<'a> {
    number: u32,
    form: Form,
    value: &'a [u8],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Percent,
}

impl Section<'_> {
    /// The charset of a first section such as `utf-8'en'name`.
    fn charset(&self) -> Option<String> {
        let end = memchr::memchr(b'\'', self.value).filter(|_| self.form == Form::Percent)?;
        Some(String::from_utf8_lossy(self.value.get(..end)?).into_owned())
    }

    fn octets(&self, first: bool) -> Vec<u8> {
        match self.form {
            Form::Plain => self.value.to_vec(),
            Form::Percent if first => percent_decode(after_language(self.value)),
            Form::Percent => percent_decode(self.value),
        }
    }
}

fn section<'a>(parameter: &'a Parameter, name: &str) -> Option<Section<'a>> {
    let mark = parameter.name.strip_prefix(name)?.strip_prefix('*')?;
    let (number, form) = match mark.strip_suffix('*') {
        _ if mark.is_empty() => (0, Form::Percent),
        Some(number) => (number.parse().ok()?, Form::Percent),
        None => (mark.parse().ok()?, Form::Plain),
    };
    Some(Section {
        number,
        form,
        value: &parameter.value,
    })
}

/// What follows `charset'language'`; all of it where those are missing.
fn after_language(value: &[u8]) -> &[u8] {
    let mut quotes = memchr::memchr_iter(b'\'', value).skip(1);
    quotes
        .next()
        .and_then(|quote| value.get(quote + 1..))
        .unwrap_or(value)
}

fn percent_decode(value: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&octet, tail)) = rest.split_first() {
        let escaped = match tail.split_first_chunk::<2>() {
            Some((&[high, low], after)) if octet == b'%' => {
                transfer::hexadecimal(high, low).map(|octet| (octet, after))
            }
            _ => None,
        };
        let (octet, after) = escaped.unwrap_or((octet, tail));
        decoded.push(octet);
        rest = after;
    }
    decoded
}

/// The pieces between semicolons that are not inside quotes.
struct Pieces<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = piece_end(self.rest);
        let piece = self.rest.get(..end)?;
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        Some(piece)
    }
}

fn piece_end(rest: &[u8]) -> usize {
    let mut quoted = Quoted::No;
    for (index, &octet) in rest.iter().enumerate() {
        quoted = match (quoted, octet) {
            (Quoted::No, b';') => return index,
            (Quoted::No, b'"') | (Quoted::Escape, _) => Quoted::Yes,
            (Quoted::Yes, b'"') => Quoted::No,
            (Quoted::Yes, b'\\') => Quoted::Escape,
            (state, _) => state,
        };
    }
    rest.len()
}

#[derive(Clone, Copy)]
enum Quoted {
    No,
    Yes,
    Escape,
}

fn parameter(piece: &[u8]) -> Option<Parameter> {
    let equals = memchr::memchr(b'=', piece)?;
    let name = without_comment(piece.get(..equals)?).trim_ascii();
    let value = piece.get(equals + 1..)?.trim_ascii();
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let value = match value.split_first() {
        Some((b'"', quoted)) => unquote(quoted),
        _ => value.to_vec(),
    };
    Some(Parameter {
        name: String::from_utf8_lossy(name).to_ascii_lowercase(),
        value,
    })
}

/// The text of a quoted string, up to its closing quote or the end.
fn unquote(quoted: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(quoted.len());
    let mut octets = quoted.iter();
    while let Some(&octet) = octets.next() {
        match octet {
            b'"' => break,
            b'\\' => text.extend(octets.next()),
            other => text.push(other),
        }
    }
    text
}

/// What stands before the first parenthesis.
fn without_comment(value: &[u8]) -> &[u8] {
    let end = memchr::memchr(b'(', value).unwrap_or(value.len());
    value.get(..end).unwrap_or(value).trim_ascii_end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::fields;

    fn read(value: &str) -> Parameterized {
        let header = format!("Content-Type: {value}\r\n\r\n");
        Parameterized::read(&fields(header.as_bytes()).next().unwrap())
    }

    fn parameter_of(value: &str, name: &str) -> String {
        String::from_utf8(read(value).parameter(name).unwrap_or_default()).unwrap()
    }

    #[test]
    fn types_are_read() {
        for value in [
            "text/calendar",
            "Text/CALENDAR ;x=y",
            "text/calendar (a comment); x=y",
            " text/calendar;",
        ] {
            assert_eq!(read(value).value, "text/calendar");
        }
        assert_eq!(read("").value, "");
    }

    #[test]
    fn values_are_read() {
        assert_eq!(parameter_of("a/b; method=REQUEST", "method"), "REQUEST");
        assert_eq!(
            parameter_of("a/b; METHOD = \"RE\\QU;EST\" ; x", "method"),
            "REQU;EST"
        );
        assert_eq!(
            parameter_of("a/b;\r\n\tboundary=\"a b\"", "boundary"),
            "a b"
        );
        assert_eq!(parameter_of("a/b; boundary=\"open", "boundary"), "open");
        assert_eq!(parameter_of("a/b; boundary=a=b", "boundary"), "a=b");
        assert_eq!(parameter_of("a/b; x=1; x=2", "x"), "1");
        assert_eq!(read("a/b; x").parameter("x"), None);
    }

    #[test]
    fn so_many_are_read_and_no_more() {
        let value = format!("a/b{}; last=1", "; x=y".repeat(MOST - 1));
        assert_eq!(parameter_of(&value, "last"), "1");
        assert_eq!(
            parameter_of(&value.replace("; last", "; x=y; last"), "last"),
            ""
        );
        assert_eq!(read(&value.repeat(100)).parameters.len(), MOST);
    }

    #[test]
    fn continuations_are_joined() {
        let value = "a/b; boundary*1=\"cd\"; boundary*0=ab; boundary*10=z; boundary*2=e";
        assert_eq!(parameter_of(value, "boundary"), "abcdez");
        assert_eq!(
            parameter_of("a/b; name*=iso-8859-1'de'f%FCr%zz", "name"),
            "f\u{fc}r%zz"
        );
        assert_eq!(
            parameter_of("a/b; name*0*=utf-8''f%C3; name*1*=%BC; name*2=%41", "name"),
            "f\u{fc}%41"
        );
        assert_eq!(parameter_of("a/b; name*=plain", "name"), "plain");
    }

    #[test]
    fn names_in_any_spelling_end_in_ics() {
        for value in [
            "a/b; name=invite.ics",
            "a/b; name=\"invite.ICS\"",
            "a/b; name=my invite.ics ",
            "a/b; name=invite.ics (the file)",
            "a/b; name=\"invite(1).ics\"",
            "a/b; NAME*=utf-8''invite%2Eics",
            "a/b; name*0=\"inv\"; name*1=\"ite.ics\"",
            "a/b; name*1=.ics; name*0*=utf-8'en'a%20b",
            "a/b; name=\"=?utf-8?B?aW52aXRlLmljcw==?=\"",
            "a/b; name==?utf-8?Q?invite=2Eics?=",
            "a/b; name=\"=?utf-8?Q?invite?=\r\n =?utf-8?Q?=2Eics?=\"",
            "a/b; name=x.txt; name*=utf-8''x.ics",
        ] {
            assert!(read(value).ends_with("name", ".ics"), "{value}");
        }
        for value in [
            "a/b; name=invite.txt",
            "a/b; name=ics",
            "a/b; name=invite.ics.exe",
            "a/b; filename=a.ics",
            ".ics",
        ] {
            assert!(!read(value).ends_with("name", ".ics"), "{value}");
        }
    }
}
