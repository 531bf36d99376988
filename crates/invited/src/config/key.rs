//! The names of all settings, in the file and in the environment.

use std::fmt;

/// The name of a setting: its section and its key there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The section, as in `[smtp]`.
    pub section: &'static str,
    /// The name within the section.
    pub name: &'static str,
}

impl Key {
    const fn new(section: &'static str, name: &'static str) -> Self {
        Self { section, name }
    }

    /// The environment variable that sets it: `INVITED_SECTION_KEY`.
    pub fn variable(self) -> String {
        format!("{PREFIX}{}_{}", self.section, self.name).to_ascii_uppercase()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.section, self.name)
    }
}

/// What every environment variable of the program begins with.
pub(super) const PREFIX: &str = "INVITED_";

pub(super) const HOSTNAME: Key = Key::new("server", "hostname");
pub(super) const DATA_DIR: Key = Key::new("server", "data_dir");
pub(super) const DATABASE_URL: Key = Key::new("database", "url");
pub(super) const LMTP_LISTEN: Key = Key::new("lmtp", "listen");
pub(super) const MAX_MESSAGE_SIZE: Key = Key::new("lmtp", "max_message_size");
pub(super) const MODE: Key = Key::new("delivery", "mode");
pub(super) const THREAD: Key = Key::new("delivery", "thread");
pub(super) const DOWNSTREAM: Key = Key::new("delivery", "downstream");
pub(super) const HTTP_LISTEN: Key = Key::new("http", "listen");
pub(super) const PUBLIC_URL: Key = Key::new("http", "public_url");
pub(super) const RELAY: Key = Key::new("smtp", "relay");
pub(super) const HOLD: Key = Key::new("smtp", "hold");
pub(super) const NEW_PER_SENDER_AND_DAY: Key = Key::new("limits", "new_per_sender_and_day");
pub(super) const UNANSWERED: Key = Key::new("limits", "unanswered");
pub(super) const AUTHSERV_IDS: Key = Key::new("trust", "authserv_ids");
pub(super) const OWN_DOMAINS: Key = Key::new("trust", "own_domains");
pub(super) const SPAM_HEADER: Key = Key::new("trust", "spam_header");
pub(super) const SERVICES: Key = Key::new("trust", "services");

/// Every setting there is.
pub const KEYS: [Key; 18] = [
    HOSTNAME,
    DATA_DIR,
    DATABASE_URL,
    LMTP_LISTEN,
    MAX_MESSAGE_SIZE,
    MODE,
    THREAD,
    DOWNSTREAM,
    HTTP_LISTEN,
    PUBLIC_URL,
    RELAY,
    HOLD,
    NEW_PER_SENDER_AND_DAY,
    UNANSWERED,
    AUTHSERV_IDS,
    OWN_DOMAINS,
    SPAM_HEADER,
    SERVICES,
];

pub(super) fn find(section: &str, name: &str) -> Option<Key> {
    KEYS.into_iter()
        .find(|key| key.section == section && key.name == name)
}

pub(super) fn find_variable(variable: &str) -> Option<Key> {
    KEYS.into_iter().find(|key| key.variable() == variable)
}

pub(super) fn is_section(section: &str) -> bool {
    KEYS.iter().any(|key| key.section == section)
}
