//! Message text on the wire: dot-stuffing and the end of data (RFC 5321, section 4.5.2).
//!
//! End of data is CRLF "." CRLF and nothing else; a dot is unstuffed only after a true CRLF (or at
//! the beginning of the text). What comes out has CRLF line ends alone: a bare CR or LF becomes
//! CRLF, so nothing that reads the text later can find a line end that was not counted here.

/// What became of the octets fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fed {
    /// All are taken; the text goes on.
    More,
    /// The text ended after so many octets; the rest are commands.
    End(usize),
}

/// Finds the end of data and undoes the dot-stuffing.
#[derive(Debug, Default)]
pub struct DataDecoder {
    state: Received,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Received {
    /// A true CRLF, or the one that ended the DATA command.
    #[default]
    LineEnd,
    /// A dot after it.
    Dot,
    /// The CR after that dot.
    DotCr,
    /// Text, or a bare LF.
    Text,
    /// A CR that may be bare.
    Cr,
    /// All.
    End,
}

impl DataDecoder {
    /// A decoder that expects the first octet after the DATA command's line end.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes octets and appends the text they hold to `decoded`, at most two for each and two more.
    pub fn feed(&mut self, input: &[u8], decoded: &mut Vec<u8>) -> Fed {
        let mut rest = input;
        while self.state != Received::End {
            if self.state == Received::Text {
                rest = copy_text(rest, decoded);
            }
            let Some((octet, after)) = rest.split_first() else {
                return Fed::More;
            };
            self.state = self.state.and(*octet, decoded);
            rest = after;
        }
        Fed::End(input.len() - rest.len())
    }
}

impl Received {
    fn and(self, octet: u8, decoded: &mut Vec<u8>) -> Self {
        match (self, octet) {
            (Self::LineEnd, b'.') => Self::Dot,
            (Self::Dot, b'\r') => Self::DotCr,
            (Self::DotCr, b'\n') => Self::End,
            (Self::Cr, b'\n') => {
                decoded.extend_from_slice(b"\r\n");
                Self::LineEnd
            }
            (Self::DotCr | Self::Cr, _) => {
                decoded.extend_from_slice(b"\r\n");
                Self::Text.and(octet, decoded)
            }
            (_, b'\r') => Self::Cr,
            (_, b'\n') => {
                decoded.extend_from_slice(b"\r\n");
                Self::Text
            }
            _ => {
                decoded.push(octet);
                Self::Text
            }
        }
    }
}

/// Puts dot-stuffing on; undone by [`DataDecoder`].
///
/// Bare CR and bare LF leave as CRLF, so the other side cannot take them for an end either.
#[derive(Debug, Default)]
pub struct DataEncoder {
    state: Sent,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Sent {
    /// A line end, or nothing yet.
    #[default]
    LineEnd,
    /// A line end for a CR whose LF may follow.
    Cr,
    /// Text.
    Text,
}

impl DataEncoder {
    /// An encoder at the beginning of a message.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends the wire form of `text`, at most two octets for each.
    pub fn feed(&mut self, text: &[u8], wire: &mut Vec<u8>) {
        let mut rest = text;
        loop {
            if self.state == Sent::Text {
                rest = copy_text(rest, wire);
            }
            let Some((octet, after)) = rest.split_first() else {
                return;
            };
            self.state = self.state.and(*octet, wire);
            rest = after;
        }
    }

    /// Appends the end of data, after a line end where the text lacks one.
    pub fn finish(self, wire: &mut Vec<u8>) {
        if self.state == Sent::Text {
            wire.extend_from_slice(b"\r\n");
        }
        wire.extend_from_slice(b".\r\n");
    }
}

impl Sent {
    fn and(self, octet: u8, wire: &mut Vec<u8>) -> Self {
        match (self, octet) {
            (Self::Cr, b'\n') => Self::LineEnd,
            (_, b'\r') => {
                wire.extend_from_slice(b"\r\n");
                Self::Cr
            }
            (_, b'\n') => {
                wire.extend_from_slice(b"\r\n");
                Self::LineEnd
            }
            (Self::LineEnd | Self::Cr, b'.') => {
                wire.extend_from_slice(b"..");
                Self::Text
            }
            _ => {
                wire.push(octet);
                Self::Text
            }
        }
    }
}

/// Copies octets up to the next CR or LF and gives what follows them.
fn copy_text<'a>(input: &'a [u8], to: &mut Vec<u8>) -> &'a [u8] {
    let end = input
        .iter()
        .position(|octet| matches!(octet, b'\r' | b'\n'))
        .unwrap_or(input.len());
    let (text, rest) = input.split_at(end);
    to.extend_from_slice(text);
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(wire: &[u8]) -> (Fed, String) {
        let mut decoded = Vec::new();
        let fed = DataDecoder::new().feed(wire, &mut decoded);
        (fed, String::from_utf8(decoded).unwrap())
    }

    #[test]
    fn dots_are_unstuffed_after_a_true_crlf_only() {
        for (wire, text) in [
            ("..a\r\n..\r\n.b\r\nc.\r\n", ".a\r\n.\r\nb\r\nc.\r\n"),
            ("a\n.b\r\n", "a\r\n.b\r\n"),
            ("a\r.b\r\n", "a\r\n.b\r\n"),
            ("a\n..b\r\n", "a\r\n..b\r\n"),
            (".\rb\r\n", "\r\nb\r\n"),
            (".\nb\r\n", "\r\nb\r\n"),
            (".\r\r\nb\r\n", "\r\n\r\nb\r\n"),
            ("", ""),
        ] {
            let (fed, decoded) = decode(format!("{wire}.\r\nNOOP\r\n").as_bytes());
            assert_eq!(fed, Fed::End(wire.len() + 3), "{wire:?}");
            assert_eq!(decoded, text, "{wire:?}");
        }
    }

    /// Fifteen of the sixteen surroundings of a dot leave one message; the sixteenth is its end.
    #[test]
    fn only_crlf_dot_crlf_ends() {
        let breaks = ["\r", "\n", "\r\n", ""];
        for before in breaks {
            for after in breaks {
                let wire = format!("a{before}.{after}b\r\n.\r\n");
                let (fed, decoded) = decode(wire.as_bytes());
                if (before, after) == ("\r\n", "\r\n") {
                    assert_eq!((fed, decoded.as_str()), (Fed::End(6), "a\r\n"));
                } else {
                    assert_eq!(fed, Fed::End(wire.len()), "{wire:?}");
                    assert!(decoded.ends_with("b\r\n"), "{wire:?}");
                }
            }
        }
    }

    #[test]
    fn after_the_end_nothing_is_taken() {
        let mut decoder = DataDecoder::new();
        let mut decoded = Vec::new();
        assert_eq!(decoder.feed(b".\r\n", &mut decoded), Fed::End(3));
        assert_eq!(decoder.feed(b"x", &mut decoded), Fed::End(0));
        assert!(decoded.is_empty());
    }

    #[test]
    fn the_encoder_stuffs_every_line_and_ends_the_last() {
        for (text, expected) in [
            ("", ".\r\n"),
            (".", "..\r\n.\r\n"),
            ("a\n.b\r.c\r\n.\r\n", "a\r\n..b\r\n..c\r\n..\r\n.\r\n"),
            ("a\r\n\r\n", "a\r\n\r\n.\r\n"),
        ] {
            let mut wire = Vec::new();
            let mut encoder = DataEncoder::new();
            text.bytes()
                .for_each(|octet| encoder.feed(&[octet], &mut wire));
            encoder.finish(&mut wire);
            assert_eq!(String::from_utf8(wire).unwrap(), expected);
        }
    }
}
