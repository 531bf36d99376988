//! What was written for each key, before it is checked.

use std::collections::BTreeMap;

use super::error::{ConfigError, Origin, Problem};
use super::key::Key;

/// A value as it was written: by type in the file, always text in the environment.
#[derive(Debug, Clone)]
pub(super) enum Written {
    Text(String),
    Number(i64),
    Switch(bool),
    List(Vec<String>),
    /// A type that no key has, by its TOML name.
    Other(&'static str),
}

/// A value and where it was written.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) written: Written,
    pub(super) origin: Origin,
}

/// All that was written; a later layer replaces an earlier one's values.
#[derive(Debug, Default)]
pub(super) struct Settings(BTreeMap<Key, Setting>);

impl Settings {
    pub(super) fn set(&mut self, key: Key, setting: Setting) {
        self.0.insert(key, setting);
    }

    /// Reads a text, or `default` where none was written, by `parse`.
    pub(super) fn text<T>(
        &self,
        key: Key,
        default: &str,
        parse: impl Fn(&str) -> Result<T, Problem>,
    ) -> Result<T, ConfigError> {
        self.read(key, |written| match written {
            None => parse(default),
            Some(Written::Text(text)) => parse(text.trim()),
            Some(other) => Err(other.instead_of("a text", "write it in quotes")),
        })
    }

    /// Reads a text that may be unset; an empty one counts as unset.
    pub(super) fn optional_text<T>(
        &self,
        key: Key,
        parse: impl Fn(&str) -> Result<T, Problem>,
    ) -> Result<Option<T>, ConfigError> {
        self.text(key, "", |text| match text {
            "" => Ok(None),
            text => parse(text).map(Some),
        })
    }

    /// Reads a list whose items `parse` reads; in the environment its items are between commas.
    pub(super) fn list<T: PartialEq>(
        &self,
        key: Key,
        default: &[&str],
        parse: impl Fn(&str) -> Result<T, Problem>,
    ) -> Result<Vec<T>, ConfigError> {
        let wanted = "a list of texts";
        self.read(key, |written| match (written, self.origin(key)) {
            (None, _) => distinct(default.iter().copied(), &parse),
            (Some(Written::List(items)), _) => distinct(items.iter().map(String::as_str), &parse),
            (Some(Written::Text(text)), Origin::Environment(_)) => distinct(
                text.split(',').filter(|item| !item.trim().is_empty()),
                &parse,
            ),
            (Some(other), _) => Err(other.instead_of(wanted, "write it as [\"one\", \"two\"]")),
        })
    }

    /// Reads a count.
    pub(super) fn count(&self, key: Key, default: u32) -> Result<u32, ConfigError> {
        let mend = format!("write a whole number from 0 to {}", u32::MAX);
        self.read(key, |written| match (written, self.origin(key)) {
            (None, _) => Ok(default),
            (Some(Written::Number(number)), _) => u32::try_from(*number)
                .map_err(|_| Problem::new(format!("{number} is out of range"), &mend)),
            (Some(Written::Text(text)), Origin::Environment(_)) => text
                .trim()
                .parse()
                .map_err(|_| Problem::new(format!("{text:?} is not a count"), &mend)),
            (Some(other), _) => Err(other.instead_of("a count", &mend)),
        })
    }

    /// Reads `true` or `false`.
    pub(super) fn switch(&self, key: Key, default: bool) -> Result<bool, ConfigError> {
        let mend = "write true or false";
        self.read(key, |written| match (written, self.origin(key)) {
            (None, _) => Ok(default),
            (Some(Written::Switch(switch)), _) => Ok(*switch),
            (Some(Written::Text(text)), Origin::Environment(_)) => text
                .trim()
                .to_ascii_lowercase()
                .parse()
                .map_err(|_| Problem::new(format!("{text:?} is neither true nor false"), mend)),
            (Some(other), _) => Err(other.instead_of("true or false", mend)),
        })
    }

    fn origin(&self, key: Key) -> &Origin {
        self.0.get(&key).map_or(&Origin::Default, |set| &set.origin)
    }

    fn read<T>(
        &self,
        key: Key,
        parse: impl Fn(Option<&Written>) -> Result<T, Problem>,
    ) -> Result<T, ConfigError> {
        parse(self.0.get(&key).map(|set| &set.written)).map_err(|problem| ConfigError::Value {
            origin: self.origin(key).clone(),
            key,
            problem,
        })
    }
}

impl Written {
    fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Number(_) => "a number",
            Self::Switch(_) => "true or false",
            Self::List(_) => "a list",
            Self::Other(kind) => kind,
        }
    }

    fn instead_of(&self, wanted: &str, mend: &str) -> Problem {
        Problem::new(format!("this is {}, not {wanted}", self.kind()), mend)
    }
}

/// Parses each item and drops repeated ones.
fn distinct<'a, T: PartialEq>(
    items: impl Iterator<Item = &'a str>,
    parse: impl Fn(&str) -> Result<T, Problem>,
) -> Result<Vec<T>, Problem> {
    let mut parsed = Vec::new();
    for item in items {
        let item = parse(item.trim())?;
        if !parsed.contains(&item) {
            parsed.push(item);
        }
    }
    Ok(parsed)
}
