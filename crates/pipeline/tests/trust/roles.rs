//! The senders and authentications of the table, as fields of a mail.

use crate::mail::{
    ATTENDEE, AUTHSERV, CONTACT, Kind, Message, ORGANIZER, OWNER, PINNED, STRANGER, domain, person,
    results,
};
use crate::place::Setup;

/// What a calendar service signs with, and the address that it writes.
const GOOGLE: (&str, &str) = ("google.com", "calendar-notification@google.com");
const APPLE: (&str, &str) = ("email.apple.com", "noreply@email.apple.com");

/// Who sends, and to which of the accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sender {
    Contact,
    OwnDomain,
    Stranger,
    Pinned,
    Organizer,
    Attendee,
    /// Google Calendar, for whoever may do what the message asks.
    Google,
    /// iCloud Calendar, for whoever may do what the message asks.
    Apple,
    /// The stranger, to someone whose script gives `addcal` to everything.
    WithAddcal,
    /// A mail without From, to the same.
    NobodyWithAddcal,
}

impl Sender {
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "contact" => Self::Contact,
            "own-domain" => Self::OwnDomain,
            "stranger" => Self::Stranger,
            "pinned" => Self::Pinned,
            "organizer" => Self::Organizer,
            "attendee" => Self::Attendee,
            "google" => Self::Google,
            "apple" => Self::Apple,
            "addcal" => Self::WithAddcal,
            "nobody-addcal" => Self::NobodyWithAddcal,
            _ => panic!("no sender is called {name}"),
        }
    }

    /// The account that it writes to.
    pub(crate) fn account(self) -> &'static str {
        match self {
            Self::OwnDomain => "own-domain@own.example",
            Self::WithAddcal | Self::NobodyWithAddcal => "addcal@own.example",
            _ => OWNER,
        }
    }

    /// Whom the mail is meant to be from.
    fn address(self, kind: Kind) -> &'static str {
        match self {
            Self::Contact => CONTACT,
            Self::OwnDomain => "dave@own.example",
            Self::Stranger | Self::WithAddcal | Self::NobodyWithAddcal => STRANGER,
            Self::Pinned => PINNED,
            Self::Organizer => ORGANIZER,
            Self::Attendee => ATTENDEE,
            Self::Google | Self::Apple => match kind {
                Kind::New | Kind::Publish => CONTACT,
                Kind::Update | Kind::Cancel => ORGANIZER,
                Kind::Reply => ATTENDEE,
            },
        }
    }

    /// How the calendar data names somebody.
    fn names(self, address: &str) -> String {
        match self {
            Self::Apple => {
                let (token, _) = address.split_once('@').unwrap();
                format!(";EMAIL={address}:mailto:2_{token}@imip.me.com")
            }
            _ => person(address),
        }
    }

    /// The message that it sends, about an event as [`Sender::stored`] or [`Sender::own`] has it.
    pub(crate) fn message(self, kind: Kind, uid: &str) -> Message {
        let address = self.names(self.address(kind));
        match kind {
            Kind::New | Kind::Publish => Message::new(kind, uid, &address, &person(self.account())),
            Kind::Update | Kind::Cancel => Message {
                kind,
                ..self.stored(uid)
            },
            Kind::Reply => Message {
                kind,
                attendee: format!(";PARTSTAT=ACCEPTED{}", self.names(ATTENDEE)),
                ..self.own(uid)
            },
        }
    }

    /// The event of the organizer's that the pinned sender brings.
    pub(crate) fn stored(self, uid: &str) -> Message {
        let organizer = self.names(ORGANIZER);
        Message::new(Kind::New, uid, &organizer, &person(self.account()))
    }

    /// The account's own event, with an attendee.
    pub(crate) fn own(self, uid: &str) -> Message {
        Message::new(Kind::New, uid, &person(self.account()), &person(ATTENDEE))
    }

    /// From, and Sender of a service that has its own address there.
    fn fields(self, kind: Kind) -> String {
        let address = self.address(kind);
        match self {
            Self::NobodyWithAddcal => String::new(),
            Self::Google => format!(
                "Sender: Calendar <{}>\r\nFrom: A B <{address}>\r\n",
                GOOGLE.1
            ),
            Self::Apple => format!("From: A B <{}>\r\n", APPLE.1),
            _ => format!("From: A B <{address}>\r\n"),
        }
    }

    /// The domain that dmarc is asked about, and the one that signs.
    fn domains(self, kind: Kind) -> (&'static str, &'static str) {
        let of_address = domain(self.address(kind));
        match self {
            Self::Google => (of_address, GOOGLE.0),
            Self::Apple => (domain(APPLE.1), APPLE.0),
            _ => (of_address, of_address),
        }
    }
}

