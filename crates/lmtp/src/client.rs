//! A small LMTP client (RFC 2033): one connection, many mails, a reply for each recipient.

mod wire;

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use crate::data::DataEncoder;
use crate::listen::Listen;
use crate::path;
use crate::reply::{EnhancedCode, Reply};
use wire::Wire;

/// Octets of a message that are read and encoded at a time.
const CHUNK: usize = 16 * 1024;
/// Recipients in one pipelined write, so that neither side fills up while the other writes.
const BATCH: usize = 100;

/// Bounds of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientLimits {
    /// Octets of a reply line with its CRLF.
    pub reply_line: usize,
    /// Lines of one reply.
    pub reply_lines: usize,
    /// Longest wait for the connection.
    pub connect: Duration,
    /// Longest wait for the reply to a command, or to write one piece.
    pub command: Duration,
    /// Longest wait for each reply after the end of data.
    pub delivery: Duration,
}

impl Default for ClientLimits {
    fn default() -> Self {
        Self {
            reply_line: 2048,
            reply_lines: 100,
            connect: Duration::from_secs(30),
            command: Duration::from_secs(5 * 60),
            delivery: Duration::from_secs(10 * 60),
        }
    }
}

/// Why mail could not be handed over.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The connection could not be made or broke, or the message could not be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The server took too long.
    #[error("the LMTP server took too long")]
    TimedOut,
    /// What came was no reply.
    #[error("the LMTP server sent something that is no reply")]
    Malformed,
    /// The greeting or LHLO was answered so.
    #[error("the LMTP server said: {0}")]
    Refused(Reply),
    /// An address that cannot stand in a path.
    #[error("not an address: {0:?}")]
    Address(String),
    /// The mail needs SMTPUTF8 and the server does not have it.
    #[error("the LMTP server does not take internationalized mail")]
    NeedsUtf8,
    /// An earlier mail failed half-way; connect again.
    #[error("the LMTP connection is not usable any more")]
    Unusable,
}

impl ClientError {
    /// Whether the same may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Io(_) | Self::TimedOut | Self::Malformed | Self::Unusable => true,
            Self::Refused(reply) => reply.is_transient(),
            Self::Address(_) | Self::NeedsUtf8 => false,
        }
    }
}

/// The envelope of a mail to be handed over.
#[derive(Debug, Clone, Default)]
pub struct Outgoing<'a> {
    /// Without angle brackets; empty for the null reverse-path.
    pub reverse_path: &'a str,
    /// Without angle brackets.
    pub recipients: &'a [&'a str],
    /// Octets of the message with CRLF line ends, if known.
    pub size: Option<u64>,
    /// What the message needs.
    pub charset: Charset,
}

/// Whether a mail is internationalized (RFC 6531).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Charset {
    /// Its header is ASCII.
    #[default]
    Ascii,
    /// Its header has UTF-8. Addresses beyond ASCII imply it.
    Utf8,
}

/// A connection to an LMTP server.
pub struct Client {
    wire: Wire,
    extensions: Extensions,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ready,
    UnderWay,
}

#[derive(Debug, Default)]
struct Extensions {
    words: Vec<String>,
}

impl Extensions {
    fn of(offer: &Reply) -> Self {
        let keywords = offer.text.lines().skip(1);
        let words = keywords.filter_map(|line| line.split(' ').next());
        Self {
            words: words.map(str::to_owned).collect(),
        }
    }

    fn has(&self, keyword: &str) -> bool {
        self.words
            .iter()
            .any(|word| word.eq_ignore_ascii_case(keyword))
    }
}

impl Client {
    /// Connects, reads the greeting and says LHLO as `name`.
    pub async fn connect(
        to: &Listen,
        name: &str,
        limits: ClientLimits,
    ) -> Result<Self, ClientError> {
        Self::open(Wire::connect(to, limits).await?, name).await
    }

