//! Which way a mail leaves the outbox: what we wrote ourselves for an account of this server is handed
//! to it here (rule F5), all else goes to the relay.

use std::sync::Arc;

use async_trait::async_trait;
use calendar::Method;
use itip::Delivery;
use store::{NewMail, QueueState, Store};

use super::local::Local;
use super::{Relay, SendError};
use crate::receive::find_account;

/// Why mail waits that only a relay could take; `invited queue list` shows it.
const NO_RELAY: &str = "no [smtp] relay is configured: set one and restart `invited serve`";

/// Both ways.
pub struct Route {
    /// Where accounts are.
    pub store: Arc<dyn Store>,
    /// The way to accounts of this server.
    pub local: Local,
    /// The way to everybody else; without it their mail waits.
    pub relay: Option<Arc<dyn Relay>>,
}

#[async_trait]
impl Relay for Route {
    async fn send(&self, mail: &NewMail) -> Result<Delivery, SendError> {
        if is_scheduling(mail)
            && let Some(account) = find_account(&*self.store, &mail.recipient).await?
        {
            self.local.send(mail, account).await?;
            return Ok(Delivery::Delivered);
        }
        match &self.relay {
            Some(relay) => relay.send(mail).await,
            None => Err(SendError::Transient(NO_RELAY.to_owned())),
        }
    }
}

/// Whether we wrote the mail: its kind is a METHOD then.
fn is_scheduling(mail: &NewMail) -> bool {
    Method::parse(&mail.kind).is_some()
}

/// Makes mail due that waits because there was no relay, for there is one now.
pub async fn relay_came(store: &dyn Store) -> store::Result<()> {
    for entry in store.queue().await? {
        if entry.state == QueueState::Ready && entry.error == NO_RELAY {
            store.queue_retry(&entry.id).await?;
        }
    }
    Ok(())
}
