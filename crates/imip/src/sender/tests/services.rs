//! Calendar services, and whom they speak for (rules B2 and B3).

use super::*;

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
