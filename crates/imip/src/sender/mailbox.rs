//! The one address in a From or Sender field (RFC 5322 section 3.4, RFC 6532), read so that nobody is fooled.
//!
//! Whatever two readers could take for two different addresses is nobody's: several addresses,
//! groups, routes, an unquoted second `@`, control characters, an encoded word in the address, and
//! letters that case folding makes those of another address. Encoded words are never decoded here.

use std::fmt;

use super::domain;
use crate::header;
use crate::lexer::{Lexer, Malformed, is_atext};

/// A mail address as a From field names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    local_part: String,
    /// ASCII letters in lower case.
    domain: String,
}

/// Why a header names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Nobody {
    /// There is no such field.
    #[error("there is no such field")]
    Missing,
    /// The field stands there more than once.
    #[error("the field stands there more than once")]
    SeveralFields,
    /// The field names more than one address.
    #[error("the field names several addresses")]
    SeveralAddresses,
    /// The field is empty, a group, or not as its grammar says.
    #[error("the field names no address, or not clearly")]
    Unclear,
}

impl Mailbox {
    /// The address in the only field called `name`.
    pub fn of_header(header: &[u8], name: &str) -> Result<Self, Nobody> {
        let mut fields = header::named(header, name);
        let field = fields.next().ok_or(Nobody::Missing)?;
        if fields.next().is_some() {
            return Err(Nobody::SeveralFields);
        }
        let value = field.value();
        let tokens = tokens(&value).map_err(|Malformed| Nobody::Unclear)?;
        if tokens.contains(&Token::Special(b',')) {
            return Err(Nobody::SeveralAddresses);
        }
        mailbox(&tokens).ok_or(Nobody::Unclear)
    }

    /// Reads a bare address such as `alice@example.com`.
    #[must_use]
    pub fn parse(address: &str) -> Option<Self> {
        addr_spec(&tokens(address.as_bytes()).ok()?)
    }

    /// What stands before the `@`; its quotes are gone where it needs none.
    #[must_use]
    pub fn local_part(&self) -> &str {
        &self.local_part
    }

    /// What stands after the `@`, ASCII letters in lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The address as SMTP carries it, its domain in A-labels (RFC 5890 section 2.3.2.1): where the
    /// local part is ASCII, a relay without SMTPUTF8 takes it too.
    #[must_use]
    pub fn to_wire(&self) -> String {
        format!("{}@{}", self.local_part, domain::a_labels(&self.domain))
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local_part, self.domain)
    }
}

/// Octets of the longest address: 64 before the `@` and 255 after it (RFC 5321 section 4.5.3.1).
///
/// The parts have no bounds of their own: the tokens of iCloud are longer than 64.
const LONGEST: usize = 320;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A run of `atext` and dots.
    Atom(String),
    Quoted(String),
    Special(u8),
}

fn tokens(value: &[u8]) -> Result<Vec<Token>, Malformed> {
    let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).map_err(|_| Malformed);
    let mut lexer = Lexer::new(value)?;
    let mut tokens = Vec::new();
    loop {
        lexer.skip_cfws()?;
        let token = match lexer.peek() {
            None => return Ok(tokens),
            Some(b'"') => Token::Quoted(text(&lexer.quoted_string()?)?),
            Some(octet) if is_word(octet) => Token::Atom(text(lexer.take_while(is_word))?),
            Some(octet @ (b'<' | b'>' | b'@' | b',' | b':' | b';')) => {
                lexer.eat(octet);
                Token::Special(octet)
            }
            Some(_) => return Err(Malformed),
        };
        tokens.push(token);
    }
}

fn is_word(octet: u8) -> bool {
    is_atext(octet) || octet == b'.'
}

/// `phrase <addr-spec>` or `addr-spec`.
fn mailbox(tokens: &[Token]) -> Option<Mailbox> {
    let Some(open) = tokens
        .iter()
        .position(|token| *token == Token::Special(b'<'))
    else {
        return addr_spec(tokens);
    };
    let (phrase, angle) = tokens.split_at_checked(open)?;
    let address = addr_spec(
        angle
            .strip_prefix(&[Token::Special(b'<')])?
            .strip_suffix(&[Token::Special(b'>')])?,
    )?;
    let words_only = !phrase
        .iter()
        .any(|token| matches!(token, Token::Special(_)));
    // Some senders write the address itself, unquoted, for the name; another address there is a trick.
    (words_only || addr_spec(phrase).as_ref() == Some(&address)).then_some(address)
}

fn addr_spec(tokens: &[Token]) -> Option<Mailbox> {
    let [local_part, Token::Special(b'@'), Token::Atom(domain)] = tokens else {
        return None;
    };
    let local_part = match local_part {
        Token::Atom(atom) => atom.clone(),
        Token::Quoted(text) => unquoted(text),
        Token::Special(_) => return None,
    };
    let is_short = local_part.len() + 1 + domain.len() <= LONGEST;
    let is_sure = is_short && is_unmistakable(&local_part) && is_domain(domain);
    is_sure.then(|| Mailbox {
        local_part,
        domain: domain.to_ascii_lowercase(),
    })
}

/// Whether all readers see the same local part: no blanks but the quoted one, nothing that some
/// decode as an encoded word, nothing that folds into another's.
fn is_unmistakable(local_part: &str) -> bool {
    let is_plain = |letter: char| letter == ' ' || !(letter.is_whitespace() || letter.is_control());
    !local_part.contains("=?")
        && local_part.chars().all(is_plain)
        && !local_part.chars().any(folds_into_ascii)
}

/// Whether a letter from elsewhere is an ASCII one in lower case, as the Kelvin sign is a `k`.
fn folds_into_ascii(letter: char) -> bool {
    !letter.is_ascii() && letter.to_lowercase().any(|lower| lower.is_ascii())
}

