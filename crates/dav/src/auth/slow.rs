//! Failed tries make the next ones wait, per peer address and per account.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Failures that cost nothing: a person types.
const FREE: u32 = 5;
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(60);
/// How long failures are remembered.
const MEMORY: Duration = Duration::from_secs(900);
/// The most keys that are remembered.
const MOST: usize = 50_000;

/// The failures of the last minutes.
#[derive(Default)]
pub(super) struct Slow(Mutex<HashMap<String, Failures>>);

struct Failures {
    count: u32,
    last: Instant,
}

impl Failures {
    /// How long the next try must wait, since the last one.
    fn pause(&self) -> Duration {
        let beyond = self.count.saturating_sub(FREE);
        match beyond {
            0 => Duration::ZERO,
            1..=6 => Duration::from_secs(1 << (beyond - 1)),
            _ => LONGEST,
        }
    }
}

impl Slow {
    /// How long the keys still have to wait, if at all.
    pub(super) fn wait(&self, keys: &[String], now: Instant) -> Option<Duration> {
        let failures = self.lock();
        let waits = keys.iter().filter_map(|key| failures.get(key));
        let waits =
            waits.map(|failed| (failed.last + failed.pause()).saturating_duration_since(now));
        waits.max().filter(|wait| !wait.is_zero())
    }

    pub(super) fn note(&self, keys: &[String], now: Instant) {
        let mut failures = self.lock();
        if failures.len() >= MOST {
            failures.retain(|_, failed| now.saturating_duration_since(failed.last) < MEMORY);
        }
        for key in keys {
            let failed = failures.entry(key.clone()).or_insert(Failures {
                count: 0,
                last: now,
            });
            if now.saturating_duration_since(failed.last) >= MEMORY {
                failed.count = 0;
            }
            failed.count = failed.count.saturating_add(1);
            failed.last = now;
        }
    }

    /// Forgets the failures of one key: its owner is in.
    pub(super) fn forget(&self, key: &str) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Failures>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let slow = Slow::default();
        let keys = ["a".to_owned()];
        let begin = Instant::now();
        for _ in 0..FREE {
            slow.note(&keys, begin);
        }
        assert_eq!(slow.wait(&keys, begin), None);
        slow.note(&keys, begin);
        assert_eq!(slow.wait(&keys, begin), Some(Duration::from_secs(1)));
        slow.note(&keys, begin);
        assert_eq!(slow.wait(&keys, begin), Some(Duration::from_secs(2)));
        assert_eq!(slow.wait(&["b".to_owned()], begin), None);
        for _ in 0..100 {
            slow.note(&keys, begin);
        }
        assert_eq!(slow.wait(&keys, begin), Some(LONGEST));
        assert_eq!(slow.wait(&keys, begin + LONGEST), None);
        slow.forget("a");
        assert_eq!(slow.wait(&keys, begin), None);
    }
}
