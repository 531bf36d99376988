//! Rules B1, B2 and the spam sentence of B6.

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
fn b1_dmarc_must_be_for_froms_domain() {
    assert_eq!(code("dmarc=pass header.from=corp.example"), "dmarc");
    assert_eq!(
        code("dmarc=pass (p=none) header.from=CORP.example"),
        "dmarc"
    );
    assert_eq!(code("dmarc/1=pass header.from=@corp.example"), "dmarc");
    assert_eq!(code("dmarc=pass header.from=boss@corp.example"), "dmarc");
    for result in [
        "dmarc=fail header.from=corp.example",
        "dmarc/2=pass header.from=corp.example",
        "dmarc=pass header.from=\"corp.example@evil.example\"",
        "dmarc=pass header.from=boss@corp.example.evil",
        "dmarc=pass header.from=\"boss@corp.example \"",
        "dmarc=pass header.from=corp.example.",
        "dmarc=pass header.d=corp.example",
        "dmarc=pass policy.from=corp.example",
        "dmarc=pass reason=\"header.from=corp.example\"",
        "dmarc=pass (header.from=corp.example)",
        "dmarc=none header.from=corp.example",
        "dmarc=bestguesspass header.from=corp.example",
        "dmarc=pass header.from=other.example",
        "dmarc=pass header.from=sub.corp.example",
        "dmarc=pass header.from=example",
        "dmarc=pass smtp.from=corp.example",
        "dmarc=pass",
        "spf=pass header.from=corp.example",
        "dmarc=pass header.from=corp.example header.from=evil.example",
        "none",
    ] {
        assert_eq!(code(result), "failed", "{result}");
    }
}

#[test]
fn b1_dkim_must_be_of_froms_domain_or_a_parent() {
    assert_eq!(code("dkim=pass header.d=corp.example"), "dkim");
    assert_eq!(
        code("dkim=fail header.d=evil.example; dkim=pass header.d=Corp.Example"),
        "dkim"
    );
    let from_sub = |result: &str| {
        let fields =
            format!("Authentication-Results: mx.us; {result}\r\nFrom: a@mail.corp.example");
        judged(&fields, &SpokenFor::default(), &trust()).1
    };
    assert_eq!(from_sub("dkim=pass header.d=corp.example"), "dkim");
    for result in [
        "dkim=pass header.d=example",
        "dkim=pass header.d=orp.example",
        "dkim=pass header.d=x.mail.corp.example",
    ] {
        assert_eq!(from_sub(result), "failed", "{result}");
    }
    for result in [
        "dkim=fail header.d=corp.example",
        "dkim=pass header.i=@corp.example",
        "dkim=pass header.i=@corp.example header.d=evil.example",
        "dkim=pass header.d=evil.example; dkim=fail header.d=corp.example",
        "dkim=policy header.d=corp.example",
        "dkim=neutral header.d=corp.example",
        "dkim=pass header.d=boss@corp.example",
        "dkim=pass header.d=example",
        "dkim=pass header.d=evil.example",
        "dkim=pass header.d=mail.corp.example",
        "dkim=none header.d=evil.example; spf=pass header.d=corp.example",
    ] {
        assert_eq!(code(result), "failed", "{result}");
    }
}

/// A server that takes a HELO name or an address into its field as it came lets a sender write there.
#[test]
fn b1_a_second_result_where_there_can_be_one_is_not_believed() {
    let injected = "smtp.mailfrom=x; dmarc=pass header.from=corp.example";
    for result in [
        format!("spf=none {injected}; dmarc=fail header.from=corp.example"),
        format!("dmarc=fail header.from=corp.example; spf=none {injected}"),
        "auth=pass smtp.auth=eve@corp.example; auth=pass smtp.auth=boss@corp.example".to_owned(),
    ] {
        assert_eq!(code(&result), "failed", "{result}");
    }
}

#[test]
fn b1_an_international_domain_has_two_spellings() {
    let code = |from: &str, result: &str| {
        let fields = format!("Authentication-Results: mx.us; {result}\r\nFrom: a@{from}");
        judged(&fields, &SpokenFor::default(), &trust()).1
    };
    let (a_label, u_label) = ("xn--bcher-kva.example", "b\u{fc}cher.example");
    for (from, said) in [(a_label, u_label), (u_label, a_label), (u_label, u_label)] {
        assert_eq!(
            code(from, &format!("dmarc=pass header.from={said}")),
            "dmarc"
        );
        let below = format!("mail.{from}");
        assert_eq!(code(&below, &format!("dkim=pass header.d={said}")), "dkim");
    }
    let other = "dmarc=pass header.from=bucher.example";
    assert_eq!(code(u_label, other), "failed");
}