/// A quoted local part means the same without quotes where it could do without.
fn unquoted(text: &str) -> String {
    let is_dot_atom = text
        .split('.')
        .all(|atom| !atom.is_empty() && atom.bytes().all(is_atext));
    if is_dot_atom {
        text.to_owned()
    } else {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// Labels of letters, digits and hyphens; IDN labels in either form, which are never the same.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_'))
    };
    domain.split('.').all(is_label) && !domain.chars().any(folds_into_ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(value: &str) -> Result<String, Nobody> {
        header_from(&format!("Subject: x\r\nFrom: {value}\r\n\r\n"))
    }

    fn header_from(header: &str) -> Result<String, Nobody> {
        Mailbox::of_header(header.as_bytes(), "From").map(|mailbox| mailbox.to_string())
    }

    #[test]
    fn one_address_is_the_sender() {
        for (value, address) in [
            ("a@b.c", "a@b.c"),
            ("<a@B.C>", "a@b.c"),
            ("Alice <Alice@Example.com>", "Alice@example.com"),
            ("\"Smith, Alice\" <a@b.c>", "a@b.c"),
            ("\"x@y.z\" <a@b.c>", "a@b.c"),
            ("\"\\\" <x@y.z>\" <a@b.c>", "a@b.c"),
            ("A. B. Smith <a@b.c>", "a@b.c"),
            ("(x@y.z) a@b.c (, d@e.f)", "a@b.c"),
            ("A (<x@y.z>) <a(x)@(y)b.c>(z)", "a@b.c"),
            ("A\r\n <a@b.c>", "a@b.c"),
            ("A <a@b.c>\r\n", "a@b.c"),
            ("a@b.c <a@b.c>", "a@b.c"),
            ("\"alice\"@b.c", "alice@b.c"),
            ("\"a b\"@b.c", "\"a b\"@b.c"),
            ("\"x@y.z\"@b.c", "\"x@y.z\"@b.c"),
            ("\"a\\\"\\\\\"@b.c", "\"a\\\"\\\\\"@b.c"),
            ("=?utf-8?Q?x=40y.z?= <a@b.c>", "a@b.c"),
            ("=?utf-8?Q?=3Cx=40y=2Ez=3E?= <a@b.c>", "a@b.c"),
            (
                "J\u{f6}rg <j\u{f6}rg@b\u{fc}cher.example>",
                "j\u{f6}rg@b\u{fc}cher.example",
            ),
            ("a+tag@b.c", "a+tag@b.c"),
            ("a..b.@b.c", "a..b.@b.c"),
        ] {
            assert_eq!(from(value).as_deref(), Ok(address), "{value}");
        }
    }

    #[test]
    fn two_addresses_are_nobody() {
        for value in [
            "a@b.c, d@e.f",
            "A <a@b.c>, <d@e.f>",
            "a@b.c,",
            ",a@b.c",
            "x: a@b.c, d@e.f;",
        ] {
            assert_eq!(from(value), Err(Nobody::SeveralAddresses), "{value}");
        }
    }

    #[test]
    fn two_fields_are_nobody() {
        assert_eq!(
            header_from("From: a@b.c\r\nfrom : a@b.c\r\n\r\n"),
            Err(Nobody::SeveralFields)
        );
        assert_eq!(
            header_from("Sender: a@b.c\r\n\r\nFrom: a@b.c\r\n"),
            Err(Nobody::Missing)
        );
    }

    #[test]
    fn what_is_unclear_is_nobody() {
        for value in [
            "",
            "Alice",
            "<>",
            "<a@b.c",
            "a@b.c>",
            "<a@b.c> x",
            "<a@b.c> <d@e.f>",
            "<<a@b.c>>",
            "d@e.f <a@b.c>",
            "A d@e.f <a@b.c>",
            "<@x.y:a@b.c>",
            "<@x.y,@z.w:a@b.c>",
            "x: a@b.c;",
            "undisclosed:;",
            "A <x: a@b.c>",
            "a b@b.c",
            "a@b@c.d",
            "a@b.c d",
            "a@",
            "@b.c",
            "a@[127.0.0.1]",
            "a@b..c",
            "a@b.c.",
            "a@.b",
            "a@b/c",
            "a@\"b.c\"",
            "\"a@b.c",
            "(a@b.c",
            "a\\@b.c",
            "a\0@b.c",
            "a@b.c\0.example",
            "\"a\"\"b\"@b.c",
            "=?utf-8?Q?a=40b=2Ec?=",
            "=?utf-8?Q?x?=@b.c",
            "a;b@c.d",
        ] {
            let nobody = from(value);
            assert!(
                matches!(nobody, Err(Nobody::Unclear | Nobody::SeveralAddresses)),
                "{value}: {nobody:?}"
            );
        }
        assert_eq!(
            Mailbox::of_header(b"From: \xFF@b.c\r\n\r\n", "From"),
            Err(Nobody::Unclear)
        );
    }

    #[test]
    fn lookalikes_differ() {
        let of = |address: &str| Mailbox::parse(address).unwrap();
        assert_eq!(of("a@EXAMPLE.com"), of("a@example.COM"));
        assert_ne!(of("A@example.com"), of("a@example.com"));
        assert_ne!(of("a@b\u{fc}cher.example"), of("a@xn--bcher-kva.example"));
        assert_ne!(of("a@ex\u{430}mple.com"), of("a@example.com"));
        assert_eq!(Mailbox::parse("A <a@b.c>"), None);
        assert_eq!(Mailbox::parse("mailto:a@b.c"), None);
    }
}
