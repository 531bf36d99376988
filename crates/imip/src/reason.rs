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
