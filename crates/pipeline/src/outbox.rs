//! The outbox: mail that waits for the relay, sent with back-off, parked when it cannot be.

pub mod local;
pub mod route;
pub mod scheduling;
pub mod smtp;
mod status;

use std::sync::Arc;

use async_trait::async_trait;
use itip::Delivery;
use store::{Mail, NewMail, Store, Timestamp, Work};
use tokio::sync::watch;

use crate::clock::{Clock, DAY, HOUR, MINUTE};
use crate::guard::caught;
use crate::worker::{self, Worker};

/// How long mail waits before it is parked as expired.
pub const LIFETIME: Timestamp = 5 * DAY;

/// How many mails are sent at once.
const AT_ONCE: usize = 8;

/// The waits between tries; the last one repeats until the mail expires.
const WAITS: [Timestamp; 6] = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR];

/// Takes mail from the outbox.
#[async_trait]
pub trait Relay: Send + Sync + 'static {
    /// Sends one mail; `Ok` only after whoever has it now answers for it.
    async fn send(&self, mail: &NewMail) -> Result<Delivery, SendError>;
}

/// Why a mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It may take it later.
    #[error("{0}")]
    Transient(String),
    /// It never will.
    #[error("{0}")]
    Permanent(String),
}

/// The worker that empties the outbox.
pub struct Outbox {
    /// Where the mail waits.
    pub store: Arc<dyn Store>,
    /// Where it goes.
    pub relay: Arc<dyn Relay>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl Outbox {
    /// Sends what is due until `stop` says so; finishes what is under way.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        worker::run(self, stop).await;
    }
}

#[async_trait]
impl Worker for Outbox {
    type Piece = Mail;
    const WORK: Work = Work::Mails;
    const AT_ONCE: usize = AT_ONCE;

    fn store(&self) -> &dyn Store {
        &*self.store
    }

    fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    async fn take(&self, limit: usize) -> store::Result<Vec<Mail>> {
        self.store.mails_take(self.clock.now(), limit).await
    }

    /// Brings one mail to its end: sent, to be tried again, or parked.
    async fn work(self: Arc<Self>, taken: Mail, mut stop: watch::Receiver<bool>) {
        let mail = &taken.mail;
        let now = self.clock.now();
        let sent = if now > mail.expires {
            Err(SendError::Permanent(
                "expired before it could be sent".to_owned(),
            ))
        } else {
            self.send(&taken.mail).await
        };
        fail::fail_point!("outbox::sent");
        log(&taken, &sent);
        let written = worker::until_written(&mut stop, || self.write(&taken, &sent, now)).await;
        if let Err(error) = written {
            tracing::error!(%error, mail.id = mail.key.id, "what became of a mail could not be written; it is taken again after a restart");
        }
    }
}

impl Outbox {
    /// Writes what became of a mail, first into its event: should it end between the two, both are
    /// done again.
    async fn write(
        &self,
        taken: &Mail,
        sent: &Result<Delivery, SendError>,
        now: Timestamp,
    ) -> store::Result<()> {
        let (store, mail) = (&*self.store, &taken.mail);
        match sent {
            Ok(delivery) => {
                status::note(store, mail, *delivery).await?;
                store.mail_sent(&mail.key).await
            }
            Err(SendError::Permanent(error)) => {
                let failed = match now > mail.expires {
                    true => Delivery::Expired,
                    false => Delivery::Refused,
                };
                status::note(store, mail, failed).await?;
                store.mail_park(&mail.key, error).await
            }
            Err(SendError::Transient(error)) => {
                // The last look is at the end: it parks the mail then, not hours later.
                let at = (now + wait(taken.attempts)).min(mail.expires + 1);
                store.mail_retry(&mail.key, at, error).await
            }
        }
    }

    /// Hands a mail to the relay; a panic in there leaves it waiting.
    async fn send(&self, mail: &NewMail) -> Result<Delivery, SendError> {
        let sent = caught(self.relay.send(mail)).await;
        sent.unwrap_or_else(|| {
            let error = "sending failed on this mail";
            Err(SendError::Transient(error.to_owned()))
        })
    }
}

fn log(taken: &Mail, sent: &Result<Delivery, SendError>) {
    let mail = &taken.mail;
    let did = match sent {
        Ok(Delivery::Delivered) => "delivered here".to_owned(),
        Ok(_) => "sent".to_owned(),
        Err(SendError::Permanent(error)) => format!("parked: {error}"),
        Err(SendError::Transient(error)) => format!("deferred: {error}"),
    };
    tracing::info!(
        target: "mail",
        { mail.id = mail.key.id, mail.recipient, attempts = taken.attempts + 1 },
        "{} to {} {did}", mail.kind, mail.recipient
    );
}

/// How long to wait after so many tries that failed before.
fn wait(attempts: u32) -> Timestamp {
    let last = WAITS.len() - 1;
    WAITS[usize::try_from(attempts).unwrap_or(last).min(last)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay() {
        assert_eq!(wait(0), MINUTE);
        assert_eq!(wait(3), HOUR);
        assert_eq!(wait(5), 6 * HOUR);
        assert_eq!(wait(u32::MAX), 6 * HOUR);
    }
}
