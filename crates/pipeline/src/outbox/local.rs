//! Scheduling mail from one account of this server to another: handed over here, with a sender whom
//! nobody can forge (rule F5).

use std::sync::Arc;
use std::time::Duration;

use store::{Account, JobKey, NewMail, Store};
use tokio::sync::watch;

use super::SendError;
use crate::intake::{Envelope, Incoming, Intake, Recipient, Refusal};
use crate::preferences::{LocalMail, Preferences};
use crate::receive::{InMailbox, Receive, find_account};
use crate::spool::Message;

/// How long a mail in hand waits for the outcome of its job before it goes back to the outbox.
const PATIENCE: Duration = Duration::from_secs(10);

/// The way to the accounts of this server.
pub struct Local {
    /// Takes the mail as it takes mail that comes by LMTP.
    pub receive: Arc<Receive>,
    /// Says that a job has ended; see [`Update::ended`](crate::update::Update::ended).
    pub ended: watch::Receiver<()>,
}

impl Local {
    /// Delivers a mail to an account. A second try of the same mail may deliver it twice, but its job
    /// is done once.
    ///
    /// Whose owner wants such events in the calendar alone gets the mail only when its outcome is
    /// another: the job goes first, and the outbox has the mail until both are done.
    pub(super) async fn send(&self, mail: &NewMail, account: Account) -> Result<(), SendError> {
        let writer = self.writer(mail).await?;
        let recipient = Recipient {
            address: mail.recipient.clone(),
            account,
        };
        let envelope = Envelope {
            reverse_path: mail.reverse_path.clone(),
            recipients: vec![recipient.clone()],
            client: String::new(),
            peer: None,
            utf8: false,
            writer,
        };
        let message = self.collect(&mail.message)?;
        let in_mailbox = self.in_mailbox(&envelope, &recipient, &message).await?;
        let verdicts = self.receive.bring(&envelope, &message, in_mailbox).await;
        verdicts.into_iter().collect::<Result<(), _>>()?;
        Ok(())
    }

    /// The mail's writer, if the account whose outbox it was in still has that address.
    async fn writer(&self, mail: &NewMail) -> Result<Option<String>, SendError> {
        let account = find_account(self.store(), &mail.reverse_path).await?;
        let is_own = account.is_some_and(|account| account.id == mail.key.account);
        Ok(is_own.then(|| mail.reverse_path.clone()))
    }

    fn collect(&self, text: &[u8]) -> Result<Arc<Message>, Refusal> {
        let mut collector = self.receive.begin()?;
        collector.write(text)?;
        collector.finish().map(Arc::new)
    }

    /// Whether the mail is to be in the mailbox, too; when that depends on its outcome, waits for it.
    async fn in_mailbox(
        &self,
        envelope: &Envelope,
        recipient: &Recipient,
        message: &Arc<Message>,
    ) -> Result<InMailbox, SendError> {
        if self.wanted(&recipient.account).await? == LocalMail::Always {
            return Ok(InMailbox::Yes);
        }
        let job = self.receive.apply_first(envelope, recipient, message);
        let Some(job) = job.await? else {
            return Ok(InMailbox::Yes);
        };
        Ok(match self.outcome(&job).await?.as_str() {
            "added" | "updated" | "cancelled" => InMailbox::No,
            _ => InMailbox::Yes,
        })
    }

    async fn wanted(&self, account: &Account) -> Result<LocalMail, SendError> {
        let preferences = self.store().preferences(account.id).await?;
        let preferences = preferences.map(|json| Preferences::from_json(&json));
        // Preferences that cannot be read are said to be so by the filter; the mail is delivered.
        Ok(match preferences {
            Some(Ok(preferences)) => preferences.local_mail,
            Some(Err(_)) | None => LocalMail::Always,
        })
    }

    /// Waits for the outcome of a job. A job that is not done in time is asked for at the next try.
    async fn outcome(&self, job: &JobKey) -> Result<String, SendError> {
        let mut ended = self.ended.clone();
        let recorded = async {
            loop {
                ended.mark_unchanged();
                if let Some(outcome) = self.recorded(job).await? {
                    return Ok(outcome);
                }
                if ended.changed().await.is_err() {
                    return Err(SendError::Transient("the server is stopping".to_owned()));
                }
            }
        };
        let late = || SendError::Transient("its calendar job is not done yet".to_owned());
        tokio::time::timeout(PATIENCE, recorded)
            .await
            .unwrap_or_else(|_| Err(late()))
    }

    async fn recorded(&self, job: &JobKey) -> store::Result<Option<String>> {
        let Some(id) = self.store().decision_of(job.account, &job.id).await? else {
            return Ok(None);
        };
        let decision = self.store().decision(job.account, id).await?;
        Ok(decision.map(|decision| decision.record.outcome))
    }

    fn store(&self) -> &dyn Store {
        &*self.receive.store
    }
}

impl From<Refusal> for SendError {
    fn from(refusal: Refusal) -> Self {
        if refusal.is_transient() {
            Self::Transient(refusal.to_string())
        } else {
            Self::Permanent(refusal.to_string())
        }
    }
}

/// A store that cannot be asked may answer later: the mail is not lost by it.
impl From<store::Error> for SendError {
    fn from(error: store::Error) -> Self {
        Self::Transient(error.to_string())
    }
}
