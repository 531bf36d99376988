//! Compiled scripts, kept by their text.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sieve::{CompileError, Limits, Script};
use store::Account;

use crate::guard::guarded;
use crate::preferences::{self, Preferences};

/// How many compiled scripts are kept; past that all are forgotten and made again when needed.
const KEPT: usize = 1024;

/// Compiles scripts, each text once.
pub struct Scripts {
    limits: Limits,
    kept: Mutex<HashMap<String, Unit>>,
    generated: Mutex<HashMap<Source, Unit>>,
}

/// A compiled script, or why there is none.
type Unit = Result<Arc<Script>, String>;

/// What a generated script is made from.
#[derive(PartialEq, Eq, Hash)]
struct Source {
    address: String,
    preferences: Option<String>,
    own_domains: Vec<String>,
}

impl Scripts {
    /// Compiles within these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            kept: Mutex::default(),
            generated: Mutex::default(),
        }
    }

    /// The unit made from an account's preferences (JSON; none: the defaults).
    ///
    /// The error is one sentence for the log and the account's owner.
    pub fn generated(
        &self,
        account: &Account,
        preferences: Option<&str>,
        own_domains: &[String],
    ) -> Unit {
        let source = Source {
            address: account.address.clone(),
            preferences: preferences.map(str::to_owned),
            own_domains: own_domains.to_vec(),
        };
        if let Some(known) = lock(&self.generated).get(&source) {
            return known.clone();
        }
        let unit = self.generate(account, &source);
        keep(&self.generated, source, unit.clone());
        unit
    }

    fn generate(&self, account: &Account, source: &Source) -> Unit {
        let preferences = source
            .preferences
            .as_deref()
            .map_or_else(|| Ok(Preferences::default()), Preferences::from_json)
            .map_err(|error| format!("the calendar preferences cannot be read: {error}"))?;
        let text = preferences::script(&preferences, account, &source.own_domains);
        self.compile(&text)
            .map_err(|error| format!("the generated script does not compile: {error}"))
    }

    /// The user's own unit.
    pub fn own(&self, text: &str) -> Unit {
        self.compile(text)
            .map_err(|error| format!("the own script does not compile: {error}"))
    }

    fn compile(&self, text: &str) -> Unit {
        if let Some(known) = lock(&self.kept).get(text) {
            return known.clone();
        }
        // Not under the lock: a long script must not hold up other mail.
        let compiled = guarded("compiling a script", || sieve::compile(text, &self.limits))
            .ok_or_else(|| "compiling it failed".to_owned())
            .and_then(|compiled| compiled.map(Arc::new).map_err(|errors| first(&errors)));
        keep(&self.kept, text.to_owned(), compiled.clone());
        compiled
    }
}

fn keep<K: Eq + Hash>(units: &Mutex<HashMap<K, Unit>>, key: K, unit: Unit) {
    let mut kept = lock(units);
    if kept.len() >= KEPT {
        kept.clear();
    }
    kept.insert(key, unit);
}

fn lock<T>(units: &Mutex<T>) -> MutexGuard<'_, T> {
    units.lock().unwrap_or_else(PoisonError::into_inner)
}

fn first(errors: &[CompileError]) -> String {
    let error = errors.first().map(ToString::to_string);
    error.unwrap_or_else(|| "it is not a script".to_owned())
}
