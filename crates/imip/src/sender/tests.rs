//! Rules B1, B2 and the spam sentence of B6.

mod results;
mod services;

use super::*;

const ORGANIZER: &str = "boss@corp.example";

fn trust() -> Trust {
    Trust {
        authserv_ids: vec!["mx.us".into()],
        own_domains: vec!["us.example".into()],
        services: SERVICES.to_vec(),
        spam_header: None,
    }
}

fn unasked() -> Trust {
    Trust {
        authserv_ids: Vec::new(),
        ..trust()
    }
}

fn spoken_for(address: &str, email: &str) -> SpokenFor {
    SpokenFor {
        address: Mailbox::parse(address),
        email: Mailbox::parse(email),
    }
}

/// Address and code of a mail with these fields.
fn judged(fields: &str, spoken_for: &SpokenFor, trust: &Trust) -> (String, &'static str) {
    let sender = judge(format!("{fields}\r\n\r\n").as_bytes(), spoken_for, trust);
    (
        sender.address.unwrap_or_default(),
        sender.authentication.code(),
    )
}

/// The code of a mail of boss@corp.example with this result.
fn code(result: &str) -> &'static str {
    let fields = format!("Authentication-Results: mx.us; {result}\r\nFrom: Boss <{ORGANIZER}>");
    judged(&fields, &SpokenFor::default(), &trust()).1
}

#[test]
fn b1_two_from_addresses_or_none_are_nobody() {
    let pass = "Authentication-Results: mx.us; dmarc=pass header.from=corp.example\r\n";
    for from in [
        "Subject: x",
        "From: a@corp.example, b@corp.example",
        "From: a@corp.example\r\nFrom: a@corp.example",
        "From: x",
    ] {
        for trust in [trust(), unasked()] {
            let found = judged(
                &format!("{pass}{from}"),
                &spoken_for(ORGANIZER, ORGANIZER),
                &trust,
            );
            assert_eq!(found, (String::new(), "failed"), "{from}");
        }
    }
}

#[test]
fn b1_the_envelope_proves_nothing() {
    assert_eq!(
        code("spf=pass smtp.mailfrom=boss@corp.example smtp.helo=corp.example"),
        "failed"
    );
    let fields = format!("Return-Path: <{ORGANIZER}>\r\nReceived-SPF: pass\r\nFrom: {ORGANIZER}");
    assert_eq!(judged(&fields, &SpokenFor::default(), &trust()).1, "failed");
}

#[test]
fn b1_lines_that_the_mail_begins_with_say_nothing() {
    let pass = "Authentication-Results: mx.us; dmarc=pass header.from=corp.example";
    let from = format!("From: {ORGANIZER}");
    for (lost, expected) in [
        (format!(" {pass}\r\n"), "failed"),
        (format!("\tx\r\n {pass}\r\n"), "failed"),
        (" , eve@evil.example\r\n".to_owned(), "failed"),
        (format!(" From: eve@evil.example\r\n{pass}\r\n"), "dmarc"),
        (
            format!(" Authentication-Results: mx.evil; none\r\n{pass}\r\n"),
            "dmarc",
        ),
    ] {
        assert_eq!(
            judged(&format!("{lost}{from}"), &SpokenFor::default(), &trust()),
            (ORGANIZER.to_owned(), expected),
            "{lost}"
        );
    }
}

#[test]
fn b1_own_domains_and_a_log_in() {
    let fields = |with: &str, by: &str, from: &str| {
        format!("Received: from x by {by} with {with}; date\r\nFrom: {from}")
    };
    let judge_own = |fields: String| judged(&fields, &SpokenFor::default(), &trust()).1;
    assert_eq!(
        judge_own(fields("ESMTPSA", "mx.us", "a@US.example")),
        "own-submission"
    );
    assert_eq!(
        judge_own(fields("ESMTPS", "mx.us", "a@us.example")),
        "failed"
    );
    assert_eq!(
        judge_own(fields("ESMTPSA", "mx.evil", "a@us.example")),
        "failed"
    );
    assert_eq!(
        judge_own(fields("ESMTPSA", "mx.us", "a@sub.us.example")),
        "failed"
    );
    assert_eq!(judge_own(fields("ESMTPSA", "mx.us", ORGANIZER)), "failed");
}

#[test]
fn b1_without_a_trusted_server_every_from_is_believed() {
    for result in [
        "",
        "Authentication-Results: mx.us; dmarc=fail header.from=corp.example\r\n",
    ] {
        let found = judged(
            &format!("{result}From: {ORGANIZER}"),
            &SpokenFor::default(),
            &unasked(),
        );
        assert_eq!(found, (ORGANIZER.to_owned(), "unverified"));
    }
}

#[test]
fn b1_who_fails_is_named_but_not_authenticated() {
    let sender = judge(
        format!("From: {ORGANIZER}\r\n\r\n").as_bytes(),
        &SpokenFor::default(),
        &trust(),
    );
    assert_eq!(
        (sender.address.as_deref(), sender.authenticated()),
        (Some(ORGANIZER), None)
    );
    assert_eq!(sender.notes, [SenderNote::NoResults]);
}

#[test]
fn b6_spam_by_the_configured_header() {
    let spam = |wanted: &str, fields: &str| {
        let trust = Trust {
            spam_header: Some(("X-Spam".into(), wanted.into())),
            ..trust()
        };
        is_spam(
            format!("{fields}\r\n\r\nX-Spam: Yes\r\n").as_bytes(),
            &trust,
        )
    };
    for fields in [
        "X-Spam: Yes",
        "x-spam:  YES ",
        "X-Spam: no\r\nX-Spam: Yes",
        "X-Spam: Yes, score=7",
    ] {
        assert!(spam("Yes", fields), "{fields}");
    }
    for fields in [
        "X-Spam: No",
        "X-Spam: Yesterday",
        "X-Spam:",
        "X-Spam-Flag: Yes",
        "A: b",
    ] {
        assert!(!spam("Yes", fields), "{fields}");
    }
    assert!(spam("", "X-Spam: anything"));
    assert!(!is_spam(b"X-Spam: Yes\r\n\r\n", &trust()));
}

/// The next variant, in an order that none can be left out of.
fn after(note: SenderNote) -> Option<SenderNote> {
    match note {
        SenderNote::Nobody(Nobody::Missing) => Some(SenderNote::Nobody(Nobody::SeveralFields)),
        SenderNote::Nobody(Nobody::SeveralFields) => {
            Some(SenderNote::Nobody(Nobody::SeveralAddresses))
        }
        SenderNote::Nobody(Nobody::SeveralAddresses) => Some(SenderNote::Nobody(Nobody::Unclear)),
        SenderNote::Nobody(Nobody::Unclear) => Some(SenderNote::ServiceAddress),
        SenderNote::ServiceAddress => Some(SenderNote::NoResults),
        SenderNote::NoResults => None,
    }
}

#[test]
fn every_code_of_a_note_is_listed_once() {
    let first = SenderNote::Nobody(Nobody::Missing);
    let all = std::iter::successors(Some(first), |note| after(*note));
    let mut codes: Vec<_> = all.map(SenderNote::code).collect();
    codes.dedup();
    assert_eq!(codes, SenderNote::CODES);
}
