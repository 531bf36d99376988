//! How the characters of a document are encoded: UTF-8, or UTF-16 with a byte order mark, which every
//! reader of XML must know (XML 1.0, 4.3.3). What comes is made UTF-8.

use super::element::BadXml;

/// Reads octets in the order in which they come.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    encoding: Encoding,
    /// What is no whole character yet, and before the encoding is known, what came.
    rest: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Encoding {
    #[default]
    Unknown,
    Utf8,
    Utf16Big,
    Utf16Little,
}

impl Decoder {
    /// Adds what these octets say to a text, as UTF-8; UTF-8 itself is not looked at.
    pub(crate) fn take(&mut self, octets: &[u8], text: &mut Vec<u8>) -> Result<(), BadXml> {
        if self.encoding == Encoding::Unknown {
            return self.begin(octets, text);
        }
        match self.unit() {
            None => text.extend_from_slice(octets),
            Some(unit) => {
                self.rest.extend_from_slice(octets);
                self.units(unit, text)?;
            }
        }
        Ok(())
    }

    /// Whether what came ends with a whole character; what came before the encoding was known is added.
    pub(crate) fn end(self, text: &mut Vec<u8>) -> bool {
        match self.encoding {
            Encoding::Unknown => {
                text.extend_from_slice(&self.rest);
                true
            }
            _ => self.rest.is_empty(),
        }
    }

    fn begin(&mut self, octets: &[u8], text: &mut Vec<u8>) -> Result<(), BadXml> {
        self.rest.extend_from_slice(octets);
        self.encoding = match self.rest.as_slice() {
            [] | [_] => return Ok(()),
            [0xfe, 0xff, ..] => Encoding::Utf16Big,
            [0xff, 0xfe, ..] => Encoding::Utf16Little,
            _ => Encoding::Utf8,
        };
        let rest = std::mem::take(&mut self.rest);
        self.take(&rest, text)
    }

    /// How two octets of UTF-16 are read.
    fn unit(&self) -> Option<fn([u8; 2]) -> u16> {
        match self.encoding {
            Encoding::Utf16Big => Some(u16::from_be_bytes),
            Encoding::Utf16Little => Some(u16::from_le_bytes),
            Encoding::Unknown | Encoding::Utf8 => None,
        }
    }

    fn units(&mut self, unit: fn([u8; 2]) -> u16, text: &mut Vec<u8>) -> Result<(), BadXml> {
        let (pairs, _) = self.rest.as_chunks::<2>();
        let mut units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        // The other half of the last character may be still to come.
        units.pop_if(|last| (0xd800..0xdc00).contains(last));
        for character in char::decode_utf16(units.iter().copied()) {
            let character = character.map_err(|_| BadXml::NotWellFormed)?;
            text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        self.rest.drain(..2 * units.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(octets: &[u8]) -> Option<String> {
        let (mut decoder, mut text) = (Decoder::default(), Vec::new());
        for octet in octets {
            decoder.take(&[*octet], &mut text).ok()?;
        }
        let is_whole = decoder.end(&mut text);
        is_whole.then(|| String::from_utf8(text).unwrap())
    }

    #[test]
    fn both_encodings_say_the_same() {
        let text = "\u{feff}<a>\u{e9}\u{1f4c5}</a>";
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for octets in [text.as_bytes(), &big, &little] {
            assert_eq!(decoded(octets).as_deref(), Some(text));
        }
        assert_eq!(decoded(&little[..little.len() - 1]), None);
        assert_eq!(decoded(b"\xff\xfe\x00\xdc"), None, "half a character");
        assert_eq!(decoded(b"a").as_deref(), Some("a"));
        assert_eq!(decoded(b"").as_deref(), Some(""));
    }
}
