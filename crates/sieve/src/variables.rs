//! The variables of one unit and what `:matches` found last (RFC 5229 sections 3 and 6).

use std::collections::HashMap;

use crate::instruction::{Halt, Step};
use crate::limits::Limits;

/// The highest match variable that a script may name.
pub(crate) const HIGHEST_MATCH: usize = 32;

/// Values of variables, names in lower case, bounded in number and octets.
#[derive(Debug, Default)]
pub(crate) struct Variables {
    values: HashMap<String, String>,
    matches: Vec<String>,
    octets: usize,
}

impl Variables {
    /// The value, or nothing for a variable that was never set.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// What the wildcard of that index last expanded to; 0 is the whole match.
    pub(crate) fn matched(&self, index: usize) -> &str {
        self.matches.get(index).map_or("", String::as_str)
    }

    /// Sets a variable, cutting its value at [`Limits::string_length`] (RFC 5229 section 6).
    pub(crate) fn set(&mut self, name: &str, mut value: String, limits: &Limits) -> Step<()> {
        truncate(&mut value, limits.string_length);
        let old = self.values.get(name);
        if old.is_none() && self.values.len() >= limits.variables {
            return Err(Halt::Fault(format!(
                "more than the {} variables allowed are set; use fewer",
                limits.variables
            )));
        }
        let freed = old.map_or(0, String::len);
        self.charge(freed, value.len(), limits)?;
        self.values.insert(name.to_owned(), value);
        Ok(())
    }

    /// Remembers the match and what its wildcards expanded to, each cut as a variable would be.
    pub(crate) fn remember(&mut self, mut matches: Vec<String>, limits: &Limits) -> Step<()> {
        matches.truncate(HIGHEST_MATCH + 1);
        for value in &mut matches {
            truncate(value, limits.string_length);
        }
        let freed = self.matches.iter().map(String::len).sum();
        let taken = matches.iter().map(String::len).sum();
        self.charge(freed, taken, limits)?;
        self.matches = matches;
        Ok(())
    }

    fn charge(&mut self, freed: usize, taken: usize, limits: &Limits) -> Step<()> {
        let octets = self.octets.saturating_sub(freed).saturating_add(taken);
        if octets > limits.variable_bytes {
            return Err(Halt::Fault(format!(
                "the variables hold more than the {} octets allowed; keep less in them",
                limits.variable_bytes
            )));
        }
        self.octets = octets;
        Ok(())
    }
}

/// Cuts at a limit of octets, never inside a character.
pub(crate) fn truncate(value: &mut String, limit: usize) {
    if value.len() > limit {
        value.truncate(value.floor_char_boundary(limit));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            string_length: 4,
            variable_bytes: 8,
            variables: 3,
            ..Limits::default()
        }
    }

    #[test]
    fn values_are_cut_between_characters() {
        let mut variables = Variables::default();
        variables.set("a", "abc\u{fc}d".into(), &limits()).unwrap();
        assert_eq!(variables.get("a"), "abc");
        assert_eq!(variables.get("b"), "");
    }

    #[test]
    fn octets_and_names_are_bounded_exactly() {
        let mut variables = Variables::default();
        variables.set("a", "1234".into(), &limits()).unwrap();
        variables.set("a", "1".into(), &limits()).unwrap();
        variables.set("b", "1234".into(), &limits()).unwrap();
        variables.remember(vec!["123".into()], &limits()).unwrap();
        assert!(variables.set("a", "12".into(), &limits()).is_err());
        variables.remember(Vec::new(), &limits()).unwrap();
        variables.set("c", String::new(), &limits()).unwrap();
        assert!(variables.set("d", String::new(), &limits()).is_err());
    }
}
