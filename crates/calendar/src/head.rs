//! What a logical line begins with, as far as nesting and limits ask (RFC 5545 section 3.1).

use crate::content::{Layout, is_name, name_end};
use crate::eol;
use crate::fold::unfold;

/// The first words of a line, as far as nesting and limits ask.
pub(crate) enum Head {
    Begin,
    End,
    Attendee,
    Other,
    Blank,
    None,
}

impl Head {
    pub(crate) fn of(raw: &[u8]) -> Self {
        let line = eol::without(raw);
        let Some(end) = name_end(line) else {
            return match unfold(raw).trim_ascii() {
                [] => Self::Blank,
                _ => Self::None,
            };
        };
        let name = line.get(..end).unwrap_or_default();
        if name.contains(&b'\n') {
            return Self::of_folded(raw);
        }
        let has_colon = line.get(end) == Some(&b':')
            || memchr::memchr(b':', line.get(end..).unwrap_or_default()).is_some();
        if is_name(name) && has_colon {
            Self::of_name(name)
        } else {
            Self::None
        }
    }

    /// The same for a line that is folded inside its name.
    fn of_folded(raw: &[u8]) -> Self {
        let content = unfold(raw);
        match Layout::of(&content) {
            Some(layout) => Self::of_name(layout.name(&content).as_bytes()),
            None => Self::None,
        }
    }

    fn of_name(name: &[u8]) -> Self {
        if name.eq_ignore_ascii_case(b"BEGIN") {
            Self::Begin
        } else if name.eq_ignore_ascii_case(b"END") {
            Self::End
        } else if name.eq_ignore_ascii_case(b"ATTENDEE") {
            Self::Attendee
        } else {
            Self::Other
        }
    }
}
