//! Content-Transfer-Encodings (RFC 2045 section 6), decoded leniently.

/// A decoded body and whether anything in it was not as the encoding says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) octets: Vec<u8>,
    pub(crate) fault: Option<TransferFault>,
}

/// What was wrong with a transfer encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TransferFault {
    /// Characters outside the encoding were skipped or kept as they are.
    Malformed,
    /// Nobody knows this encoding; the body is taken as it is.
    Unknown,
}

/// Decodes a body. `encoding` is the value of Content-Transfer-Encoding in any case.
pub(crate) fn decode(encoding: &str, body: &[u8]) -> Decoded {
    let is = |name: &str| encoding.eq_ignore_ascii_case(name);
    if is("base64") {
        base64(body)
    } else if is("quoted-printable") {
        quoted_printable(body)
    } else {
        let known = ["", "7bit", "8bit", "binary"].into_iter().any(is);
        Decoded {
            octets: body.to_vec(),
            fault: (!known).then_some(TransferFault::Unknown),
        }
    }
}

const SKIPPED: u8 = 0xFE;
const FOREIGN: u8 = 0xFF;
const PADDING: u8 = 0xFD;

/// Sextet of each octet, or one of the marks above.
const SEXTETS: [u8; 256] = sextets();

const fn sextets() -> [u8; 256] {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [FOREIGN; 256];
    let mut index = 0;
    while index < 64 {
        table[alphabet[index] as usize] = index as u8;
        index += 1;
    }
    table[b'=' as usize] = PADDING;
    table[b'\r' as usize] = SKIPPED;
    table[b'\n' as usize] = SKIPPED;
    table[b' ' as usize] = SKIPPED;
    table[b'\t' as usize] = SKIPPED;
    table
}

/// Decodes base64: blanks are skipped, foreign characters too, and padding may be missing.
/// Padding in the middle, as where two encoded texts were joined, begins a new quantum.
pub(crate) fn base64(body: &[u8]) -> Decoded {
    let mut octets = Vec::with_capacity(body.len() / 4 * 3 + 3);
    let mut fault = None;
    let mut quantum = Quantum::default();
    let mut rest = body;
    loop {
        rest = if quantum.is_empty() {
            whole_quanta(rest, &mut octets)
        } else {
            rest
        };
        let Some((&octet, tail)) = rest.split_first() else {
            break;
        };
        rest = tail;
        match SEXTETS[usize::from(octet)] {
            SKIPPED => {}
            FOREIGN => fault = Some(TransferFault::Malformed),
            PADDING => quantum.flush(&mut octets),
            sextet => quantum.push(sextet, &mut octets),
        }
    }
    quantum.flush(&mut octets);
    Decoded { octets, fault }
}

