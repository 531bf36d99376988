//! Rules A1, A2, A3 (its UID sentences), A5 and A6: stamped if and only if A1 and A2 hold.

use imip::{Limits, NotStamped};

use crate::mail::{detect, event, invitation, mail, multipart, part, summary, walk};

fn of(parts: &[(&str, String)]) -> String {
    summary(&detect(invitation(parts)))
}

fn of_data(data: &str) -> String {
    of(&[("text/calendar", data.to_owned())])
}

#[test]
fn a1_method_is_the_one_in_the_data() {
    let data = event("COUNTER", "u", "");
    assert_eq!(
        of(&[("text/calendar; method=COUNTER", data.clone())]),
        "COUNTER VEVENT u"
    );
    assert_eq!(
        of(&[("text/calendar; method=counter", data.clone())]),
        "COUNTER VEVENT u"
    );
    assert_eq!(
        of(&[("text/calendar; method=REPLY", data)]),
        "COUNTER VEVENT u, content-type-method-differs"
    );
}

#[test]
fn a1_the_set_is_closed() {
    for method in [
        "REQUEST",
        "REPLY",
        "CANCEL",
        "ADD",
        "PUBLISH",
        "COUNTER",
        "DECLINECOUNTER",
        "REFRESH",
    ] {
        assert_eq!(
            of_data(&event(method, "u", "")),
            format!("{method} VEVENT u")
        );
        assert_eq!(
            of_data(&event(&method.to_lowercase(), "u", "")),
            format!("{method} VEVENT u")
        );
    }
    assert_eq!(of_data(&event("REQUESTS", "u", "")), "method-unknown");
    assert_eq!(
        of_data(&event("X-MINE\r\nX-Y: z", "u", "")),
        "method-unknown"
    );
}

#[test]
fn a1_method_in_the_content_type_only_is_no_invitation() {
    assert_eq!(
        of(&[("text/calendar; method=REQUEST", event("", "u", ""))]),
        "no-method"
    );
}

#[test]
fn a1_method_twice() {
    assert_eq!(
        of_data(&event("REPLY\r\nMETHOD:REPLY", "u", "")),
        "REPLY VEVENT u"
    );
    assert_eq!(
        of_data(&event("REPLY\r\nMETHOD:REQUEST", "u", "")),
        "methods-differ"
    );
}

#[test]
fn a2_parts_without_method_are_ignored() {
    let export = event("", "other", "");
    let data = event("REQUEST", "u", "");
    for junk in [export, String::new(), "no calendar".to_owned()] {
        assert_eq!(
            of(&[
                ("application/ics", junk.clone()),
                ("text/calendar", data.clone())
            ]),
            "REQUEST VEVENT u"
        );
        assert_eq!(of(&[("application/ics", junk)]), "no-method");
    }
}

#[test]
fn a2_one_vcalendar_one_uid_one_kind_one_organizer() {
    let data = event("REQUEST", "u", "ORGANIZER:mailto:a@b.c\r\n");
    assert_eq!(of_data(&format!("{data}{data}")), "several-calendars");
    let between = "END:VEVENT\r\nBEGIN:VEVENT\r\n";
    let other_uid = event("REQUEST", "u", &format!("{between}UID:v\r\n"));
    assert_eq!(of_data(&other_uid), "several-uids");
    let same_uid = event(
        "REQUEST",
        "u",
        &format!("{between}UID:u\r\nRECURRENCE-ID:20260109T100000Z\r\n"),
    );
    assert_eq!(of_data(&same_uid), "REQUEST VEVENT u");
    let other_kind = event(
        "REQUEST",
        "u",
        "END:VEVENT\r\nBEGIN:VTODO\r\nUID:u\r\nEND:VTODO\r\nBEGIN:VEVENT\r\nUID:u\r\n",
    );
    assert_eq!(of_data(&other_kind), "several-kinds");
    let todo = event("REQUEST", "u", "").replace("VEVENT", "VTODO");
    assert_eq!(of_data(&todo), "REQUEST VTODO u");
    let two = "ORGANIZER:mailto:a@b.c\r\nORGANIZER:mailto:d@e.f\r\n";
    assert_eq!(of_data(&event("REQUEST", "u", two)), "several-organizers");
    let free_busy = event("REQUEST", "u", "").replace("VEVENT", "VFREEBUSY");
    assert_eq!(of_data(&free_busy), "no-component");
}

