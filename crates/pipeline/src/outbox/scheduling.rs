//! The mail of a scheduling message, ready for the outbox (rules F2, F6 to F8).

use calendar::{CalendarUserAddress, Method};
use imip::outgoing::{Correspondent, NotWritten, write};
use imip::sender::{Mailbox, other_spelling};
use itip::{Delay, OutgoingMessage};
use jiff::Timestamp as Instant;
use store::{AccountId, Hold, MailKey, NewMail, Timestamp};

use super::LIFETIME;
use crate::clock::DAY;
use crate::digest::Digest;
use crate::words;

/// How long after the end of its event a mail is still sent (rule F6).
const AFTERWARDS: Timestamp = 7 * DAY;

/// Characters of a digest that tell mails apart, as in an event's id.
const ID: usize = 40;

/// A scheduling message with what makes a mail of it.
#[derive(Debug, Clone, Copy)]
pub struct Posting<'a> {
    /// Whose.
    pub account: AccountId,
    /// The name of the account; may be empty.
    pub name: &'a str,
    /// What is sent.
    pub message: &'a OutgoingMessage,
    /// The UID that it is about.
    pub uid: &'a str,
    /// The Message-ID of the invitation that is answered, if known.
    pub in_reply_to: Option<&'a str>,
    /// When.
    pub now: Timestamp,
    /// How long it waits where it waits for the hold (`[smtp] hold`).
    pub hold: Timestamp,
}

/// Why there is no mail of a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotMailed {
    /// No mail can come from or go to it.
    #[error("{0:?} is no mail address; mend it in the event")]
    Address(String),
    /// The message cannot be put into a mail.
    #[error("the mail cannot be written: {0}")]
    Unwritten(#[from] NotWritten),
}

impl Posting<'_> {
    /// The mail for the outbox; the same message gives the same key and Message-ID.
    pub fn mail(&self) -> Result<NewMail, NotMailed> {
        let message = self.message;
        let (from, to) = (mailbox(&message.sender)?, mailbox(&message.recipient)?);
        let words = words::mail::of(message, self.name);
        let id = self.id(&to);
        let recipient = self.recipient_name();
        let text = write(&imip::Outgoing {
            from: Correspondent {
                name: self.name,
                address: &from,
            },
            to: Correspondent {
                name: &recipient,
                address: &to,
            },
            subject: &words.subject,
            plain: &words.plain,
            html: &words.html,
            calendar: &message.text,
            message_id: &message_id(&id, &from),
            in_reply_to: self.in_reply_to,
            date: Instant::from_millisecond(self.now).map_err(|_| NotWritten::Date)?,
        })?;
        Ok(NewMail {
            key: MailKey {
                account: self.account,
                id,
            },
            kind: message.method.to_lower().to_owned(),
            reverse_path: from.to_wire(),
            recipient: to.to_wire(),
            message: text,
            not_before: match message.delay {
                Delay::None => self.now,
                Delay::Hold => self.now + self.hold,
            },
            expires: self.expires(),
            uid: self.uid.to_owned(),
            hold: self.kind_of_hold(),
        })
    }

    fn kind_of_hold(&self) -> Hold {
        match (self.message.delay, self.message.method) {
            (Delay::None, _) => Hold::None,
            (Delay::Hold, Method::Reply) => Hold::Answer,
            (Delay::Hold, _) => Hold::Invitation,
        }
    }

    /// What tells this mail from every other; METHOD, UID and the change itself are in the text.
    fn id(&self, to: &Mailbox) -> String {
        Digest::default()
            .piece(&self.account.0.to_be_bytes())
            .piece(self.message.method.as_str().as_bytes())
            .piece(to.to_string().as_bytes())
            .piece(&self.message.text)
            .hex()
    }

    /// The earlier of five days and a week after the event (promise 6).
    fn expires(&self) -> Timestamp {
        let ends = self.message.ends.unwrap_or(Timestamp::MAX);
        (self.now + LIFETIME).min(ends.saturating_add(AFTERWARDS))
    }

    /// How the event names the recipient.
    fn recipient_name(&self) -> String {
        let facts = itip::facts(&self.message.text);
        let address = CalendarUserAddress::parse(&self.message.recipient);
        let mut people = facts.organizer.iter().chain(&facts.attendees);
        let person = people.find(|person| person.address.same_ignoring_case(&address));
        let name = person.and_then(|person| person.name.as_deref());
        words::shown(name.unwrap_or_default())
    }
}

/// A recipient as the wire has him, and as a person writes him, quotes and international domain: events
/// have the one or the other.
pub(crate) fn spellings(recipient: &str) -> Vec<String> {
    let written = Mailbox::parse(recipient).map(|mailbox| mailbox.to_string());
    let wire = recipient.to_owned();
    let mut spellings: Vec<String> = std::iter::once(wire).chain(written).collect();
    let others = spellings.iter().filter_map(|one| other_spelling(one));
    spellings.extend(others.collect::<Vec<_>>());
    spellings
}

fn mailbox(address: &str) -> Result<Mailbox, NotMailed> {
    Mailbox::parse(address).ok_or_else(|| NotMailed::Address(words::shown(address)))
}

/// In the sender's own domain, as receivers expect.
fn message_id(id: &str, from: &Mailbox) -> String {
    let address = from.to_wire();
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let id: String = id.chars().take(ID).collect();
    format!("<{id}@{domain}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_is_known_as_the_wire_has_him_and_as_he_is_written() {
        for (recipient, written) in [
            ("zoe@xn--bcher-kva.example", "zoe@b\u{fc}cher.example"),
            ("\"zoe\"@example.org", "zoe@example.org"),
            ("zoe@example.org", "zoe@example.org"),
        ] {
            let spellings = spellings(recipient);
            assert!(spellings.iter().any(|one| one == written), "{spellings:?}");
            assert_eq!(spellings[0], recipient);
        }
    }
}
