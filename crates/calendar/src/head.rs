//! What a logical line begins with, as far as nesting and limits ask (RFC 5545 section 3.1).

use crate::content::{Layout, is_name, name_end, plain_name_end};
use crate::eol;
use crate::fold::unfold;
use crate::name::NameMark;

/// The first word of a line.
pub(crate) enum Head {
    Begin,
    End,
    Attendee(NameMark),
    Other(NameMark),
    Blank,
    None,
}

impl Head {
    pub(crate) fn of(raw: &[u8]) -> Self {
        if let Some(end) = plain_name_end(raw) {
            let (name, rest) = raw.split_at(end);
            return Self::of_named(name, rest);
        }
        let line = eol::without(raw);
        let Some(end) = name_end(line) else {
            return match unfold(raw).trim_ascii() {
                [] => Self::Blank,
                _ => Self::None,
            };
        };
        let (name, rest) = line.split_at(end);
        if name.contains(&b'\n') {
            Self::of_folded(raw)
        } else if is_name(name) {
            Self::of_named(name, rest)
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

    /// A name and what follows it, in which a colon must be.
    fn of_named(name: &[u8], rest: &[u8]) -> Self {
        if rest.first() == Some(&b':') || memchr::memchr(b':', rest).is_some() {
            Self::of_name(name)
        } else {
            Self::None
        }
    }

    fn of_name(name: &[u8]) -> Self {
        if name.eq_ignore_ascii_case(b"BEGIN") {
            Self::Begin
        } else if name.eq_ignore_ascii_case(b"END") {
            Self::End
        } else if name.eq_ignore_ascii_case(b"ATTENDEE") {
            Self::Attendee(NameMark::of(name))
        } else {
            Self::Other(NameMark::of(name))
        }
    }
}
