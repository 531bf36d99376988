//! `invited serve`: runs the server until it is told to stop.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dav::Dav;
use lmtp::Server;
use pipeline::clock::Clock;
use pipeline::outbox::{Outbox, route};
use pipeline::site::Site;
use pipeline::update::Update;
use store::{Collections, Store};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Outcome;
use crate::config::{Config, Listen};
use crate::failure::Failure;
use crate::http::{self, Http};
use crate::wiring::{self, SystemClock};
use crate::{logging, output};

/// How often expired holds are looked for.
const SWEEP: Duration = Duration::from_secs(60);

/// Runs the server until SIGINT or SIGTERM; what it took is finished first.
pub async fn run(config: Config) -> Outcome {
    logging::start();
    let _survived = survive_large_files()?;
    let server = Running::start(&config).await?;
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    output::print(&format!(
        "invited {} listens on {} (LMTP) and {} (HTTP)",
        env!("CARGO_PKG_VERSION"),
        server.lmtp,
        server.http
    ));
    stop_signal().await?;
    tracing::info!("stopping: finishing what was taken");
    server.stop().await;
    Ok(String::new())
}

/// A running server.
pub struct Running {
    /// Where it takes mail.
    pub lmtp: String,
    /// Where it answers HTTP.
    pub http: String,
    /// Its store.
    pub store: Arc<dyn Collections>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    /// Held until the end, so that no second server works on the same data.
    _lock: File,
}

impl Running {
    /// Opens everything and starts all workers; fails in one clear line.
    pub async fn start(config: &Config) -> Result<Self, Failure> {
        wiring::make_folder(&config.server.data_dir)?;
        let lock = lock(&config.server.data_dir)?;
        let store = wiring::open_store(config)?;
        let site = Arc::new(wiring::site(config)?);
        let receive = Arc::new(wiring::receive(config, store.clone(), Arc::clone(&site))?);
        let relay = wiring::relay(config)?;
        let listen = match &config.lmtp.listen {
            Listen::Tcp(address) => lmtp::Listen::Tcp(*address),
            Listen::Unix(path) => lmtp::Listen::Unix(path.clone()),
        };
        let limits = lmtp::Limits {
            message_size: config.lmtp.max_message_size,
            ..lmtp::Limits::default()
        };
        let server = Server::bind(&listen, limits, site.hostname.clone(), Arc::clone(&receive))
            .await
            .map_err(|error| {
                Failure::new(format_args!(
                    "lmtp.listen: {listen} cannot be listened on: {error}"
                ))
            })?;
        let lmtp = server.local_addr().to_string();
        let listener = Http::bind(&config.http.listen, http::Limits::default()).await?;
        let http = listener.local_addr();
        let released = store
            .jobs_sweep(&site.node, &site.process, SystemClock.now())
            .await?;
        if released > 0 {
            tracing::info!(jobs = released, "released the jobs of an earlier run");
        }
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        tasks.spawn(server.serve(stopped.clone()));
        let dav = Dav::new(
            Arc::clone(&store),
            Arc::clone(&clock),
            dav::Limits::default(),
        )
        .holding(i64::try_from(config.smtp.hold.as_millis()).unwrap_or(i64::MAX / 2))
        .published_at(config.http.public_url.as_str());
        let router = dav::router(dav).merge(http::health::router(store.clone()));
        tasks.spawn(listener.serve(router, stopped.clone()));
        tasks.spawn(sweep(store.clone(), Arc::clone(&site), stopped.clone()));
        if relay.is_some() {
            route::relay_came(&*store).await?;
        }
        let (ended, jobs) = watch::channel(());
        let outbox = Outbox {
            store: store.clone(),
            relay: Arc::new(wiring::route(receive, relay, jobs)),
            clock: Arc::clone(&clock),
        };
        tasks.spawn(outbox.run(stopped.clone()));
        let update = Update {
            store: store.clone(),
            clock,
            site,
            ended,
        };
        tasks.spawn(update.run(stopped));
        Ok(Self {
            lmtp,
            http,
            store,
            stop,
            tasks,
            _lock: lock,
        })
    }

    /// Stops taking mail, finishes what was taken, and ends.
    pub async fn stop(mut self) {
        // Nobody listening any more means that all have ended.
        let _ = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Makes sure that one server alone works on the data folder.
fn lock(folder: &Path) -> Result<File, Failure> {
    let path = folder.join("serve.lock");
    let file = File::create(&path).map_err(|error| {
        Failure::new(format_args!(
            "{} cannot be written: {error}; set server.data_dir to a folder that can be",
            path.display()
        ))
    })?;
    file.try_lock().map_err(|_| {
        Failure::new(format_args!(
            "another `invited serve` works on {}; stop it first",
            folder.display()
        ))
    })?;
    Ok(file)
}

/// Releases expired holds from time to time.
async fn sweep(store: Arc<dyn Store>, site: Arc<Site>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            _ = stop.changed() => return,
        }
        if let Err(error) = store
            .jobs_sweep(&site.node, &site.process, SystemClock.now())
            .await
        {
            tracing::warn!(%error, "expired holds could not be released");
        }
    }
}

/// A limit on file sizes ends a process by SIGXFSZ; taken, it is an error of the one write instead.
fn survive_large_files() -> Result<Signal, Failure> {
    const SIGXFSZ: i32 = 25;
    signal(SignalKind::from_raw(SIGXFSZ)).map_err(Failure::new)
}

/// Waits for SIGINT or SIGTERM.
pub async fn stop_signal() -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::new)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(())
}
