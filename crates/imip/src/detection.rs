//! Decides whether a mail is an invitation, by the calendar data of its candidate parts (rules A1 to A3, A5).

use calendar::{Document, Kind, Message, Method};

use crate::charset::{self, ReadAs, Text};
use crate::entity::Entity;
use crate::reason::{NotStamped, Note};
use crate::transfer::{self, TransferFault};
use crate::{Limits, Part, Structure};

/// What became of a mail's candidate parts.
#[derive(Debug, Default)]
pub struct Detection {
    /// The invitation; the mail is stamped if and only if there is one.
    pub invitation: Option<Invitation>,
    /// Why a mail with candidate parts, or one that passed a limit before that was known, is not
    /// stamped; `None` for a mail without them.
    pub refusal: Option<NotStamped>,
    /// What was odd, in the order it was met, each once.
    pub notes: Vec<Note>,
}

/// The one event or to-do that a mail is about.
#[derive(Debug)]
pub struct Invitation {
    /// METHOD of the calendar data.
    pub method: Method,
    /// UID without the blanks around it.
    pub uid: String,
    /// What the UID belongs to.
    pub kind: Kind,
    /// The calendar data of the part that is taken, as UTF-8.
    pub document: Document,
    /// Which of the parts that is.
    pub part: usize,
}

/// Reads the candidate parts of a mail, as [`Walker`](crate::Walker) found them.
///
/// `header` is the message's own; it stands for that of a part whose header is empty. Stamping and
/// the later reading of a job's copy both call this, so they never differ.
#[must_use]
pub fn detect(header: &[u8], parts: &[Part], limits: &Limits) -> Detection {
    if parts.is_empty() {
        return Detection::default();
    }
    let mut reading = Reading::default();
    let length: usize = parts
        .iter()
        .map(|part| part.header.len() + part.body.len())
        .sum();
    let refusal = if parts.len() > limits.candidates || length > limits.candidate_bytes {
        Some(NotStamped::TooMuch)
    } else {
        reading.parts(header, parts, limits).err()
    };
    match refusal {
        Some(refusal) => reading.refuse(refusal),
        None => reading.decide(),
    }
}

impl Structure {
    /// [`detect`] on what the walker found; a limit that was passed is the refusal.
    #[must_use]
    pub fn detect(&self, limits: &Limits) -> Detection {
        match self.fault {
            Some(fault) => Detection {
                refusal: Some(NotStamped::Fault(fault)),
                ..Detection::default()
            },
            None => detect(&self.header, &self.parts, limits),
        }
    }
}

/// A part that has METHOD.
#[derive(Debug)]
struct Candidate {
    message: Message,
    document: Document,
    part: usize,
    content_type: String,
    /// The Content-Type's own method parameter.
    method: Option<String>,
}

#[derive(Debug, Default)]
struct Reading {
    candidates: Vec<Candidate>,
    notes: Vec<Note>,
}

impl Reading {
    fn parts(&mut self, header: &[u8], parts: &[Part], limits: &Limits) -> Result<(), NotStamped> {
        for (index, part) in parts.iter().enumerate() {
            let header = if part.header.is_empty() {
                header
            } else {
                &part.header
            };
            self.part(index, header, &part.body, limits)?;
        }
        Ok(())
    }

    /// Reads one part; one without METHOD is ignored.
    fn part(
        &mut self,
        part: usize,
        header: &[u8],
        body: &[u8],
        limits: &Limits,
    ) -> Result<(), NotStamped> {
        let entity = Entity::read(header);
        let text = self.text(&entity, body);
        let document = Document::parse(text.octets, &limits.calendar)?;
        if !has_method(&document) {
            return Ok(());
        }
        if text.read_as == ReadAs::Windows1252 {
            self.note(Note::CharsetMended);
        }
        let message = Message::read(&document)?;
        let content_type = entity.content_type().to_owned();
        let method = entity.type_parameter("method");
        self.candidates.push(Candidate {
            message,
            document,
            part,
            content_type,
            method,
        });
        Ok(())
    }

    /// A part's body as UTF-8 (rule A5).
    fn text(&mut self, entity: &Entity, body: &[u8]) -> Text {
        let decoded = transfer::decode(entity.transfer_encoding(), body);
        match decoded.fault {
            Some(TransferFault::Malformed) => self.note(Note::BadEncoding),
            Some(TransferFault::Unknown) => self.note(Note::UnknownEncoding),
            None => {}
        }
        charset::to_utf8(decoded.octets, entity.type_parameter("charset").as_deref())
    }

    fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn refuse(self, refusal: NotStamped) -> Detection {
        Detection {
            invitation: None,
            refusal: Some(refusal),
            notes: self.notes,
        }
    }

    /// Several parts must agree; the first text/calendar, else the first, is taken (rule A2).
    fn decide(mut self) -> Detection {
        if !self.agree() {
            return self.refuse(NotStamped::PartsDisagree);
        }
        let text = self
            .candidates
            .iter()
            .position(|candidate| candidate.content_type == "text/calendar");
        let taken = text.unwrap_or(0);
        if taken >= self.candidates.len() {
            return self.refuse(NotStamped::NoMethod);
        }
        let candidate = self.candidates.swap_remove(taken);
        let method = candidate.message.method.as_str();
        if candidate
            .method
            .is_some_and(|declared| !declared.eq_ignore_ascii_case(method))
        {
            self.note(Note::ContentTypeMethodDiffers);
        }
        let Message {
            method, uid, kind, ..
        } = candidate.message;
        let invitation = Invitation {
            method,
            uid,
            kind,
            document: candidate.document,
            part: candidate.part,
        };
        Detection {
            invitation: Some(invitation),
            refusal: None,
            notes: self.notes,
        }
    }

    fn agree(&self) -> bool {
        let mut keys = self.candidates.iter().map(|candidate| {
            let message = &candidate.message;
            (message.method, message.uid.as_str(), message.kind)
        });
        let first = keys.next();
        keys.all(|key| Some(key) == first)
    }
}

/// Whether any VCALENDAR of the part names a METHOD, be it a good one or not.
fn has_method(document: &Document) -> bool {
    document
        .descendants()
        .any(|component| component.is("VCALENDAR") && component.property("METHOD").is_some())
}