/// Decodes what stands as unbroken groups of four, and returns what follows.
fn whole_quanta<'a>(body: &'a [u8], octets: &mut Vec<u8>) -> &'a [u8] {
    let mut rest = body;
    while let Some((&[a, b, c, d], tail)) = rest.split_first_chunk::<4>() {
        let [a, b, c, d] = [a, b, c, d].map(|octet| SEXTETS[usize::from(octet)]);
        if (a | b | c | d) & 0xC0 != 0 {
            break;
        }
        octets.extend_from_slice(&[a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
        rest = tail;
    }
    rest
}

/// Up to three sextets that wait for a fourth.
#[derive(Default)]
struct Quantum {
    bits: u32,
    sextets: u8,
}

impl Quantum {
    fn is_empty(&self) -> bool {
        self.sextets == 0
    }

    fn push(&mut self, sextet: u8, octets: &mut Vec<u8>) {
        self.bits = self.bits << 6 | u32::from(sextet);
        self.sextets += 1;
        if self.sextets == 4 {
            let [_, first, second, third] = self.bits.to_be_bytes();
            octets.extend_from_slice(&[first, second, third]);
            *self = Self::default();
        }
    }

    fn flush(&mut self, octets: &mut Vec<u8>) {
        let [_, first, second, _] = match self.sextets {
            2 => self.bits << 12,
            3 => self.bits << 6,
            _ => 0,
        }
        .to_be_bytes();
        match self.sextets {
            2 => octets.push(first),
            3 => octets.extend_from_slice(&[first, second]),
            _ => {}
        }
        *self = Self::default();
    }
}

/// Decodes quoted-printable: a wrong escape stays as it is.
pub(crate) fn quoted_printable(body: &[u8]) -> Decoded {
    let mut octets = Vec::with_capacity(body.len());
    let mut fault = None;
    let mut rest = body;
    while let Some(escape) = memchr::memchr2(b'=', b'\n', rest) {
        let (text, tail) = rest.split_at(escape);
        let literal = octets.len();
        octets.extend_from_slice(text);
        rest = match tail.split_first() {
            Some((b'\n', after)) => {
                end_line(&mut octets, literal);
                after
            }
            Some((_, after)) => unescape(after, &mut octets, &mut fault),
            None => break,
        };
    }
    octets.extend_from_slice(rest);
    Decoded { octets, fault }
}

/// Ends a line, without the blanks that transport may have put there; escaped ones, before `literal`,
/// are the sender's.
fn end_line(octets: &mut Vec<u8>, literal: usize) {
    let returned = octets.last() == Some(&b'\r') && octets.len() > literal;
    if returned {
        octets.pop();
    }
    while octets.len() > literal && matches!(octets.last(), Some(b' ' | b'\t')) {
        octets.pop();
    }
    octets.extend_from_slice(if returned { b"\r\n" } else { b"\n" });
}

/// Reads what follows a `=`, and returns what follows the escape.
fn unescape<'a>(
    after: &'a [u8],
    octets: &mut Vec<u8>,
    fault: &mut Option<TransferFault>,
) -> &'a [u8] {
    if let Some((&[high, low], rest)) = after.split_first_chunk::<2>()
        && let Some(octet) = hexadecimal(high, low)
    {
        octets.push(octet);
        return rest;
    }
    let blanks = after
        .iter()
        .take_while(|octet| matches!(octet, b' ' | b'\t' | b'\r'))
        .count();
    match after.get(blanks..) {
        Some([b'\n', rest @ ..]) => rest,
        Some([]) => &[],
        _ => {
            *fault = Some(TransferFault::Malformed);
            octets.push(b'=');
            after
        }
    }
}

/// The octet that two hexadecimal digits of either case name.
pub(crate) fn hexadecimal(high: u8, low: u8) -> Option<u8> {
    let digit = |octet: u8| char::from(octet).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(encoding: &str, body: &str) -> (String, bool) {
        let decoded = decode(encoding, body.as_bytes());
        (
            String::from_utf8(decoded.octets).unwrap(),
            decoded.fault.is_some(),
        )
    }

    #[test]
    fn base64_is_read() {
        assert_eq!(text("base64", ""), (String::new(), false));
        assert_eq!(text("BASE64", "aGVsbG8="), ("hello".into(), false));
        assert_eq!(
            text("base64", "aGVs\r\nbG8g\n d29y\tbGQ=\r\n"),
            ("hello world".into(), false)
        );
    }

    #[test]
    fn base64_lives_without_padding() {
        assert_eq!(text("base64", "aGVsbG8"), ("hello".into(), false));
        assert_eq!(text("base64", "aGVsbA"), ("hell".into(), false));
        assert_eq!(text("base64", "aGVsb"), ("hel".into(), false));
    }

    #[test]
    fn base64_skips_foreign_characters() {
        assert_eq!(text("base64", "aG!Vs\u{e4}bG8="), ("hello".into(), true));
        assert_eq!(
            text("base64", "aGVsbA==aGVsbA=="),
            ("hellhell".into(), false)
        );
    }

    #[test]
    fn quoted_printable_is_read() {
        assert_eq!(
            text("quoted-printable", "a=3Db=\r\nc=C3=a4 \t\r\nd= \t\ne"),
            ("a=bc\u{e4}\r\nde".into(), false)
        );
        assert_eq!(text("Quoted-Printable", "end="), ("end".into(), false));
    }

    #[test]
    fn escaped_blanks_at_the_end_of_a_line_stay() {
        assert_eq!(
            text("quoted-printable", "a=20\r\nb=09 \r\nc=0D\nd"),
            ("a \r\nb\t\r\nc\r\nd".into(), false)
        );
    }

    #[test]
    fn a_wrong_escape_stays() {
        assert_eq!(
            text("quoted-printable", "a=ZZ b=4"),
            ("a=ZZ b=4".into(), true)
        );
    }

    #[test]
    fn other_encodings_are_taken_as_they_are() {
        assert_eq!(text("8BIT", "x=41"), ("x=41".into(), false));
        assert_eq!(text("", "x"), ("x".into(), false));
        assert_eq!(text("x-uuencode", "x"), ("x".into(), true));
    }
}
