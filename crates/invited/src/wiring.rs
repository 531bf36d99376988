//! Concrete parts put together from the configuration: store, site, delivery.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use pipeline::clock::{Clock, HOUR};
use pipeline::deliver::maildir::Maildir;
use pipeline::outbox::local::Local;
use pipeline::outbox::route::Route;
use pipeline::outbox::{Relay, smtp};
use pipeline::receive::{Receive, find_account};
use pipeline::site::{Caps, Sending, Site, Threading};
use pipeline::spool::Spool;
use store::{Account, Collections, SqliteStore, Store, Timestamp};
use tokio::sync::watch;

use crate::config::{self, Config};
use crate::failure::Failure;

/// The most octets of a file that a command reads.
const LARGEST_FILE: u64 = 256 << 20;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::try_from(since.as_millis()).unwrap_or(Timestamp::MAX)
    }
}

/// Opens the database, making it and its folder when they are missing.
pub fn open_store(config: &Config) -> Result<Arc<dyn Collections>, Failure> {
    let folder = &config.server.data_dir;
    make_folder(folder)?;
    let database = folder.join("invited.db");
    if !database.exists() && has_mail(config) {
        return Err(Failure::new(format_args!(
            "{} is missing, but there is mail beside it: restore it, or move the folder mail away to begin anew",
            database.display()
        )));
    }
    let store = SqliteStore::open(&database)?;
    Ok(Arc::new(store))
}

/// Whether accounts had mail here: then there was a database.
fn has_mail(config: &Config) -> bool {
    std::fs::read_dir(mail_folder(config)).is_ok_and(|mut entries| entries.next().is_some())
}

/// The account behind an address, plus-tags and aliases included.
pub async fn account(store: &dyn Store, address: &str) -> Result<Account, Failure> {
    find_account(store, address).await?.ok_or_else(|| {
        Failure::new(format_args!(
            "no account has the address {address}; `invited account list` shows them"
        ))
    })
}

/// Makes a folder that only its owner can read.
pub fn make_folder(folder: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| {
        Failure::new(format_args!(
            "the folder {} cannot be made: {error}; set server.data_dir to one that can be written",
            folder.display()
        ))
    })
}

/// The content of a file that a person named.
pub fn read_file(file: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable =
        |error| Failure::new(format_args!("{} cannot be read: {error}", file.display()));
    let size = std::fs::metadata(file).map_err(unreadable)?.len();
    if size > LARGEST_FILE {
        return Err(Failure::new(format_args!(
            "{} is larger than {} MiB",
            file.display(),
            LARGEST_FILE >> 20
        )));
    }
    std::fs::read(file).map_err(unreadable)
}

/// The text with CRLF line ends, as it is on the wire.
#[must_use]
pub fn crlf(text: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(text.len() + text.len() / 32);
    let mut before = 0;
    for &octet in text {
        if before == b'\r' && octet != b'\n' || octet == b'\n' && before != b'\r' {
            wire.extend_from_slice(if octet == b'\n' { b"\r" } else { b"\n" });
        }
        wire.push(octet);
        before = octet;
    }
    if before == b'\r' {
        wire.push(b'\n');
    }
    wire
}

/// A time as a person reads it, in UTC.
#[must_use]
pub fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_default()
}

/// Where accounts' mail is.
#[must_use]
pub fn mail_folder(config: &Config) -> PathBuf {
    config.server.data_dir.join("mail")
}

/// Whose word about senders counts.
#[must_use]
pub fn trust(config: &Config) -> imip::Trust {
    let names =
        |names: &[config::DomainName]| names.iter().map(|name| name.as_str().to_owned()).collect();
    let services = config
        .trust
        .services
        .iter()
        .filter_map(|service| imip::sender::Service::named(service.domain()));
    imip::Trust {
        authserv_ids: names(&config.trust.authserv_ids),
        own_domains: names(&config.trust.own_domains),
        services: services.collect(),
        spam_header: config
            .trust
            .spam_header
            .as_ref()
            .map(|spam| (spam.name.clone(), spam.value.clone())),
    }
}

/// What the stages know of the site.
pub fn site(config: &Config) -> Result<Site, Failure> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(Failure::new)?;
    let random: String = random.iter().map(|octet| format!("{octet:02x}")).collect();
    let hostname = config.server.hostname.as_str().to_owned();
    Ok(Site {
        node: hostname.clone(),
        hostname,
        process: format!("{}-{random}", SystemClock.now()),
        trust: trust(config),
        caps: Caps {
            new_per_sender_and_day: config.limits.new_per_sender_and_day.into(),
            unanswered: config.limits.unanswered.into(),
        },
        thread: match config.delivery.threading {
            config::Threading::ByEvent => Threading::On,
            config::Threading::AsSent => Threading::Off,
        },
        sending: match config.smtp.relay {
            Some(_) => Sending::ThroughRelay,
            None => Sending::NoRelay,
        },
        limits: imip::Limits::default(),
        script_limits: sieve::Limits::default(),
        lease: HOUR,
    })
}

/// The stages from intake to delivery.
pub fn receive(
    config: &Config,
    store: Arc<dyn Store>,
    site: Arc<Site>,
) -> Result<Receive, Failure> {
    let spool = config.server.data_dir.join("spool");
    make_folder(&spool)?;
    make_folder(&mail_folder(config))?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let deliver = Maildir::new(mail_folder(config), &site.hostname, Arc::clone(&clock));
    let spool = Spool::new(spool, site.limits.clone());
    Ok(Receive::new(store, Arc::new(deliver), clock, site, spool))
}

/// The ways on which mail leaves the outbox; `ended` is told of ended jobs.
pub fn route(
    receive: Arc<Receive>,
    relay: Option<smtp::SmtpRelay>,
    ended: watch::Receiver<()>,
) -> Route {
    Route {
        store: Arc::clone(&receive.store),
        local: Local { receive, ended },
        relay: relay.map(|relay| Arc::new(relay) as Arc<dyn Relay>),
    }
}

/// The relay, if one is configured.
pub fn relay(config: &Config) -> Result<Option<smtp::SmtpRelay>, Failure> {
    let Some(relay) = &config.smtp.relay else {
        return Ok(None);
    };
    let server = smtp::Server {
        host: relay.host.to_string(),
        port: relay.port,
        security: match relay.security {
            config::Security::Plain => smtp::Security::Plain,
            config::Security::Tls => smtp::Security::Tls,
            config::Security::StartTls => smtp::Security::StartTls,
        },
        credentials: relay.credentials.as_ref().map(|credentials| {
            (
                credentials.user.clone(),
                credentials.password.expose().to_owned(),
            )
        }),
    };
    smtp::SmtpRelay::new(server, config.server.hostname.as_str())
        .map(Some)
        .map_err(|error| Failure::new(format_args!("smtp.relay cannot be used: {error}")))
}
