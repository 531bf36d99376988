//! The charset of calendar data (rule A5).

use encoding_rs::{Encoding, WINDOWS_1252};

/// Text in UTF-8, and how it came to be so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) octets: Vec<u8>,
    pub(crate) read_as: ReadAs,
}

/// Which charset a text was read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadAs {
    /// It was UTF-8.
    Utf8,
    /// It was not UTF-8 but could be what it said.
    Declared,
    /// It was neither, or said nothing, so windows-1252 was taken.
    Windows1252,
}

/// Makes UTF-8 of a text. `declared` is the charset parameter.
///
/// Valid UTF-8 is UTF-8, whatever is declared, but for charsets whose every text is valid UTF-8
/// too (UTF-16 of plain letters, ISO-2022-JP): those are known by their NUL or ESC.
pub(crate) fn to_utf8(octets: Vec<u8>, declared: Option<&str>) -> Text {
    let encoding = declared.and_then(|label| Encoding::for_label_no_replacement(label.as_bytes()));
    let looks_like_utf8 = std::str::from_utf8(&octets).is_ok();
    let disguised = encoding.is_some_and(|encoding| is_disguised(encoding, &octets));
    if looks_like_utf8 && !disguised {
        return Text {
            octets,
            read_as: ReadAs::Utf8,
        };
    }
    match encoding.filter(|&encoding| encoding != encoding_rs::UTF_8) {
        Some(encoding) => {
            let octets = encoding.decode(&octets).0.into_owned().into_bytes();
            Text {
                octets,
                read_as: ReadAs::Declared,
            }
        }
        None => {
            let text = WINDOWS_1252.decode_without_bom_handling(&octets).0;
            Text {
                octets: text.into_owned().into_bytes(),
                read_as: ReadAs::Windows1252,
            }
        }
    }
}

/// Text of a charset whose octets may all be ASCII without meaning ASCII.
fn is_disguised(encoding: &'static Encoding, octets: &[u8]) -> bool {
    const NUL: u8 = 0;
    const ESC: u8 = 0x1B;
    !encoding.is_ascii_compatible() && memchr::memchr2(NUL, ESC, octets).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(octets: &[u8], declared: &str) -> (String, ReadAs) {
        let text = to_utf8(
            octets.to_vec(),
            Some(declared).filter(|label| !label.is_empty()),
        );
        (String::from_utf8(text.octets).unwrap(), text.read_as)
    }

    #[test]
    fn a5_valid_utf8_is_utf8_whatever_is_declared() {
        for declared in [
            "",
            "utf-8",
            "iso-8859-1",
            "us-ascii",
            "utf-16",
            "x-nonsense",
        ] {
            assert_eq!(
                read("f\u{fc}r \u{20ac}".as_bytes(), declared),
                ("f\u{fc}r \u{20ac}".into(), ReadAs::Utf8)
            );
        }
    }

    #[test]
    fn a5_else_the_declared_charset() {
        assert_eq!(
            read(b"\xA4", "ISO-8859-15"),
            ("\u{20ac}".into(), ReadAs::Declared)
        );
        assert_eq!(
            read(b"f\xFCr", "iso-8859-1"),
            ("f\u{fc}r".into(), ReadAs::Declared)
        );
        assert_eq!(
            read(b"\x80", "windows-1252"),
            ("\u{20ac}".into(), ReadAs::Declared)
        );
        assert_eq!(
            read(b"\xCF\xF0\xE8", "windows-1251"),
            ("\u{41f}\u{440}\u{438}".into(), ReadAs::Declared)
        );
        assert_eq!(
            read(b"f\xFCr", "us-ascii"),
            ("f\u{fc}r".into(), ReadAs::Declared)
        );
    }

    #[test]
    fn a5_else_windows_1252() {
        for declared in ["", "utf-8", "x-nonsense", "hz-gb-2312"] {
            assert_eq!(
                read(b"\x80 f\xFCr", declared),
                ("\u{20ac} f\u{fc}r".into(), ReadAs::Windows1252)
            );
        }
    }

    #[test]
    fn charsets_in_disguise_are_read() {
        assert_eq!(
            read(b"\xFF\xFEA\0\xE4\0", "utf-16"),
            ("A\u{e4}".into(), ReadAs::Declared)
        );
        assert_eq!(read(b"A\0B\0", "utf-16le"), ("AB".into(), ReadAs::Declared));
        assert_eq!(
            read(b"\x1B$B$\"\x1B(B", "iso-2022-jp"),
            ("\u{3042}".into(), ReadAs::Declared)
        );
        assert_eq!(read(b"A\0B", "utf-8"), ("A\0B".into(), ReadAs::Utf8));
    }
}