#[test]
fn b1_auth_must_be_the_from_address() {
    assert_eq!(code("auth=pass smtp.auth=boss@CORP.example"), "auth");
    assert_eq!(
        code("auth=pass (login) smtp.auth=\"boss\"@corp.example"),
        "auth"
    );
    for result in [
        "auth=pass smtp.auth=boss",
        "auth=pass smtp.auth=Boss@corp.example",
        "auth=fail smtp.auth=boss@corp.example",
    ] {
        assert_eq!(code(result), "failed", "{result}");
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
fn b1_a_forged_field_below_is_not_read() {
    let forged = "Authentication-Results: mx.us; dmarc=pass header.from=corp.example";
    let fields = |above: &str| format!("{above}\r\n{forged}\r\nFrom: {ORGANIZER}");
    let judge_below = |above: &str| judged(&fields(above), &SpokenFor::default(), &trust()).1;
    assert_eq!(
        judge_below("Authentication-Results: mx.evil; dmarc=fail"),
        "failed"
    );
    assert_eq!(
        judge_below("Authentication-Results: mx.us; spf=pass"),
        "dmarc"
    );
}

/// The code of a mail of boss@corp.example with these Authentication-Results, from the top.
fn code_of_fields(results: &[&str]) -> &'static str {
    let fields: String = results
        .iter()
        .map(|result| format!("Authentication-Results: {result}\r\n"))
        .collect();
    let fields = format!("{fields}From: {ORGANIZER}");
    judged(&fields, &SpokenFor::default(), &trust()).1
}

#[test]
fn b1_a_forged_field_of_a_trusted_id_below_the_true_one_is_not_believed() {
    for (truth, forged) in [
        (
            "dmarc=fail header.from=corp.example",
            "dmarc=pass header.from=corp.example",
        ),
        ("dmarc=none", "dmarc=pass header.from=corp.example"),
        (
            "dkim=fail header.d=corp.example",
            "dkim=pass header.d=corp.example",
        ),
        (
            "dkim=pass header.d=evil.example",
            "dkim=pass header.d=corp.example",
        ),
        (
            "auth=pass smtp.auth=eve@corp.example",
            "auth=pass smtp.auth=boss@corp.example",
        ),
        (
            "dmarc=fail header.from=\"",
            "dmarc=pass header.from=corp.example",
        ),
    ] {
        let truth = format!("mx.us; {truth}");
        let forged = format!("mx.us; {forged}");
        assert_eq!(code_of_fields(&[&truth, &forged]), "failed", "{truth}");
        assert_ne!(code_of_fields(&[&forged, &truth]), "failed", "{forged}");
    }
}

#[test]
fn b1_a_forged_field_of_another_id_above_ends_the_reading() {
    let truth = "mx.us; dmarc=pass header.from=corp.example";
    assert_eq!(code_of_fields(&[truth]), "dmarc");
    for above in [
        "mx.evil; dmarc=pass header.from=corp.example",
        "mx.us.evil; none",
        ";",
    ] {
        assert_eq!(code_of_fields(&[above, truth]), "failed", "{above}");
    }
}

#[test]
fn b1_each_method_may_have_a_field_of_its_own() {
    let opendkim =
        |d: &str| format!("mx.us;\r\n\tdkim=pass (2048-bit key) header.d={d} header.b=x");
    let opendmarc =
        |result: &str| format!("mx.us; dmarc={result} (p=none dis=none) header.from=corp.example");
    let login = "mx.us; auth=pass smtp.auth=boss@corp.example";
    for (fields, expected) in [
        ([opendmarc("pass"), opendkim("corp.example")], "dmarc"),
        ([opendkim("evil.example"), opendmarc("pass")], "dmarc"),
        ([opendmarc("fail"), opendkim("corp.example")], "dkim"),
        ([opendkim("corp.example"), opendmarc("fail")], "dkim"),
        ([opendmarc("fail"), opendkim("evil.example")], "failed"),
    ] {
        let [first, second] = &fields;
        assert_eq!(code_of_fields(&[first, second]), expected, "{fields:?}");
        let with_login = if expected == "failed" {
            "auth"
        } else {
            expected
        };
        assert_eq!(
            code_of_fields(&[first, second, login]),
            with_login,
            "{fields:?}"
        );
        let forged = [opendmarc("pass"), opendkim("corp.example")];
        assert_eq!(
            code_of_fields(&[first, second, &forged[0], &forged[1]]),
            expected,
            "{fields:?}"
        );
    }
}

#[test]
fn b1_every_signature_in_the_deciding_field_counts() {
    let own = "dkim=pass header.d=corp.example";
    let list = "dkim=pass header.d=list.example";
    let broken = "dkim=fail header.d=corp.example";
    for results in [[own, list], [list, own], [broken, own]] {
        assert_eq!(code(&results.join("; ")), "dkim", "{results:?}");
    }
}

#[test]
fn b2_a_forged_signature_below_the_true_result_makes_no_service() {
    for (truth, expected) in [
        ("dkim=none", "failed"),
        ("dkim=pass header.d=evil.example", "failed"),
        (
            "dkim=pass header.d=evil.example; dkim=pass header.d=google.com",
            "via-service",
        ),
        ("spf=pass", "via-service"),
    ] {
        let fields = format!("Authentication-Results: mx.us; {truth}\r\n{GOOGLE}From: {ORGANIZER}");
        let found = judged(&fields, &spoken_for(ORGANIZER, ""), &trust());
        assert_eq!(found.1, expected, "{truth}");
    }
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

const GOOGLE: &str = "Authentication-Results: mx.us; dkim=pass header.d=google.com\r\n\
    Sender: Google Calendar <calendar-notification@google.com>\r\n";

#[test]
fn b2_google_speaks_for_from() {
    let fields = |head: &str| format!("{head}From: {ORGANIZER}");
    let via = (ORGANIZER.to_owned(), "via-service");
    assert_eq!(
        judged(&fields(GOOGLE), &spoken_for(ORGANIZER, ""), &trust()),
        via
    );
    let failed = (ORGANIZER.to_owned(), "failed");
    for (head, spoken_for) in [
        (
            GOOGLE.to_owned(),
            spoken_for("other@corp.example", ORGANIZER),
        ),
        (GOOGLE.to_owned(), SpokenFor::default()),
        (
            GOOGLE.replace("dkim=pass", "dkim=fail"),
            spoken_for(ORGANIZER, ""),
        ),
        (
            GOOGLE.replace("header.d=google.com", "header.d=evil.google.com"),
            spoken_for(ORGANIZER, ""),
        ),
        (
            GOOGLE.replace("mx.us", "mx.evil"),
            spoken_for(ORGANIZER, ""),
        ),
        (
            GOOGLE.replace("calendar-notification@", "x@"),
            spoken_for(ORGANIZER, ""),
        ),
        (
            GOOGLE.replace("Sender:", "X-Sender:"),
            spoken_for(ORGANIZER, ""),
        ),
        (
            format!("{GOOGLE}Sender: calendar-notification@google.com\r\n"),
            spoken_for(ORGANIZER, ""),
        ),
    ] {
        assert_eq!(
            judged(&fields(&head), &spoken_for, &trust()),
            failed,
            "{head}"
        );
    }
}

#[test]
fn b2_a_from_that_passes_itself_needs_no_service() {
    let head = GOOGLE.replace("mx.us;", "mx.us; dmarc=pass header.from=corp.example;");
    assert_eq!(
        judged(
            &format!("{head}From: {ORGANIZER}"),
            &spoken_for(ORGANIZER, ""),
            &trust()
        )
        .1,
        "dmarc"
    );
}

const APPLE: &str = "Authentication-Results: mx.us; dkim=pass header.d=email.apple.com;\r\n\
    \tdmarc=pass header.from=email.apple.com\r\nFrom: Boss <noreply@email.apple.com>";

#[test]
fn b2_apple_speaks_for_the_email_parameter() {
    let token = "2_token@imip.me.com";
    let via = (ORGANIZER.to_owned(), "via-service");
    assert_eq!(judged(APPLE, &spoken_for(token, ORGANIZER), &trust()), via);
    let service = "noreply@email.apple.com".to_owned();
    assert_eq!(
        judged(APPLE, &spoken_for(token, ""), &trust()),
        (service.clone(), "dmarc")
    );
    let unsigned = APPLE
        .replace("dkim=pass", "dkim=fail")
        .replace("dmarc=pass", "dmarc=fail");
    assert_eq!(
        judged(&unsigned, &spoken_for(token, ORGANIZER), &trust()),
        (service.clone(), "failed")
    );
    let not_picked = Trust {
        services: vec![],
        ..trust()
    };
    assert_eq!(
        judged(APPLE, &spoken_for(token, ORGANIZER), &not_picked),
        (service, "dmarc")
    );
    let forger = APPLE.replace("noreply@", "forger@");
    assert_eq!(
        judged(&forger, &spoken_for(token, ORGANIZER), &trust()).0,
        "forger@email.apple.com"
    );
}

#[test]
fn b2_without_a_trusted_server_the_listed_address_is_believed() {
    let via = (ORGANIZER.to_owned(), "unverified");
    assert_eq!(
        judged(APPLE, &spoken_for("2_t@imip.me.com", ORGANIZER), &unasked()),
        via
    );
    assert_eq!(
        judged(
            &format!("{GOOGLE}From: {ORGANIZER}"),
            &spoken_for(ORGANIZER, ""),
            &unasked()
        ),
        via
    );
}

#[test]
fn b2_the_service_is_named_verified_or_not() {
    let service = |fields: &str, spoken_for: &SpokenFor, trust: &Trust| {
        let sender = judge(format!("{fields}\r\n\r\n").as_bytes(), spoken_for, trust);
        sender.service.map(|service| service.name)
    };
    let google = format!("{GOOGLE}From: {ORGANIZER}");
    let passes_itself = google.replace("mx.us;", "mx.us; dmarc=pass header.from=corp.example;");
    for (fields, email, expected) in [
        (google.as_str(), "", "google.com"),
        (APPLE, ORGANIZER, "email.apple.com"),
    ] {
        for trust in [trust(), unasked()] {
            let spoken_for = spoken_for(ORGANIZER, email);
            assert_eq!(service(fields, &spoken_for, &trust), Some(expected));
            assert_eq!(service(fields, &SpokenFor::default(), &trust), None);
        }
    }
    assert_eq!(
        service(&passes_itself, &spoken_for(ORGANIZER, ""), &trust()),
        None
    );
}

#[test]
fn b3_a_services_own_address_is_never_pinned() {
    let sender = judge(
        format!("{APPLE}\r\n\r\n").as_bytes(),
        &SpokenFor::default(),
        &trust(),
    );
    assert_eq!(sender.notes, [SenderNote::ServiceAddress]);
    assert_eq!(
        (sender.authenticated(), sender.pinnable()),
        (Some("noreply@email.apple.com"), None)
    );
    let sender = judge(
        format!("From: {ORGANIZER}\r\n\r\n").as_bytes(),
        &SpokenFor::default(),
        &unasked(),
    );
    assert_eq!(sender.pinnable(), Some(ORGANIZER));
}

#[test]
fn b2_who_is_spoken_for() {
    let read = |method: &str, lines: &str| {
        let data = format!(
            "BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:u\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let part = crate::Part {
            header: b"Content-Type: text/calendar\r\n\r\n".to_vec(),
            body: data.into_bytes(),
        };
        let found = crate::detect(b"", &[part], &crate::Limits::default());
        SpokenFor::read(&found.invitation.unwrap())
    };
    let organizer = "ORGANIZER;EMAIL=boss@corp.example:MAILTO:2_t@imip.me.com\r\n";
    let attendee = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.c\r\n";
    let apple = spoken_for("2_t@imip.me.com", ORGANIZER);
    for method in ["REQUEST", "ADD", "CANCEL"] {
        assert_eq!(
            read(method, &format!("{organizer}{attendee}")),
            apple,
            "{method}"
        );
    }
    for method in ["REPLY", "COUNTER"] {
        assert_eq!(
            read(method, &format!("{organizer}{attendee}")),
            spoken_for("a@b.c", ""),
            "{method}"
        );
    }
    for method in ["PUBLISH", "REFRESH", "DECLINECOUNTER"] {
        assert_eq!(
            read(method, &format!("{organizer}{attendee}")),
            SpokenFor::default(),
            "{method}"
        );
    }
    let escaped = "ORGANIZER;EMAIL=a%2Bb@c.d:mailto:a%2Bb@c.d\r\n";
    assert_eq!(
        read("REQUEST", escaped),
        spoken_for("a+b@c.d", "a%2Bb@c.d"),
        "a URI has escapes, an address has none"
    );
    let two = format!("{attendee}ATTENDEE:mailto:d@e.f\r\n");
    assert_eq!(read("REPLY", &two), SpokenFor::default());
    let override_by_other =
        format!("{attendee}END:VEVENT\r\nBEGIN:VEVENT\r\nUID:u\r\nATTENDEE:mailto:d@e.f\r\n");
    assert_eq!(read("REPLY", &override_by_other), SpokenFor::default());
    let same = format!("{attendee}END:VEVENT\r\nBEGIN:VEVENT\r\nUID:u\r\n{attendee}");
    assert_eq!(read("REPLY", &same), spoken_for("a@b.c", ""));
    assert_eq!(read("REQUEST", ""), SpokenFor::default());
}

#[test]
fn services_are_picked_by_name() {
    assert_eq!(
        Service::named("Google.com").map(|service| service.name),
        Some("google.com")
    );
    assert_eq!(Service::named("example.com"), None);
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
