//! Outgoing mail (rule F7): our own detection and another reader see in it what was put in.

use calendar::{Document, Message, Method, NotAMessage};
use imip::outgoing::{Correspondent, NotWritten, write};
use imip::sender::Mailbox;
use imip::{Limits, Outgoing, event_id, header};
use mail_parser::{MessageParser, MimeHeaders, PartType};
use proptest::prelude::*;

use crate::mail::walk_in;

/// What a test varies.
#[derive(Debug, Clone)]
struct Content {
    name: String,
    subject: String,
    plain: String,
    html: String,
    calendar: Vec<u8>,
    in_reply_to: Option<String>,
}

impl Content {
    fn of(calendar: &str) -> Self {
        Self {
            name: "Alice".to_owned(),
            subject: "Invitation: Plan".to_owned(),
            plain: "Plan\n".to_owned(),
            html: "<p>Plan</p>\n".to_owned(),
            calendar: calendar.as_bytes().to_vec(),
            in_reply_to: None,
        }
    }

    fn try_write(&self, message_id: &str) -> Result<Vec<u8>, NotWritten> {
        let from = Mailbox::parse("alice@bücher.example").unwrap();
        let to = Mailbox::parse("bob@example.com").unwrap();
        write(&Outgoing {
            from: Correspondent {
                name: &self.name,
                address: &from,
            },
            to: Correspondent {
                name: "",
                address: &to,
            },
            subject: &self.subject,
            plain: &self.plain,
            html: &self.html,
            calendar: &self.calendar,
            message_id,
            in_reply_to: self.in_reply_to.as_deref(),
            date: "2026-12-01T09:00:00Z".parse().unwrap(),
        })
    }

    fn write(&self) -> Vec<u8> {
        self.try_write("<own@id.example>").unwrap()
    }
}

