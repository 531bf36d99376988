//! Who asks: Basic authentication (RFC 7617) with the account's password or one of its app passwords.

mod cache;
mod hash;
mod slow;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use store::{Account, Collections};
use tokio::sync::Semaphore;

pub use hash::{app_password, verify};

use self::cache::{Cache, Known};
use self::slow::{Key, Slow};
use crate::failure::{Failure, Outcome};

/// Passwords verified at one time: each takes a processor and 19 MiB for a while.
const AT_ONCE: usize = 2;
/// The most octets of a name or password.
const LONGEST: usize = 1024;

/// Lets in who knows a password.
pub(crate) struct Gate {
    store: Arc<dyn Collections>,
    cache: Cache,
    slow: Slow,
    turns: Semaphore,
}

impl Gate {
    pub(crate) fn new(store: Arc<dyn Collections>) -> Self {
        Self {
            store,
            cache: Cache::default(),
            slow: Slow::default(),
            turns: Semaphore::new(AT_ONCE),
        }
    }

    /// The account whose name and password the request has.
    pub(crate) async fn enter(&self, fields: &HeaderMap, peer: IpAddr) -> Outcome<Account> {
        let (name, password) = credentials(fields).ok_or_else(unauthorized)?;
        let account = self.store.account_by_address(&name).await?;
        let hashes = match &account {
            Some(account) => self.hashes(account, &password).await?,
            None => Vec::new(),
        };
        let known = account.as_ref().map_or(Known::Not, |account| {
            self.cache
                .knows(account.id, &password, &hashes, Instant::now())
        });
        if known == Known::Right {
            return account.ok_or_else(unauthorized);
        }
        let keys = [Key::peer(peer), Key::account(account.as_ref(), &name)];
        // Others who guess do not keep out an owner whose password is no guess.
        let slowed = match known {
            Known::Not => keys.as_slice(),
            Known::Before | Known::Right => &[],
        };
        let right = self.try_all(slowed, password.clone(), hashes).await?;
        match (account, right) {
            (Some(account), Some(hash)) => {
                self.slow.forget(&keys[1]);
                self.cache.learn(account.id, &password, hash);
                Ok(account)
            }
            _ => {
                self.slow.note(&keys, Instant::now());
                tracing::warn!(%peer, "a DAV log-in failed");
                Err(unauthorized())
            }
        }
    }

    /// The hashes that the password may be of: that of the app password whose id it begins with, and
    /// the account's own.
    async fn hashes(&self, account: &Account, password: &str) -> Outcome<Vec<String>> {
        let mut hashes = Vec::new();
        if let Some(id) = hash::app_password_id(password) {
            let mine = self.store.app_passwords(account.id).await?;
            hashes.extend(
                mine.into_iter()
                    .filter(|one| one.id == id)
                    .map(|one| one.hash),
            );
        }
        hashes.push(account.password.clone());
        Ok(hashes)
    }

    /// The first hash that is of the password. With none to try, one of nobody's takes the time.
    async fn try_all(
        &self,
        keys: &[Key],
        password: String,
        hashes: Vec<String>,
    ) -> Outcome<Option<String>> {
        let unavailable = || Failure::status(StatusCode::SERVICE_UNAVAILABLE);
        let _turn = self.turns.acquire().await.map_err(|_| unavailable())?;
        // Asked in turn: else many tries at one moment would all be the first.
        if let Some(wait) = self.slow.wait(keys, Instant::now()) {
            let too_many = Failure::status(StatusCode::TOO_MANY_REQUESTS);
            return Err(too_many.and(header::RETRY_AFTER, wait.as_secs().max(1).to_string()));
        }
        let trying = tokio::task::spawn_blocking(move || {
            if hashes.is_empty() {
                let _ = verify(&password, hash::NOBODY);
            }
            hashes.into_iter().find(|hash| verify(&password, hash))
        });
        trying.await.map_err(|_| unavailable())
    }
}

fn unauthorized() -> Failure {
    Failure::status(StatusCode::UNAUTHORIZED).and(
        header::WWW_AUTHENTICATE,
        "Basic realm=\"invited\", charset=\"UTF-8\"",
    )
}

/// Name and password of the Authorization field.
fn credentials(fields: &HeaderMap) -> Option<(String, String)> {
    let value = fields.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || token.len() > 4 * LONGEST {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(token.trim()).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    let is_fine = name.len() <= LONGEST && (1..=LONGEST).contains(&password.len());
    is_fine.then(|| (name.to_owned(), password.to_owned()))
}
