//! The Received fields of the site's own servers (RFC 5321 section 4.4, RFC 3848, RFC 6531).

use core::net::IpAddr;

use super::authentication_results::is_one_of;
use crate::header::{Field, named};
use crate::lexer::{Lexer, Malformed, is_blank};

/// Whether a trusted server took the mail from someone who had logged in.
///
/// Read from the top while `by` is a trusted authserv-id (rule B1), and only as far as the mail came
/// from inside: below a field of a stranger's connection stands what the stranger wrote.
pub fn was_submitted(header: &[u8], authserv_ids: &[String]) -> bool {
    for field in named(header, "Received") {
        match hop(&field, authserv_ids) {
            Hop::LoggedIn => return true,
            Hop::Inside => {}
            Hop::Outside => return false,
        }
    }
    false
}

/// Who handed the mail to the server that wrote a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hop {
    /// Someone who had logged in.
    LoggedIn,
    /// Another trusted server, or the same one.
    Inside,
    /// Anyone else, or nobody knows.
    Outside,
}

fn hop(field: &Field<'_>, authserv_ids: &[String]) -> Hop {
    let value = field.value();
    let clauses = clauses(&value).unwrap_or_default();
    let by = only(&clauses, "by").map(|clause| clause.value.as_str());
    let with = only(&clauses, "with").map_or("", |clause| clause.value.as_str());
    let inside = || only(&clauses, "from").is_some_and(|from| from.is_inside(authserv_ids));
    if !by.is_some_and(|by| is_one_of(by, authserv_ids)) {
        Hop::Outside
    } else if is_authenticated(with) {
        Hop::LoggedIn
    } else if is_lmtp(with) || inside() {
        Hop::Inside
    } else {
        Hop::Outside
    }
}

fn is_one_of_names(name: &str, names: &[&str]) -> bool {
    names.iter().any(|listed| listed.eq_ignore_ascii_case(name))
}

/// The protocols of RFC 3848 and RFC 6531 that end in A or SA.
fn is_authenticated(with: &str) -> bool {
    is_one_of_names(with, &["ESMTPA", "ESMTPSA", "UTF8SMTPA", "UTF8SMTPSA"])
}

/// LMTP is not spoken across the Internet (RFC 2033); its log-in is a server's, not a user's.
fn is_lmtp(with: &str) -> bool {
    let plain = ["LMTP", "LMTPS", "UTF8LMTP", "UTF8LMTPS"];
    let with_log_in = ["LMTPA", "LMTPSA", "UTF8LMTPA", "UTF8LMTPSA"];
    is_one_of_names(with, &plain) || is_one_of_names(with, &with_log_in)
}

/// One pair of words, such as `by mx.example.com`, and the comments after it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Clause {
    name: String,
    value: String,
    comments: Vec<String>,
}

impl Clause {
    /// Whether the connection of a `from` clause came from a trusted server or the same machine.
    ///
    /// The word itself is what the client called itself; the comment `(name [address])` is what the
    /// server saw (Postfix, Sendmail; Exim leaves the name out).
    fn is_inside(&self, authserv_ids: &[String]) -> bool {
        let mut seen = self.comments.iter().filter(|comment| comment.contains('['));
        let (Some(comment), None) = (seen.next(), seen.next()) else {
            return false;
        };
        let Some((name, address)) = comment.split_once('[') else {
            return false;
        };
        let address = address.split(']').next().unwrap_or_default();
        let address = address
            .strip_prefix("IPv6:")
            .unwrap_or(address)
            .parse::<IpAddr>();
        address.is_ok_and(|address| address.is_loopback() || is_one_of(name.trim(), authserv_ids))
    }
}

/// The clause of a name that stands there once.
fn only<'a>(clauses: &'a [Clause], name: &str) -> Option<&'a Clause> {
    let mut found = clauses
        .iter()
        .filter(|clause| clause.name.eq_ignore_ascii_case(name));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// The pairs of words before the date: what a client said of itself is in the value of `from` or in a
/// comment, and cannot become a clause.
fn clauses(value: &[u8]) -> Result<Vec<Clause>, Malformed> {
    let mut lexer = Lexer::new(value)?;
    let mut clauses: Vec<Clause> = Vec::new();
    loop {
        let comments = lexer
            .comments()?
            .into_iter()
            .map(|comment| String::from_utf8_lossy(comment).into_owned());
        if let Some(clause) = clauses.last_mut() {
            clause.comments.extend(comments);
        }
        let Some(name) = word(&mut lexer)? else {
            return Ok(clauses);
        };
        let Some(value) = word(&mut lexer)? else {
            return Ok(clauses);
        };
        clauses.push(Clause {
            name,
            value,
            comments: Vec::new(),
        });
    }
}

