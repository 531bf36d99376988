//! Tokens of a script (RFC 5228 section 8.1).

use crate::error::{CompileError, Position};
use crate::limits::Limits;

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    Identifier(String),
    Tag(String),
    Number(u64),
    String(String),
    /// The lines of one comment.
    Comment(Vec<String>),
    /// One of `[ ] ( ) { } , ;`.
    Mark(char),
    End,
}

/// A token and where it begins.
#[derive(Debug, Clone)]
pub(crate) struct Located {
    pub(crate) token: Token,
    pub(crate) at: Position,
}

/// Reads tokens one by one; after an error that it can't get past it is at the end.
#[derive(Debug)]
pub(crate) struct Lexer<'s> {
    rest: &'s str,
    position: Position,
    string_length: usize,
}

type Lexed<T> = Result<T, CompileError>;

impl<'s> Lexer<'s> {
    pub(crate) fn new(source: &'s str, limits: &Limits) -> Self {
        Lexer {
            rest: source.strip_prefix('\u{feff}').unwrap_or(source),
            position: Position::default(),
            string_length: limits.string_length,
        }
    }

    /// The next token; [`Token::End`] again and again at the end.
    pub(crate) fn next_token(&mut self) -> Lexed<Located> {
        self.skip_while(|c| matches!(c, ' ' | '\t' | '\r' | '\n'));
        let at = self.position;
        let token = match self.rest.chars().next() {
            None => Token::End,
            Some('#') => self.hash_comment(),
            Some('/') if self.rest.starts_with("/*") => self.bracket_comment()?,
            Some('"') => self.quoted_string()?,
            Some(':') => self.tag()?,
            Some(c @ ('[' | ']' | '(' | ')' | '{' | '}' | ',' | ';')) => {
                self.advance(1);
                Token::Mark(c)
            }
            Some(c) if c.is_ascii_digit() => self.number()?,
            Some(c) if is_identifier_start(c) => self.identifier()?,
            Some(c) => return Err(self.stray(c)),
        };
        Ok(Located { token, at })
    }

    fn stray(&mut self, c: char) -> CompileError {
        let at = self.position;
        self.advance(c.len_utf8());
        let hint = match c {
            '“' | '”' | '„' | '\'' | '‘' | '’' => {
                "; strings stand in straight double quotes: \"…\""
            }
            '/' => "; a comment begins with # or with /*",
            _ => "; text belongs inside double quotes",
        };
        CompileError::new(
            at,
            format!("the character {} has no meaning here{hint}", shown(c)),
        )
    }

    /// Moves over `octets` and keeps count of lines and columns.
    fn advance(&mut self, octets: usize) -> &'s str {
        let (passed, rest) = self
            .rest
            .split_at_checked(octets)
            .unwrap_or((self.rest, ""));
        for c in passed.chars() {
            if c == '\n' {
                self.position.line = self.position.line.saturating_add(1);
                self.position.column = 1;
            } else {
                self.position.column = self.position.column.saturating_add(1);
            }
        }
        self.rest = rest;
        passed
    }

    fn skip_while(&mut self, wanted: impl Fn(char) -> bool) -> &'s str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        self.advance(end)
    }

    fn hash_comment(&mut self) -> Token {
        let line = self.skip_while(|c| c != '\n');
        let text = line.strip_prefix('#').unwrap_or(line);
        let text = text.strip_suffix('\r').unwrap_or(text);
        Token::Comment(vec![text.strip_prefix(' ').unwrap_or(text).to_owned()])
    }

    fn bracket_comment(&mut self) -> Lexed<Token> {
        let at = self.position;
        let body = self.rest.get(2..).unwrap_or_default();
        let Some(length) = body.find("*/") else {
            return Err(self.unended(at, "comment", "write */ where it ends"));
        };
        self.advance(length + 4);
        let text = body.get(..length).unwrap_or_default().trim();
        Ok(Token::Comment(
            text.lines().map(|line| line.trim().to_owned()).collect(),
        ))
    }

    /// What began at `at` never ends, so the rest of the source is lost with it.
    fn unended(&mut self, at: Position, what: &str, remedy: &str) -> CompileError {
        self.advance(self.rest.len());
        CompileError::new(
            at,
            format!("the {what} that begins here never ends; {remedy}"),
        )
    }

    fn quoted_string(&mut self) -> Lexed<Token> {
        let at = self.position;
        let body = self.rest.get(1..).unwrap_or_default();
        let Some(length) = closing_quote(body) else {
            return Err(self.unended(at, "string", "write \" where it ends"));
        };
        self.advance(length + 2);
        let raw = body.get(..length).unwrap_or_default();
        self.checked(at, unescape(raw))
    }

    fn checked(&self, at: Position, string: String) -> Lexed<Token> {
        if string.len() > self.string_length {
            return Err(CompileError::new(
                at,
                format!(
                    "this string has {} octets, more than the {} allowed; shorten it",
                    string.len(),
                    self.string_length
                ),
            ));
        }
        if string.contains('\0') {
            return Err(CompileError::new(
                at,
                "this string holds a NUL character; remove it",
            ));
        }
        Ok(Token::String(string))
    }

    fn tag(&mut self) -> Lexed<Token> {
        let at = self.position;
        self.advance(1);
        let name = self.skip_while(is_identifier_part);
        if name.starts_with(is_identifier_start) {
            return Ok(Token::Tag(name.to_owned()));
        }
        Err(CompileError::new(
            at,
            "a colon begins a tag and a name must follow it, as in :contains",
        ))
    }

    fn number(&mut self) -> Lexed<Token> {
        let at = self.position;
        let digits = self.skip_while(|c| c.is_ascii_digit());
        let unit = self.skip_while(is_identifier_part);
        let shift = match unit {
            "" => 0,
            "k" | "K" => 10,
            "m" | "M" => 20,
            "g" | "G" => 30,
            _ => {
                return Err(CompileError::new(
                    at,
                    format!(
                        "{digits}{} is not a number; a number may end in K, M or G",
                        shortened(unit)
                    ),
                ));
            }
        };
        let number = digits.parse::<u64>().ok();
        let number = number.and_then(|number| number.checked_mul(1 << shift));
        number.map(Token::Number).ok_or_else(|| {
            CompileError::new(
                at,
                format!("this number is too large; the largest is {}", u64::MAX),
            )
        })
    }

    fn identifier(&mut self) -> Lexed<Token> {
        let at = self.position;
        let name = self.skip_while(is_identifier_part);
        if name.eq_ignore_ascii_case("text") && self.rest.starts_with(':') {
            self.advance(1);
            return self.multi_line(at);
        }
        Ok(Token::Identifier(name.to_owned()))
    }

    fn multi_line(&mut self, at: Position) -> Lexed<Token> {
        let first = self
            .skip_while(|c| c != '\n')
            .trim_matches([' ', '\t', '\r']);
        self.advance(1);
        if !first.is_empty() && !first.starts_with('#') {
            return Err(CompileError::new(
                at,
                "nothing but a comment may follow text: on its line; begin the text on the next line",
            ));
        }
        let Some((text, octets)) = dotted_text(self.rest) else {
            return Err(self.unended(at, "text", "write a line with a single dot where it ends"));
        };
        self.advance(octets);
        self.checked(at, text)
    }
}

