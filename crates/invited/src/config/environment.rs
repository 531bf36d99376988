//! Settings from environment variables, `INVITED_SECTION_KEY`.

use super::error::{ConfigError, Origin, Problem};
use super::key::{self, KEYS, PREFIX};
use super::setting::{Setting, Settings, Written};
use super::spelling::nearest;

/// The process's own variables that begin with `INVITED_`.
///
/// Bytes that are not UTF-8 come as U+FFFD, which [`Config::load`](super::Config::load) refuses.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .map(|(name, value)| {
            let value = value.to_string_lossy().into_owned();
            (name.to_string_lossy().into_owned(), value)
        })
        .filter(|(name, _)| name.starts_with(PREFIX))
}

/// Adds what the variables set; those without our prefix are passed over.
pub(super) fn layer(
    variables: impl Iterator<Item = (String, String)>,
    settings: &mut Settings,
) -> Result<(), ConfigError> {
    let mut ours: Vec<_> = variables
        .filter(|(name, _)| name.starts_with(PREFIX))
        .collect();
    ours.sort();
    for (name, value) in ours {
        let origin = Origin::Environment(name.clone());
        let Some(key) = key::find_variable(&name) else {
            let problem = unknown(&name);
            return Err(ConfigError::Unknown { origin, problem });
        };
        if value.contains('\u{FFFD}') {
            let problem = Problem::new("not valid UTF-8", "set it in UTF-8");
            return Err(ConfigError::Value {
                origin,
                key,
                problem,
            });
        }
        let written = Written::Text(value);
        settings.set(key, Setting { written, origin });
    }
    Ok(())
}

fn unknown(name: &str) -> Problem {
    let variables: Vec<String> = KEYS.iter().map(|key| key.variable()).collect();
    let mend = match nearest(name, variables.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {near}?"),
        None => "unset it".to_owned(),
    };
    Problem::new("no setting has this name", mend)
}
