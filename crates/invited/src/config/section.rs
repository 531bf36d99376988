//! The checked sections, each option documented beside its field.

use std::path::PathBuf;
use std::time::Duration;

use super::address::{Endpoint, Listen};
use super::domain::DomainName;
use super::error::{ConfigError, Problem};
use super::key;
use super::public_url::PublicUrl;
use super::quantity::{duration, size};
use super::relay::Relay;
use super::service::CalendarService;
use super::setting::Settings;
use super::spam_header::SpamHeader;

/// `[server]`: who the server is and where it keeps things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// `hostname`: our name in greetings, Received and Message-ID; default: the machine's.
    pub hostname: DomainName,
    /// `data_dir`: the folder of the database, the mail and the spool; default
    /// `./invited-data`, from the working directory.
    pub data_dir: PathBuf,
}

impl Server {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        let hostname = settings.optional_text(key::HOSTNAME, DomainName::parse)?;
        Ok(Self {
            hostname: hostname.unwrap_or_else(DomainName::of_machine),
            data_dir: settings.text(key::DATA_DIR, "./invited-data", folder)?,
        })
    }
}

fn folder(text: &str) -> Result<PathBuf, Problem> {
    if text.is_empty() || text.contains('\0') {
        let mend = "write the path of a folder, as in \"/var/lib/invited\"";
        return Err(Problem::new(format!("{text:?} is not a path"), mend));
    }
    Ok(PathBuf::from(text))
}

/// The kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// The embedded one, `invited.db` in the data folder.
    Sqlite,
}

/// `[database]`: where records are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// `url`: `sqlite`, the default; `postgres://…` is refused by this version.
    pub kind: DatabaseKind,
}

impl Database {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        let kind = settings.text(key::DATABASE_URL, "sqlite", database_kind)?;
        Ok(Self { kind })
    }
}

/// Never quotes what follows a scheme: it may hold a password.
fn database_kind(text: &str) -> Result<DatabaseKind, Problem> {
    match text.split_once("://").map_or(text, |(scheme, _)| scheme) {
        "sqlite" if text == "sqlite" => Ok(DatabaseKind::Sqlite),
        "postgres" | "postgresql" => Err(Problem::new(
            "\"postgres://…\" is not available in this version",
            "use \"sqlite\"",
        )),
        _ => Err(Problem::new(
            "this is no database that we know",
            "use \"sqlite\"",
        )),
    }
}

/// `[lmtp]`: where mail comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lmtp {
    /// `listen`: default `127.0.0.1:2424`; or `unix:/run/invited/lmtp.sock`.
    pub listen: Listen,
    /// `max_message_size`: in bytes; a larger message is refused with 552; default 50 MiB.
    pub max_message_size: u64,
}

impl Lmtp {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        Ok(Self {
            listen: settings.text(key::LMTP_LISTEN, "127.0.0.1:2424", Listen::parse)?,
            max_message_size: settings.text(key::MAX_MESSAGE_SIZE, "50 MiB", size)?,
        })
    }
}

/// How mail is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryMode {
    /// Into `mail/ADDRESS` of the data folder, a Maildir++.
    Maildir,
}

/// Whether mail without References is joined to its event's thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threading {
    /// Such mail gets `References: <event id>`.
    ByEvent,
    /// No References are added.
    AsSent,
}

/// `[delivery]`: where mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// `mode`: `maildir`, the default; `lmtp` is refused by this version.
    pub mode: DeliveryMode,
    /// `thread`: whether an event's mails are threaded; default `true`.
    pub threading: Threading,
    /// `downstream`: the mail store's LMTP server, for mode `lmtp`; default `127.0.0.1:24`;
    /// or `unix:/run/dovecot/lmtp`.
    pub downstream: Endpoint,
}

impl Delivery {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        let threading = match settings.switch(key::THREAD, true)? {
            true => Threading::ByEvent,
            false => Threading::AsSent,
        };
        Ok(Self {
            mode: settings.text(key::MODE, "maildir", delivery_mode)?,
            threading,
            downstream: settings.text(key::DOWNSTREAM, "127.0.0.1:24", Endpoint::parse)?,
        })
    }
}

fn delivery_mode(text: &str) -> Result<DeliveryMode, Problem> {
    match text {
        "maildir" => Ok(DeliveryMode::Maildir),
        "lmtp" => Err(Problem::new(
            "\"lmtp\" is not available in this version",
            "use \"maildir\"",
        )),
        _ => Err(Problem::new(
            format!("{text:?} is not a mode"),
            "use \"maildir\"",
        )),
    }
}

/// `[http]`: DAV and the web interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Http {
    /// `listen`: default `127.0.0.1:8480`; or `unix:/run/invited/http.sock`.
    pub listen: Listen,
    /// `public_url`: how people reach it, often a proxy; default `http://127.0.0.1:8480`.
    pub public_url: PublicUrl,
}

impl Http {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        let home = "http://127.0.0.1:8480";
        Ok(Self {
            listen: settings.text(key::HTTP_LISTEN, "127.0.0.1:8480", Listen::parse)?,
            public_url: settings.text(key::PUBLIC_URL, home, PublicUrl::parse)?,
        })
    }
}

/// `[smtp]`: outgoing mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    /// `relay`: `smtp://`, `smtps://` or `smtp+starttls://user:pass@host`; no default: unset,
    /// scheduling mail waits in the outbox and a redirect keeps the mail.
    pub relay: Option<Relay>,
    /// `hold`: how long an answer waits for its withdrawal (rules F2 and F8); default `60 s`;
    /// `0 s` sends at once.
    pub hold: Duration,
}

impl Smtp {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        Ok(Self {
            relay: settings.optional_text(key::RELAY, Relay::parse)?,
            hold: settings.text(key::HOLD, "60 s", duration)?,
        })
    }
}

/// `[limits]`: how much of others' may enter a calendar (rule B7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// `new_per_sender_and_day`: new events of one sender; default 50.
    pub new_per_sender_and_day: u32,
    /// `unanswered`: new events that an account has not answered; default 1000.
    pub unanswered: u32,
}

impl Limits {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        Ok(Self {
            new_per_sender_and_day: settings.count(key::NEW_PER_SENDER_AND_DAY, 50)?,
            unanswered: settings.count(key::UNANSWERED, 1000)?,
        })
    }
}

/// `[trust]`: whose word about senders is believed (rules B1, B2 and B6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// `authserv_ids`: whose Authentication-Results are believed; default none, with which
    /// every From is believed.
    pub authserv_ids: Vec<DomainName>,
    /// `own_domains`: the domains whose senders log in here; default none.
    pub own_domains: Vec<DomainName>,
    /// `spam_header`: what marks spam, as in `X-Spam: Yes`; default nothing.
    pub spam_header: Option<SpamHeader>,
    /// `services`: the calendar services that may speak for others; default all that we know.
    pub services: Vec<CalendarService>,
}

impl Trust {
    pub(super) fn read(settings: &Settings) -> Result<Self, ConfigError> {
        let services = CalendarService::ALL.map(CalendarService::domain);
        Ok(Self {
            authserv_ids: settings.list(key::AUTHSERV_IDS, &[], DomainName::parse)?,
            own_domains: settings.list(key::OWN_DOMAINS, &[], DomainName::parse)?,
            spam_header: settings.optional_text(key::SPAM_HEADER, SpamHeader::parse)?,
            services: settings.list(key::SERVICES, &services, CalendarService::parse)?,
        })
    }
}
