//! What is read of a field, and which fields are believed (RFC 8601, rule B1).

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
        let properties = properties
            .map(|property| format!(" {}.{}={}", property.ptype, property.name, property.value));
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
    let read = read("mx.x; dkim=pass policy.d=a.b body.d=a.b x-header.d=a.b header.d=c.d").unwrap();
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
