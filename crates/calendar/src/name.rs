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

/// Marks of several names in one number: a name outside may pass, one inside always does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NameSet(u64);

impl NameSet {
    pub(crate) fn of(names: &[&str]) -> Self {
        let marks = names.iter().map(|name| NameMark::of(name.as_bytes()));
        Self(marks.fold(0, |set, mark| set | Self::bit(mark)))
    }

    pub(crate) fn may_have(self, mark: NameMark) -> bool {
        self.0 & Self::bit(mark) != 0
    }

    fn bit(mark: NameMark) -> u64 {
        1 << (mark.letters.wrapping_add(mark.length.wrapping_mul(7)) & 63)
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
    fn a_set_lets_its_own_names_pass() {
        let names = ["COLOR", "CLASS", "ATTENDEE", "CATEGORIES"];
        let set = NameSet::of(&names);
        for name in names {
            assert!(set.may_have(NameMark::of(name.to_lowercase().as_bytes())));
        }
        assert!(!NameSet::of(&[]).may_have(NameMark::of(b"CLASS")));
    }

    #[test]
    fn says_no_length_that_it_cannot_hold() {
        assert_eq!(NameMark::of(&[b'X'; 254]).length(), Some(254));
        assert_eq!(NameMark::of(&[b'X'; 255]).length(), None);
        assert_eq!(NameMark::of(&[b'X'; 256]).length(), None);
    }
}
