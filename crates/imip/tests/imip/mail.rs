//! Mails and their parts, written short.

use imip::{Detection, Limits, Structure, Walker};

/// Walks a mail in chunks of one size.
pub(crate) fn walk_in(mail: &[u8], chunk: usize, limits: &Limits) -> Structure {
    let mut walker = Walker::new(limits);
    for octets in mail.chunks(chunk) {
        walker.feed(octets);
    }
    walker.finish()
}

/// Walks a mail with the default limits, and holds that the chunks do not matter.
pub(crate) fn walk(mail: impl AsRef<[u8]>) -> Structure {
    let mail = mail.as_ref();
    let limits = Limits::default();
    let whole = walk_in(mail, mail.len().max(1), &limits);
    for chunk in [1, 7, 4096] {
        assert_eq!(walk_in(mail, chunk, &limits), whole, "chunks of {chunk}");
    }
    whole
}

/// Walks a mail and detects, and holds that the detection on a copy is the same.
pub(crate) fn detect(mail: impl AsRef<[u8]>) -> Detection {
    let limits = Limits::default();
    let structure = walk(mail);
    let detection = structure.detect(&limits);
    if structure.fault.is_none() {
        assert_eq!(
            summary(&imip::detect(&structure.header, &structure.parts, &limits)),
            summary(&detection)
        );
    }
    detection
}

/// A detection in words: `REQUEST VEVENT uid` or the reason, then notes.
pub(crate) fn summary(detection: &Detection) -> String {
    let found = match (&detection.invitation, &detection.refusal) {
        (Some(found), None) => {
            format!(
                "{} {} {}",
                found.method.as_str(),
                found.kind.component_name(),
                found.uid
            )
        }
        (None, Some(refusal)) => refusal.code().to_owned(),
        (None, None) => "nothing".to_owned(),
        (Some(_), Some(_)) => "invitation and refusal".to_owned(),
    };
    detection
        .notes
        .iter()
        .fold(found, |found, note| format!("{found}, {}", note.code()))
}

/// Calendar data with METHOD, one event and these lines in it.
pub(crate) fn event(method: &str, uid: &str, lines: &str) -> String {
    let method = if method.is_empty() {
        String::new()
    } else {
        format!("METHOD:{method}\r\n")
    };
    let uid = if uid.is_empty() {
        String::new()
    } else {
        format!("UID:{uid}\r\n")
    };
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{method}BEGIN:VEVENT\r\n{uid}DTSTAMP:20260101T000000Z\r\n{lines}\
         DTSTART:20260102T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

/// A part of this type, header and body.
pub(crate) fn part(content_type: &str, body: &str) -> String {
    format!("Content-Type: {content_type}\r\n\r\n{body}")
}

/// A multipart body with its header.
pub(crate) fn multipart(subtype: &str, boundary: &str, parts: &[String]) -> String {
    let parts: String = parts
        .iter()
        .map(|part| format!("--{boundary}\r\n{part}\r\n"))
        .collect();
    format!(
        "Content-Type: multipart/{subtype}; boundary=\"{boundary}\"\r\n\r\n{parts}--{boundary}--\r\n"
    )
}

/// A whole mail around a part or multipart.
pub(crate) fn mail(entity: &str) -> String {
    format!("From: a@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\n{entity}")
}

/// A mail with these calendar parts beside a text.
pub(crate) fn invitation(parts: &[(&str, String)]) -> String {
    let text = part("text/plain", "hello\r\n");
    let parts = parts
        .iter()
        .map(|(content_type, body)| part(content_type, body));
    mail(&multipart(
        "mixed",
        "b",
        &std::iter::once(text).chain(parts).collect::<Vec<_>>(),
    ))
}
