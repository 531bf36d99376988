//! Encoded words (RFC 2047): read leniently in file names, written for what a header cannot hold.

use crate::{charset, transfer};

/// Decodes all encoded words in a value, quoted or not; blanks between two of them go.
pub(crate) fn decode(value: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value;
    let mut after_word = false;
    while let Some(start) = memchr::memmem::find(rest, b"=?") {
        let (between, tail) = rest.split_at(start);
        let Some((word, after)) = word(tail) else {
            let (literal, after) = rest.split_at(start + 2);
            decoded.extend_from_slice(literal);
            (rest, after_word) = (after, false);
            continue;
        };
        if !(after_word && between.trim_ascii().is_empty()) {
            decoded.extend_from_slice(between);
        }
        decoded.extend_from_slice(&word);
        (rest, after_word) = (after, true);
    }
    decoded.extend_from_slice(rest);
    decoded
}

/// The text of the encoded word that a value begins with, and what follows it.
fn word(value: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (charset, rest) = until_mark(value.strip_prefix(b"=?")?)?;
    let (encoding, rest) = until_mark(rest)?;
    let (text, rest) = until_mark(rest)?;
    let rest = rest.strip_prefix(b"=")?;
    let octets = match encoding {
        b"B" | b"b" => transfer::base64(text).octets,
        b"Q" | b"q" => {
            let text: Vec<u8> = text
                .iter()
                .map(|&octet| if octet == b'_' { b' ' } else { octet })
                .collect();
            transfer::quoted_printable(&text).octets
        }
        _ => return None,
    };
    // RFC 2231 section 5: a language may follow the charset.
    let charset = charset
        .split(|&octet| octet == b'*')
        .next()
        .unwrap_or_default();
    Some((
        charset::to_utf8(octets, std::str::from_utf8(charset).ok()).octets,
        rest,
    ))
}

fn until_mark(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let mark = memchr::memchr(b'?', value)?;
    Some((value.get(..mark)?, value.get(mark + 1..)?))
}

/// Octets of text in one encoded word, so that a line has at most 76 characters, beside a field's name too.
const WORD: usize = 33;

/// Writes a text as encoded words, one per line, so that whatever it holds stays inside its field.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() / WORD * 60 + 60);
    let mut rest = text;
    while !rest.is_empty() {
        let (word, tail) = rest.split_at(rest.floor_char_boundary(WORD));
        if !encoded.is_empty() {
            encoded.push_str("\r\n ");
        }
        encoded.push_str("=?utf-8?B?");
        push_base64(word.as_bytes(), &mut encoded);
        encoded.push_str("?=");
        rest = tail;
    }
    encoded
}

/// Appends octets as base64, without line ends.
pub(crate) fn push_base64(octets: &[u8], encoded: &mut String) {
    const ALPHABET: [u8; 64] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for chunk in octets.chunks(3) {
        let mut quantum = [0; 4];
        for (to, from) in quantum.iter_mut().skip(1).zip(chunk) {
            *to = *from;
        }
        let bits = u32::from_be_bytes(quantum);
        for (index, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let letter = ALPHABET[(bits >> shift & 0x3F) as usize];
            encoded.push(if index <= chunk.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> String {
        String::from_utf8(decode(value.as_bytes())).unwrap()
    }

    #[test]
    fn words_are_read() {
        assert_eq!(read("=?utf-8?B?aW52aXRlLmljcw==?="), "invite.ics");
        assert_eq!(
            read("=?ISO-8859-1?q?f=FCr_dich=2Eics?="),
            "f\u{fc}r dich.ics"
        );
        assert_eq!(
            read("=?utf-8*en?Q?in?= \t=?us-ascii?Q?vite.ics?="),
            "invite.ics"
        );
        assert_eq!(read("a =?utf-8?Q?b?= c"), "a b c");
    }

    #[test]
    fn what_is_no_word_stays() {
        for value in [
            "=?",
            "=?a?b",
            "=?utf-8?X?a?=",
            "=?utf-8?Q?a?",
            "=?=?=?",
            "plain.ics",
        ] {
            assert_eq!(read(value), value);
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for length in 0..200 {
            let text = "\u{e4}\r\n\0x".repeat(length);
            let encoded = encode(&text);
            assert!(encoded.split("\r\n ").all(|word| word.len() <= 56));
            assert!(!encoded.replace("\r\n ", "").contains(['\r', '\n', '\0']));
            assert_eq!(read(&encoded), text);
        }
    }
}
