//! Redirect (RFC 5228, 4.2): the message as it came goes to the outbox, once for each address.

use std::sync::Arc;

use store::{AccountId, Hold, MailKey, NewMail};

use super::Receive;
use super::plan::Plan;
use crate::digest::Digest;
use crate::filter::database;
use crate::intake::{Envelope, Refusal};
use crate::outbox::LIFETIME;
use crate::spool::Message;

impl Receive {
    /// Writes the plan's redirects to the outbox, one after the other: each is held in memory whole.
    pub(super) async fn redirect(
        &self,
        envelope: &Envelope,
        message: &Arc<Message>,
        plan: &Plan,
    ) -> Result<(), Refusal> {
        let now = self.clock.now();
        for address in &plan.redirects {
            let account = plan.recipient.account.id;
            let (trace, message) = (plan.trace.clone(), Arc::clone(message));
            let (from, to) = (envelope.reverse_path.clone(), address.clone());
            let reading =
                tokio::task::spawn_blocking(move || mail(account, &from, &to, &trace, &message));
            let (key, text) = reading.await.map_err(|_| Refusal::Storage)??;
            let mail = NewMail {
                key,
                kind: "redirect".to_owned(),
                reverse_path: envelope.reverse_path.clone(),
                recipient: address.clone(),
                message: text,
                not_before: now,
                expires: now + LIFETIME,
                uid: String::new(),
                hold: Hold::None,
            };
            self.store.mails_add(vec![mail]).await.map_err(database)?;
        }
        Ok(())
    }
}

/// The text with the trace fields that end loops, and the key by which a second try of the same
/// delivery is known: our own trace is not part of it.
fn mail(
    account: AccountId,
    reverse_path: &str,
    recipient: &str,
    trace: &str,
    message: &Message,
) -> Result<(MailKey, Vec<u8>), Refusal> {
    let size = usize::try_from(message.size()).map_err(|_| Refusal::Storage)?;
    let mut text = Vec::with_capacity(size + trace.len());
    text.extend_from_slice(trace.as_bytes());
    let mut digest = Digest::default()
        .piece(reverse_path.as_bytes())
        .piece(recipient.as_bytes());
    message
        .for_each_chunk(|chunk| {
            digest.octets(chunk);
            text.extend_from_slice(chunk);
            Ok(())
        })
        .map_err(|error| {
            tracing::error!(%error, "a spooled mail cannot be read");
            Refusal::Storage
        })?;
    Ok((
        MailKey {
            account,
            id: digest.hex(),
        },
        text,
    ))
}
