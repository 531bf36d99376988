//! Writes the mail that carries a scheduling message (RFC 6047, rule F7).

mod body;
mod field;

use calendar::{Document, Message};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use crate::Limits;
use crate::event_id::event_id;
use crate::reason::NotStamped;
use crate::sender::Mailbox;
use crate::thread::{message_id, references_field};
use body::Encoded;

/// A mail that is to be written, as values.
///
/// METHOD and UID are those of the calendar data: nothing beside it can say otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// From: the invited address.
    pub from: Correspondent<'a>,
    /// To.
    pub to: Correspondent<'a>,
    /// Subject.
    pub subject: &'a str,
    /// What it says, for readers that know no calendars; lines may end in LF alone.
    pub plain: &'a str,
    /// The same as HTML.
    pub html: &'a str,
    /// The iCalendar text with METHOD; carried octet for octet.
    pub calendar: &'a [u8],
    /// Message-ID with its angle brackets.
    pub message_id: &'a str,
    /// The Message-ID of the invitation, if known; left out when it is malformed.
    pub in_reply_to: Option<&'a str>,
    /// Date.
    pub date: Timestamp,
}

/// Somebody in From or To.
#[derive(Clone, Copy, Debug)]
pub struct Correspondent<'a> {
    /// The name; may be empty.
    pub name: &'a str,
    /// The address.
    pub address: &'a Mailbox,
}

/// Why a mail cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotWritten {
    /// The calendar data is no scheduling message by rules A1 and A2.
    #[error("the calendar data is no scheduling message ({})", .0.code())]
    Calendar(NotStamped),
    /// The calendar data is not UTF-8.
    #[error("the calendar data is not UTF-8")]
    NotUtf8,
    /// The Message-ID is none.
    #[error("the Message-ID is not of the form <left@right>")]
    MessageId,
    /// The date has no form in mail.
    #[error("the date cannot be written (RFC 5322 section 3.3)")]
    Date,
}

/// The whole message, lines ended by CRLF and none longer than 998 octets.
///
/// `multipart/mixed { multipart/alternative { text/plain, text/html, text/calendar }, invite.ics }`:
/// Outlook takes the last alternative that it knows, and Gmail wants the attachment. The same value
/// gives the same octets.
pub fn write(mail: &Outgoing<'_>) -> Result<Vec<u8>, NotWritten> {
    let message = read(mail.calendar)?;
    let alternatives = [
        Encoded::of_text("text/plain; charset=utf-8".to_owned(), mail.plain),
        Encoded::of_text("text/html; charset=utf-8".to_owned(), mail.html),
        Encoded::of(
            format!(
                "text/calendar; method={}; charset=utf-8",
                message.method.as_str()
            ),
            mail.calendar,
        ),
    ];
    let (outer, inner) = boundaries(mail);
    let mut text = header(mail, &message.uid)?;
    push(
        &mut text,
        "Content-Type: multipart/mixed;\r\n boundary=\"",
        &outer,
    );
    push(&mut text, "\"\r\n\r\n--", &outer);
    push(
        &mut text,
        "\r\nContent-Type: multipart/alternative;\r\n boundary=\"",
        &inner,
    );
    text.extend_from_slice(b"\"\r\n\r\n");
    for part in &alternatives {
        push(&mut text, "--", &inner);
        text.extend_from_slice(b"\r\n");
        part.push(&mut text);
    }
    push(&mut text, "--", &inner);
    push(&mut text, "--\r\n\r\n--", &outer);
    text.extend_from_slice(b"\r\n");
    Encoded::attachment(mail.calendar).push(&mut text);
    push(&mut text, "--", &outer);
    text.extend_from_slice(b"--\r\n");
    Ok(text)
}

fn push(text: &mut Vec<u8>, before: &str, piece: &str) {
    text.extend_from_slice(before.as_bytes());
    text.extend_from_slice(piece.as_bytes());
}

fn read(calendar: &[u8]) -> Result<Message, NotWritten> {
    std::str::from_utf8(calendar).map_err(|_| NotWritten::NotUtf8)?;
    let document = Document::parse(calendar, &Limits::default().calendar)
        .map_err(|error| NotWritten::Calendar(error.into()))?;
    Message::read(&document).map_err(|error| NotWritten::Calendar(error.into()))
}

/// All fields but Content-Type.
fn header(mail: &Outgoing<'_>, uid: &str) -> Result<Vec<u8>, NotWritten> {
    let own = message_id(mail.message_id.as_bytes());
    let own = own.filter(|id| id == mail.message_id.as_bytes() && id.contains(&b'@'));
    let own = own.ok_or(NotWritten::MessageId)?;
    let date = jiff::fmt::rfc2822::to_string(&mail.date.to_zoned(TimeZone::UTC));
    let mut header = Vec::with_capacity(1024);
    field::push(&mut header, "Date", &date.map_err(|_| NotWritten::Date)?);
    field::push(&mut header, "From", &field::mailbox("From", &mail.from));
    field::push(&mut header, "To", &field::mailbox("To", &mail.to));
    field::push(
        &mut header,
        "Subject",
        &field::text("Subject", mail.subject),
    );
    header.extend_from_slice(b"Message-ID: ");
    header.extend_from_slice(&own);
    header.extend_from_slice(b"\r\n");
    if let Some(id) = mail.in_reply_to.and_then(|id| message_id(id.as_bytes())) {
        header.extend_from_slice(b"In-Reply-To: ");
        header.extend_from_slice(&id);
        header.extend_from_slice(b"\r\n");
    }
    let references = references_field(&header, &event_id(uid));
    header.extend(references.unwrap_or_default());
    field::push(&mut header, "Auto-Submitted", "auto-generated");
    field::push(&mut header, "MIME-Version", "1.0");
    Ok(header)
}

/// Two boundaries that stand in no part: they hold a digest of all parts, and `=_`, which no encoded
/// body has.
fn boundaries(mail: &Outgoing<'_>) -> (String, String) {
    let mut digest = Sha256::new();
    for piece in [
        mail.message_id.as_bytes(),
        mail.plain.as_bytes(),
        mail.html.as_bytes(),
        mail.calendar,
    ] {
        digest.update((piece.len() as u64).to_be_bytes());
        digest.update(piece);
    }
    let digest: String = digest
        .finalize()
        .iter()
        .take(16)
        .map(|octet| format!("{octet:02x}"))
        .collect();
    (format!("=_m_{digest}"), format!("=_a_{digest}"))
}
