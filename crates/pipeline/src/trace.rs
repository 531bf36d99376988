//! The trace fields of a delivery (RFC 5321, 4.4).

use std::fmt::Write as _;

use jiff::Timestamp as Instant;

use crate::intake::{Envelope, Recipient};

/// The most Received fields of a mail that does not go round in circles.
pub const MOST_RECEIVED: usize = 100;

/// Return-Path, as the final delivery adds it.
#[must_use]
pub fn return_path(envelope: &Envelope) -> String {
    format!("Return-Path: <{}>\r\n", printable(&envelope.reverse_path))
}

/// Delivered-To, by which a mail that comes again is known.
#[must_use]
pub fn delivered_to(recipient: &Recipient) -> String {
    format!("Delivered-To: {}\r\n", printable(&recipient.address))
}

/// Received, folded; `id` is ours for the session's message, `now` in milliseconds.
#[must_use]
pub fn received(
    envelope: &Envelope,
    recipient: &Recipient,
    hostname: &str,
    id: &str,
    now: i64,
) -> String {
    let mut field = "Received: ".to_owned();
    // What we wrote ourselves came from nowhere, by no protocol.
    let with = match (&envelope.writer, envelope.utf8) {
        (Some(_), _) => "",
        (None, true) => " with UTF8LMTP",
        (None, false) => " with LMTP",
    };
    if envelope.writer.is_none() {
        field.push_str(&from(envelope));
    }
    let address = printable(&recipient.address);
    let _ = write!(field, "by {hostname}{with} id {id}\r\n\tfor <{address}>;");
    let date = Instant::from_millisecond(now)
        .ok()
        .and_then(|now| jiff::fmt::rfc2822::to_string(&now.to_zoned(jiff::tz::TimeZone::UTC)).ok());
    let _ = write!(field, "\r\n\t{}\r\n", date.unwrap_or_default());
    field
}

/// What the client called itself, and where it is.
fn from(envelope: &Envelope) -> String {
    let client: String = envelope
        .client
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || ".-:[]_".contains(*c))
        .take(255)
        .collect();
    let client = if client.is_empty() {
        "unknown"
    } else {
        &client
    };
    let peer = envelope.peer.map(|peer| {
        let tag = if peer.is_ipv6() { "IPv6:" } else { "" };
        format!(" ([{tag}{peer}])")
    });
    format!("from {client}{}\r\n\t", peer.unwrap_or_default())
}

/// An address without anything that could end a line or the angle brackets around it.
fn printable(address: &str) -> String {
    address
        .chars()
        .filter(|c| !c.is_control() && !"<>".contains(*c))
        .take(320)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::{Account, AccountId};

    #[test]
    fn nothing_that_a_client_says_forges_a_line() {
        let account = Account {
            id: AccountId(1),
            address: "alice@example.org".into(),
            aliases: Vec::new(),
            name: String::new(),
            password: String::new(),
        };
        let recipient = Recipient {
            address: "alice\r\nX: y>@example.org".into(),
            account,
        };
        let envelope = Envelope {
            reverse_path: "bob\r\nX-Forged: 1@example.com".into(),
            recipients: Vec::new(),
            client: "mx\r\nX-Forged: 1 (hi)".into(),
            peer: "2001:db8::1".parse().ok(),
            utf8: false,
            writer: None,
        };
        let now = 1_900_000_000_000;
        assert_eq!(
            return_path(&envelope),
            "Return-Path: <bobX-Forged: 1@example.com>\r\n"
        );
        assert_eq!(
            delivered_to(&recipient),
            "Delivered-To: aliceX: y@example.org\r\n"
        );
        assert_eq!(
            received(&envelope, &recipient, "mail.example.org", "1.2", now),
            "Received: from mxX-Forged:1hi ([IPv6:2001:db8::1])\r\n\
             \tby mail.example.org with LMTP id 1.2\r\n\
             \tfor <aliceX: y@example.org>;\r\n\
             \tSun, 17 Mar 2030 17:46:40 +0000\r\n"
        );
    }
}
