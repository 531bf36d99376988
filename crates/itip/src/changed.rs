//! What the owner's own change of an object sends, and what of it is stored (RFC 6638 section 3.2,
//! rules F1 to F4 and F6).

mod attendee;
mod message;
mod organizer;
mod put_back;
mod reply;
mod status;
mod view;

use calendar::{Document, Kind};

pub use self::status::{Delivery, delivered};

use crate::incoming::Timestamp;
use crate::limits::Limits;
use crate::line::Line;
use crate::object::Object;
use crate::owner::Owner;
use crate::state::State;
use crate::stored::{Account, Stored};

/// What the owner does to the object of a UID, over CalDAV or the web.
#[derive(Clone, Copy, Debug)]
pub struct OwnersChange<'a> {
    /// The object as it is stored; none when it is made.
    pub before: Option<&'a [u8]>,
    /// The object as the owner wants it; none when it is deleted.
    pub after: Option<&'a [u8]>,
    /// What it was when the owner deleted it, where he makes it again.
    pub gone: Option<&'a [u8]>,
    /// What it holds.
    pub kind: Kind,
    /// When.
    pub now: Timestamp,
    /// Whether an answer may be sent: not with `Schedule-Reply: F` (RFC 6638 section 8.1).
    pub reply: Reply,
    /// By which door.
    pub door: Door,
    /// Which version the owner's client had when it made the change.
    pub seen: Seen,
    /// Whether what he changes of his own meetings is sent.
    pub invitations: Invitations,
    /// Whose REQUEST still waits for the hold, so that they have heard nothing yet: addresses in lower
    /// case.
    pub unheard: &'a [String],
}

/// Whether the calendar sends invitations (rule F8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invitations {
    /// REQUEST and CANCEL are sent.
    Sent,
    /// They are not; answers are.
    NotSent,
}

/// The door that a change came by (rule F8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// A calendar app: the invitations of a new meeting wait for the hold.
    Caldav,
    /// The web page, or a command: they go at once.
    Web,
}

/// Which version a client changed (RFC 6638 section 3.2.10.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The stored one: what it says of answers is meant.
    Current,
    /// An earlier one with the same Schedule-Tag, or nobody knows: answers taken since survive.
    Earlier,
}

/// Whether the owner lets an answer be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Yes.
    Send,
    /// No.
    Suppress,
}

/// What comes of the owner's change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scheduled {
    /// What is stored in place of what the owner wrote; none: exactly that.
    ///
    /// When there is something, the answer to a PUT has no ETag.
    pub text: Option<Vec<u8>>,
    /// Names of properties that were put back, as they are the organizer's (rule F1).
    pub put_back: Vec<String>,
    /// What is sent, one message for each recipient; two where he loses a series and keeps dates of it.
    pub messages: Vec<OutgoingMessage>,
    /// Of those who have heard nothing yet, whose waiting REQUEST is taken back.
    pub withdrawn: Vec<String>,
}

/// A scheduling message to be mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMessage {
    /// METHOD.
    pub method: calendar::Method,
    /// The address that it goes to.
    pub recipient: String,
    /// The owner's address that was invited or organizes.
    pub sender: String,
    /// The iCalendar text, with METHOD; CRLF.
    pub text: Vec<u8>,
    /// The version that the recipient has, as far as he may see it: what a mail says of changes is said
    /// against it. For a REPLY the organizer's last one; none where there is none.
    pub known: Option<Vec<u8>>,
    /// Whether it waits for the hold, within which the owner may take it back (rules F2 and F8).
    pub delay: Delay,
    /// When the last of what it is about ends; after seven more days it is not sent any more (rule
    /// F6). None: never.
    pub ends: Option<Timestamp>,
}

/// When a message goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// At once.
    None,
    /// After the hold.
    Hold,
}

/// Why a change is refused (RFC 6638 sections 3.2.4.2 and 3.2.4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// The ORGANIZER of an invitation was changed or removed.
    #[error("the organizer of an invitation cannot be changed")]
    Organizer,
    /// The ORGANIZER of an event of the owner's own was changed to somebody else.
    #[error("an event of your own cannot be given another organizer")]
    OwnOrganizer,
    /// The components do not have one ORGANIZER.
    #[error("the components have different organizers")]
    SeveralOrganizers,
    /// What is stored, or what is to be stored, cannot be read.
    #[error("the calendar data cannot be read")]
    Unreadable,
}

