//! The owner answers an invitation: one function for every door (rules F1 and C8).

use calendar::{ComponentBuf, DateOrTime, Document, Kind, PropertyBuf};
use thiserror::Error;

use crate::answer;
use crate::changed::{Door, Forbidden, Invitations, OwnersChange, Reply, Scheduled, Seen, changed};
use crate::course::Course;
use crate::decision::Answered;
use crate::incoming::Timestamp;
use crate::limits::Limits;
use crate::line::Line;
use crate::object::{Body, Object};
use crate::owner::Owner;
use crate::recurrence_id::RecurrenceId;
use crate::stored::{Access, Account, Stored, StoredObject};

/// What the owner says to an invitation.
#[derive(Clone, Debug)]
pub struct Response<'a> {
    /// The answer.
    pub partstat: Partstat,
    /// A comment for the organizer.
    pub comment: Option<&'a str>,
    /// The date that is meant, by its RECURRENCE-ID; none: the whole event with all its dates.
    pub instance: Option<DateOrTime>,
    /// When.
    pub now: Timestamp,
}

/// An answer that a person gives (RFC 5545 section 3.2.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partstat {
    /// Yes.
    Accepted,
    /// Perhaps.
    Tentative,
    /// No.
    Declined,
}

impl Partstat {
    /// The parameter's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::Tentative => "TENTATIVE",
            Self::Declined => "DECLINED",
        }
    }
}

/// What comes of an answer.
#[derive(Clone, Debug)]
pub struct Responded<'a> {
    /// The object that is answered.
    pub object: &'a StoredObject,
    /// Its text from now on.
    pub text: Vec<u8>,
    /// Whether all of it is answered now.
    pub answered: Answered,
    /// Whether it says something that was not said before.
    pub is_new: bool,
    /// What is sent.
    pub scheduled: Scheduled,
}

/// Why an answer cannot be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CannotRespond {
    /// No calendar holds the event.
    #[error("the event is not in the calendar")]
    NoEvent,
    /// It stands in a calendar that the owner may not write.
    #[error("the event stands in a calendar that cannot be changed")]
    ReadOnly,
    /// It has no organizer to answer to.
    #[error("the event has no organizer, there is nobody to answer")]
    NoOrganizer,
    /// The owner organizes it.
    #[error("the event is your own, there is nobody to answer")]
    OwnEvent,
    /// It, or the date that is meant, is called off.
    #[error("the event is cancelled, there is nothing to answer")]
    Cancelled,
    /// The series has no such date.
    #[error("the event has no such date")]
    NoSuchInstance,
    /// What is stored cannot be read.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
}

/// Writes the owner's answer into the stored object, and says what is sent.
pub fn respond<'a>(
    stored: &'a Stored,
    kind: Kind,
    response: &Response<'_>,
    account: &Account<'_>,
    limits: &Limits,
) -> Result<Responded<'a>, CannotRespond> {
    let object = writable(stored)?;
    let document = Document::parse(object.text.as_slice(), &limits.calendar)
        .map_err(|_| Forbidden::Unreadable)?;
    let mine = Object::read(&document, kind).ok_or(Forbidden::Unreadable)?;
    let owner = Owner::of(account);
    let organizer = mine.organizer().ok_or(CannotRespond::NoOrganizer)?;
    if owner.is(&organizer) {
        return Err(CannotRespond::OwnEvent);
    }
    let work = Work {
        response,
        owner: &owner,
        limits,
        invited: stored.state.delivered_to(),
        account,
    };
    let answer = work.answered(&mine)?;
    let is_new = said(&mine, &owner) != said(&answer, &owner);
    let text = answer.to_bytes();
    let change = OwnersChange {
        before: Some(&object.text),
        after: Some(&text),
        gone: None,
        kind,
        now: response.now,
        reply: Reply::Send,
        door: Door::Web,
        seen: Seen::Current,
        invitations: Invitations::Sent,
        unheard: &[],
    };
    let scheduled = changed(stored, &change, account, limits)?;
    let text = scheduled.text.clone().unwrap_or(text);
    Ok(Responded {
        object,
        answered: answered(&text, kind, account, limits),
        is_new,
        text,
        scheduled,
    })
}

