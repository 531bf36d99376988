//! Words, quoted strings and comments of structured header fields (RFC 5322 section 3.2), read strictly.

/// The field is not as its grammar says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Reads an unfolded value from its begin.
#[derive(Debug, Clone)]
pub(crate) struct Lexer<'a> {
    rest: &'a [u8],
}

/// Octets of the longest value that is read; what is made of it takes many times its memory.
const LONGEST: usize = 64 << 10;

impl<'a> Lexer<'a> {
    /// A value with control characters is refused: readers differ about them.
    pub(crate) fn new(value: &'a [u8]) -> Result<Self, Malformed> {
        if value.len() > LONGEST {
            return Err(Malformed);
        }
        let control = value
            .iter()
            .any(|octet| octet.is_ascii_control() && *octet != b'\t');
        if control {
            Err(Malformed)
        } else {
            Ok(Self { rest: value })
        }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes one octet if it comes next.
    pub(crate) fn eat(&mut self, octet: u8) -> bool {
        match self.rest.split_first() {
            Some((&first, rest)) if first == octet => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes the octets that `wanted` holds for; there may be none.
    pub(crate) fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self
            .rest
            .iter()
            .position(|&octet| !wanted(octet))
            .unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// Passes over blanks and comments, nested ones too.
    pub(crate) fn skip_cfws(&mut self) -> Result<(), Malformed> {
        self.comments().map(drop)
    }

    /// Passes over blanks and comments, and returns each comment as written, without its parentheses.
    pub(crate) fn comments(&mut self) -> Result<Vec<&'a [u8]>, Malformed> {
        let mut comments = Vec::new();
        loop {
            self.take_while(is_blank);
            if !self.eat(b'(') {
                return Ok(comments);
            }
            let begin = self.rest;
            self.skip_comment()?;
            let length = begin.len() - self.rest.len() - 1;
            comments.push(begin.get(..length).unwrap_or_default());
        }
    }

    /// Passes over a comment whose parenthesis was taken; counts, so that depth costs no stack.
    fn skip_comment(&mut self) -> Result<(), Malformed> {
        let mut open = 1_usize;
        while open > 0 {
            match self.next().ok_or(Malformed)? {
                b'(' => open += 1,
                b')' => open -= 1,
                b'\\' => {
                    self.next().ok_or(Malformed)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes a quoted string and returns its text.
    pub(crate) fn quoted_string(&mut self) -> Result<Vec<u8>, Malformed> {
        if !self.eat(b'"') {
            return Err(Malformed);
        }
        let mut text = Vec::new();
        loop {
            match self.next().ok_or(Malformed)? {
                b'"' => return Ok(text),
                b'\\' => text.push(self.next().ok_or(Malformed)?),
                octet => text.push(octet),
            }
        }
    }

    fn next(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }
}

pub(crate) fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

/// `atext` of RFC 5322 with RFC 6532: what an unquoted word is made of, the dot aside.
pub(crate) fn is_atext(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || !octet.is_ascii() || b"!#$%&'*+-/=?^_`{|}~".contains(&octet)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after_cfws(value: &str) -> Option<String> {
        let mut lexer = Lexer::new(value.as_bytes()).ok()?;
        lexer.skip_cfws().ok()?;
        Some(String::from_utf8_lossy(lexer.rest).into_owned())
    }

    #[test]
    fn comments_are_passed_over() {
        assert_eq!(after_cfws(" \t(a(b)c)(\\)\\() x").as_deref(), Some("x"));
        assert_eq!(after_cfws("").as_deref(), Some(""));
        assert_eq!(after_cfws("(a(b)"), None);
        assert_eq!(after_cfws("(a\\"), None);
        assert_eq!(after_cfws(&"(".repeat(1_000_000)), None);
    }

    #[test]
    fn what_is_too_long_is_refused() {
        assert!(after_cfws(&"(".repeat(LONGEST)).is_none());
        assert!(after_cfws(&"a".repeat(LONGEST)).is_some());
        assert!(after_cfws(&"a".repeat(LONGEST + 1)).is_none());
    }

    #[test]
    fn control_characters_are_refused() {
        assert_eq!(after_cfws("a\0b"), None);
        assert_eq!(after_cfws("a\rb"), None);
        assert!(after_cfws("a\tb").is_some());
    }

    #[test]
    fn quoted_strings_are_read() {
        let read = |value: &str| Lexer::new(value.as_bytes()).ok()?.quoted_string().ok();
        assert_eq!(
            read("\"a\\\"b\\\\ (c)\" d").as_deref(),
            Some(b"a\"b\\ (c)".as_slice())
        );
        assert_eq!(read("\"open"), None);
        assert_eq!(read("\"open\\"), None);
        assert_eq!(read("a"), None);
    }
}
