//! The Authentication-Results field (RFC 8601).

use std::collections::BTreeSet;

use crate::header::{Field, named};
use crate::lexer::{Lexer, Malformed, is_blank};

/// One field of a trusted server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthenticationResults {
    /// The server that says so.
    pub authserv_id: String,
    /// What it says; none for `none`, for a version other than 1, and for a field that breaks the grammar.
    pub results: Vec<MethodResult>,
    /// The methods that it says something of which cannot be read.
    unread: Vec<String>,
}

/// The methods that rules B1 and B2 ask for.
const METHODS: [&str; 3] = ["dmarc", "dkim", "auth"];

/// One `method=result` and what it was found on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodResult {
    /// Such as `dkim`, in lower case.
    pub method: String,
    /// Such as `pass`, in lower case.
    pub result: String,
    properties: Vec<Property>,
}

/// One `ptype.property=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Property {
    ptype: String,
    name: String,
    value: String,
}

impl AuthenticationResults {
    /// Reads a field; `None` where not even its authserv-id can be read.
    #[must_use]
    pub fn read(field: &Field<'_>) -> Option<Self> {
        let value = field.value();
        let mut lexer = Lexer::new(&value).ok()?;
        let authserv_id = authserv_id(&mut lexer).ok()?;
        let (results, unread) =
            results(&mut lexer).unwrap_or_else(|Malformed| (Vec::new(), methods_named(&value)));
        Some(Self {
            authserv_id,
            results,
            unread,
        })
    }
}

/// Every method whose name stands anywhere in a value, if only in a comment.
fn methods_named(value: &[u8]) -> Vec<String> {
    let value = value.to_ascii_lowercase();
    let is_named = |method: &&str| memchr::memmem::find(&value, method.as_bytes()).is_some();
    let named = METHODS.into_iter().filter(is_named);
    named.map(str::to_owned).collect()
}

impl MethodResult {
    /// The value of a property such as `header.d`; none where it is given twice.
    #[must_use]
    pub fn property(&self, ptype: &str, name: &str) -> Option<&str> {
        let mut values = self
            .properties
            .iter()
            .filter(|property| property.ptype == ptype && property.name == name);
        let first = values.next()?;
        values.next().is_none().then_some(first.value.as_str())
    }
}

/// What the trusted servers say, read from the top; the first field of another ends the reading (rule B1).
///
/// Of each method the topmost field alone counts, with all its results: a server writes above what
/// came in with the mail, where a forger may have written its name too. A field that cannot be read
/// still keeps those below it from counting for each method that it names.
pub fn trusted<'a>(
    header: &'a [u8],
    authserv_ids: &'a [String],
) -> impl Iterator<Item = MethodResult> + 'a {
    let mut decided = BTreeSet::new();
    named(header, "Authentication-Results")
        .map_while(|field| {
            AuthenticationResults::read(&field)
                .filter(|read| is_one_of(&read.authserv_id, authserv_ids))
        })
        .flat_map(move |read| undecided(read, &mut decided))
}

/// A field's results of methods that no field above it decided; it decides them then.
fn undecided(
    mut field: AuthenticationResults,
    decided: &mut BTreeSet<String>,
) -> Vec<MethodResult> {
    field
        .results
        .retain(|result| !decided.contains(&result.method));
    let methods = field.results.iter().map(|result| result.method.clone());
    decided.extend(methods.chain(field.unread));
    field.results
}

/// Whether a host name is in a list, in any case.
pub(super) fn is_one_of(host: &str, hosts: &[String]) -> bool {
    hosts.iter().any(|listed| listed.eq_ignore_ascii_case(host))
}

fn authserv_id(lexer: &mut Lexer<'_>) -> Result<String, Malformed> {
    lexer.skip_cfws()?;
    let id = value(lexer)?;
    match lexer.peek() {
        None | Some(b';' | b' ' | b'\t' | b'(') if !id.is_empty() => Ok(id),
        _ => Err(Malformed),
    }
}

