//! The configuration: defaults, then the file, then the environment, then one checked struct.

mod address;
mod domain;
mod environment;
mod error;
mod file;
mod key;
mod public_url;
mod quantity;
mod relay;
mod section;
mod service;
mod setting;
mod spam_header;
mod spelling;
#[cfg(test)]
mod tests;
mod warning;

use std::io;
use std::path::Path;

pub use address::{Endpoint, Host, Listen};
pub use domain::DomainName;
pub use environment::environment;
pub use error::{ConfigError, Origin, Problem};
pub use key::{KEYS, Key};
pub use public_url::PublicUrl;
pub use relay::{Credentials, Relay, Secret, Security};
pub use section::{
    Database, DatabaseKind, Delivery, DeliveryMode, Http, Limits, Lmtp, Server, Smtp, Threading,
    Trust,
};
pub use service::CalendarService;
pub use spam_header::SpamHeader;
pub use warning::Warning;

use file::Source;
use setting::Settings;

/// Where the file is looked for when none is named; the first that exists is taken.
const PLACES: [&str; 2] = ["./invited.toml", "/etc/invited/invited.toml"];

/// The whole configuration, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `[server]`.
    pub server: Server,
    /// `[database]`.
    pub database: Database,
    /// `[lmtp]`.
    pub lmtp: Lmtp,
    /// `[delivery]`.
    pub delivery: Delivery,
    /// `[http]`.
    pub http: Http,
    /// `[smtp]`.
    pub smtp: Smtp,
    /// `[limits]`.
    pub limits: Limits,
    /// `[trust]`.
    pub trust: Trust,
}

impl Config {
    /// Reads the named file, else the first that exists of `./invited.toml` and
    /// `/etc/invited/invited.toml`, else none; then the variables `INVITED_SECTION_KEY`.
    ///
    /// # Errors
    /// The named file does not exist, a file cannot be read, or a name or value is refused.
    pub fn load(
        explicit: Option<&Path>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        Self::layered(source(explicit)?.as_ref(), variables)
    }

    /// What its owner should know though it is valid.
    pub fn warnings(&self) -> Vec<Warning> {
        let unverified = self.trust.authserv_ids.is_empty();
        let exposed = self
            .smtp
            .relay
            .iter()
            .filter(|relay| relay.exposes_password());
        unverified
            .then_some(Warning::SendersNotVerified)
            .into_iter()
            .chain(exposed.map(|relay| Warning::PasswordInClear {
                relay: relay.to_string(),
            }))
            .collect()
    }

    fn layered(
        file: Option<&Source>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut settings = Settings::default();
        if let Some(file) = file {
            file.layer(&mut settings)?;
        }
        environment::layer(variables, &mut settings)?;
        Self::read(&settings)
    }

    fn read(settings: &Settings) -> Result<Self, ConfigError> {
        Ok(Self {
            server: Server::read(settings)?,
            database: Database::read(settings)?,
            lmtp: Lmtp::read(settings)?,
            delivery: Delivery::read(settings)?,
            http: Http::read(settings)?,
            smtp: Smtp::read(settings)?,
            limits: Limits::read(settings)?,
            trust: Trust::read(settings)?,
        })
    }
}

/// The file to read; one that is named must exist.
fn source(explicit: Option<&Path>) -> Result<Option<Source>, ConfigError> {
    if let Some(path) = explicit {
        let absent = || file::unreadable(path, &io::ErrorKind::NotFound.into());
        return Source::open(path)?.ok_or_else(absent).map(Some);
    }
    for place in PLACES {
        if let Some(found) = Source::open(Path::new(place))? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
