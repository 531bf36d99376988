//! What a session may hold in memory, whatever the mail (RFC 5321, section 4.5.3.1).
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod fake;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use fake::MemoryIntake;
use lmtp::Limits;
use lmtp::session::{self, End, Service, Summary};
use pipeline::intake::{Envelope, Incoming, Intake, Recipient, Refusal};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

/// The buffers of a session: input, a command line, the decoded text of one input, replies.
const BUDGET: usize = 128 * 1024;

const MAIL: usize = 50 * 1024 * 1024;

/// Counts what is handed on and forgets it.
#[derive(Debug, Default)]
struct Counter {
    octets: Arc<AtomicUsize>,
    largest: Arc<AtomicUsize>,
}

struct Counted {
    octets: Arc<AtomicUsize>,
    largest: Arc<AtomicUsize>,
}

impl Incoming for Counted {
    fn write(&mut self, octets: &[u8]) -> Result<(), Refusal> {
        self.octets.fetch_add(octets.len(), Ordering::Relaxed);
        self.largest.fetch_max(octets.len(), Ordering::Relaxed);
        Ok(())
    }
}

#[async_trait]
impl Intake for Counter {
    type Incoming = Counted;

    async fn recipient(&self, address: &str) -> Result<Recipient, Refusal> {
        MemoryIntake::default().recipient(address).await
    }

    fn begin(&self) -> Result<Counted, Refusal> {
        Ok(Counted {
            octets: Arc::clone(&self.octets),
            largest: Arc::clone(&self.largest),
        })
    }

    async fn receive(&self, envelope: Envelope, _: Counted) -> Vec<Result<(), Refusal>> {
        vec![Ok(()); envelope.recipients.len()]
    }
}

/// Feeds `front`, then `piece` over and over up to `octets`, then `back`.
async fn feed(
    front: &str,
    piece: &[u8],
    octets: usize,
    back: &str,
) -> (Summary, String, Arc<Counter>) {
    let intake = Arc::new(Counter::default());
    let service = Service {
        hostname: "mx.example".to_owned(),
        limits: Limits::default(),
        intake: Arc::clone(&intake),
    };
    let (ours, theirs) = tokio::io::duplex(256 * 1024);
    let (mut reader, mut writer) = tokio::io::split(ours);
    let (_stop, stopping) = watch::channel(false);
    let speak = async {
        writer.write_all(front.as_bytes()).await.unwrap();
        for _ in 0..octets / piece.len() {
            writer.write_all(piece).await.unwrap();
        }
        writer.write_all(back.as_bytes()).await.unwrap();
        writer.shutdown().await.unwrap();
    };
    let mut heard = String::new();
    let hear = reader.read_to_string(&mut heard);
    let serve = session::run(&service, theirs, None, stopping);
    let ((), heard_all, summary) = tokio::join!(speak, hear, serve);
    heard_all.unwrap();
    (summary, heard, intake)
}

const OPEN: &str = "LHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<alice@example.org>\r\nDATA\r\n";

#[tokio::test]
async fn a_mail_of_fifty_mebibytes_takes_four_small_buffers() {
    let line = [b"x".repeat(62), b"\r\n".to_vec()].concat();
    let (summary, heard, intake) = feed(OPEN, &line.repeat(1024), MAIL, ".\r\nQUIT\r\n").await;
    assert!(
        heard.ends_with("250 2.0.0 delivered\r\n221 2.0.0 bye\r\n"),
        "{heard}"
    );
    assert_eq!(intake.octets.load(Ordering::Relaxed), MAIL);
    assert!(intake.largest.load(Ordering::Relaxed) <= BUDGET);
    assert!(summary.buffered <= BUDGET, "{}", summary.buffered);
    assert_eq!((summary.end, summary.delivered), (End::Quit, 1));
}

#[tokio::test]
async fn a_mail_of_bare_line_feeds_grows_within_the_budget() {
    let (summary, heard, intake) =
        feed(OPEN, &b"\n".repeat(4096), MAIL / 10, "\r\n.\r\nQUIT\r\n").await;
    assert!(
        heard.ends_with("250 2.0.0 delivered\r\n221 2.0.0 bye\r\n"),
        "{heard}"
    );
    assert_eq!(
        intake.octets.load(Ordering::Relaxed),
        2 * (MAIL / 10 / 4096 * 4096) + 2
    );
    assert!(summary.buffered <= BUDGET, "{}", summary.buffered);
}

#[tokio::test]
async fn an_endless_mail_stops_being_handed_on_at_the_limit() {
    let (summary, heard, intake) = feed(
        OPEN,
        &b"y".repeat(4096),
        MAIL + (1 << 20),
        "\r\n.\r\nQUIT\r\n",
    )
    .await;
    assert!(
        heard.ends_with("552 5.3.4 message too big\r\n221 2.0.0 bye\r\n"),
        "{heard}"
    );
    assert!(intake.octets.load(Ordering::Relaxed) <= MAIL);
    assert!(summary.buffered <= BUDGET, "{}", summary.buffered);
    assert_eq!(summary.refused, 1);
}

#[tokio::test]
async fn an_endless_command_line_is_not_kept() {
    let (summary, heard, _) =
        feed("NOOP ", &b"z\n\r".repeat(4096), MAIL / 10, "\r\nQUIT\r\n").await;
    assert!(
        heard.ends_with("500 5.5.2 line too long\r\n221 2.0.0 bye\r\n"),
        "{heard}"
    );
    assert!(summary.buffered <= BUDGET, "{}", summary.buffered);
}

#[tokio::test]
async fn replies_to_a_flood_of_commands_are_not_kept() {
    let (summary, heard, _) = feed(
        "LHLO c\r\n",
        &b"VRFY x\r\n".repeat(512),
        MAIL / 50,
        "QUIT\r\n",
    )
    .await;
    assert!(heard.ends_with("221 2.0.0 bye\r\n"));
    assert!(summary.buffered <= BUDGET, "{}", summary.buffered);
}
