//! From the raw body of a header field to text (RFC 5322 section 2.2.3, RFC 2047, RFC 5228 section 2.7.2).

/// The unfolded body in UTF-8: octets that are not UTF-8 are read as windows-1252, encoded words stay as they are.
pub(crate) fn unfolded(raw: &[u8]) -> String {
    let raw = raw.trim_ascii();
    let octets: Vec<u8> = raw
        .iter()
        .copied()
        .filter(|octet| !matches!(octet, b'\r' | b'\n'))
        .collect();
    String::from_utf8(octets).unwrap_or_else(|error| windows_1252(error.as_bytes()))
}

/// As [`unfolded`], with encoded words decoded; those in a charset that is not known here stay as they are.
pub(crate) fn decoded(raw: &[u8]) -> String {
    let text = unfolded(raw);
    if !text.contains("=?") {
        return text;
    }
    let mut decoder = Decoder::default();
    let mut rest = text.as_str();
    while let Some(start) = rest.find("=?") {
        let (before, word) = rest.split_at(start);
        match Word::read(word) {
            Some((word, octets)) => {
                decoder.literal_before_word(before);
                decoder.word(word);
                rest = rest.get(start + octets..).unwrap_or_default();
            }
            None => {
                decoder.literal(rest.get(..start + 2).unwrap_or_default());
                rest = rest.get(start + 2..).unwrap_or_default();
            }
        }
    }
    decoder.literal(rest);
    decoder.flush();
    decoder.text
}

/// One encoded word, its octets decoded.
struct Word {
    charset: Charset,
    octets: Vec<u8>,
}

impl Word {
    /// Reads the word at the start of `text`, and how many octets it takes; no part of it holds a blank or a `?`.
    fn read(text: &str) -> Option<(Word, usize)> {
        let mut parts = text.splitn(5, '?');
        let (_, charset) = (parts.next()?, parts.next()?);
        let (encoding, encoded) = (parts.next()?, parts.next()?);
        if !parts.next()?.starts_with('=') || encoded.contains([' ', '\t']) {
            return None;
        }
        let octets = match encoding {
            "q" | "Q" => q_decoded(encoded),
            "b" | "B" => base64_decoded(encoded)?,
            _ => return None,
        };
        let length = 2 + charset.len() + 1 + encoding.len() + 1 + encoded.len() + 2;
        let charset = Charset::named(charset)?;
        Some((Word { charset, octets }, length))
    }
}

/// Joins words and the text between them.
#[derive(Default)]
struct Decoder {
    text: String,
    /// Octets of neighbouring words in one charset: some clients cut inside a character.
    pending: Option<Word>,
}

impl Decoder {
    fn literal(&mut self, text: &str) {
        if !text.is_empty() {
            self.flush();
            self.text.push_str(text);
        }
    }

    /// Blanks between two encoded words mean nothing.
    fn literal_before_word(&mut self, text: &str) {
        if self.pending.is_none() || !text.trim_matches([' ', '\t']).is_empty() {
            self.literal(text);
        }
    }

    fn word(&mut self, word: Word) {
        match &mut self.pending {
            Some(pending) if pending.charset == word.charset => {
                pending.octets.extend(word.octets);
            }
            _ => {
                self.flush();
                self.pending = Some(word);
            }
        }
    }

    fn flush(&mut self) {
        if let Some(word) = self.pending.take() {
            self.text.push_str(&word.charset.decoded(&word.octets));
        }
    }
}

/// The charsets that RFC 5228 section 2.7.2 asks for, and the two that mail writes in their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charset {
    Utf8,
    Windows1252,
    Latin9,
}

impl Charset {
    fn named(name: &str) -> Option<Self> {
        // RFC 2231 section 5: a language may follow the charset.
        let name = name.split('*').next().unwrap_or(name);
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" => Some(Charset::Utf8),
            "iso-8859-1" | "latin1" | "windows-1252" | "cp1252" => Some(Charset::Windows1252),
            "iso-8859-15" | "latin9" => Some(Charset::Latin9),
            _ => None,
        }
    }

    fn decoded(self, octets: &[u8]) -> String {
        match self {
            Charset::Utf8 => String::from_utf8_lossy(octets).into_owned(),
            Charset::Windows1252 => windows_1252(octets),
            Charset::Latin9 => octets.iter().map(|octet| latin9(*octet)).collect(),
        }
    }
}

fn windows_1252(octets: &[u8]) -> String {
    const C1: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let character = |octet: &u8| match octet {
        0x80..=0x9f => C1
            .get(usize::from(octet - 0x80))
            .copied()
            .unwrap_or(char::REPLACEMENT_CHARACTER),
        octet => char::from(*octet),
    };
    octets.iter().map(character).collect()
}

fn latin9(octet: u8) -> char {
    match octet {
        0xa4 => '€',
        0xa6 => 'Š',
        0xa8 => 'š',
        0xb4 => 'Ž',
        0xb8 => 'ž',
        0xbc => 'Œ',
        0xbd => 'œ',
        0xbe => 'Ÿ',
        octet => char::from(octet),
    }
}

fn q_decoded(text: &str) -> Vec<u8> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'_', _) => octets.push(b' '),
            (b'=', [high, low, after @ ..]) => match hex_pair(*high, *low) {
                Some(octet) => {
                    octets.push(octet);
                    rest = after;
                }
                None => octets.push(b'='),
            },
            (octet, _) => octets.push(*octet),
        }
    }
    octets
}

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |octet: u8| char::from(octet).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

fn base64_decoded(text: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for octet in text.trim_end_matches('=').bytes() {
        let value = match octet {
            b'A'..=b'Z' => octet - b'A',
            b'a'..=b'z' => octet - b'a' + 26,
            b'0'..=b'9' => octet - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = (held << 6 | u32::from(value)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            octets.push((held >> bits & 0xff) as u8);
        }
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_both_encodings() {
        assert_eq!(
            decoded(b" =?ISO-8859-1?Q?caf=E9_?= x =?utf-8?b?w7w=?=\r\n"),
            "caf\u{e9}  x \u{fc}"
        );
        assert_eq!(decoded(b"=?utf-8*de?q?a=20b?="), "a b");
        assert_eq!(decoded(b"=?iso-8859-15?q?=A4?="), "\u{20ac}");
    }

    #[test]
    fn blanks_between_words_go_and_cut_characters_heal() {
        assert_eq!(
            decoded(b"=?utf-8?q?=C3?=\r\n =?utf-8?q?=BC?= =?us-ascii?q?b?="),
            "\u{fc}b"
        );
        assert_eq!(decoded(b"a =?utf-8?q?b?= c"), "a b c");
    }

    #[test]
    fn what_cannot_be_decoded_stays() {
        for text in [
            "=?x-unknown?q?a?=",
            "=?utf-8?x?a?=",
            "=?utf-8?b?*?=",
            "=?utf-8?q?a b?=",
            "=?utf-8?q?a",
            "=?",
            "=??=?",
        ] {
            assert_eq!(decoded(text.as_bytes()), text);
        }
        assert_eq!(decoded(b"=?utf-8?q?=zz=?="), "=zz=");
    }

    #[test]
    fn raw_octets_are_utf8_or_windows_1252() {
        assert_eq!(decoded("\u{fc}".as_bytes()), "\u{fc}");
        assert_eq!(decoded(b"\x80\xfc"), "\u{20ac}\u{fc}");
        assert_eq!(unfolded(b" a\r\n\tb\r\n"), "a\tb");
    }
}
