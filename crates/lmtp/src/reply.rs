//! Replies: code, enhanced code and text as one value (RFC 5321, section 4.2; RFC 2034; RFC 3463).

use std::borrow::Cow;
use std::fmt;

use pipeline::intake::Refusal;

/// An enhanced status code: class, subject, detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EnhancedCode(pub u8, pub u16, pub u16);

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// The enhanced code, written before the text of each line.
    pub enhanced: Option<EnhancedCode>,
    /// Its lines, joined by LF.
    pub text: Cow<'static, str>,
}

impl Reply {
    pub(crate) const INTERNAL: Self = Self::new(
        451,
        EnhancedCode(4, 3, 0),
        "internal error, try again later",
    );

    /// A reply of one line.
    #[must_use]
    pub const fn new(code: u16, enhanced: EnhancedCode, text: &'static str) -> Self {
        Self {
            code,
            enhanced: Some(enhanced),
            text: Cow::Borrowed(text),
        }
    }

    /// A reply without enhanced code, as the greeting and LHLO have.
    #[must_use]
    pub fn plain(code: u16, text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            enhanced: None,
            text: text.into(),
        }
    }

    /// Whether what was asked is done (2xx).
    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// Whether the same may succeed later (4xx).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.code / 100 == 4
    }

    /// Appends its lines as they go over the wire.
    pub fn encode(&self, wire: &mut Vec<u8>) {
        let mut lines = self.text.split('\n').peekable();
        while let Some(line) = lines.next() {
            let sign = if lines.peek().is_some() { '-' } else { ' ' };
            let enhanced = self
                .enhanced
                .map(|code| format!("{code} "))
                .unwrap_or_default();
            wire.extend_from_slice(format!("{}{sign}{enhanced}{line}\r\n", self.code).as_bytes());
        }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.code)?;
        if let Some(enhanced) = self.enhanced {
            write!(f, "{enhanced} ")?;
        }
        f.write_str(&self.text.replace('\n', "; "))
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        let (code, enhanced) = match refusal {
            Refusal::UnknownRecipient => (550, EnhancedCode(5, 1, 1)),
            Refusal::Loop => (554, EnhancedCode(5, 4, 6)),
            Refusal::Database => (451, EnhancedCode(4, 3, 0)),
            Refusal::Storage => (452, EnhancedCode(4, 3, 1)),
            Refusal::Unavailable => (451, EnhancedCode(4, 3, 2)),
        };
        Self {
            code,
            enhanced: Some(enhanced),
            text: Cow::Owned(refusal.to_string()),
        }
    }
}

/// Whether more lines of a reply follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// `250-`
    Inner,
    /// `250 `
    Last,
}

/// One line of a reply, as a client reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReplyLine<'a> {
    pub(crate) code: u16,
    pub(crate) position: Position,
    pub(crate) enhanced: Option<EnhancedCode>,
    pub(crate) text: &'a str,
}

impl<'a> ReplyLine<'a> {
    /// Reads a line without its CRLF; `None` if it is no reply.
    pub(crate) fn parse(line: &'a str) -> Option<Self> {
        let (digits, rest) = line.split_at_checked(3)?;
        let code = decimal(digits)?;
        let (position, text) = match rest.split_at_checked(1) {
            None => (Position::Last, ""),
            Some((" ", text)) => (Position::Last, text),
            Some(("-", text)) => (Position::Inner, text),
            Some(_) => return None,
        };
        let (enhanced, text) = split_enhanced(text);
        (200..600).contains(&code).then_some(Self {
            code,
            position,
            enhanced,
            text,
        })
    }
}

impl ReplyLine<'_> {
    pub(crate) fn to_reply(self) -> Reply {
        Reply {
            code: self.code,
            enhanced: self.enhanced,
            text: Cow::Owned(self.text.to_owned()),
        }
    }
}

impl Reply {
    /// This reply with a further line.
    pub(crate) fn and(self, line: &ReplyLine<'_>) -> Self {
        Self {
            text: Cow::Owned(format!("{}\n{}", self.text, line.text)),
            ..self
        }
    }
}

fn split_enhanced(text: &str) -> (Option<EnhancedCode>, &str) {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match parse_enhanced(word) {
        Some(code) => (Some(code), rest),
        None => (None, text),
    }
}

fn parse_enhanced(word: &str) -> Option<EnhancedCode> {
    let mut numbers = word.splitn(3, '.');
    let class = numbers
        .next()
        .filter(|class| matches!(*class, "2" | "4" | "5"))?;
    let subject = decimal(numbers.next()?)?;
    let detail = decimal(numbers.next()?)?;
    Some(EnhancedCode(class.parse().ok()?, subject, detail))
}

/// One to three digits.
fn decimal(digits: &str) -> Option<u16> {
    let is_number = digits.len() <= 3 && digits.bytes().all(|octet| octet.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_every_line_with_its_code() {
        let mut wire = Vec::new();
        Reply::plain(250, "mx\nPIPELINING\nSIZE 10").encode(&mut wire);
        Reply::new(550, EnhancedCode(5, 1, 1), "a\nb").encode(&mut wire);
        assert_eq!(
            String::from_utf8(wire).unwrap(),
            "250-mx\r\n250-PIPELINING\r\n250 SIZE 10\r\n550-5.1.1 a\r\n550 5.1.1 b\r\n"
        );
    }

    #[test]
    fn every_refusal_says_retry_or_never() {
        for refusal in [
            Refusal::UnknownRecipient,
            Refusal::Loop,
            Refusal::Database,
            Refusal::Storage,
            Refusal::Unavailable,
        ] {
            assert_eq!(Reply::from(refusal).is_transient(), refusal.is_transient());
        }
    }

    #[test]
    fn reads_reply_lines() {
        let line = ReplyLine::parse("250-2.1.5 fine").unwrap();
        assert_eq!((line.code, line.position), (250, Position::Inner));
        assert_eq!(
            (line.enhanced, line.text),
            (Some(EnhancedCode(2, 1, 5)), "fine")
        );
        assert_eq!(ReplyLine::parse("354").unwrap().text, "");
        assert_eq!(
            ReplyLine::parse("250 1.2.3.4 hello").unwrap().enhanced,
            None
        );
        for bad in ["", "25", "25x no", "250_x", "999 x", "+50 x", "ü50 x"] {
            assert_eq!(ReplyLine::parse(bad), None, "{bad}");
        }
    }
}
