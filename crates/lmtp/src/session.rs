//! One LMTP session over any stream (RFC 2033), from greeting to farewell.
//!
//! Replies to pipelined commands go out together when the input runs dry (RFC 2920). Memory is
//! that of four buffers, whatever the mail: input, command line, decoded text, output. A fuzz
//! target drives a whole session with [`run`] on one end of `tokio::io::duplex`.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use pipeline::intake::{Envelope, Intake, Refusal};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::collector::Collector;
use crate::command::{self, Command, CommandError};
use crate::data::{DataDecoder, Fed};
use crate::fault::{guard, guard_async};
use crate::input::{Deadline, Input, earlier};
use crate::limits::{Limits, deadline};
use crate::line::{Line, LineDecoder};
pub use crate::protocol::End;
use crate::protocol::{Protocol, Step};
use crate::reply::{EnhancedCode, Reply};

/// Octets of replies that are kept back at most before some are sent.
const OUTPUT: usize = 8 * 1024;
/// Octets that a dismissed client may still send before the connection is cut.
const LINGER: u64 = 256 * 1024;
/// How long it may take for that.
const FAREWELL: Duration = Duration::from_secs(1);

/// What every session of a server shares.
#[derive(Debug)]
pub struct Service<I> {
    /// The name in the greeting.
    pub hostname: String,
    /// The bounds.
    pub limits: Limits,
    /// Where mail goes.
    pub intake: Arc<I>,
}

/// What a session came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Why it ended.
    pub end: End,
    /// Messages that reached their end of data.
    pub messages: u64,
    /// Recipients of these that were answered with 2xx.
    pub delivered: u64,
    /// Recipients of these that were refused after the data.
    pub refused: u64,
    /// Octets of buffers that the session held at its largest.
    pub buffered: usize,
}

/// Serves one client until it leaves, errs too often, is too slow or `stop` turns true.
///
/// A message whose DATA was accepted before the stop is finished and answered, within
/// [`Limits::grace`] for its end of data. A dropped sender of `stop` counts as true.
pub async fn run<S, I>(
    service: &Service<I>,
    stream: S,
    peer: Option<IpAddr>,
    stop: watch::Receiver<bool>,
) -> Summary
where
    S: AsyncRead + AsyncWrite + Unpin,
    I: Intake,
{
    let mut session = Session::new(service, stream, peer, stop);
    let end = session.converse().await;
    session.leave(end).await;
    let summary = session.summary(end);
    tracing::debug!(
        peer = peer.map(tracing::field::display),
        session.end = ?end,
        session.messages = summary.messages,
        recipients.delivered = summary.delivered,
        recipients.refused = summary.refused,
        "LMTP session ended"
    );
    summary
}

/// Waits for the stop.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone and nobody could stop the server later.
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn stopped_for(stop: &mut watch::Receiver<bool>, grace: Duration) {
    stopped(stop).await;
    sleep(grace).await;
}

struct Session<'a, S, I> {
    service: &'a Service<I>,
    stream: S,
    stop: watch::Receiver<bool>,
    protocol: Protocol<'a>,
    input: Input,
    lines: LineDecoder,
    decoded: Vec<u8>,
    output: Vec<u8>,
    expires: Instant,
    messages: u64,
    delivered: u64,
    refused: u64,
}

