//! Why a mail is not stamped, and what was odd about one that is (rules A1, A2, A5).

use calendar::{NotAMessage, TooMuch};

use crate::Fault;

/// Why a mail with candidate parts is not an invitation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotStamped {
    /// No candidate part has METHOD in its calendar data.
    #[error("no calendar part has a METHOD")]
    NoMethod,
    /// Two candidate parts differ in METHOD, UID or kind.
    #[error("the calendar parts disagree in METHOD, UID or kind")]
    PartsDisagree,
    /// More candidate parts, or longer ones, than the limits allow.
    #[error("too many or too long calendar parts")]
    TooMuch,
    /// The mail passed a limit of the walker.
    #[error("{0}")]
    Fault(#[from] Fault),
    /// The calendar data passed a limit.
    #[error("{0}")]
    CalendarTooMuch(#[from] TooMuch),
    /// The calendar data of a part is not one message.
    #[error("{0}")]
    NotAMessage(#[from] NotAMessage),
}

impl NotStamped {
    /// Every code that [`NotStamped::code`] gives, those of [`NotAMessage`] among them.
    pub const CODES: &[&str] = &[
        "no-method",
        "parts-disagree",
        "too-much",
        "method-unknown",
        "methods-differ",
        "no-calendar",
        "several-calendars",
        "no-component",
        "several-kinds",
        "no-uid",
        "several-uids",
        "several-organizers",
        "not-well-nested",
    ];

    /// The reason's code, as in records.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoMethod => "no-method",
            Self::PartsDisagree => "parts-disagree",
            Self::TooMuch | Self::Fault(_) | Self::CalendarTooMuch(_) => "too-much",
            Self::NotAMessage(reason) => reason.code(),
        }
    }
}

/// Something odd that does not keep a mail from being an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Note {
    /// The Content-Type's method parameter is not the METHOD of the data (Google, OBM).
    #[error("the Content-Type names another method than the calendar data")]
    ContentTypeMethodDiffers,
    /// Calendar data was neither UTF-8 nor readable as its declared charset.
    #[error("calendar data of unknown charset was read as windows-1252")]
    CharsetMended,
    /// A base64 or quoted-printable body held what does not belong there.
    #[error("a calendar part is not well encoded")]
    BadEncoding,
    /// The Content-Transfer-Encoding is none of RFC 2045; the body was taken as it is.
    #[error("a calendar part has an unknown transfer encoding")]
    UnknownEncoding,
}

impl Note {
    /// Every code that [`Note::code`] gives.
    pub const CODES: &[&str] = &[
        "content-type-method-differs",
        "charset-mended",
        "bad-encoding",
        "unknown-encoding",
    ];

    /// The note's code, as in records.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::ContentTypeMethodDiffers => "content-type-method-differs",
            Self::CharsetMended => "charset-mended",
            Self::BadEncoding => "bad-encoding",
            Self::UnknownEncoding => "unknown-encoding",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::iter::successors;

    use super::*;

    /// The next variant, in an order that no variant can be left out of.
    fn after_message(reason: &NotAMessage) -> Option<NotAMessage> {
        use NotAMessage::*;
        match reason {
            NoMethod => Some(MethodUnknown("X".into())),
            MethodUnknown(_) => Some(MethodsDiffer),
            MethodsDiffer => Some(NoCalendar),
            NoCalendar => Some(SeveralCalendars),
            SeveralCalendars => Some(NoComponent),
            NoComponent => Some(SeveralKinds),
            SeveralKinds => Some(NoUid),
            NoUid => Some(SeveralUids),
            SeveralUids => Some(SeveralOrganizers),
            SeveralOrganizers => Some(NotWellNested),
            NotWellNested => None,
        }
    }

    fn after(reason: &NotStamped) -> Option<NotStamped> {
        match reason {
            NotStamped::NoMethod => Some(NotStamped::PartsDisagree),
            NotStamped::PartsDisagree => Some(NotStamped::TooMuch),
            NotStamped::TooMuch => Some(Fault::Header.into()),
            NotStamped::Fault(_) => Some(TooMuch::Bytes.into()),
            NotStamped::CalendarTooMuch(_) => Some(NotAMessage::NoMethod.into()),
            NotStamped::NotAMessage(reason) => after_message(reason).map(NotStamped::from),
        }
    }

    fn after_note(note: Note) -> Option<Note> {
        match note {
            Note::ContentTypeMethodDiffers => Some(Note::CharsetMended),
            Note::CharsetMended => Some(Note::BadEncoding),
            Note::BadEncoding => Some(Note::UnknownEncoding),
            Note::UnknownEncoding => None,
        }
    }

    #[test]
    fn every_code_is_listed_once() {
        let mut codes: Vec<_> = successors(Some(NotStamped::NoMethod), after)
            .map(|reason| reason.code())
            .collect();
        let mut seen = std::collections::BTreeSet::new();
        codes.retain(|code| seen.insert(*code));
        assert_eq!(codes, NotStamped::CODES);

        let notes = successors(Some(Note::ContentTypeMethodDiffers), |note| {
            after_note(*note)
        });
        assert_eq!(notes.map(Note::code).collect::<Vec<_>>(), Note::CODES);
    }
}