#[test]
fn a2_several_parts_must_agree() {
    let data = event("REQUEST", "u", "");
    let two = |other: String| of(&[("text/calendar", data.clone()), ("application/ics", other)]);
    assert_eq!(two(data.clone()), "REQUEST VEVENT u");
    assert_eq!(two(event("CANCEL", "u", "")), "parts-disagree");
    assert_eq!(two(event("REQUEST", "v", "")), "parts-disagree");
    assert_eq!(two(data.replace("VEVENT", "VTODO")), "parts-disagree");
    assert_eq!(two(event("REQUEST", "", "")), "no-uid");
}

#[test]
fn a2_the_first_text_calendar_is_taken_else_the_first() {
    let titled = |title: &str| event("REQUEST", "u", &format!("SUMMARY:{title}\r\n"));
    let taken = |parts: &[(&str, String)]| {
        let found = detect(invitation(parts)).invitation.unwrap();
        (
            found.part,
            String::from_utf8(found.document.as_bytes().to_vec()).unwrap(),
        )
    };
    let ics = ("application/ics", titled("ics"));
    let named = ("application/octet-stream; name=a.ics", titled("named"));
    let first = ("text/calendar", titled("first"));
    let second = ("text/calendar", titled("second"));
    assert_eq!(taken(&[ics.clone(), first.clone(), second]), (1, first.1));
    assert_eq!(taken(&[named.clone(), ics]), (0, named.1.clone()));
    let export = ("text/calendar", event("", "x", ""));
    assert_eq!(taken(&[export, named.clone()]), (1, named.1));
}

#[test]
fn a2_without_uid_it_is_not_stamped() {
    assert_eq!(of_data(&event("REQUEST", "", "")), "no-uid");
    assert_eq!(of_data(&event("REQUEST", " ", "")), "no-uid");
}

#[test]
fn a3_blanks_and_folds_of_the_uid_go() {
    assert_eq!(
        of_data(&event("REQUEST", " a b\r\n c\t", "")),
        "REQUEST VEVENT a bc"
    );
}

#[test]
fn a3_a_uid_inside_an_alarm_is_not_the_events() {
    let alarm = "BEGIN:VALARM\r\nUID:alarm\r\nEND:VALARM\r\n";
    assert_eq!(of_data(&event("REQUEST", "u", alarm)), "REQUEST VEVENT u");
    assert_eq!(of_data(&event("REQUEST", "", alarm)), "no-uid");
}

#[test]
fn a5_charsets() {
    let mail = |declared: &str, octets: &[u8]| {
        let data = event("REQUEST", "u", "SUMMARY:@@\r\n");
        let mail = invitation(&[(&format!("text/calendar{declared}"), data)]);
        let at = mail.find("@@").unwrap();
        [&mail.as_bytes()[..at], octets, &mail.as_bytes()[at + 2..]].concat()
    };
    let summary_of = |mail: Vec<u8>| {
        let found = detect(mail);
        let text = String::from_utf8(
            found
                .invitation
                .as_ref()
                .unwrap()
                .document
                .as_bytes()
                .to_vec(),
        )
        .unwrap();
        let title = text
            .lines()
            .find_map(|line| line.strip_prefix("SUMMARY:"))
            .unwrap()
            .to_owned();
        (title, summary(&found))
    };
    let good = "REQUEST VEVENT u".to_owned();
    let mended = "REQUEST VEVENT u, charset-mended".to_owned();
    assert_eq!(
        summary_of(mail("", "\u{e4}".as_bytes())),
        ("\u{e4}".into(), good.clone())
    );
    assert_eq!(
        summary_of(mail("; charset=iso-8859-1", "\u{e4}".as_bytes())),
        ("\u{e4}".into(), good.clone())
    );
    assert_eq!(
        summary_of(mail("; charset=\"ISO-8859-15\"", b"\xA4")),
        ("\u{20ac}".into(), good)
    );
    assert_eq!(
        summary_of(mail("", b"\x80")),
        ("\u{20ac}".into(), mended.clone())
    );
    assert_eq!(
        summary_of(mail("; charset=utf-8", b"\xE4")),
        ("\u{e4}".into(), mended.clone())
    );
    assert_eq!(
        summary_of(mail("; charset=x-unknown", b"\xE4")),
        ("\u{e4}".into(), mended)
    );
}