impl<'a, S, I> Session<'a, S, I>
where
    S: AsyncRead + AsyncWrite + Unpin,
    I: Intake,
{
    fn new(
        service: &'a Service<I>,
        stream: S,
        peer: Option<IpAddr>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let limits = &service.limits;
        Self {
            service,
            stream,
            stop,
            protocol: Protocol::new(&service.hostname, limits, peer),
            input: Input::new(),
            lines: LineDecoder::new(limits.command_line),
            decoded: Vec::new(),
            output: Vec::new(),
            expires: deadline(limits.session),
            messages: 0,
            delivered: 0,
            refused: 0,
        }
    }

    async fn converse(&mut self) -> End {
        self.protocol.greeting().encode(&mut self.output);
        loop {
            if let Err(end) = self.turn().await {
                return end;
            }
        }
    }

    async fn turn(&mut self) -> Result<(), End> {
        let command = self.command().await?;
        match self.protocol.step(command) {
            Step::Reply(reply) => self.put(&reply).await,
            Step::LookUp(address) => self.look_up(&address).await,
            Step::Collect(envelope) => self.message(envelope).await,
            Step::End(end) => Err(end),
        }
    }

    async fn command(&mut self) -> Result<Result<Command, CommandError>, End> {
        loop {
            if *self.stop.borrow() {
                return Err(End::Stopped);
            }
            if let Some(command) = self.read_command() {
                return Ok(command);
            }
            self.flush().await?;
            self.await_command().await?;
        }
    }

    fn read_command(&mut self) -> Option<Result<Command, CommandError>> {
        let mut rest = self.input.unread();
        let before = rest.len();
        let command = self.lines.next(&mut rest).map(|line| match line {
            Line::Complete(line) => command::parse(line),
            Line::TooLong => Err(CommandError::TooLong),
        });
        let taken = before - rest.len();
        self.input.consume(taken);
        command
    }

    async fn await_command(&mut self) -> Result<(), End> {
        let idle = (deadline(self.service.limits.idle), End::Idle);
        let ends = earlier(idle, (self.expires, End::Expired));
        tokio::select! {
            biased;
            () = stopped(&mut self.stop) => Err(End::Stopped),
            filled = self.input.fill(&mut self.stream, ends) => filled,
        }
    }

    async fn look_up(&mut self, address: &str) -> Result<(), End> {
        let found = match guard_async(self.service.intake.recipient(address)).await {
            Ok(found) => found.map_err(Reply::from),
            Err(panicked) => Err(panicked.into()),
        };
        let reply = self.protocol.looked_up(found);
        self.put(&reply).await
    }

    async fn message(&mut self, envelope: Envelope) -> Result<(), End> {
        let incoming = match guard(|| self.service.intake.begin()) {
            Ok(Ok(incoming)) => incoming,
            Ok(Err(refusal)) => return self.put(&refusal.into()).await,
            Err(panicked) => return self.put(&panicked.into()).await,
        };
        self.put(&Reply::plain(354, "end with CRLF.CRLF")).await?;
        self.flush().await?;
        let collected = self.collect(incoming).await?;
        self.messages += 1;
        let replies = match collected {
            Ok(incoming) => deliver(&*self.service.intake, envelope, incoming).await,
            Err(reply) => vec![reply; envelope.recipients.len()],
        };
        for reply in &replies {
            if reply.is_positive() {
                self.delivered += 1;
            } else {
                self.refused += 1;
            }
            self.put(reply).await?;
        }
        self.flush().await
    }

    /// Reads up to the end of data; the inner error is the answer to each recipient.
    async fn collect(&mut self, incoming: I::Incoming) -> Result<Result<I::Incoming, Reply>, End> {
        let mut decoder = DataDecoder::new();
        let mut collector = Collector::new(incoming, self.service.limits.message_size);
        let mut ends = (deadline(self.service.limits.data), End::Expired);
        loop {
            self.decoded.clear();
            let fed = decoder.feed(self.input.unread(), &mut self.decoded);
            collector.take(&self.decoded);
            match fed {
                Fed::End(octets) => {
                    self.input.consume(octets);
                    return Ok(collector.finish());
                }
                Fed::More => ends = self.await_data(ends).await?,
            }
        }
    }

    /// Reads more data; gives the deadline for the next read, which a stop brings closer.
    async fn await_data(&mut self, ends: Deadline) -> Result<Deadline, End> {
        let limits = &self.service.limits;
        if !*self.stop.borrow() {
            let sooner = earlier((deadline(limits.idle), End::Idle), ends);
            tokio::select! {
                biased;
                filled = self.input.fill(&mut self.stream, sooner) => return filled.map(|()| ends),
                () = stopped(&mut self.stop) => {}
            }
        }
        let ends = earlier(ends, (deadline(limits.grace), End::Stopped));
        self.input.fill(&mut self.stream, ends).await.map(|()| ends)
    }

    async fn put(&mut self, reply: &Reply) -> Result<(), End> {
        reply.encode(&mut self.output);
        if self.output.len() >= OUTPUT {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), End> {
        let limits = &self.service.limits;
        let write = async {
            self.stream.write_all(&self.output).await?;
            self.stream.flush().await
        };
        let written = tokio::select! {
            biased;
            written = timeout(limits.idle, write) => written,
            () = stopped_for(&mut self.stop, limits.grace) => return Err(End::Closed),
        };
        self.output.clear();
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Closed),
        }
    }

    /// Says farewell and closes, so that the client can read it.
    ///
    /// Closing a TCP connection with input unread makes the peer lose the last reply, so what it
    /// still sends is read for a moment.
    async fn leave(&mut self, end: End) {
        let Some(reply) = end.farewell() else { return };
        reply.encode(&mut self.output);
        if self.flush().await.is_ok() && self.stream.shutdown().await.is_ok() && end != End::Quit {
            let rest = &mut (&mut self.stream).take(LINGER);
            let _ = timeout(FAREWELL, tokio::io::copy(rest, &mut tokio::io::sink())).await;
        }
    }

    fn summary(&self, end: End) -> Summary {
        let text = self.decoded.capacity() + self.output.capacity();
        Summary {
            end,
            messages: self.messages,
            delivered: self.delivered,
            refused: self.refused,
            buffered: self.input.capacity() + self.lines.capacity() + text,
        }
    }
}

/// Hands the message on; one reply for each recipient, in order.
async fn deliver<I: Intake>(intake: &I, envelope: Envelope, incoming: I::Incoming) -> Vec<Reply> {
    let recipients = envelope.recipients.len();
    match guard_async(intake.receive(envelope, incoming)).await {
        Ok(verdicts) if verdicts.len() == recipients => verdicts.into_iter().map(verdict).collect(),
        Ok(verdicts) => {
            tracing::error!(
                verdicts = verdicts.len(),
                recipients,
                "the intake lost count"
            );
            vec![Reply::INTERNAL; recipients]
        }
        Err(panicked) => vec![panicked.into(); recipients],
    }
}

fn verdict(verdict: Result<(), Refusal>) -> Reply {
    match verdict {
        Ok(()) => Reply::new(250, EnhancedCode(2, 0, 0), "delivered"),
        Err(refusal) => refusal.into(),
    }
}
