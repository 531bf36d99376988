//! Parameter values: quoting (RFC 5545 section 3.2) and ^-escapes (RFC 6868).

use std::borrow::Cow;

/// The value as it may stand in a line: escaped by RFC 6868, quoted where it must be.
///
/// Line ends become `^n`, other control characters go.
pub fn encode(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '^' => out.push_str("^^"),
            '"' => out.push_str("^'"),
            '\n' => out.push_str("^n"),
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    out.push_str("^n");
                }
            }
            c if is_control(c) => {}
            c => out.push(c),
        }
    }
    if out.contains([';', ':', ',']) {
        out.insert(0, '"');
        out.push('"');
    }
    out
}

/// The value that was meant: quotes and ^-escapes removed; an unknown escape stays as written.
pub fn decode(value: Cow<'_, str>) -> Cow<'_, str> {
    if !value.bytes().any(|byte| matches!(byte, b'"' | b'^')) {
        return value;
    }
    let mut out = String::with_capacity(value.len());
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('"', _) => continue,
            ('^', Some('^')) => out.push('^'),
            ('^', Some('\'')) => out.push('"'),
            ('^', Some('n')) => out.push('\n'),
            (other, _) => {
                out.push(other);
                continue;
            }
        }
        characters.next();
    }
    Cow::Owned(out)
}

/// Control characters of RFC 5545 (CONTROL): all but HTAB.
pub(crate) fn is_control(character: char) -> bool {
    character.is_ascii_control() && character != '\t'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_by_rfc_6868_and_quotes_where_needed() {
        assert_eq!(encode("Bob"), "Bob");
        assert_eq!(encode("Doe, Bob"), "\"Doe, Bob\"");
        assert_eq!(encode("a\"b^c\r\nd\ne\rf"), "a^'b^^c^nd^ne^nf");
        assert_eq!(encode("a\0b\x7Fc\td"), "abc\td");
    }

    #[test]
    fn decodes_what_it_encoded() {
        for text in ["", "a;b:c,d", "^n", "^^'", "\"quoted\"", "a\nb", "é"] {
            assert_eq!(decode(Cow::Owned(encode(text))), text);
        }
        assert_eq!(decode(Cow::Borrowed("a^xb^")), "a^xb^");
    }
}
