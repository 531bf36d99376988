//! Which parts are candidates, and that they come out verbatim (RFC 2046 section 5.1).

use imip::Part;

use crate::mail::{event, invitation, mail, multipart, part, walk};

fn bodies(mail: &str) -> Vec<String> {
    let crlf = walk(mail);
    let lf = walk(mail.replace("\r\n", "\n"));
    let text = |part: &Part| String::from_utf8(part.body.clone()).unwrap();
    let bodies: Vec<_> = crlf.parts.iter().map(text).collect();
    let lf_bodies: Vec<_> = lf.parts.iter().map(text).collect();
    assert_eq!(
        lf_bodies,
        bodies
            .iter()
            .map(|body| body.replace("\r\n", "\n"))
            .collect::<Vec<_>>()
    );
    bodies
}

#[test]
fn a_part_is_kept_verbatim() {
    let part =
        "Content-Type: text/calendar;\r\n\tmethod=REQUEST\r\nX-Odd:  y \r\n\r\nBEGIN\r\n\r\nEND";
    let found = walk(mail(&multipart("mixed", "b", &[part.to_owned()])));
    let header = part.find("BEGIN").unwrap();
    assert_eq!(
        found.parts,
        [Part {
            header: part.as_bytes()[..header].to_vec(),
            body: part.as_bytes()[header..].to_vec()
        }]
    );
    assert!(found.header.ends_with(b"boundary=\"b\"\r\n\r\n"));
    assert_eq!(found.header_length, found.header.len() as u64);
}

#[test]
fn the_message_may_be_the_part() {
    let found = walk(mail(&part("text/calendar", "BEGIN\r\n--b\r\nEND\r\n")));
    assert_eq!(
        found.parts,
        [Part {
            header: Vec::new(),
            body: b"BEGIN\r\n--b\r\nEND\r\n".to_vec()
        }]
    );
    assert!(
        found
            .header
            .ends_with(b"Content-Type: text/calendar\r\n\r\n")
    );
}

#[test]
fn candidates_are_found_at_any_depth() {
    let deep = (0..20).fold(part("text/calendar", "X"), |inner, level| {
        multipart("mixed", &format!("b{level}"), &[inner])
    });
    assert_eq!(bodies(&mail(&deep)), ["X"]);
    let related = multipart(
        "related",
        "c",
        &[part("text/calendar", "X"), part("text/html", "y")],
    );
    let alternative = multipart("alternative", "b", &[part("text/plain", "z"), related]);
    let signed = multipart("signed", "a", &[alternative, part("application/ics", "Y")]);
    assert_eq!(bodies(&mail(&signed)), ["X", "Y"]);
}

#[test]
fn nothing_inside_a_forwarded_message_is_a_candidate() {
    let forwarded = part(
        "message/rfc822",
        &mail(&multipart("mixed", "c", &[part("text/calendar", "X")])),
    );
    assert!(
        bodies(&mail(&multipart(
            "mixed",
            "b",
            std::slice::from_ref(&forwarded)
        )))
        .is_empty()
    );
    let after = multipart("mixed", "b", &[forwarded, part("text/calendar", "Y")]);
    assert_eq!(bodies(&mail(&after)), ["Y"]);
}

#[test]
fn a_digest_holds_messages() {
    let child = format!(
        "\r\n{}",
        mail(&multipart("mixed", "c", &[part("text/calendar", "X")]))
    );
    let named = "Content-Disposition: attachment; filename=a.ics\r\n\r\nX".to_owned();
    let calendar = part("text/calendar", "Y");
    assert_eq!(
        bodies(&mail(&multipart("digest", "b", &[child, named, calendar]))),
        ["Y"]
    );
}

#[test]
fn a_missing_closing_delimiter_ends_with_the_mail() {
    let whole = mail(&multipart("mixed", "b", &[part("text/calendar", "X\r\n")]));
    let cut = whole.strip_suffix("\r\n--b--\r\n").unwrap();
    assert_eq!(bodies(cut), ["X\r\n"]);
    let inner = multipart("alternative", "c", &[part("text/calendar", "X")]);
    let inner_open = inner.replace("--c--\r\n", "");
    assert_eq!(
        bodies(&mail(&multipart(
            "mixed",
            "b",
            &[inner_open, part("application/ics", "Y")]
        ))),
        ["X\r\n", "Y"]
    );
}

