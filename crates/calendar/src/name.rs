//! Names of lines and components, told apart without reading them (RFC 5545 section 3.1).

/// Length and letters of a name, without case: names whose marks differ are different.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameMark {
    length: u8,
    letters: u8,
}

impl NameMark {
    /// The length that stands for this and all longer names.
    const LONG: u8 = u8::MAX;

    pub(crate) const fn of(name: &[u8]) -> Self {
        let (Some(first), Some(last)) = (name.first(), name.last()) else {
            return Self {
                length: 0,
                letters: 0,
            };
        };
        let is_long = name.len() >= Self::LONG as usize;
        Self {
            length: if is_long {
                Self::LONG
            } else {
                name.len() as u8
            },
            letters: first.to_ascii_lowercase().wrapping_mul(31) ^ last.to_ascii_lowercase(),
        }
    }

    /// The octets of the name, where the mark tells.
    pub(crate) fn length(self) -> Option<usize> {
        (self.length < Self::LONG).then_some(self.length.into())
    }

    const fn bit(self) -> u64 {
        1 << (self.letters.wrapping_add(self.length.wrapping_mul(7)) & 63)
    }
}

/// Names that are looked up together, without case.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    names: &'static [&'static str],
    /// A bit for each name; others may share it.
    bits: u64,
}

impl Names {
    /// These names.
    pub const fn of(names: &'static [&'static str]) -> Self {
        let (mut bits, mut rest) = (0, names);
        while let Some((name, others)) = rest.split_first() {
            bits |= NameMark::of(name.as_bytes()).bit();
            rest = others;
        }
        Self { names, bits }
    }

    /// The names in order.
    pub fn as_slice(&self) -> &'static [&'static str] {
        self.names
    }

    /// A quick look, which some of the other names pass.
    pub(crate) fn may_have(&self, mark: NameMark) -> bool {
        self.bits & mark.bit() != 0
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
    fn names_let_their_own_pass() {
        const NAMES: Names = Names::of(&["COLOR", "CLASS", "ATTENDEE", "CATEGORIES"]);
        for name in NAMES.as_slice() {
            assert!(NAMES.may_have(NameMark::of(name.to_lowercase().as_bytes())));
        }
        assert!(!Names::of(&[]).may_have(NameMark::of(b"CLASS")));
    }

    #[test]
    fn says_no_length_that_it_cannot_hold() {
        assert_eq!(NameMark::of(&[b'X'; 254]).length(), Some(254));
        assert_eq!(NameMark::of(&[b'X'; 255]).length(), None);
        assert_eq!(NameMark::of(&[b'X'; 256]).length(), None);
    }
}
