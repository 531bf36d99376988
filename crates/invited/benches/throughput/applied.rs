//! When the daemon had applied which invitation, read from the log that `serve` writes.

use std::collections::HashMap;
use std::fmt;
use std::fs::OpenOptions;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Outcome and time by UID.
#[derive(Clone, Default)]
pub struct Applied(Arc<Mutex<HashMap<String, (String, Instant)>>>);

impl Applied {
    /// The log, started by the first call: every line is made and written, to nowhere.
    pub fn watch() -> Self {
        static LOG: OnceLock<Applied> = OnceLock::new();
        LOG.get_or_init(Self::start).clone()
    }

    fn start() -> Self {
        let applied = Self::default();
        let nowhere = OpenOptions::new().write(true).open("/dev/null").unwrap();
        tracing_subscriber::registry()
            .with(tracing_subscriber::fmt::layer().with_writer(Mutex::new(nowhere)))
            .with(tracing_subscriber::filter::LevelFilter::INFO)
            .with(applied.clone())
            .init();
        applied
    }

    /// All since the last call.
    pub fn take(&self) -> HashMap<String, (String, Instant)> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    pub fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl<S: Subscriber> Layer<S> for Applied {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut outcome = Outcome::default();
        event.record(&mut outcome);
        if !outcome.outcome.is_empty() {
            let word = format!("{} ({})", outcome.outcome, outcome.reason);
            let mut applied = self.0.lock().unwrap();
            applied.insert(outcome.uid, (word, Instant::now()));
        }
    }
}

#[derive(Default)]
struct Outcome {
    uid: String,
    outcome: String,
    reason: String,
}

impl Visit for Outcome {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "mail.uid" => value.clone_into(&mut self.uid),
            "mail.outcome" => value.clone_into(&mut self.outcome),
            "mail.reason" => value.clone_into(&mut self.reason),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
