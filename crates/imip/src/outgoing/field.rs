//! Header fields of outgoing mail (RFC 5322, RFC 2047): whatever a value holds, it stays in its field.

use super::Correspondent;
use crate::encoded_word;

/// Octets of the longest line that need not be folded (RFC 5322 section 2.1.1).
const LINE: usize = 78;

/// Appends a field whose value is ready.
pub(super) fn push(header: &mut Vec<u8>, name: &str, value: &str) {
    header.extend_from_slice(name.as_bytes());
    header.extend_from_slice(b": ");
    header.extend_from_slice(value.as_bytes());
    header.extend_from_slice(b"\r\n");
}

/// Free text, folded at blanks where it is plain ASCII, else as encoded words.
pub(super) fn text(name: &str, value: &str) -> String {
    let value = cleaned(value);
    if is_plain(&value)
        && let Some(folded) = fold(name.len() + 2, &value)
    {
        return folded;
    }
    encoded_word::encode(&value)
}

/// `"Name" <address>`, folded between the two where the line gets long.
pub(super) fn mailbox(field: &str, who: &Correspondent<'_>) -> String {
    let address = format!("<{}>", who.address.to_wire());
    let name = cleaned(who.name);
    if name.is_empty() {
        return address;
    }
    let phrase = if is_plain(&name) && name.len() <= LINE / 2 {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        encoded_word::encode(&name)
    };
    let last = phrase.rsplit("\r\n").next().unwrap_or_default();
    if field.len() + 3 + last.len() + address.len() <= LINE {
        format!("{phrase} {address}")
    } else {
        format!("{phrase}\r\n {address}")
    }
}

/// Control characters as blanks, and no blanks at the ends.
fn cleaned(value: &str) -> String {
    let value = value.trim();
    value
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Whether a value means itself: ASCII, and nothing that looks like an encoded word.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|octet| matches!(octet, b' '..=b'~')) && !value.contains("=?")
}

/// The value broken at single blanks; none where a word is too long or blanks stand together, as a
/// line of blanks alone would end the header for some readers.
fn fold(name: usize, value: &str) -> Option<String> {
    let mut folded = String::with_capacity(value.len() + 8);
    let mut column = name;
    for (index, word) in value.split(' ').enumerate() {
        if word.len() >= LINE || (word.is_empty() && !value.is_empty()) {
            return None;
        }
        if index > 0 && column + 1 + word.len() > LINE {
            folded.push_str("\r\n");
            column = 0;
        }
        if index > 0 {
            folded.push(' ');
            column += 1;
        }
        folded.push_str(word);
        column += word.len();
    }
    Some(folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sender::Mailbox;

    #[test]
    fn plain_text_is_folded_at_blanks() {
        assert_eq!(text("Subject", "Accepted: Plan"), "Accepted: Plan");
        let long = "word ".repeat(40);
        let folded = text("Subject", &long);
        assert!(folded.split("\r\n").all(|line| line.len() <= LINE));
        assert_eq!(folded.replace("\r\n", ""), long.trim());
    }

    #[test]
    fn what_is_not_plain_is_encoded() {
        for value in ["Größe", "=?utf-8?Q?a?=", "a  b", &"x".repeat(100)] {
            let written = text("Subject", value);
            assert!(written.starts_with("=?utf-8?B?"), "{written}");
            let read = encoded_word::decode(written.as_bytes());
            assert_eq!(String::from_utf8(read).unwrap(), value);
        }
        assert_eq!(
            text("Subject", "a\r\nBcc: b"),
            encoded_word::encode("a  Bcc: b")
        );
    }

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        let address = Mailbox::parse("a@b.example").unwrap();
        let written = |name| {
            let address = &address;
            mailbox("From", &Correspondent { name, address })
        };
        assert_eq!(written(""), "<a@b.example>");
        assert_eq!(written("Al \"x\" \\"), r#""Al \"x\" \\" <a@b.example>"#);
        assert!(written("\u{c4}").starts_with("=?utf-8?B?"));
        assert!(written(&"x".repeat(200)).ends_with(" <a@b.example>"));
    }
}
