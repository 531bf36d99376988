//! Failed tries make the next ones wait, per peer address and per account.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use store::{Account, AccountId};

/// Failures for one account that cost nothing: a person types.
const FREE: u32 = 5;
/// Failures of one peer that cost nothing: behind one address may be a house full of people.
const FREE_OF_PEER: u32 = 30;
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(60);
/// How long failures are remembered.
const MEMORY: Duration = Duration::from_secs(900);
/// The most keys that are remembered.
const MOST: usize = 50_000;

/// The failures of the last minutes.
#[derive(Default)]
pub(super) struct Slow(Mutex<HashMap<Key, Failures>>);

/// What failures are counted for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// Where they come from.
    Peer(IpAddr),
    /// The account that was to be entered, by whatever address.
    Account(AccountId),
    /// A name that no account has.
    Name(String),
}

impl Key {
    /// That of a peer. Who has one address of IPv6 has the 2^64 around it.
    pub(super) fn peer(peer: IpAddr) -> Self {
        Self::Peer(match peer {
            IpAddr::V4(_) => peer,
            IpAddr::V6(address) => {
                let network = address.to_bits() >> 64 << 64;
                Ipv6Addr::from_bits(network).into()
            }
        })
    }

    /// That of an account, or of the name of none.
    pub(super) fn account(account: Option<&Account>, name: &str) -> Self {
        let named = || Self::Name(name.to_lowercase());
        account.map_or_else(named, |account| Self::Account(account.id))
    }

    fn free(&self) -> u32 {
        match self {
            Self::Peer(_) => FREE_OF_PEER,
            Self::Account(_) | Self::Name(_) => FREE,
        }
    }
}

struct Failures {
    count: u32,
    last: Instant,
}

impl Failures {
    /// How long the next try must wait, since the last one.
    fn pause(&self, free: u32) -> Duration {
        let beyond = self.count.saturating_sub(free);
        match beyond {
            0 => Duration::ZERO,
            1..=6 => Duration::from_secs(1 << (beyond - 1)),
            _ => LONGEST,
        }
    }
}

impl Slow {
    /// How long the keys still have to wait, if at all.
    pub(super) fn wait(&self, keys: &[Key], now: Instant) -> Option<Duration> {
        let failures = self.lock();
        let waits = keys.iter().filter_map(|key| {
            let failed = failures.get(key)?;
            let until = failed.last + failed.pause(key.free());
            Some(until.saturating_duration_since(now))
        });
        waits.max().filter(|wait| !wait.is_zero())
    }

    pub(super) fn note(&self, keys: &[Key], now: Instant) {
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
    pub(super) fn forget(&self, key: &Key) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Failures>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let slow = Slow::default();
        let keys = [Key::Account(AccountId(1))];
        let begin = Instant::now();
        for _ in 0..FREE {
            slow.note(&keys, begin);
        }
        assert_eq!(slow.wait(&keys, begin), None);
        slow.note(&keys, begin);
        assert_eq!(slow.wait(&keys, begin), Some(Duration::from_secs(1)));
        slow.note(&keys, begin);
        assert_eq!(slow.wait(&keys, begin), Some(Duration::from_secs(2)));
        assert_eq!(slow.wait(&[Key::Account(AccountId(2))], begin), None);
        for _ in 0..100 {
            slow.note(&keys, begin);
        }
        assert_eq!(slow.wait(&keys, begin), Some(LONGEST));
        assert_eq!(slow.wait(&keys, begin + LONGEST), None);
        slow.forget(&keys[0]);
        assert_eq!(slow.wait(&keys, begin), None);
    }

    #[test]
    fn many_people_may_be_behind_one_address() {
        let slow = Slow::default();
        let keys = [Key::peer("2001:db8::1".parse().unwrap())];
        let neighbour = [Key::peer("2001:db8::2".parse().unwrap())];
        let begin = Instant::now();
        for _ in 0..FREE_OF_PEER {
            slow.note(&keys, begin);
        }
        assert_eq!(slow.wait(&keys, begin), None);
        slow.note(&keys, begin);
        assert_eq!(slow.wait(&neighbour, begin), Some(Duration::from_secs(1)));
    }
}
