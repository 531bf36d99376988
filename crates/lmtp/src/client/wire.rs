//! A client's connection: commands out, replies in, each within its time and size.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use super::{ClientError, ClientLimits};
use crate::line::{Line, LineDecoder};
use crate::listen::Listen;
use crate::reply::{Position, Reply, ReplyLine};

/// Octets read at a time.
const CHUNK: u64 = 16 * 1024;

/// What a client speaks over.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection.
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    limits: ClientLimits,
    lines: LineDecoder,
    input: Vec<u8>,
}

impl Wire {
    pub(super) fn new(stream: Box<dyn Stream>, limits: ClientLimits) -> Self {
        Self {
            stream,
            lines: LineDecoder::new(limits.reply_line),
            limits,
            input: Vec::new(),
        }
    }

    pub(super) async fn connect(to: &Listen, limits: ClientLimits) -> Result<Self, ClientError> {
        let stream = within(limits.connect, open(to)).await?;
        Ok(Self::new(stream, limits))
    }

    /// Says a command and reads its reply.
    pub(super) async fn exchange(&mut self, command: &str) -> Result<Reply, ClientError> {
        self.write(command.as_bytes()).await?;
        self.reply().await
    }

    /// Writes octets out.
    pub(super) async fn write(&mut self, wire: &[u8]) -> Result<(), ClientError> {
        let writing = async {
            self.stream.write_all(wire).await?;
            Ok(self.stream.flush().await?)
        };
        within(self.limits.command, writing).await
    }

    /// The reply to a command.
    pub(super) async fn reply(&mut self) -> Result<Reply, ClientError> {
        let wait = self.limits.command;
        within(wait, self.read_reply()).await
    }

    /// The answer to a message, which may be long in coming.
    pub(super) async fn answer(&mut self) -> Result<Reply, ClientError> {
        let wait = self.limits.delivery;
        within(wait, self.read_reply()).await
    }

    /// Closes the connection.
    pub(super) async fn close(mut self) -> Result<(), ClientError> {
        Ok(self.stream.shutdown().await?)
    }

    async fn read_reply(&mut self) -> Result<Reply, ClientError> {
        let mut reply: Option<Reply> = None;
        for _ in 0..self.limits.reply_lines {
            let text = self.read_line().await?;
            let line = ReplyLine::parse(&text).ok_or(ClientError::Malformed)?;
            let whole = match reply.take() {
                None => line.to_reply(),
                Some(reply) if reply.code == line.code => reply.and(&line),
                Some(_) => return Err(ClientError::Malformed),
            };
            match line.position {
                Position::Last => return Ok(whole),
                Position::Inner => reply = Some(whole),
            }
        }
        Err(ClientError::Malformed)
    }

    /// A line without its end, with what is not UTF-8 replaced.
    async fn read_line(&mut self) -> Result<String, ClientError> {
        loop {
            let mut rest = self.input.as_slice();
            let before = rest.len();
            let line = self.lines.next(&mut rest).map(|line| match line {
                Line::Complete(line) => Ok(String::from_utf8_lossy(line).into_owned()),
                Line::TooLong => Err(ClientError::Malformed),
            });
            let taken = before - rest.len();
            self.input.drain(..taken);
            if let Some(line) = line {
                return line;
            }
            if (&mut self.stream)
                .take(CHUNK)
                .read_buf(&mut self.input)
                .await?
                == 0
            {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
        }
    }
}

async fn open(to: &Listen) -> Result<Box<dyn Stream>, ClientError> {
    match to {
        Listen::Tcp(address) => {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            Ok(Box::new(stream))
        }
        Listen::Unix(path) => Ok(Box::new(UnixStream::connect(path).await?)),
    }
}

async fn within<T>(
    wait: Duration,
    work: impl Future<Output = Result<T, ClientError>>,
) -> Result<T, ClientError> {
    timeout(wait, work)
        .await
        .unwrap_or(Err(ClientError::TimedOut))
}