#[test]
fn a_last_line_without_end_may_be_a_delimiter() {
    let whole = mail(&multipart("mixed", "b", &[part("text/calendar", "X")]));
    assert_eq!(bodies(whole.strip_suffix("\r\n").unwrap()), ["X"]);
    assert_eq!(bodies(whole.strip_suffix("--\r\n").unwrap()), ["X"]);
    assert_eq!(bodies(whole.strip_suffix("b--\r\n").unwrap()), ["X\r\n--"]);
}

#[test]
fn preamble_and_epilogue_hold_no_parts() {
    let inner = part("text/calendar", "X");
    let mail = mail(&format!(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n{inner}\r\n--b\r\n{inner}\r\n--b--\r\n{inner}\r\n--b\r\n{inner}\r\n--b--\r\n"
    ));
    assert_eq!(bodies(&mail), ["X"]);
}

#[test]
fn a_delimiter_may_have_blanks_behind_it() {
    let mail = mail(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b \t\r\nContent-Type: text/calendar\r\n\r\nX\r\n--bc\r\n--b-\r\n --b\r\n-- b\r\n--b--\t\r\nend",
    );
    assert_eq!(bodies(&mail), ["X\r\n--bc\r\n--b-\r\n --b\r\n-- b"]);
}

#[test]
fn a_part_may_be_empty_or_all_header() {
    let mail = mail(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n--b\r\nContent-Type: text/calendar\r\n--b\r\nContent-Type: text/calendar\r\n\r\n--b\r\nContent-Type: text/calendar\r\n\r\n\r\n--b\r\nContent-Type: text/calendar",
    );
    assert_eq!(bodies(&mail), ["", "", ""]);
}

#[test]
fn a_boundary_in_any_spelling_counts() {
    for boundary in [
        "b*0=\"x\"; boundary*1=y",
        "*=us-ascii''x%79",
        "=\"x\\y\"",
        "=xy",
        "=\"xy\"",
    ] {
        let field = boundary.replacen("b*0", "*0", 1);
        let mail = mail(&format!(
            "Content-Type: multipart/mixed; boundary{field}\r\n\r\n--xy\r\nContent-Type: text/calendar\r\n\r\nX\r\n--xy--\r\n"
        ));
        assert_eq!(bodies(&mail), ["X"], "{boundary}");
    }
}

#[test]
fn mail_without_candidates_costs_its_headers() {
    let plain = mail(&part("text/plain", &"--b\r\n".repeat(10_000)));
    let found = walk(&plain);
    assert!(found.parts.is_empty() && found.fault.is_none());
    assert_eq!(
        (found.cost.octets, found.cost.comparisons),
        (found.header_length, 0)
    );

    let attachment = part("application/pdf; name=a.pdf", &"QUJD\r\n".repeat(10_000));
    let mixed = mail(&multipart(
        "mixed",
        "b",
        &[part("text/plain", "x"), attachment],
    ));
    let found = walk(&mixed);
    let headers = "Content-Type: text/plain\r\n\r\n".len()
        + "Content-Type: application/pdf; name=a.pdf\r\n\r\n".len();
    let delimiters = "b\r\nb\r\nb--\r\n".len();
    assert_eq!(
        found.cost.octets,
        found.header_length + (headers + delimiters) as u64
    );
    assert_eq!(
        (found.cost.comparisons, found.cost.parts, found.cost.depth),
        (3, 2, 1)
    );
}

#[test]
fn the_parser_of_others_finds_the_same_bodies() {
    let data = event("REQUEST", "u", "");
    let invitation = invitation(&[
        ("text/calendar; method=REQUEST", data.clone()),
        ("application/ics; name=a.ics", data),
    ]);
    let message = mail_parser::MessageParser::default()
        .parse(invitation.as_bytes())
        .unwrap();
    let theirs: Vec<_> = message
        .parts
        .iter()
        .filter(|part| {
            let found = mail_parser::MimeHeaders::content_type(*part);
            found
                .and_then(|found| found.c_subtype.as_deref())
                .is_some_and(|kind| matches!(kind, "calendar" | "ics"))
        })
        .map(|part| String::from_utf8(part.contents().to_vec()).unwrap())
        .collect();
    assert_eq!(theirs, bodies(&invitation));
}