fn is_identifier_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_identifier_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Where the quote that ends the string stands.
fn closing_quote(body: &str) -> Option<usize> {
    let mut escaped = false;
    body.bytes().position(|octet| {
        let closes = octet == b'"' && !escaped;
        escaped = octet == b'\\' && !escaped;
        closes
    })
}

fn unescape(raw: &str) -> String {
    let mut string = String::with_capacity(raw.len());
    let mut escaped = false;
    for c in raw.chars() {
        if c == '\\' && !escaped {
            escaped = true;
            continue;
        }
        escaped = false;
        string.push(c);
    }
    string
}

/// The text up to the line with a lone dot, unstuffed, and the octets that it took with that line's dot.
fn dotted_text(source: &str) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut octets = 0;
    for line in source.split_inclusive('\n') {
        if matches!(line, ".\n" | ".\r\n" | ".") {
            return Some((text, octets + 1));
        }
        octets += line.len();
        text.push_str(line.strip_prefix('.').unwrap_or(line));
    }
    None
}

fn shown(c: char) -> String {
    if c.is_control() {
        format!("U+{:04X}", u32::from(c))
    } else {
        format!("{c:?}").replace('\'', "")
    }
}

/// The beginning of a text from the script, short enough for a message.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(source: &str) -> Vec<Token> {
        let mut lexer = Lexer::new(source, &Limits::default());
        let mut tokens = Vec::new();
        loop {
            match lexer.next_token().unwrap().token {
                Token::End => return tokens,
                token => tokens.push(token),
            }
        }
    }

    fn error(source: &str) -> String {
        let mut lexer = Lexer::new(source, &Limits::default());
        loop {
            match lexer.next_token() {
                Ok(Located {
                    token: Token::End, ..
                }) => panic!("no error in {source}"),
                Ok(_) => {}
                Err(error) => return error.to_string(),
            }
        }
    }

    #[test]
    fn strings_unescape_and_unstuff() {
        assert_eq!(
            tokens(r#""a\"b\\c\d""#),
            [Token::String(r#"a"b\cd"#.into())]
        );
        assert_eq!(
            tokens("text: # why\r\n..a\r\nb.\r\n.\r\n;"),
            [Token::String(".a\r\nb.\r\n".into()), Token::Mark(';')]
        );
        assert_eq!(tokens("TEXT:\n."), [Token::String(String::new())]);
    }

    #[test]
    fn numbers_take_units() {
        assert_eq!(
            tokens("7 100K 2m 1G"),
            [7, 102_400, 2 << 20, 1 << 30].map(Token::Number)
        );
        assert_eq!(
            error("100Kb"),
            "line 1, column 1: 100Kb is not a number; a number may end in K, M or G"
        );
        assert!(error("99999999999999999999").contains("too large"));
        assert!(error("17179869184G").contains("too large"));
    }

    #[test]
    fn comments_keep_their_lines() {
        assert_eq!(
            tokens("#  a\r\n/* b\n * c */ /**/ /*/x*/"),
            [
                Token::Comment(vec![" a".into()]),
                Token::Comment(vec!["b".into(), "* c".into()]),
                Token::Comment(vec![]),
                Token::Comment(vec!["/x".into()]),
            ]
        );
    }

    #[test]
    fn errors_say_where_and_how_to_mend() {
        assert_eq!(
            error("keep;\n  \"abc"),
            "line 2, column 3: the string that begins here never ends; write \" where it ends"
        );
        assert_eq!(
            error("ä"),
            "line 1, column 1: the character ä has no meaning here; text belongs inside double quotes"
        );
        assert!(error("/* x").contains("write */"));
        assert!(error("text:\nx\n").contains("single dot"));
        assert!(error("text: x\n.\n").contains("next line"));
        assert!(error(": is").contains("a colon begins a tag"));
        assert!(error("\0").contains("U+0000"));
        assert!(error("\"\0\"").contains("NUL"));
        assert!(error("\"\\\"").contains("never ends"));
    }
}
