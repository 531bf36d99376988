//! What one mail says, read by the same code when it arrives and when its job is applied.

use imip::header;
use imip::sender::{self, SpokenFor};
use imip::{Detection, Limits, Part, Sender, Trust};
use store::{NewDecision, Timestamp};

use crate::guard::guarded;

/// What was read of a mail.
#[derive(Debug)]
pub struct Examined {
    /// The invitation in it, or why there is none.
    pub detection: Detection,
    /// Who sent it and how sure that is.
    pub sender: Sender,
    /// Whether the configured header says spam.
    pub verdict: Verdict,
    /// Whether it came through a mailing list (List-Id).
    pub route: Route,
    /// Its Message-ID, empty when it has none.
    pub message_id: String,
    /// Its Date field.
    pub date: Option<Timestamp>,
}

/// What the spam filter said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing, or that it is none.
    Ham,
    /// That it is spam.
    Spam,
}

/// How the mail came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// From its sender.
    Direct,
    /// Through a mailing list.
    List,
}

impl Examined {
    /// What was noticed while reading, in codes.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let of_mail = self
            .detection
            .notes
            .iter()
            .map(|note| note.code().to_owned());
        let of_sender = self.sender.notes.iter().map(|note| note.code().to_owned());
        of_mail.chain(of_sender).collect()
    }

    /// What a record says of the message itself; the outcome is still to be filled in.
    #[must_use]
    pub fn record(&self) -> NewDecision {
        let of_mail = NewDecision {
            message_id: self.message_id.clone(),
            notes: self.notes(),
            sender: self.sender.address.clone().unwrap_or_default(),
            authentication: self.sender.authentication.code().to_owned(),
            ..NewDecision::default()
        };
        let Some(invitation) = &self.detection.invitation else {
            return of_mail;
        };
        NewDecision {
            method: invitation.method.as_str().to_owned(),
            uid: invitation.uid.clone(),
            summary: guarded("reading a title", || itip::summary(&invitation.document))
                .unwrap_or_default(),
            ..of_mail
        }
    }
}

/// Reads header and candidate parts; `None` when that failed.
///
/// `writer` is whom the envelope authenticates, as in [`Envelope::writer`](crate::intake::Envelope).
#[must_use]
pub fn examine(
    head: &[u8],
    parts: &[Part],
    writer: Option<&str>,
    limits: &Limits,
    trust: &Trust,
) -> Option<Examined> {
    guarded("reading a mail", || {
        read(head, parts, writer, limits, trust)
    })
}

fn read(
    head: &[u8],
    parts: &[Part],
    writer: Option<&str>,
    limits: &Limits,
    trust: &Trust,
) -> Examined {
    let detection = imip::detect(head, parts, limits);
    let spoken_for = detection
        .invitation
        .as_ref()
        .map(SpokenFor::read)
        .unwrap_or_default();
    let sender = writer
        .and_then(|writer| sender::of_own_account(head, writer))
        .unwrap_or_else(|| sender::judge(head, &spoken_for, trust));
    let verdict = if sender::is_spam(head, trust) {
        Verdict::Spam
    } else {
        Verdict::Ham
    };
    let route = if header::first(head, "List-Id").is_some() {
        Route::List
    } else {
        Route::Direct
    };
    let message_id = header::first(head, "Message-ID")
        .map(|id| id.text())
        .unwrap_or_default();
    let date = header::first(head, "Date").and_then(|date| timestamp(&date.text()));
    Examined {
        detection,
        sender,
        verdict,
        route,
        message_id,
        date,
    }
}

/// The time of a Date field (RFC 5322, 3.3), in milliseconds.
fn timestamp(date: &str) -> Option<Timestamp> {
    let date = date.split_once('(').map_or(date, |(date, _comment)| date);
    jiff::fmt::rfc2822::parse(date.trim())
        .ok()
        .map(|date| date.timestamp().as_millisecond())
}