fn event(method: &str, uid: &str, more: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n\
         DTSTART:20261208T090000Z\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

#[test]
fn a_mail_in_full() {
    let mail = Content {
        in_reply_to: Some("<invitation@example.com>".to_owned()),
        ..Content::of(&event("REPLY", "1@example.com", "SUMMARY:Plan\r\n"))
    }
    .write();
    let mail = String::from_utf8(mail).unwrap();
    let boundary = mail
        .split("=_m_")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let id = event_id("1@example.com");
    let attachment = mail.rsplit("\r\n\r\n").next().unwrap();
    let attachment = attachment.split("\r\n--").next().unwrap();
    assert_eq!(
        mail.replace(boundary, "X").replace(attachment, "(base64)"),
        format!(
            "Date: Tue, 1 Dec 2026 09:00:00 +0000\r\n\
             From: \"Alice\" <alice@xn--bcher-kva.example>\r\n\
             To: <bob@example.com>\r\n\
             Subject: Invitation: Plan\r\n\
             Message-ID: <own@id.example>\r\n\
             In-Reply-To: <invitation@example.com>\r\n\
             References: {id}\r\n <invitation@example.com>\r\n\
             Auto-Submitted: auto-generated\r\n\
             MIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed;\r\n boundary=\"=_m_X\"\r\n\r\n\
             --=_m_X\r\n\
             Content-Type: multipart/alternative;\r\n boundary=\"=_a_X\"\r\n\r\n\
             --=_a_X\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: 7bit\r\n\r\nPlan\r\n\r\n\
             --=_a_X\r\n\
             Content-Type: text/html; charset=utf-8\r\n\
             Content-Transfer-Encoding: 7bit\r\n\r\n<p>Plan</p>\r\n\r\n\
             --=_a_X\r\n\
             Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\
             Content-Transfer-Encoding: 7bit\r\n\r\n\
             BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1@example.com\r\n\
             DTSTART:20261208T090000Z\r\nSUMMARY:Plan\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n\r\n\
             --=_a_X--\r\n\r\n\
             --=_m_X\r\n\
             Content-Type: application/ics; name=\"invite.ics\"\r\n\
             Content-Disposition: attachment; filename=\"invite.ics\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n(base64)\r\n\
             --=_m_X--\r\n"
        )
    );
}

#[test]
fn what_is_no_message_is_not_written() {
    let refusal = |calendar: &str| Content::of(calendar).try_write("<a@b>").unwrap_err();
    let plain = event("REQUEST", "1", "");
    assert_eq!(
        refusal(&plain.replace("METHOD:REQUEST\r\n", "")),
        NotWritten::Calendar(NotAMessage::NoMethod.into())
    );
    assert!(matches!(
        refusal(&plain.replace("UID:1\r\n", "")),
        NotWritten::Calendar(_)
    ));
    let odd = Content {
        calendar: [plain.as_bytes(), b"\xff"].concat(),
        ..Content::of("")
    };
    assert_eq!(odd.try_write("<a@b>"), Err(NotWritten::NotUtf8));
    for id in [
        "",
        "a@b",
        "<a>",
        "<a@b",
        "<a@b>\r\nBcc: x",
        "<a b@c>",
        "x <a@b>",
    ] {
        let result = Content::of(&plain).try_write(id);
        assert_eq!(result, Err(NotWritten::MessageId), "{id:?}");
    }
}

/// Texts that would like to leave their place.
fn hostile() -> impl Strategy<Value = String> {
    const PIECES: [&str; 24] = [
        "\r\n",
        "\n",
        "\r",
        "\0",
        " ",
        "\t",
        ".",
        "\n.\n",
        "\nFrom ",
        "\r\nBcc: eve@example.com\r\n",
        "\r\n\r\n--=_m_",
        "\n--",
        "\"",
        "\\",
        "<eve@example.com>",
        ",",
        "=?utf-8?Q?=0D=0ABcc:_eve?=",
        "=0D=0A",
        "=",
        "Größe ",
        "встреча",
        "\u{1f4c5}",
        "\u{2028}",
        "plan",
    ];
    let long = "x".repeat(1200);
    let piece = prop_oneof![
        20 => (0..PIECES.len()).prop_map(|index| PIECES[index].to_owned()),
        1 => Just(long),
        2 => any::<String>(),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// An event's text: hostile, escaped as TEXT, so that it stays one line of iCalendar.
fn value(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('\n', "\\n")
        .replace(['\r', '\0'], "")
}

fn calendars() -> impl Strategy<Value = (Method, String)> {
    let methods = (0..Method::ALL.len()).prop_map(|index| Method::ALL[index]);
    (methods, hostile(), hostile(), any::<bool>()).prop_map(|(method, uid, summary, folds)| {
        let uid = format!("u{}", value(&uid));
        let mut summary = value(&summary);
        if folds {
            summary = summary.split(' ').collect::<Vec<_>>().join(" \r\n ");
        }
        let more = format!("SUMMARY:{summary}\r\n");
        (method, event(method.as_str(), &uid, &more))
    })
}

fn contents() -> impl Strategy<Value = (Method, Content)> {
    let texts = (hostile(), hostile(), hostile(), hostile());
    (texts, calendars(), proptest::option::of(hostile())).prop_map(
        |((name, subject, plain, html), (method, calendar), in_reply_to)| {
            let content = Content {
                name,
                subject,
                plain,
                html,
                calendar: calendar.into_bytes(),
                in_reply_to,
            };
            (method, content)
        },
    )
}

/// As a header's reader sees free text.
fn cleaned(text: &str) -> String {
    let blank = |c: char| if c.is_control() { ' ' } else { c };
    text.trim().chars().map(blank).collect()
}

fn crlf(text: &str) -> String {
    text.lines().map(|line| format!("{line}\r\n")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn detection_reads_back_what_was_written((method, content) in contents()) {
        let mail = content.write();
        let limits = Limits::default();
        let found = walk_in(&mail, 997, &limits).detect(&limits);
        let wanted = Message::read(&Document::parse(content.calendar.as_slice(), &limits.calendar).unwrap()).unwrap();
        prop_assert_eq!(found.refusal, None);
        prop_assert!(found.notes.is_empty(), "{:?}", found.notes);
        let invitation = found.invitation.unwrap();
        prop_assert_eq!((invitation.method, &invitation.uid), (method, &wanted.uid));
        prop_assert_eq!(invitation.document.as_bytes(), content.calendar.as_slice());
    }

    #[test]
    fn a_line_is_short_and_ends_in_crlf((_, content) in contents()) {
        let mail = content.write();
        prop_assert!(mail.is_ascii());
        let text = std::str::from_utf8(&mail).unwrap();
        prop_assert!(text.ends_with("\r\n"));
        for line in text.split("\r\n") {
            prop_assert!(line.len() <= 998 && !line.contains(['\r', '\n', '\0']), "{:?}", line);
        }
    }

    #[test]
    fn no_value_makes_a_field((_, content) in contents()) {
        let mail = content.write();
        let end = mail.windows(4).position(|octets| octets == b"\r\n\r\n").unwrap();
        let names: Vec<_> = header::fields(&mail[..end + 2]).map(|field| field.name().to_owned()).collect();
        let wanted = ["Date", "From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "MIME-Version", "Content-Type"];
        let without = names.iter().map(String::as_str).filter(|name| *name != "In-Reply-To");
        prop_assert!(without.eq(wanted.into_iter().filter(|name| *name != "In-Reply-To")), "{:?}", names);
        let from = Mailbox::of_header(&mail, "From").map(|from| from.to_string());
        prop_assert_eq!(from, Ok("alice@xn--bcher-kva.example".to_owned()));
    }

    #[test]
    fn another_reader_sees_the_same((method, content) in contents()) {
        let mail = content.write();
        let read = MessageParser::default().parse(&mail).unwrap();
        let subject = read.subject().unwrap_or_default();
        let wanted = cleaned(&content.subject);
        prop_assert_eq!(subject.trim(), wanted.trim());
        let tree: Vec<_> = read.parts.iter().map(|part| {
            let kind = part.content_type().unwrap();
            format!("{}/{}", kind.ctype(), kind.subtype().unwrap())
        }).collect();
        prop_assert_eq!(tree, ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics"]);
        let texts: Vec<_> = read.parts.iter().filter(|part| !matches!(part.body, PartType::Multipart(_))).map(|part| part.contents().to_vec()).collect();
        let wanted = [crlf(&content.plain).into_bytes(), crlf(&content.html).into_bytes(), content.calendar.clone(), content.calendar.clone()];
        for (index, (text, wanted)) in texts.iter().zip(&wanted).enumerate() {
            prop_assert_eq!(String::from_utf8_lossy(text), String::from_utf8_lossy(wanted), "part {}", index);
        }
        let calendar = read.parts[4].content_type().unwrap();
        prop_assert_eq!(calendar.attribute("method"), Some(method.as_str()));
        prop_assert_eq!(read.parts[5].attachment_name(), Some("invite.ics"));
    }
}
