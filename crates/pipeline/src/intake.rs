//! How a message comes in: the contract between a mail server session and the pipeline.

use async_trait::async_trait;
use store::Account;

/// What a mail server session needs of the pipeline.
///
/// The session asks [`Intake::recipient`] for each RCPT, writes the message's octets (after
/// dot-unstuffing, every line ended by CRLF) into an [`Incoming`] from [`Intake::begin`], and calls
/// [`Intake::receive`] after the end of data. Dropping an `Incoming` forgets the message.
#[async_trait]
pub trait Intake: Send + Sync + 'static {
    /// Where messages of one session are collected.
    type Incoming: Incoming;

    /// Whether mail for this address (as in RCPT TO, without angle brackets) is taken, and by whom.
    async fn recipient(&self, address: &str) -> Result<Recipient, Refusal>;

    /// Opens a place for one message.
    fn begin(&self) -> Result<Self::Incoming, Refusal>;

    /// Delivers the message to all recipients; one verdict for each, in their order.
    ///
    /// `Ok` only after the mail is durable where it goes and its job is committed.
    async fn receive(
        &self,
        envelope: Envelope,
        message: Self::Incoming,
    ) -> Vec<Result<(), Refusal>>;
}

/// Collects one message; large ones in a file.
pub trait Incoming: Send + 'static {
    /// Takes the next octets. After an error the message is lost and the session says so.
    fn write(&mut self, octets: &[u8]) -> Result<(), Refusal>;
}

/// An accepted recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The address of RCPT TO, as it came.
    pub address: String,
    /// The account behind it.
    pub account: Account,
}

/// A message's envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// MAIL FROM without angle brackets; empty for the null reverse-path.
    pub reverse_path: String,
    /// Who gets it, in the order of RCPT; never empty.
    pub recipients: Vec<Recipient>,
    /// What the client called itself in LHLO.
    pub client: String,
    /// The client's address, `None` on a unix socket.
    pub peer: Option<std::net::IpAddr>,
    /// Whether MAIL FROM had SMTPUTF8.
    pub utf8: bool,
    /// The address of the account for which this server itself wrote the mail (rule F5); `None` for
    /// all mail that comes in, whatever it says.
    pub writer: Option<String>,
}

/// Why mail is not taken. Each answers "retry or never" by [`Refusal::is_transient`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such account here (550 5.1.1).
    #[error("no such mailbox here")]
    UnknownRecipient,
    /// The mail went through here before (554 5.4.6).
    #[error("mail loop: this mailbox had this mail before")]
    Loop,
    /// The database does not answer (451 4.3.0).
    #[error("the calendar database is not available, try again later")]
    Database,
    /// The disk is full or cannot be written (452 4.3.1).
    #[error("mail storage is not available, try again later")]
    Storage,
    /// Stopping or overloaded (451 4.3.2).
    #[error("shutting down, try again later")]
    Unavailable,
}

impl Refusal {
    /// Whether the client shall try again.
    #[must_use]
    pub fn is_transient(self) -> bool {
        !matches!(self, Self::UnknownRecipient | Self::Loop)
    }
}
