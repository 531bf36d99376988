//! Marks that tell names of lines and components apart without reading them (RFC 5545 section 3.1).

/// Length and letters of a name, without case: names whose marks differ are different.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameMark {
    length: u8,
    letters: u8,
}

impl NameMark {
    /// The length that stands for this and all longer names.
    const LONG: u8 = u8::MAX;

    pub(crate) fn of(name: &[u8]) -> Self {
        let letter = |byte: Option<&u8>| byte.map_or(0, u8::to_ascii_lowercase);
        Self {
            length: u8::try_from(name.len()).unwrap_or(Self::LONG),
            letters: letter(name.first()).wrapping_mul(31) ^ letter(name.last()),
        }
    }

    /// The octets of the name, where the mark tells.
    pub(crate) fn length(self) -> Option<usize> {
        (self.length < Self::LONG).then_some(self.length.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_makes_no_difference() {
        assert_eq!(NameMark::of(b"DtStart"), NameMark::of(b"DTSTART"));
        assert_eq!(NameMark::of(b""), NameMark::default());
    }

    #[test]
    fn tells_what_the_rules_ask_apart() {
        let names = ["DTSTART", "DTSTAMP", "DTEND", "DUE", "UID", "STATUS"];
        let marks: Vec<_> = names.map(|name| NameMark::of(name.as_bytes())).into();
        for (at, mark) in marks.iter().enumerate() {
            assert_eq!(marks.iter().position(|other| other == mark), Some(at));
        }
    }

    #[test]
    fn says_no_length_that_it_cannot_hold() {
        assert_eq!(NameMark::of(&[b'X'; 254]).length(), Some(254));
        assert_eq!(NameMark::of(&[b'X'; 255]).length(), None);
        assert_eq!(NameMark::of(&[b'X'; 256]).length(), None);
    }
}
