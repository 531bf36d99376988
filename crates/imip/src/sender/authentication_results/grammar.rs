//! The grammar of the field (RFC 8601 section 2.2).

use super::{MethodResult, Property};
use crate::lexer::{Lexer, Malformed, is_blank};

/// The name of the server that says so.
pub(super) fn authserv_id(lexer: &mut Lexer<'_>) -> Result<String, Malformed> {
    lexer.skip_cfws()?;
    let id = value(lexer)?;
    match lexer.peek() {
        None | Some(b';' | b' ' | b'\t' | b'(') if !id.is_empty() => Ok(id),
        _ => Err(Malformed),
    }
}

/// Everything after the authserv-id: results, and methods of unknown versions. Of a field that is
/// malformed or of another version nothing counts.
pub(super) fn results(
    lexer: &mut Lexer<'_>,
) -> Result<(Vec<MethodResult>, Vec<String>), Malformed> {
    lexer.skip_cfws()?;
    let version = lexer.take_while(|octet| octet.is_ascii_digit());
    if !matches!(version, b"" | b"1") {
        return Err(Malformed);
    }
    let (mut results, mut unread) = (Vec::new(), Vec::new());
    loop {
        lexer.skip_cfws()?;
        if lexer.is_empty() {
            return Ok((results, unread));
        }
        if !lexer.eat(b';') {
            return Err(Malformed);
        }
        match resinfo(lexer)? {
            ResInfo::Nothing => {}
            ResInfo::Result(result) => results.push(result),
            ResInfo::OtherVersion(method) => unread.push(method),
        }
    }
}

/// What stands between two semicolons.
enum ResInfo {
    /// The word `none`, or nothing.
    Nothing,
    Result(MethodResult),
    /// A method of a version that is not known here (RFC 8601 section 2.6).
    OtherVersion(String),
}

fn resinfo(lexer: &mut Lexer<'_>) -> Result<ResInfo, Malformed> {
    lexer.skip_cfws()?;
    if is_at_end(lexer) {
        return Ok(ResInfo::Nothing);
    }
    let method = keyword(lexer)?;
    lexer.skip_cfws()?;
    let version = method_version(lexer)?;
    if !lexer.eat(b'=') {
        let is_none = method == "none" && version.is_none() && is_at_end(lexer);
        return if is_none {
            Ok(ResInfo::Nothing)
        } else {
            Err(Malformed)
        };
    }
    lexer.skip_cfws()?;
    let result = keyword(lexer)?;
    let properties = properties(lexer)?;
    if version.is_some_and(|version| version != b"1") {
        return Ok(ResInfo::OtherVersion(method));
    }
    Ok(ResInfo::Result(MethodResult {
        method,
        result,
        properties,
    }))
}

fn is_at_end(lexer: &Lexer<'_>) -> bool {
    matches!(lexer.peek(), None | Some(b';'))
}

fn method_version<'a>(lexer: &mut Lexer<'a>) -> Result<Option<&'a [u8]>, Malformed> {
    if !lexer.eat(b'/') {
        return Ok(None);
    }
    lexer.skip_cfws()?;
    let version = lexer.take_while(|octet| octet.is_ascii_digit());
    lexer.skip_cfws()?;
    if version.is_empty() {
        Err(Malformed)
    } else {
        Ok(Some(version))
    }
}

fn properties(lexer: &mut Lexer<'_>) -> Result<Vec<Property>, Malformed> {
    let mut properties = Vec::new();
    loop {
        lexer.skip_cfws()?;
        if is_at_end(lexer) {
            return Ok(properties);
        }
        properties.extend(property(lexer)?);
    }
}

/// `ptype.property=value`; `None` for `reason=value` and its like (Microsoft writes `action=none`).
fn property(lexer: &mut Lexer<'_>) -> Result<Option<Property>, Malformed> {
    let ptype = keyword(lexer)?;
    lexer.skip_cfws()?;
    let name = if lexer.eat(b'.') {
        lexer.skip_cfws()?;
        let name = keyword(lexer)?;
        lexer.skip_cfws()?;
        Some(name)
    } else {
        None
    };
    if !lexer.eat(b'=') {
        return Err(Malformed);
    }
    lexer.skip_cfws()?;
    let value = pvalue(lexer)?;
    Ok(name.map(|name| Property { ptype, name, value }))
}

/// Letters, digits, hyphens, and the underscores of some extensions; in lower case.
fn keyword(lexer: &mut Lexer<'_>) -> Result<String, Malformed> {
    let word =
        lexer.take_while(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'));
    if word.is_empty() {
        return Err(Malformed);
    }
    Ok(String::from_utf8_lossy(word).to_ascii_lowercase())
}

/// A token or a quoted string (RFC 2045 section 5.1, RFC 6532).
fn value(lexer: &mut Lexer<'_>) -> Result<String, Malformed> {
    let octets = match lexer.peek() {
        Some(b'"') => lexer.quoted_string()?,
        _ => lexer
            .take_while(|octet| !is_blank(octet) && !b"()<>@,;:\\\"/[]?=".contains(&octet))
            .to_vec(),
    };
    text(octets)
}

/// A value or an address, whose local part may be quoted; empty for the null reverse-path, which
/// servers write as `""`, `<>` or nothing.
///
/// An unquoted one may hold what a token may not: senders do not quote signatures or addresses.
fn pvalue(lexer: &mut Lexer<'_>) -> Result<String, Malformed> {
    let unquoted = |octet: u8| !is_blank(octet) && !b"()<>,;\\\"".contains(&octet);
    if lexer.eat(b'<') {
        let address = lexer.take_while(unquoted).to_vec();
        return if lexer.eat(b'>') {
            text(address)
        } else {
            Err(Malformed)
        };
    }
    let is_quoted = lexer.peek() == Some(b'"');
    let mut octets = if is_quoted {
        lexer.quoted_string()?
    } else {
        Vec::new()
    };
    let rest = lexer.take_while(unquoted);
    if is_quoted && !rest.is_empty() && !rest.starts_with(b"@") {
        return Err(Malformed);
    }
    octets.extend_from_slice(rest);
    text(octets)
}

fn text(octets: Vec<u8>) -> Result<String, Malformed> {
    String::from_utf8(octets).map_err(|_| Malformed)
}
