//! Where the filtered mail goes: the contract of a delivery, with the Maildir behind it.

pub mod folder;
pub mod maildir;

use std::sync::Arc;

use async_trait::async_trait;
use store::Account;

use crate::intake::Refusal;
use crate::spool::Message;

/// Puts mail where its owner reads it.
#[async_trait]
pub trait Deliver: Send + Sync + 'static {
    /// Does what can be done before it is certain that the mail is taken; nobody sees it yet.
    async fn prepare(&self, delivery: Delivery) -> Result<Box<dyn Prepared>, Refusal>;

    /// Stores the mail in every target, as [`Deliver::prepare`] and [`Prepared::publish`] do.
    async fn deliver(&self, delivery: Delivery) -> Result<(), Refusal> {
        self.prepare(delivery).await?.publish().await
    }

    /// Whether the account has a folder of this name (Sieve `mailboxexists`).
    async fn folder_exists(&self, account: &Account, folder: &str) -> Result<bool, Refusal>;
}

/// A mail that only waits for the word; dropping it takes it back.
#[async_trait]
pub trait Prepared: Send {
    /// Stores the mail in every target.
    ///
    /// `Ok` only when it is durable in all of them. After an error it may be in some: the client
    /// tries again, so that the mail is there once or more.
    async fn publish(self: Box<Self>) -> Result<(), Refusal>;
}

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