/// The next word; none before the date.
fn word(lexer: &mut Lexer<'_>) -> Result<Option<String>, Malformed> {
    lexer.skip_cfws()?;
    let octets = match lexer.peek() {
        None | Some(b';') => return Ok(None),
        Some(b'"') => lexer.quoted_string()?,
        Some(_) => lexer
            .take_while(|octet| !is_blank(octet) && !b"();\"".contains(&octet))
            .to_vec(),
    };
    if octets.is_empty() {
        return Err(Malformed);
    }
    String::from_utf8(octets).map(Some).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submitted(fields: &[&str]) -> bool {
        let header: String = fields
            .iter()
            .map(|field| format!("Received: {field}\r\n"))
            .collect();
        was_submitted(
            format!("{header}\r\n").as_bytes(),
            &["mx.us".to_owned(), "in.us".to_owned()],
        )
    }

    const LOGGED_IN: &str = "from laptop (client.isp [192.0.2.1])\r\n\t(Authenticated sender: alice)\r\n\tby mx.us (Postfix) with ESMTPSA id 1\r\n\tfor <b@c.d>; Thu, 1 Jan 2026 00:00:00 +0000";

    #[test]
    fn a_log_in_at_a_trusted_server_counts() {
        assert!(submitted(&[LOGGED_IN]));
        for with in ["ESMTPA", "esmtpsa", "UTF8SMTPA", "UTF8SMTPSA"] {
            assert!(submitted(&[&format!(
                "from x by MX.US with {with} (TLS1.3) tls TLS_AES; date"
            )]));
        }
        assert!(submitted(&[
            "from [192.0.2.1] (helo=x) by mx.us with esmtpsa (Exim) id 1; date"
        ]));
    }

    #[test]
    fn no_log_in_counts_for_nothing() {
        for with in [
            "ESMTP",
            "ESMTPS",
            "SMTP",
            "LMTPA",
            "ESMTPSAX",
            "(ESMTPSA)",
            "\"\" ESMTPSA",
        ] {
            assert!(
                !submitted(&[&format!("from x by mx.us with {with}; date")]),
                "{with}"
            );
        }
        assert!(!submitted(&[]));
    }

    #[test]
    fn reading_ends_at_the_first_untrusted_server() {
        assert!(!submitted(&[
            "from x by evil.example with SMTP; date",
            LOGGED_IN
        ]));
        assert!(!submitted(&["from x with ESMTPSA; date", LOGGED_IN]));
        assert!(!submitted(&["(", LOGGED_IN]));
    }

    #[test]
    fn reading_goes_on_inside() {
        for inside in [
            "from mx.us by in.us with LMTP id 1; date",
            "from mx.us ([192.0.2.7]) by in.us (Cyrus) with LMTPA; date",
            "from x (mx.us [192.0.2.7]) by in.us with ESMTPS; date",
            "from x (MX.us [IPv6:2001:db8::1]) (using TLSv1.3) by in.us with ESMTPS; date",
            "from localhost (localhost [127.0.0.1]) by mx.us with ESMTP; date",
            "from localhost ([::1] helo=x) by mx.us with esmtp; date",
        ] {
            assert!(submitted(&[inside, LOGGED_IN]), "{inside}");
        }
    }

    #[test]
    fn a_stranger_forges_no_log_in() {
        for outside in [
            "from mx.us (unknown [192.0.2.66]) by mx.us with ESMTP; date",
            "from mx.us by mx.us with ESMTP; date",
            "from x (mx.us [127.0.0.1]) (unknown [192.0.2.66]) by mx.us with ESMTP; date",
            "from x (mx.us 192.0.2.66) by mx.us with ESMTP; date",
            "from x (mx.us [192.0.2.66 [127.0.0.1]]) by mx.us with ESMTP; date",
            "from [127.0.0.1] (helo=x) by mx.us with esmtp; date",
            "by mx.us (Postfix, from userid 33) id 1; date",
        ] {
            assert!(!submitted(&[outside, LOGGED_IN]), "{outside}");
        }
    }

    #[test]
    fn a_client_forges_no_clause() {
        for field in [
            "from x (by mx.us with ESMTPSA) by evil.example with SMTP; date",
            "from by mx.us with ESMTPSA by mx.us with SMTP; date",
            "from \"x by mx.us with ESMTPSA\" by evil.example with SMTP; date",
            "from x by mx.us with SMTP; with ESMTPSA",
            "from x by mx.us by mx.us with ESMTPSA; date",
            "from x by mx.us with SMTP with ESMTPSA; date",
        ] {
            assert!(!submitted(&[field]), "{field}");
        }
    }
}