#[test]
fn a5_utf16_is_read() {
    let data: Vec<u8> = event("REQUEST", "u", "")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let header = mail(
        "Content-Type: text/calendar; charset=utf-16\r\nContent-Transfer-Encoding: binary\r\n\r\n",
    );
    for mark in [&b"\xFF\xFE"[..], b""] {
        assert_eq!(
            summary(&detect([header.as_bytes(), mark, &data].concat())),
            "REQUEST VEVENT u"
        );
    }
}

#[test]
fn a6_what_real_senders_do() {
    let organizer = event(
        "REQUEST",
        "u",
        "TZID:Europe/Berlin\r\nORGANIZER:MAILTO:a@b.c\r\n",
    );
    assert_eq!(of_data(&organizer), "REQUEST VEVENT u");
    for method in ["REPLY", "REQUEST", "CANCEL", "ADD"] {
        assert_eq!(
            of_data(&event(method, "u", "")),
            format!("{method} VEVENT u")
        );
    }
}

#[test]
fn transfer_encodings() {
    let encoded = |encoding: &str, body: &str| {
        let mail = mail(&format!(
            "Content-Transfer-Encoding: {encoding}\r\nContent-Type: text/calendar\r\n\r\n{body}"
        ));
        summary(&detect(mail))
    };
    let data = event("REQUEST", "u", "");
    for plain in ["7bit", "8BIT", "binary ", "7bit (comment)"] {
        assert_eq!(encoded(plain, &data), "REQUEST VEVENT u");
    }
    assert_eq!(
        encoded("x-none", &data),
        "REQUEST VEVENT u, unknown-encoding"
    );
    let quoted = data
        .replace('=', "=3D")
        .replace("METHOD", "METH=4FD")
        .replace("UID:u", "UID=\r\n:u ");
    assert_eq!(encoded("Quoted-Printable", &quoted), "REQUEST VEVENT u");
    assert_eq!(
        encoded("quoted-printable", &format!("{quoted}=XY\r\n")),
        "REQUEST VEVENT u, bad-encoding"
    );
    assert_eq!(encoded("base64", &data), "no-method, bad-encoding");
}

#[test]
fn mail_without_candidates_is_nothing() {
    assert_eq!(
        summary(&detect(mail(&part(
            "text/plain",
            &event("REQUEST", "u", "")
        )))),
        "nothing"
    );
    let forwarded = part(
        "message/rfc822",
        &mail(&part("text/calendar", &event("REQUEST", "u", ""))),
    );
    assert_eq!(
        summary(&detect(mail(&multipart("mixed", "b", &[forwarded])))),
        "nothing"
    );
}

#[test]
fn mail_without_candidates_is_not_refused() {
    let limits = Limits::default();
    let other = part(
        "application/octet-stream; name=a.vcs",
        "BEGIN:VCALENDAR\r\n",
    );
    for mail in [
        String::new(),
        "\r\n".to_owned(),
        "no field".to_owned(),
        mail(&part("text/plain", "METHOD:REQUEST\r\n")),
        mail(&multipart("mixed", "b", &[])),
        mail(&multipart("mixed", "b", &[other.clone(), other])),
    ] {
        let structure = walk(&mail);
        assert!(structure.parts.is_empty() && structure.fault.is_none());
        for found in [
            structure.detect(&limits),
            imip::detect(&structure.header, &[], &limits),
        ] {
            assert_eq!(found.refusal, None, "{mail:?}");
            assert!(found.invitation.is_none() && found.notes.is_empty());
        }
    }
    let header = b"Content-Type: text/calendar; method=REQUEST\r\n\r\n";
    assert_eq!(imip::detect(header, &[], &limits).refusal, None);
    assert_eq!(
        walk(header).detect(&limits).refusal,
        Some(NotStamped::NoMethod)
    );
}

#[test]
fn lines_that_a_mail_begins_with_hide_nothing_and_say_nothing() {
    let data = event("REQUEST", "u", "");
    let typed = part("text/calendar", &data);
    for lost in [" total 42 files\r\n", "\tContent-Type: text/plain\r\n"] {
        assert_eq!(
            summary(&detect(format!("{lost}{typed}"))),
            "REQUEST VEVENT u"
        );
        let structure = walk(format!("{lost}{typed}"));
        assert!(structure.header.starts_with(lost.as_bytes()));
    }
    assert_eq!(summary(&detect(format!(" {typed}"))), "nothing");
}
