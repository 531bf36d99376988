//! Where the filtered mail goes: the contract of a delivery, with the Maildir behind it.

pub mod folder;
pub mod maildir;

use std::sync::Arc;

use async_trait::async_trait;
use store::Account;
use tokio::sync::oneshot;

use crate::intake::Refusal;
use crate::spool::Message;

/// Puts mail where its owner reads it.
#[async_trait]
pub trait Deliver: Send + Sync + 'static {
    /// Stores one message for several recipients, for each in all of its targets; `None` goes
    /// nowhere. One verdict for each, in their order.
    ///
    /// Nobody sees the mail before `word` has come, but what can be done before is done meanwhile.
    /// `Ok` only when it is durable in all targets. After an error it may be in some: the client
    /// tries again, so that the mail is there once or more.
    async fn deliver(
        &self,
        deliveries: Vec<Option<Delivery>>,
        word: Word,
    ) -> Vec<Result<(), Refusal>>;

    /// Whether the account has a folder of this name (Sieve `mailboxexists`).
    async fn folder_exists(&self, account: &Account, folder: &str) -> Result<bool, Refusal>;
}

/// Which deliveries are taken, in their order; what is refused keeps that verdict. A sender that
/// has gone has taken none.
pub type Word = oneshot::Receiver<Vec<Result<(), Refusal>>>;

/// One mail for one recipient.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The account.
    pub account: Account,
    /// The address that the mail was sent to, as in RCPT TO.
    pub recipient: String,
    /// MAIL FROM; empty for the null reverse-path.
    pub reverse_path: String,
    /// The header fields that we put on top, CRLF lines: trace fields, then stamps.
    pub fields: Vec<u8>,
    /// The mail as it came, less what was removed.
    pub message: Arc<Message>,
    /// Where it goes; never empty, and no folder twice.
    pub targets: Vec<Target>,
}

/// A folder with the flags that the mail gets there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The folder; `INBOX` in any case is the inbox. Made when it is missing.
    pub folder: String,
    /// IMAP flags, such as `\Seen`.
    pub flags: Vec<String>,
}
