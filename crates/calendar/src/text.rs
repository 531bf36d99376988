//! The TEXT value type: escaping and its undoing (RFC 5545 section 3.3.11).

use std::borrow::Cow;

use crate::parameter::is_control;

/// The octets as text; what is not UTF-8 becomes U+FFFD.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    // Nearly all is UTF-8, and the strict reading is the faster one.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The text as a TEXT value; line ends become `\n`, other control characters but HTAB go.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' | ';' | ',' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    out.push_str("\\n");
                }
            }
            c if is_control(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// The text of a TEXT value; a backslash before any other character stays as written.
pub fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        let meant = match (character, characters.peek()) {
            ('\\', Some('n' | 'N')) => '\n',
            ('\\', Some(&escaped @ ('\\' | ';' | ',' | ':' | '"'))) => escaped,
            (other, _) => {
                out.push(other);
                continue;
            }
        };
        out.push(meant);
        characters.next();
    }
    out
}

/// The texts of a comma-separated TEXT list such as CATEGORIES, each unescaped.
pub fn list(value: &str) -> impl Iterator<Item = String> + use<'_> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = unescaped_comma(text);
        let (item, tail) = match end {
            Some(at) => (text.get(..at)?, text.get(at + 1..)),
            None => (text, None),
        };
        rest = tail;
        Some(unescape(item))
    })
}

fn unescaped_comma(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let found = byte == b',' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_text_must_escape() {
        assert_eq!(escape("a\\b;c,d\r\ne\nf\rg"), "a\\\\b\\;c\\,d\\ne\\nf\\ng");
        assert_eq!(escape("x\0\x1By\tz"), "xy\tz");
        assert_eq!(escape("URL: http://a"), "URL: http://a");
    }

    #[test]
    fn unescapes_once_and_leaves_strange_escapes() {
        assert_eq!(unescape(r"a\\n\nb\N\,\;\:\x\"), "a\\n\nb\n,;:\\x\\");
    }

    #[test]
    fn splits_lists_at_bare_commas() {
        let items: Vec<_> = list(r"a\,b,c\\,d,").collect();
        assert_eq!(items, ["a,b", "c\\", "d", ""]);
    }
}