/// Everything after the authserv-id: results, and methods of unknown versions. Of a field that is
/// malformed or of another version nothing counts.
fn results(lexer: &mut Lexer<'_>) -> Result<(Vec<MethodResult>, Vec<String>), Malformed> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::fields;

    fn read(value: &str) -> Option<AuthenticationResults> {
        let header = format!("Authentication-Results: {value}\r\n\r\n");
        AuthenticationResults::read(&fields(header.as_bytes()).next()?)
    }

    /// Each result as `method=result ptype.property=value …`.
    fn results(value: &str) -> Vec<String> {
        let shown = |result: &MethodResult| {
            let properties = result.properties.iter();
            let properties = properties.map(|property| {
                format!(" {}.{}={}", property.ptype, property.name, property.value)
            });
            format!(
                "{}={}{}",
                result.method,
                result.result,
                properties.collect::<String>()
            )
        };
        read(value)
            .map(|read| read.results.iter().map(shown).collect())
            .unwrap_or_default()
    }

    #[test]
    fn the_forms_of_the_rfc_are_read() {
        assert_eq!(
            read("mx.example.org 1; none")
                .map(|read| read.authserv_id)
                .as_deref(),
            Some("mx.example.org")
        );
        assert!(results("mx.example.org 1; none").is_empty());
        assert!(results("mx.example.org").is_empty());
        assert_eq!(
            results("mx.example.com;\r\n spf=pass smtp.mailfrom=example.net"),
            ["spf=pass smtp.mailfrom=example.net"]
        );
        assert_eq!(
            results(
                "mx.example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=fail smtp.mailfrom=x.y"
            ),
            [
                "auth=pass smtp.auth=sender@example.net",
                "spf=fail smtp.mailfrom=x.y"
            ]
        );
        assert_eq!(
            results(
                "(a) mx.example.com (b) 1 (c); (d) DKIM (e) / (f) 1 (g) = (h) PASS (i) reason (j) = \"a; b\" (k) header (l) . (m) D (n) = (o) example.com (p)"
            ),
            ["dkim=pass header.d=example.com"]
        );
        assert_eq!(
            results("\"mx;x\"; dkim=pass header.d=a.b")[0],
            "dkim=pass header.d=a.b"
        );
        assert_eq!(results("mx; auth=pass smtp.auth=\"a b\"@c.d").len(), 1);
    }

    #[test]
    fn what_servers_really_write_is_read() {
        assert_eq!(
            results(
                "mx.google.com;\r\n dkim=pass header.i=@google.com header.s=20161025 header.b=a/b+c==;\r\n dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=google.com"
            ),
            [
                "dkim=pass header.i=@google.com header.s=20161025 header.b=a/b+c==",
                "dmarc=pass header.from=google.com"
            ]
        );
        assert_eq!(
            results(
                "mx.x;dkim=pass (signature was verified)\r\n header.d=email.apple.com;dmarc=pass action=none\r\n header.from=email.apple.com;compauth=pass reason=100"
            ),
            [
                "dkim=pass header.d=email.apple.com",
                "dmarc=pass header.from=email.apple.com",
                "compauth=pass"
            ]
        );
        assert_eq!(
            results("mx.x; dkim=pass header.d=a.b;"),
            ["dkim=pass header.d=a.b"]
        );
        assert_eq!(results("mx.x; dkim=none; x-tls.subject=a").len(), 0);
    }

    #[test]
    fn a_value_may_be_empty() {
        for empty in ["\"\"", "<>", ""] {
            let value = format!("mx.x; spf=none smtp.mailfrom={empty}; dkim=pass header.d=a.b");
            let expected = ["spf=none smtp.mailfrom=", "dkim=pass header.d=a.b"];
            assert_eq!(results(&value), expected, "{value}");
        }
        assert_eq!(
            results("mx.x; spf=none reason=\"\" smtp.mailfrom=<a@b.c> smtp.helo="),
            ["spf=none smtp.mailfrom=a@b.c smtp.helo="]
        );
    }

    #[test]
    fn quotes_and_comments_hide_nothing() {
        for value in [
            "mx.x; spf=fail (; dkim=pass header.d=a.b) smtp.mailfrom=c.d",
            "mx.x; spf=fail reason=\"; dkim=pass header.d=a.b\"",
            "mx.x; spf=fail smtp.mailfrom=\"; dkim=pass header.d=a.b; \"@c.d",
        ] {
            let read = read(value).unwrap();
            assert_eq!(read.results.len(), 1, "{value}");
            assert_eq!(read.results[0].method, "spf");
        }
    }

    #[test]
    fn a_malformed_field_says_nothing() {
        for value in [
            "mx.x; dkim=pass header.d=a.b; spf",
            "mx.x; dkim=pass header.d=a.b; spf=",
            "mx.x; dkim=pass header.d=a.b (",
            "mx.x; dkim=pass header.d=a.b \"x\"",
            "mx.x; dkim=pass header.d=\"a.b",
            "mx.x; dkim=pass header.d=\"a\"b",
            "mx.x dkim=pass header.d=a.b",
            "mx.x; dkim/=pass header.d=a.b",
            "mx.x; dkim=pass header.d=<a.b",
            "mx.x; dkim=pass header.d=a.b>",
            "mx.x; dkim=pass header.d=<a.b>c",
            "mx.x; dkim=pass header.d=\"\"a.b",
            "mx.x; dkim=pass header.d=a.b header.i",
        ] {
            let read = read(value).unwrap();
            assert_eq!(
                (read.authserv_id.as_str(), read.results.len()),
                ("mx.x", 0),
                "{value}"
            );
        }
    }

    /// RFC 8601 section 2.2: wherever its grammar has CFWS, comments, blanks and folds may stand.
    #[test]
    fn comments_may_stand_wherever_blanks_may() {
        let pieces = [
            "",
            "mx.us",
            " ",
            "1",
            "",
            ";",
            "",
            "dkim",
            "",
            "/",
            "",
            "1",
            "",
            "=",
            "",
            "pass",
            " ",
            "reason",
            "",
            "=",
            "",
            "\"ok; x\"",
            " ",
            "header",
            "",
            ".",
            "",
            "d",
            "",
            "=",
            "",
            "example.com",
            " ",
            "header",
            "",
            ".",
            "",
            "i",
            "",
            "=",
            "",
            "@example.com",
            "",
            ";",
            "",
            "spf",
            "",
            "=",
            "",
            "fail",
            "",
        ];
        let expected = [
            "dkim=pass header.d=example.com header.i=@example.com",
            "spf=fail",
        ];
        assert_eq!(results(&pieces.concat()), expected);
        for blank in [
            "(c)",
            " ((;) \\) \"=) ",
            "\r\n\t(c)\r\n (=dkim=fail)",
            " \t ",
        ] {
            for at in (0..pieces.len()).step_by(2) {
                let mut value = pieces;
                value[at] = blank;
                assert_eq!(results(&value.concat()), expected, "{value:?}");
            }
        }
    }

    #[test]
    fn words_are_read_in_any_case() {
        assert_eq!(
            results("MX.US; DKIM=PASS REASON=Ok HEADER.D=Example.COM; None"),
            ["dkim=pass header.d=Example.COM"]
        );
    }

    #[test]
    fn fields_of_other_names_are_not_read() {
        for name in [
            "ARC-Authentication-Results",
            "X-Authentication-Results",
            "Authentication-Results-Original",
            "Received-SPF",
        ] {
            let header = format!("{name}: mx.us; dmarc=pass header.from=a.b\r\n");
            let ids = ["mx.us".to_owned()];
            assert!(trusted(header.as_bytes(), &ids).next().is_none(), "{name}");
        }
    }

    #[test]
    fn property_types_are_told_apart() {
        let read =
            read("mx.x; dkim=pass policy.d=a.b body.d=a.b x-header.d=a.b header.d=c.d").unwrap();
        assert_eq!(read.results[0].property("header", "d"), Some("c.d"));
    }

    #[test]
    fn other_versions_say_nothing() {
        assert!(results("mx.x 2; dkim=pass header.d=a.b").is_empty());
        assert_eq!(
            results("mx.x; dkim/2=pass header.d=a.b; spf=pass"),
            ["spf=pass"]
        );
    }

    #[test]
    fn a_property_given_twice_has_no_value() {
        let read = read("mx.x; dkim=pass header.d=a.b header.d=c.d header.s=s").unwrap();
        assert_eq!(read.results[0].property("header", "d"), None);
        assert_eq!(read.results[0].property("header", "s"), Some("s"));
    }

    #[test]
    fn an_id_that_cannot_be_read_is_nobodys() {
        for value in [
            "",
            ";",
            "\"\"; spf=pass",
            "spf=pass smtp.mailfrom=a.b",
            "mx.x=y; spf=pass",
            "mx.x/y; spf=pass",
            "(mx.x",
            "mx.x\0",
        ] {
            assert_eq!(read(value), None, "{value}");
        }
    }

    #[test]
    fn reading_ends_at_the_first_untrusted_field() {
        let ids = ["mx.us".to_owned()];
        let methods = |header: &str| -> Vec<String> {
            trusted(header.as_bytes(), &ids)
                .map(|result| result.method)
                .collect()
        };
        let ours = "Authentication-Results: MX.us; spf=pass\r\n";
        let also_ours = "Authentication-Results: mx.us; arc=none\r\n";
        let forged = "authentication-results : mx.us; dkim=pass\r\n";
        let other = "Authentication-Results: mx.us.evil; dmarc=pass\r\n";
        let broken = "Authentication-Results: ;; dmarc=pass\r\n";
        assert_eq!(
            methods(&format!("A: b\r\n{ours}{also_ours}{other}{forged}")),
            ["spf", "arc"]
        );
        assert_eq!(methods(&format!("{ours}{broken}{forged}")), ["spf"]);
        assert!(methods(&format!("{other}{ours}")).is_empty());
        assert!(methods(&format!("\r\n{ours}")).is_empty());
        assert!(trusted(ours.as_bytes(), &[]).next().is_none());
    }

    /// What counts of these fields, from the top, as `method=result`.
    fn counted(values: &[&str]) -> Vec<String> {
        let fields = values
            .iter()
            .map(|value| format!("Authentication-Results: {value}\r\n"));
        trusted(fields.collect::<String>().as_bytes(), &["mx.us".to_owned()])
            .map(|result| format!("{}={}", result.method, result.result))
            .collect()
    }

    #[test]
    fn the_topmost_field_of_a_method_decides_it() {
        assert_eq!(
            counted(&["mx.us; dmarc=fail", "mx.us; dmarc=pass"]),
            ["dmarc=fail"]
        );
        assert_eq!(
            counted(&["mx.us; DKIM=none", "mx.us; dmarc=pass; dkim=pass"]),
            ["dkim=none", "dmarc=pass"]
        );
        assert_eq!(
            counted(&[
                "mx.us; none",
                "mx.us; spf=pass",
                "mx.us; spf=fail; auth=pass"
            ]),
            ["spf=pass", "auth=pass"]
        );
    }

    #[test]
    fn all_results_of_the_topmost_field_count() {
        assert_eq!(
            counted(&["mx.us; dkim=fail; dkim=pass", "mx.us; dkim=pass"]),
            ["dkim=fail", "dkim=pass"]
        );
    }

    #[test]
    fn a_field_that_cannot_be_read_decides_what_it_names() {
        let below = "mx.us; dmarc=pass; dkim=pass; auth=pass";
        for (above, expected) in [
            ("mx.us; DMARC=fail; spf=", "dkim=pass auth=pass"),
            ("mx.us 2; dmarc=fail; dkim=fail", "auth=pass"),
            ("mx.us; auth=fail smtp.auth=(", "dmarc=pass dkim=pass"),
            (
                "mx.us; spf=pass smtp.mailfrom=<",
                "dmarc=pass dkim=pass auth=pass",
            ),
            ("mx.us; dmarc/2=fail", "dkim=pass auth=pass"),
            ("mx.us; dkim / 01 = none; auth=none", "auth=none dmarc=pass"),
        ] {
            assert_eq!(counted(&[above, below]).join(" "), expected, "{above}");
        }
    }
}