/// What the mail brings to show that it is from its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    Dmarc,
    Dkim,
    /// Our server found that it is forged.
    Fail,
    None,
    /// A field of another server, with one in our server's name below it, and one of ARC.
    ForgedId,
    /// A field in our server's name below what our server wrote.
    ForgedBelow,
    /// No trusted authserv-id is configured, and our server's field says fail.
    Untrusted,
    /// Our server took it from somebody who had logged in.
    Submitted,
    /// We wrote it for an account with the sender's address, and no field of it is believed.
    Writer,
    /// A Received field says so, below that of a stranger's connection.
    ForgedSubmission,
}

impl Proof {
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "dmarc" => Self::Dmarc,
            "dkim" => Self::Dkim,
            "fail" => Self::Fail,
            "none" => Self::None,
            "forged-id" => Self::ForgedId,
            "forged-below" => Self::ForgedBelow,
            "untrusted" => Self::Untrusted,
            "submitted" => Self::Submitted,
            "writer" => Self::Writer,
            "forged-submission" => Self::ForgedSubmission,
            _ => panic!("no authentication is called {name}"),
        }
    }

    pub(crate) fn setup(self) -> Setup {
        match self {
            Self::Untrusted => Setup::WithoutAuthservId,
            _ => Setup::Trusting,
        }
    }

    /// Whom the envelope names as the writer.
    pub(crate) fn writer(self, sender: Sender, kind: Kind) -> Option<String> {
        (self == Self::Writer).then(|| sender.address(kind).to_owned())
    }

    /// The header of a mail with this proof.
    pub(crate) fn fields(self, sender: Sender, kind: Kind) -> String {
        let (from, signer) = sender.domains(kind);
        let dmarc = |result: &str| format!("dmarc={result} header.from={from}");
        let dkim = |result: &str| format!("dkim={result} (2048-bit key) header.d={signer}");
        let pass = format!("{}; {}", dmarc("pass"), dkim("pass"));
        let fail = format!("{};\r\n\t{}", dmarc("fail"), dkim("fail"));
        let submission = "Received: from [192.0.2.7] (unknown [192.0.2.7])\r\n\
             \tby mx.own.example (Postfix) with ESMTPSA id 7; Tue, 1 Sep 2026 09:00:00 +0000\r\n";
        let arrival = "Received: from mx.own.example (unknown [192.0.2.66])\r\n\
             \tby mx.own.example (Postfix) with ESMTPS id 6; Tue, 1 Sep 2026 09:00:00 +0000\r\n";
        let above = match self {
            Self::Dmarc => results(AUTHSERV, &dmarc("pass")),
            Self::Dkim => results(AUTHSERV, &dkim("pass")),
            Self::Fail | Self::Untrusted | Self::Writer => results(AUTHSERV, &fail),
            Self::None => String::new(),
            Self::ForgedId => {
                let [other, ours] = ["mx.evil.example", AUTHSERV].map(|id| results(id, &pass));
                format!("ARC-{ours}{other}{ours}")
            }
            Self::ForgedBelow => {
                let [truth, forged] = [&fail, &pass].map(|said| results(AUTHSERV, said));
                format!("{truth}{arrival}{forged}")
            }
            Self::Submitted => submission.to_owned(),
            Self::ForgedSubmission => format!("{arrival}{submission}"),
        };
        format!("{above}{}", sender.fields(kind))
    }
}
