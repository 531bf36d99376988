//! Short texts that are compared as numbers, for names that are looked up again and again.

use std::fmt::{self, Write as _};

/// A text; two of at most 16 octets are compared as numbers, in the order of their octets.
///
/// Longer ones, and those with a NUL, come behind all others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ShortText {
    /// The octets from the highest down; unused ones are 0.
    Short(u64, u64),
    Long(Box<str>),
}

impl ShortText {
    pub(crate) const EMPTY: Self = Self::Short(0, 0);

    pub(crate) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        if bytes.len() > 16 || bytes.contains(&0) {
            return Self::Long(text.into());
        }
        let (high, low) = bytes.split_at(bytes.len().min(8));
        Self::Short(number(high), number(low))
    }

    /// What a value prints.
    pub(crate) fn written(value: &impl fmt::Display) -> Self {
        let mut octets = Octets::default();
        match write!(octets, "{value}") {
            Ok(()) => Self::of(octets.as_str()),
            Err(_) => Self::of(&value.to_string()),
        }
    }

    /// The octets of the text.
    pub(crate) fn len(&self) -> usize {
        let octets = |number: u64| 8 - number.trailing_zeros() as usize / 8;
        match self {
            Self::Short(high, 0) => octets(*high),
            Self::Short(_, low) => 8 + octets(*low),
            Self::Long(text) => text.len(),
        }
    }

    /// Does something with the text.
    pub(crate) fn with<T>(&self, then: impl FnOnce(&str) -> T) -> T {
        let (high, low) = match self {
            Self::Short(high, low) => (high, low),
            Self::Long(text) => return then(text),
        };
        let mut octets = [0; 16];
        let (first, second) = octets.split_at_mut(8);
        first.copy_from_slice(&high.to_be_bytes());
        second.copy_from_slice(&low.to_be_bytes());
        let text = octets.get(..self.len()).unwrap_or_default();
        then(std::str::from_utf8(text).unwrap_or_default())
    }
}

/// Takes what is written as long as it is short.
#[derive(Default)]
struct Octets {
    octets: [u8; 16],
    length: usize,
}

impl Octets {
    fn as_str(&self) -> &str {
        let written = self.octets.get(..self.length).unwrap_or_default();
        std::str::from_utf8(written).unwrap_or_default()
    }
}

impl fmt::Write for Octets {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let place = self.octets.get_mut(self.length..end).ok_or(fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

fn number(bytes: &[u8]) -> u64 {
    let mut octets = [0; 8];
    for (octet, byte) in octets.iter_mut().zip(bytes) {
        *octet = *byte;
    }
    u64::from_be_bytes(octets)
}

impl fmt::Display for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with(|text| f.write_str(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: &[&str] = &[
        "",
        "2",
        "20260301",
        "20260301T",
        "20260301T090000",
        "20260301T090000Z",
        "20260302",
        "20260302T080000Z",
        "? é",
    ];

    #[test]
    fn keeps_every_text() {
        for text in TEXTS
            .iter()
            .chain(&["20260301T090000 Europe/Berlin", "a\0"])
        {
            let short = ShortText::of(text);
            assert_eq!(short.to_string(), *text);
            assert_eq!(short.len(), text.len());
            assert_eq!(ShortText::written(text), short);
        }
    }

    #[test]
    fn short_ones_are_in_the_order_of_their_octets() {
        for (one, other) in TEXTS
            .iter()
            .flat_map(|one| TEXTS.iter().map(move |other| (one, other)))
        {
            assert_eq!(
                ShortText::of(one).cmp(&ShortText::of(other)),
                one.cmp(other),
                "{one:?} {other:?}"
            );
        }
    }

    #[test]
    fn a_long_one_is_no_other() {
        let long = "20260301T090000Z".repeat(2);
        assert_ne!(ShortText::of(&long), ShortText::of("20260301T090000Z"));
        assert!(ShortText::of(&long) > ShortText::of("~"));
    }
}
