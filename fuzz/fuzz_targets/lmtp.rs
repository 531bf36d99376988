//! A whole LMTP session on arbitrary octets (RFC 2033, RFC 5321).
#![no_main]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use fuzz::chunks;
use libfuzzer_sys::fuzz_target;
use lmtp::Limits;
use lmtp::session::{self, Service, Summary};
use pipeline::intake::{Envelope, Incoming, Intake, Recipient, Refusal};
use store::{Account, AccountId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

const DELIVERED: &str = "250 2.0.0 delivered";
const FULL: &str = "452 4.3.1 ";
const TOO_BIG: &str = "552 5.3.4 message too big";

fuzz_target!(|wire: &[u8]| {
    let whole = converse(&[wire]);
    let (heard, received, summary) = &whole;
    let ends = wire.windows(5).filter(|octets| octets == b"\r\n.\r\n");
    assert!(summary.messages <= ends.count() as u64, "smuggled");
    for message in received {
        has_true_line_ends(&message.text);
        assert!(message.text.len() as u64 <= limits().message_size);
    }
    are_answered(heard, received, summary);

    let (heard_in_chunks, received_in_chunks, _) = converse(&chunks(wire, 60));
    assert_eq!(*heard, heard_in_chunks, "chunks");
    assert_eq!(*received, received_in_chunks, "chunks");
});

/// A message that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Received {
    envelope: Envelope,
    text: Vec<u8>,
}

/// Keeps messages in memory.
#[derive(Debug, Default)]
struct Memory(Mutex<Vec<Received>>);

struct Text(Vec<u8>);

impl Incoming for Text {
    fn write(&mut self, octets: &[u8]) -> Result<(), Refusal> {
        self.0.extend_from_slice(octets);
        Ok(())
    }
}

#[async_trait]
impl Intake for Memory {
    type Incoming = Text;

    async fn recipient(&self, address: &str) -> Result<Recipient, Refusal> {
        match address.starts_with("nobody") {
            true => Err(Refusal::UnknownRecipient),
            false => Ok(recipient(address)),
        }
    }

    fn begin(&self) -> Result<Text, Refusal> {
        Ok(Text(Vec::new()))
    }

    async fn receive(&self, envelope: Envelope, message: Text) -> Vec<Result<(), Refusal>> {
        let verdicts = envelope.recipients.iter().map(verdict).collect();
        let text = message.0;
        let mut received = self.0.lock().expect("nothing panics inside");
        received.push(Received { envelope, text });
        verdicts
    }
}

fn verdict(recipient: &Recipient) -> Result<(), Refusal> {
    match recipient.address.starts_with("full") {
        true => Err(Refusal::Storage),
        false => Ok(()),
    }
}

fn recipient(address: &str) -> Recipient {
    Recipient {
        address: address.to_owned(),
        account: Account {
            id: AccountId(1),
            address: address.to_owned(),
            aliases: Vec::new(),
            name: String::new(),
            password: String::new(),
        },
    }
}

/// Limits that many inputs meet.
fn limits() -> Limits {
    Limits {
        message_size: 2_000,
        command_line: 300,
        recipients: 4,
        errors: 6,
        ..Limits::default()
    }
}

/// Runs a session on the chunks, then end of input.
fn converse(chunks: &[&[u8]]) -> (String, Vec<Received>, Summary) {
    let intake = Arc::new(Memory::default());
    let service = Service {
        hostname: "mx.example.org".to_owned(),
        limits: limits(),
        intake: Arc::clone(&intake),
    };
    let (ours, theirs) = tokio::io::duplex(64 << 10);
    let (mut reader, mut writer) = tokio::io::split(ours);
    let (_stop, stopping) = watch::channel(false);
    let speak = async move {
        for chunk in chunks {
            // The session may have ended before its client.
            let _ = writer.write_all(chunk).await;
            tokio::task::yield_now().await;
        }
        let _ = writer.shutdown().await;
    };
    let hear = async move {
        let mut heard = Vec::new();
        reader.read_to_end(&mut heard).await.expect("memory");
        String::from_utf8(heard).expect("replies are UTF-8")
    };
    let serve = session::run(&service, theirs, None, stopping);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let runtime = runtime.expect("a runtime");
    let ((), heard, summary) = runtime.block_on(async { tokio::join!(speak, hear, serve) });
    let received = intake.0.lock().expect("nothing panics inside").clone();
    (heard, received, summary)
}

fn has_true_line_ends(text: &[u8]) {
    let bare = |at: usize, octet: u8| match octet {
        b'\r' => text.get(at + 1) != Some(&b'\n'),
        b'\n' => at == 0 || text[at - 1] != b'\r',
        _ => false,
    };
    let bare = text
        .iter()
        .enumerate()
        .find(|(at, octet)| bare(*at, **octet));
    assert_eq!(bare, None, "{}", text.escape_ascii());
}

/// After each end of data comes one reply for each recipient, in order.
fn are_answered(heard: &str, received: &[Received], summary: &Summary) {
    assert!(heard.ends_with("\r\n") && !heard.replace("\r\n", "").contains(['\r', '\n']));
    let mut received = received.iter();
    let mut replies = heard.split_terminator("\r\n").peekable();
    let (mut messages, mut delivered) = (0, 0);
    while let Some(reply) = replies.next() {
        if !reply.starts_with("354 ") || !replies.peek().is_some_and(is_verdict) {
            continue;
        }
        messages += 1;
        if replies.next_if_eq(&TOO_BIG).is_some() {
            continue;
        }
        let message = received.next().expect("a message");
        assert!(!message.envelope.recipients.is_empty());
        for recipient in &message.envelope.recipients {
            let reply = replies.next().expect("a reply for each recipient");
            match verdict(recipient) {
                Ok(()) => assert_eq!(reply, DELIVERED),
                Err(_) => assert!(reply.starts_with(FULL), "{reply}"),
            }
            delivered += u64::from(reply == DELIVERED);
        }
        assert_ne!(replies.peek(), Some(&DELIVERED));
    }
    assert_eq!(received.next(), None);
    assert_eq!((summary.messages, summary.delivered), (messages, delivered));
}

fn is_verdict(reply: &&str) -> bool {
    *reply == DELIVERED || reply.starts_with(FULL) || *reply == TOO_BIG
}
