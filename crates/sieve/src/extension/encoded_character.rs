//! "encoded-character": `${hex:…}` and `${unicode:…}` in strings (RFC 5228 section 2.4.2.4).

use crate::lexer::shortened;
use crate::registry::{Extension, StringSyntax};

/// Changes strings alone.
pub(crate) static EXTENSION: Extension = Extension {
    capabilities: &["encoded-character"],
    strings: StringSyntax::Encoded(decode),
    ..Extension::EMPTY
};

/// The string with its encoded characters decoded; what only resembles one is left as it stands.
fn decode(string: &str) -> Result<String, String> {
    let mut octets = Vec::with_capacity(string.len());
    let mut rest = string;
    while let Some(start) = rest.find("${") {
        let (before, after) = rest.split_at(start);
        octets.extend_from_slice(before.as_bytes());
        match sequence(after) {
            Some((encoded, length)) => {
                encoded.decode_into(&mut octets)?;
                rest = after.get(length..).unwrap_or_default();
            }
            None => {
                octets.extend_from_slice(b"${");
                rest = after.get(2..).unwrap_or_default();
            }
        }
    }
    octets.extend_from_slice(rest.as_bytes());
    String::from_utf8(octets).map_err(|_| {
        "the octets of ${hex:…} here are not UTF-8; write them as ${unicode:…}".to_owned()
    })
}

/// A well-formed sequence, its kind and its hexadecimal values.
enum Encoded<'s> {
    Hex(&'s str),
    Unicode(&'s str),
}

fn sequence(text: &str) -> Option<(Encoded<'_>, usize)> {
    let inside = text.strip_prefix("${")?;
    let end = inside.find(|c: char| !is_inside(c))?;
    let (inside, after) = inside.split_at(end);
    if !after.starts_with('}') {
        return None;
    }
    let (kind, values) = inside.split_once(':')?;
    let words = || values.split_ascii_whitespace();
    let is_hex = |word: &str| word.bytes().all(|octet| octet.is_ascii_hexdigit());
    if words().next().is_none() || !words().all(is_hex) {
        return None;
    }
    let encoded = match kind.to_ascii_lowercase().as_str() {
        "hex" if words().all(|word| word.len() <= 2) => Encoded::Hex(values),
        "unicode" => Encoded::Unicode(values),
        _ => return None,
    };
    Some((encoded, "${".len() + end + "}".len()))
}

fn is_inside(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ':' | ' ' | '\t' | '\r' | '\n')
}

impl Encoded<'_> {
    fn decode_into(&self, octets: &mut Vec<u8>) -> Result<(), String> {
        match self {
            Encoded::Hex(values) => {
                let pairs = values.split_ascii_whitespace();
                octets.extend(pairs.filter_map(|pair| u8::from_str_radix(pair, 16).ok()));
            }
            Encoded::Unicode(values) => {
                for value in values.split_ascii_whitespace() {
                    let character = unicode(value)?;
                    octets.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
        }
        Ok(())
    }
}

fn unicode(value: &str) -> Result<char, String> {
    let digits = value.trim_start_matches('0');
    let number = match digits {
        "" => Some(0),
        digits => u32::from_str_radix(digits, 16).ok(),
    };
    number.and_then(char::from_u32).ok_or_else(|| {
        format!(
            "{} is no Unicode character; use 0 to D7FF or E000 to 10FFFF",
            shortened(value)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_section() {
        for (string, expected) in [
            ("$${hex:40}", "$@"),
            ("${hex: 40 }", "@"),
            ("${HEX: 40}", "@"),
            ("${hex:40", "${hex:40"),
            ("${hex:400}", "${hex:400}"),
            ("${hex:4${hex:30}}", "${hex:40}"),
            ("${unicode:40}", "@"),
            ("${ unicode:40}", "${ unicode:40}"),
            ("${UNICODE:40}", "@"),
            ("${UnICoDE:0000040}", "@"),
            ("${Unicode:40}", "@"),
            ("${Unicode:Cool}", "${Unicode:Cool}"),
            ("$${hex:24 24}", "$$$"),
            ("${hex:c3\r\n bc}", "\u{fc}"),
            ("${hex:}", "${hex:}"),
            ("${unicode:e9 1F600}", "\u{e9}\u{1f600}"),
        ] {
            assert_eq!(decode(string).unwrap(), expected, "{string}");
        }
    }

    #[test]
    fn what_is_no_character_is_an_error() {
        for string in [
            "${unicode:200000}",
            "${Unicode:DF01}",
            "${unicode:ffffffffffff}",
            "${hex:ff}",
        ] {
            assert!(decode(string).is_err(), "{string}");
        }
    }
}
