//! Passwords that were right a short while ago, so that not every request costs a hash.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use store::AccountId;

/// How long a password is known.
const TIME: Duration = Duration::from_secs(300);
/// The most that are known at a time.
const MOST: usize = 10_000;

/// Digests of passwords, each with the hash that it was right for and until when that counts.
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
    /// Whether the password was right lately, for a hash that the account still has.
    pub(super) fn knows(&self, account: AccountId, password: &str, hashes: &[String]) -> bool {
        let key = self.key(account, password);
        self.lock()
            .get(&key)
            .is_some_and(|(hash, until)| Instant::now() < *until && hashes.contains(hash))
    }

    pub(super) fn learn(&self, account: AccountId, password: &str, hash: String) {
        let key = self.key(account, password);
        let now = Instant::now();
        let mut known = self.lock();
        if known.len() >= MOST {
            known.retain(|_, (_, until)| now < *until);
        }
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, (hash, now + TIME));
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
        assert!(cache.knows(alice, "secret", &hashes));
        assert!(
            !cache.knows(alice, "secret", &hashes[..1]),
            "it was changed meanwhile"
        );
        assert!(!cache.knows(alice, "Secret", &hashes));
        assert!(!cache.knows(bob, "secret", &hashes));
    }
}
