//! An LMTP client as an MTA is one: it pipelines the envelope and keeps its connection.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::mail::{self, Kind, Mail};

/// A mail that was answered with 250.
pub struct Acknowledged {
    pub id: String,
    pub at: Instant,
}

pub struct Client(BufReader<TcpStream>);

impl Client {
    pub fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut client = Self(BufReader::new(stream));
        client.expect("220");
        client.send(b"LHLO mx.example.net\r\n");
        client.expect("250");
        client
    }

    /// Delivers wire text to one recipient.
    pub fn deliver(&mut self, recipient: &str, text: &[u8]) {
        self.begin(recipient);
        self.send(text);
        self.end();
    }

    /// The envelope, and DATA.
    pub fn begin(&mut self, recipient: &str) {
        let sender = mail::SENDER;
        let envelope = format!("MAIL FROM:<{sender}>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n");
        self.send(envelope.as_bytes());
        self.expect("250");
        self.expect("250");
        self.expect("354");
    }

    pub fn send(&mut self, octets: &[u8]) {
        self.0.get_mut().write_all(octets).unwrap();
    }

    /// The final dot and its answer.
    pub fn end(&mut self) {
        self.send(b".\r\n");
        self.expect("250");
    }

    fn expect(&mut self, code: &str) {
        let mut line = String::new();
        while line.as_bytes().get(3) != Some(&b' ') {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            assert!(line.starts_with(code), "{code} expected: {line:?}");
        }
    }
}

/// Delivers over so many connections for so long; numbers begin at `first`.
pub fn load(
    address: &str,
    kind: Kind,
    connections: usize,
    first: usize,
    time: Duration,
) -> Vec<Acknowledged> {
    let end = Instant::now() + time;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|connection| {
                scope.spawn(move || {
                    deliver_until(address, kind, first + connection, connections, end)
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    })
}

fn deliver_until(
    address: &str,
    kind: Kind,
    first: usize,
    step: usize,
    end: Instant,
) -> Vec<Acknowledged> {
    let mut client = Client::connect(address);
    let mut acknowledged = Vec::new();
    for number in (first..).step_by(step) {
        let Mail {
            id,
            recipient,
            text,
        } = Mail::new(kind, number);
        client.deliver(&recipient, &text);
        let at = Instant::now();
        acknowledged.push(Acknowledged { id, at });
        if at >= end {
            break;
        }
    }
    acknowledged
}