/// What the owner says of each date: his PARTSTAT, and all comments.
fn said(object: &Object<'_>, owner: &Owner) -> Vec<(RecurrenceId, Vec<String>)> {
    let of_body = |(id, body): (&RecurrenceId, &Body<'_>)| {
        let component = body.to_buf();
        let own = component.properties_named("ATTENDEE");
        let own = own.filter(|line| owner.is(*line)).map(Line::partstat);
        let comments = component.properties_named("COMMENT");
        let comments = comments.map(|line| line.value().into_owned());
        (id.clone(), own.chain(comments).collect())
    };
    object.components.iter().map(of_body).collect()
}

/// The object that the owner may answer in.
fn writable(stored: &Stored) -> Result<&StoredObject, CannotRespond> {
    let mut objects = stored.objects.iter();
    let object = objects.find(|object| object.access == Access::Writable);
    object.ok_or(if stored.objects.is_empty() {
        CannotRespond::NoEvent
    } else {
        CannotRespond::ReadOnly
    })
}

/// Whether an object's owner has answered all of it (rule B7).
pub fn answered(text: &[u8], kind: Kind, account: &Account<'_>, limits: &Limits) -> Answered {
    let document = Document::parse(text, &limits.calendar).ok();
    let object = document
        .as_ref()
        .and_then(|document| Object::read(document, kind));
    object.map_or(Answered::Yes, |object| {
        answer::of_object(&object, &Owner::of(account))
    })
}

struct Work<'w> {
    response: &'w Response<'w>,
    owner: &'w Owner,
    limits: &'w Limits,
    /// The address that the invitation came to.
    invited: Option<&'w str>,
    account: &'w Account<'w>,
}

impl Work<'_> {
    fn answered<'a>(&self, mine: &Object<'a>) -> Result<Object<'a>, CannotRespond> {
        let mut object = mine.clone();
        let Some(date) = &self.response.instance else {
            let bodies = object.components.values_mut();
            let mut bodies = bodies.filter(|body| !body.is_cancelled()).peekable();
            if bodies.peek().is_none() {
                return Err(CannotRespond::Cancelled);
            }
            bodies.for_each(|body| self.answer_body(body));
            return Ok(object);
        };
        let id = mine.clock().id(date);
        let id = id.map_err(|_| CannotRespond::NoSuchInstance)?;
        if !object.components.contains_key(&id) {
            let made = self.instance(mine, &id)?;
            object.components.insert(id.clone(), Body::made(made));
        }
        match object.components.get_mut(&id) {
            Some(body) if body.is_cancelled() => return Err(CannotRespond::Cancelled),
            Some(body) => self.answer_body(body),
            None => {}
        }
        Ok(object)
    }

    fn instance(
        &self,
        mine: &Object<'_>,
        id: &RecurrenceId,
    ) -> Result<ComponentBuf, CannotRespond> {
        let course = Course::of(mine, &self.limits.recurrence).ok().flatten();
        let course = course.ok_or(CannotRespond::NoSuchInstance)?;
        let instance = course.find(id).ok().flatten();
        let instance = instance.ok_or(CannotRespond::NoSuchInstance)?;
        Ok(course.component(&instance))
    }

    fn answer_body(&self, body: &mut Body<'_>) {
        let mut component = body.to_buf().into_owned();
        self.answer(&mut component);
        *body = Body::made(component);
    }

    fn answer(&self, component: &mut ComponentBuf) {
        let partstat = self.response.partstat.as_str();
        // Who is listed by several addresses answers for all of them.
        let lines = component.properties_mut();
        let mut own = lines
            .filter(|line| line.is("ATTENDEE") && self.owner.is(*line))
            .peekable();
        if own.peek().is_some() {
            own.for_each(|line| line.set_parameter("PARTSTAT", partstat));
        } else {
            drop(own);
            component.push_property(self.new_attendee(partstat));
        }
        if let Some(comment) = self.response.comment.filter(|text| !text.trim().is_empty()) {
            let comment = PropertyBuf::text("COMMENT", comment);
            let is_it = |line: &PropertyBuf| line.value() == comment.value();
            if !component.properties_named("COMMENT").any(is_it) {
                component.push_property(comment);
            }
        }
    }

    /// Whoever is on no list answers from the address that the invitation came to (rule C8).
    fn new_attendee(&self, partstat: &str) -> PropertyBuf {
        let first = self.account.addresses.first().map(String::as_str);
        let address = self.invited.filter(|address| !address.is_empty()).or(first);
        let mut line = PropertyBuf::new(
            "ATTENDEE",
            &format!("mailto:{}", address.unwrap_or_default()),
        );
        line.set_parameter("PARTSTAT", partstat);
        line
    }
}