impl Forbidden {
    /// The stable word for records and logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Organizer => "organizer-changed",
            Self::OwnOrganizer => "own-organizer-changed",
            Self::SeveralOrganizers => "several-organizers",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Decides what the owner's change stores and sends.
///
/// `stored` is what the account holds of the UID before the change. An import sends nothing and does
/// not come here (rule F8).
pub fn changed(
    stored: &Stored,
    change: &OwnersChange<'_>,
    account: &Account<'_>,
    limits: &Limits,
) -> Result<Scheduled, Forbidden> {
    let texts = Texts::parse(stored, change, limits)?;
    let owner = Owner::of(account);
    let sides = texts.sides(change.kind)?;
    let of = |side: &Option<Object<'_>>| side.as_ref().and_then(Object::organizer);
    match (of(&sides.before), of(&sides.after)) {
        (Some(organizer), _) | (None, Some(organizer)) if !owner.is(&organizer) => {
            let is_apps = is_clients(&of(&sides.after).unwrap_or_else(|| organizer.clone()));
            let work = attendee::Change {
                organizer,
                state: &stored.state,
                now: change.now,
                reply: change.reply,
                door: change.door,
                owner: &owner,
                limits,
            };
            match is_apps {
                true => work.leave(&sides),
                false => work.decide(&sides),
            }
        }
        (None, None) => Ok(Scheduled::default()),
        // What a message made is never organized by the account (rule B5).
        _ if is_of_a_message(&stored.state, sides.base.as_ref(), &owner) => {
            Ok(Scheduled::default())
        }
        _ => {
            let work = organizer::Change {
                state: &stored.state,
                now: change.now,
                door: change.door,
                seen: change.seen,
                invitations: change.invitations,
                unheard: change.unheard,
                owner: &owner,
                limits,
            };
            work.decide(&sides)
        }
    }
}

/// Whether a message made the event, as far as the base tells. One of another organizer is what is kept
/// of an invitation that the owner deleted; an event of his own with its UID is another.
fn is_of_a_message(state: &State, base: Option<&Object<'_>>, owner: &Owner) -> bool {
    match base.and_then(Object::organizer) {
        Some(organizer) => owner.is(&organizer),
        None => state.base().is_some() || state.pinned_sender().is_some(),
    }
}

/// Whether SCHEDULE-AGENT leaves the scheduling to the client, or to nobody, which is what a word that
/// nobody knows means too (rule F4, RFC 6638 section 7.1).
fn is_clients(line: &impl Line) -> bool {
    let agent = line.parameter("SCHEDULE-AGENT");
    agent.is_some_and(|agent| !agent.trim().eq_ignore_ascii_case("SERVER"))
}

/// The texts of a change, parsed.
struct Texts {
    before: Option<Document>,
    after: Option<Document>,
    gone: Option<Document>,
    base: Option<Document>,
}

impl Texts {
    fn parse(
        stored: &Stored,
        change: &OwnersChange<'_>,
        limits: &Limits,
    ) -> Result<Self, Forbidden> {
        let parse = |text: Option<&[u8]>| {
            let document = text.map(|text| Document::parse(text, &limits.calendar));
            document.transpose().map_err(|_| Forbidden::Unreadable)
        };
        Ok(Self {
            before: parse(change.before)?,
            after: parse(change.after)?,
            gone: parse(change.gone).unwrap_or_default(),
            base: parse(stored.state.base().map(str::as_bytes))?,
        })
    }

    fn sides(&self, kind: Kind) -> Result<Sides<'_>, Forbidden> {
        Ok(Sides {
            before: read(self.before.as_ref(), kind)?,
            after: read(self.after.as_ref(), kind)?,
            // What is remembered may be of the other kind.
            gone: read(self.gone.as_ref(), kind).unwrap_or_default(),
            base: read(self.base.as_ref(), kind).unwrap_or_default(),
        })
    }
}

fn read(document: Option<&Document>, kind: Kind) -> Result<Option<Object<'_>>, Forbidden> {
    let object = document.map(|document| Object::read(document, kind));
    match object {
        Some(None) => Err(Forbidden::Unreadable),
        object => Ok(object.flatten()),
    }
}

/// The object before and after the change, as it was when it was deleted, and the organizer's last
/// version.
struct Sides<'a> {
    before: Option<Object<'a>>,
    after: Option<Object<'a>>,
    gone: Option<Object<'a>>,
    base: Option<Object<'a>>,
}