    /// As [`Client::connect`], over a stream that stands already.
    pub async fn over<S>(stream: S, name: &str, limits: ClientLimits) -> Result<Self, ClientError>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        Self::open(Wire::new(Box::new(stream), limits), name).await
    }

    async fn open(mut wire: Wire, name: &str) -> Result<Self, ClientError> {
        positive(wire.reply().await?)?;
        let offer = positive(wire.exchange(&format!("LHLO {name}\r\n")).await?)?;
        Ok(Self {
            wire,
            extensions: Extensions::of(&offer),
            state: State::Ready,
        })
    }

    /// Hands a mail over: one reply for each recipient, in their order.
    ///
    /// A recipient that was refused, before or after the data, has that reply; a recipient whose
    /// answer after the data was lost has `451 4.4.2`. `message` may have any line ends; CRLF goes
    /// out. After an error the connection cannot be used again and the mail has to be sent again.
    pub async fn send(
        &mut self,
        mail: &Outgoing<'_>,
        message: &mut (dyn AsyncRead + Send + Unpin),
    ) -> Result<Vec<Reply>, ClientError> {
        let commands = self.envelope(mail)?;
        if self.state == State::UnderWay {
            return Err(ClientError::Unusable);
        }
        self.state = State::UnderWay;
        let answers = self.pipeline(&commands).await?;
        let mut replies = match answers.split_first() {
            Some((sender, recipients)) if sender.is_positive() => recipients.to_vec(),
            Some((sender, _)) => vec![sender.clone(); mail.recipients.len()],
            None => return Err(ClientError::Malformed),
        };
        match self.transmit(&mut replies, message).await? {
            Transmitted::Answered => self.state = State::Ready,
            Transmitted::Nothing => {
                self.wire.exchange("RSET\r\n").await?;
                self.state = State::Ready;
            }
            Transmitted::Lost => {}
        }
        Ok(replies)
    }

    /// Says QUIT and closes.
    pub async fn quit(mut self) -> Result<(), ClientError> {
        self.wire.exchange("QUIT\r\n").await?;
        self.wire.close().await
    }

    /// MAIL and each RCPT.
    fn envelope(&self, mail: &Outgoing<'_>) -> Result<Vec<String>, ClientError> {
        let mut commands = Vec::with_capacity(mail.recipients.len() + 1);
        commands.push(format!(
            "MAIL FROM:<{}>{}\r\n",
            mail.reverse_path,
            self.parameters(mail)?
        ));
        for recipient in mail.recipients {
            commands.push(format!("RCPT TO:<{recipient}>\r\n"));
        }
        let bad_recipient = mail
            .recipients
            .iter()
            .find(|address| !path::is_address(address));
        let bad_sender = (!mail.reverse_path.is_empty() && !path::is_address(mail.reverse_path))
            .then_some(&mail.reverse_path);
        match bad_sender.or(bad_recipient) {
            Some(address) => Err(ClientError::Address((*address).to_owned())),
            None => Ok(commands),
        }
    }

    fn parameters(&self, mail: &Outgoing<'_>) -> Result<String, ClientError> {
        let mut parameters = String::new();
        let ascii = mail.reverse_path.is_ascii()
            && mail.recipients.iter().all(|address| address.is_ascii());
        if !ascii || mail.charset == Charset::Utf8 {
            if !self.extensions.has("SMTPUTF8") {
                return Err(ClientError::NeedsUtf8);
            }
            parameters.push_str(" SMTPUTF8");
        }
        if self.extensions.has("8BITMIME") {
            parameters.push_str(" BODY=8BITMIME");
        }
        if let Some(size) = mail.size.filter(|_| self.extensions.has("SIZE")) {
            parameters.push_str(&format!(" SIZE={size}"));
        }
        Ok(parameters)
    }

    /// One reply for each command.
    async fn pipeline(&mut self, commands: &[String]) -> Result<Vec<Reply>, ClientError> {
        let batch = if self.extensions.has("PIPELINING") {
            BATCH
        } else {
            1
        };
        let mut replies = Vec::with_capacity(commands.len());
        for commands in commands.chunks(batch) {
            self.wire.write(commands.concat().as_bytes()).await?;
            for _ in commands {
                replies.push(self.wire.reply().await?);
            }
        }
        Ok(replies)
    }

    /// Sends the message if a recipient was accepted, and puts the answers in the place of theirs.
    async fn transmit(
        &mut self,
        replies: &mut [Reply],
        message: &mut (dyn AsyncRead + Send + Unpin),
    ) -> Result<Transmitted, ClientError> {
        let accepted: Vec<&mut Reply> = replies
            .iter_mut()
            .filter(|reply| reply.is_positive())
            .collect();
        if accepted.is_empty() {
            return Ok(Transmitted::Nothing);
        }
        let go_ahead = self.wire.exchange("DATA\r\n").await?;
        if go_ahead.code != 354 {
            let refused = refusal(go_ahead)?;
            accepted
                .into_iter()
                .for_each(|reply| *reply = refused.clone());
            return Ok(Transmitted::Nothing);
        }
        self.write_message(message).await?;
        self.answers(accepted).await
    }

    async fn write_message(
        &mut self,
        message: &mut (dyn AsyncRead + Send + Unpin),
    ) -> Result<(), ClientError> {
        let mut encoder = DataEncoder::new();
        let mut text = vec![0; CHUNK];
        let mut wire = Vec::new();
        loop {
            let octets = message.read(&mut text).await?;
            if octets == 0 {
                break;
            }
            encoder.feed(text.get(..octets).unwrap_or_default(), &mut wire);
            self.wire.write(&wire).await?;
            wire.clear();
        }
        encoder.finish(&mut wire);
        self.wire.write(&wire).await
    }

    /// Reads the answers after the data; once one is there, those that do not come are `LOST`.
    async fn answers(&mut self, accepted: Vec<&mut Reply>) -> Result<Transmitted, ClientError> {
        let mut accepted = accepted.into_iter();
        let mut answered = 0;
        while let Some(reply) = accepted.next() {
            match self.wire.answer().await {
                Ok(answer) => *reply = answer,
                Err(error) if answered == 0 => return Err(error),
                Err(_) => {
                    *reply = LOST;
                    accepted.for_each(|reply| *reply = LOST);
                    return Ok(Transmitted::Lost);
                }
            }
            answered += 1;
        }
        Ok(Transmitted::Answered)
    }
}

/// How far a message came.
enum Transmitted {
    /// No message went out.
    Nothing,
    /// Every recipient is answered.
    Answered,
    /// The connection broke between the answers.
    Lost,
}

/// What a recipient gets whose answer never came.
const LOST: Reply = Reply::new(
    451,
    EnhancedCode(4, 4, 2),
    "the connection was lost before the answer",
);

fn positive(reply: Reply) -> Result<Reply, ClientError> {
    match reply.is_positive() {
        true => Ok(reply),
        false => Err(ClientError::Refused(reply)),
    }
}

/// A reply to DATA that has to be a refusal.
fn refusal(reply: Reply) -> Result<Reply, ClientError> {
    match reply.code {
        400..=599 => Ok(reply),
        _ => Err(ClientError::Malformed),
    }
}
