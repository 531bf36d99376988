//! The mails: ordinary ones and invitations of 5 kB, each with an id of its own.

/// Accounts that mail goes to, in turn.
pub const ACCOUNTS: usize = 64;
/// The contacts of each of them, who invite in turn: so few that they do, and so many that nobody
/// comes to the cap of rule B7.
pub const CONTACTS: usize = 32;
/// MAIL FROM, and who writes ordinary mail.
pub const SENDER: &str = "bob0@example.com";
const SIZE: usize = 5000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Ordinary,
    Invitation,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Invitation => "invitation",
        }
    }
}

pub struct Mail {
    /// The UID of an invitation.
    pub id: String,
    pub recipient: String,
    /// As on the wire, without the final dot.
    pub text: Vec<u8>,
}

pub fn address(account: usize) -> String {
    format!("user{account}@example.org")
}

pub fn contact(number: usize) -> String {
    format!("bob{number}@example.com")
}

impl Mail {
    pub fn new(kind: Kind, number: usize) -> Self {
        let id = format!("{number}-{}@example.com", kind.name());
        let recipient = address(number % ACCOUNTS);
        let text = match kind {
            Kind::Ordinary => ordinary(&id, &recipient),
            Kind::Invitation => {
                let sender = contact(number / ACCOUNTS % CONTACTS);
                invitation(&id, &recipient, &sender)
            }
        };
        Self {
            id,
            recipient,
            text: text.into_bytes(),
        }
    }
}

/// The fields of every mail up to the content.
pub fn header(id: &str, recipient: &str, sender: &str) -> String {
    format!(
        "Received: from mx.example.com (mx.example.com [192.0.2.1])\r\n\
         \tby mx.example.net (Postfix) with ESMTPS id 4G0AbC1xYz\r\n\
         \tfor <{recipient}>; Sat, 21 Nov 2026 08:15:13 +0000\r\n\
         Authentication-Results: mx.example.net;\r\n\
         \tdkim=pass header.d=example.com;\r\n\
         \tdmarc=pass header.from=example.com\r\n\
         From: Bob Baker <{sender}>\r\n\
         To: <{recipient}>\r\n\
         Subject: Spring planning\r\n\
         Message-ID: <mail-{id}>\r\n\
         Date: Sat, 21 Nov 2026 08:15:13 +0000\r\n\
         MIME-Version: 1.0\r\n"
    )
}

fn ordinary(id: &str, recipient: &str) -> String {
    let mut text = header(id, recipient, SENDER);
    text += "Content-Type: multipart/alternative; boundary=\"b1\"\r\n\r\n\
             --b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    fill(&mut text, SIZE / 2);
    text += "--b1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";
    fill(&mut text, SIZE);
    text + "--b1--\r\n"
}

/// As Google writes them: text, HTML, the calendar data.
fn invitation(id: &str, recipient: &str, sender: &str) -> String {
    let mut text = header(id, recipient, sender);
    text += "Content-Type: multipart/alternative; boundary=\"b1\"\r\n\r\n\
             --b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    fill(&mut text, SIZE / 3);
    text += "--b1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";
    fill(&mut text, SIZE * 2 / 3);
    text += "--b1\r\nContent-Type: text/calendar; charset=utf-8; method=REQUEST\r\n\r\n";
    text += &event(id, recipient, sender);
    text + "--b1--\r\n"
}

fn event(id: &str, recipient: &str, sender: &str) -> String {
    let guests: String = (0..6)
        .map(|guest| {
            format!(
                "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;\r\n \
                 RSVP=TRUE;CN=Guest {guest}:mailto:guest{guest}@example.com\r\n"
            )
        })
        .collect();
    format!(
        "BEGIN:VCALENDAR\r\nPRODID:-//Example//Calendar//EN\r\nVERSION:2.0\r\n\
         METHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:{id}\r\nSEQUENCE:0\r\nDTSTAMP:20261121T081513Z\r\n\
         DTSTART:20270316T090000Z\r\nDTEND:20270316T100000Z\r\nSUMMARY:Spring planning\r\n\
         LOCATION:Room 4\r\nDESCRIPTION:What we plan for spring\\, and who does it.\r\n\
         ORGANIZER;CN=Bob Baker:mailto:{sender}\r\n\
         ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{recipient}\r\n\
         {guests}STATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

/// Lines of text up to that size.
fn fill(text: &mut String, size: usize) {
    while text.len() < size {
        text.push_str(
            "The quick brown fox jumps over the lazy dog, again and again and so on.\r\n",
        );
    }
}
