//! Sets of IMAP flags (RFC 5232 section 2).

use crate::instruction::{Halt, Step};

/// Flags in the order in which they came, each once, compared without regard to case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FlagSet(Vec<String>);

impl FlagSet {
    /// Reads lists of flags separated by blanks, passing over what is no flag that can be set.
    pub(crate) fn from_texts<'t>(
        texts: impl IntoIterator<Item = &'t str>,
        limit: usize,
    ) -> Step<Self> {
        let mut set = FlagSet::default();
        for text in texts {
            set.add(text, limit)?;
        }
        Ok(set)
    }

    pub(crate) fn add(&mut self, text: &str, limit: usize) -> Step<()> {
        for flag in text
            .split_ascii_whitespace()
            .filter(|flag| is_settable(flag))
        {
            if self.contains(flag) {
                continue;
            }
            if self.0.len() >= limit {
                return Err(Halt::Fault(format!(
                    "more than the {limit} flags allowed are set; set fewer"
                )));
            }
            self.0.push(flag.to_owned());
        }
        Ok(())
    }

    pub(crate) fn remove(&mut self, text: &str) {
        for flag in text.split_ascii_whitespace() {
            self.0.retain(|held| !held.eq_ignore_ascii_case(flag));
        }
    }

    fn contains(&self, flag: &str) -> bool {
        self.0.iter().any(|held| held.eq_ignore_ascii_case(flag))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn joined(&self) -> String {
        self.0.join(" ")
    }

    pub(crate) fn to_vec(&self) -> Vec<String> {
        self.0.clone()
    }
}

/// Whether IMAP lets a client set the flag: a keyword atom or one of five system flags.
fn is_settable(flag: &str) -> bool {
    const SYSTEM: [&str; 5] = ["Answered", "Flagged", "Deleted", "Seen", "Draft"];
    const SPECIALS: &[u8] = b"(){%*\"\\]";
    match flag.strip_prefix('\\') {
        Some(name) => SYSTEM.iter().any(|known| known.eq_ignore_ascii_case(name)),
        None => flag
            .bytes()
            .all(|octet| octet.is_ascii_graphic() && !SPECIALS.contains(&octet)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_flag_is_passed_over() {
        let set = FlagSet::from_texts(
            [
                "  \\seen  $Work ",
                "\\Seen",
                "",
                "\\Recent a(b \u{fc} $work",
            ],
            9,
        );
        assert_eq!(set.unwrap().joined(), "\\seen $Work");
    }

    #[test]
    fn a_set_is_bounded() {
        assert!(FlagSet::from_texts(["a b c"], 3).is_ok());
        assert!(FlagSet::from_texts(["a b c d"], 3).is_err());
    }

    #[test]
    fn removing_ignores_case_and_absence() {
        let mut set = FlagSet::from_texts(["a b"], 9).unwrap();
        set.remove("A c");
        assert_eq!(set.joined(), "b");
    }
}
