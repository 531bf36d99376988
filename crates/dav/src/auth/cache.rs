//! Passwords that were right a short while ago, so that not every request costs a hash.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use store::AccountId;

/// How long a password is known.
const TIME: Duration = Duration::from_secs(300);
/// How long it is remembered that it was right.
const MEMORY: Duration = Duration::from_secs(24 * 3600);
/// The most that are known at a time.
const MOST: usize = 10_000;

/// What is known of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// It was right a moment ago.
    Right,
    /// It was right in the last day: it is verified, but is nobody's guess.
    Before,
    /// Nothing.
    Not,
}

/// Digests of passwords, each with the hash that it was right for and when that was seen.
pub(super) struct Cache {
    /// Makes the digests worthless outside this process.
    secret: [u8; 32],
    known: Mutex<HashMap<[u8; 32], (String, Instant)>>,
}

impl Default for Cache {
    fn default() -> Self {
        let mut secret = [0; 32];
        // Without randomness the digests are only salted by the account.
        let _ = getrandom::fill(&mut secret);
        Self {
            secret,
            known: Mutex::default(),
        }
    }
}

impl Cache {
    /// Whether the password was right, for a hash that the account still has.
    pub(super) fn knows(
        &self,
        account: AccountId,
        password: &str,
        hashes: &[String],
        now: Instant,
    ) -> Known {
        let key = self.key(account, password);
        let known = self.lock();
        let seen = known.get(&key).filter(|(hash, _)| hashes.contains(hash));
        match seen.map(|(_, at)| now.saturating_duration_since(*at)) {
            Some(age) if age < TIME => Known::Right,
            Some(age) if age < MEMORY => Known::Before,
            _ => Known::Not,
        }
    }

    pub(super) fn learn(&self, account: AccountId, password: &str, hash: String) {
        let key = self.key(account, password);
        let now = Instant::now();
        let mut known = self.lock();
        for age in [MEMORY, TIME] {
            if known.len() >= MOST {
                known.retain(|_, (_, at)| now.saturating_duration_since(*at) < age);
            }
        }
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, (hash, now));
    }

    fn key(&self, account: AccountId, password: &str) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(self.secret);
        digest.update(account.0.to_be_bytes());
        digest.update(password.as_bytes());
        digest.finalize().into()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], (String, Instant)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_for_its_hash_alone() {
        let cache = Cache::default();
        let (alice, bob) = (AccountId(1), AccountId(2));
        cache.learn(alice, "secret", "hash".to_owned());
        let hashes = ["other".to_owned(), "hash".to_owned()];
        let now = Instant::now();
        let known = |account, password, later| cache.knows(account, password, &hashes, now + later);
        assert_eq!(known(alice, "secret", Duration::ZERO), Known::Right);
        assert_eq!(known(alice, "secret", TIME * 2), Known::Before);
        assert_eq!(known(alice, "secret", MEMORY * 2), Known::Not);
        let changed = cache.knows(alice, "secret", &hashes[..1], now);
        assert_eq!(changed, Known::Not, "it was changed meanwhile");
        assert_eq!(known(alice, "Secret", Duration::ZERO), Known::Not);
        assert_eq!(known(bob, "secret", Duration::ZERO), Known::Not);
    }
}
