//! The configuration file: TOML, each value with its line.

use std::fs::File;
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Origin, Problem};
use super::key::{self, KEYS, Key};
use super::setting::{Setting, Settings, Written};
use super::spelling::nearest;

/// Longer files are not read; the whole of DESIGN's is 2 KiB.
const LONGEST: u64 = 1 << 20;

/// The text of a configuration file and the name it was read by.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

impl Source {
    /// Reads the file, or nothing where there is none.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, ConfigError> {
        match read(path) {
            Ok(text) => Ok(Some(Self {
                path: path.to_owned(),
                text,
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable(path, &error)),
        }
    }

    /// Adds what the file sets.
    pub(super) fn layer(&self, settings: &mut Settings) -> Result<(), ConfigError> {
        let document = DeTable::parse(&self.text).map_err(|error| self.syntax(&error))?;
        for (section, body) in sorted(document.get_ref()) {
            self.section(section, body, settings)?;
        }
        Ok(())
    }

    fn section(
        &self,
        section: &Spanned<std::borrow::Cow<'_, str>>,
        body: &Spanned<DeValue<'_>>,
        settings: &mut Settings,
    ) -> Result<(), ConfigError> {
        let origin = self.origin(section.span());
        let Some(table) = body
            .get_ref()
            .as_table()
            .filter(|_| key::is_section(section.get_ref()))
        else {
            return Err(unknown_section(section.get_ref(), origin));
        };
        for (name, value) in sorted(table) {
            let origin = self.origin(name.span());
            let Some(key) = key::find(section.get_ref(), name.get_ref()) else {
                return Err(unknown_key(section.get_ref(), name.get_ref(), origin));
            };
            let written = written(value.get_ref());
            settings.set(key, Setting { written, origin });
        }
        Ok(())
    }

    fn syntax(&self, error: &toml::de::Error) -> ConfigError {
        let what: Vec<&str> = error.message().lines().map(str::trim).collect();
        ConfigError::Syntax {
            origin: self.origin(error.span().unwrap_or_default()),
            problem: Problem::new(
                format!("not valid TOML: {}", what.join(", ")),
                "mend this line or quote its value",
            ),
        }
    }

    fn origin(&self, span: Range<usize>) -> Origin {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        Origin::File {
            path: self.path.clone(),
            line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
        }
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?
        .take(LONGEST + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        return Err(io::Error::other("longer than 1 MiB"));
    }
    Ok(text)
}

/// Says that a file cannot be read.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> ConfigError {
    let mend = match error.kind() {
        io::ErrorKind::NotFound => "name an existing file with --config, or leave it out",
        io::ErrorKind::PermissionDenied => "let the server's user read it",
        io::ErrorKind::InvalidData => "write it in UTF-8",
        _ => "name a readable TOML file with --config",
    };
    ConfigError::Read {
        path: path.to_owned(),
        problem: Problem::new(error.to_string(), mend),
    }
}

/// The entries in the order of the file, so that the first mistake is the one told.
fn sorted<'t, 'i>(
    table: &'t DeTable<'i>,
) -> Vec<(
    &'t Spanned<std::borrow::Cow<'i, str>>,
    &'t Spanned<DeValue<'i>>,
)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
}

fn written(value: &DeValue<'_>) -> Written {
    match value {
        DeValue::String(text) => Written::Text(text.to_string()),
        DeValue::Boolean(switch) => Written::Switch(*switch),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).map_or(
            Written::Other("a number that is too large"),
            Written::Number,
        ),
        DeValue::Array(items) => items
            .iter()
            .map(|item| item.get_ref().as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .map_or(Written::Other("a list of other things"), Written::List),
        DeValue::Float(_) => Written::Other("a number with a fraction"),
        DeValue::Datetime(_) => Written::Other("a date"),
        DeValue::Table(_) => Written::Other("a section"),
    }
}

fn unknown_section(section: &str, origin: Origin) -> ConfigError {
    let sections = KEYS.iter().map(|key| key.section);
    let problem = match KEYS.iter().find(|key| key.name == section) {
        Some(Key { section: home, .. }) => Problem::new(
            format!("{section:?} stands outside its section"),
            format!("move it below [{home}]"),
        ),
        None if key::is_section(section) => Problem::new(
            format!("{section:?} is a section"),
            format!("write it as [{section}]"),
        ),
        None => Problem::new(
            format!("unknown section {section:?}"),
            nearest(section, sections).map_or_else(
                || "remove it".to_owned(),
                |near| format!("did you mean [{near}]?"),
            ),
        ),
    };
    ConfigError::Unknown { origin, problem }
}

fn unknown_key(section: &str, name: &str, origin: Origin) -> ConfigError {
    let siblings = KEYS.iter().filter(|key| key.section == section);
    let elsewhere = KEYS.iter().find(|key| key.name == name);
    let mend = match (nearest(name, siblings.map(|key| key.name)), elsewhere) {
        (_, Some(key)) => format!("move it to [{}]", key.section),
        (Some(near), None) => format!("did you mean {near:?}?"),
        (None, None) => "remove it".to_owned(),
    };
    let problem = Problem::new(format!("unknown key {name:?} in [{section}]"), mend);
    ConfigError::Unknown { origin, problem }
}
