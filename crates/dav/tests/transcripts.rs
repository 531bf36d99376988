//! Plays every file under `transcripts/` over a real socket, each against a server of its own.
//!
//! A file has requests with the answers to them:
//! - `# …` a comment;
//! - `>>> METHOD PATH`, header fields, and behind an empty line a body, whose lines get CRLF ends;
//! - `<<< STATUS`, header fields that the answer must have, and behind an empty line its body. Before
//!   it is compared, a line break is put between any two tags. `*` is any text within a line, and a
//!   line `...` any number of lines. Without an empty line the body is not looked at;
//! - `>>> RECEIVE NAME` with a body is no request: as the daemon does when an organizer's message came,
//!   it stores the object in Alice's default calendar. It waits for her answer if it says NEEDS-ACTION.
//!   `<<< 201` follows;
//! - `>>> *` and header fields that all requests after it have unless they say otherwise;
//! - `+++ mail`, and behind it a whole mail that comes to Alice;
//! - `=== ADDRESS`, and behind it the mail that goes out to this address and to nobody else, its
//!   folded lines made one; `=== nobody`: no mail goes out;
//! - `{calendar}` and `{book}` are the names in paths of Alice's default collections; `$name` is
//!   anything where it stands for the first time in an answer, and the same thing everywhere later.
//!
//! Those in `clients/` are what real clients send. Each says where that is known from.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod post;
mod server;
mod transcript;

use std::path::{Path, PathBuf};

use post::Post;
use server::{Answer, Server};
use store::CollectionKind;
use transcript::expect::{Names, lines};
use transcript::{Exchange, Step, parse};

/// A transcript that is being played.
struct Play<'a> {
    file: &'a Path,
    server: Server,
    post: Post,
    names: Names,
}

impl<'a> Play<'a> {
    async fn of(file: &'a Path) -> Self {
        let server = Server::start().await;
        let mut names = Names::default();
        for (name, kind) in [
            ("{calendar}", CollectionKind::Calendar),
            ("{book}", CollectionKind::AddressBook),
        ] {
            names.0.insert(name.to_owned(), server.default(kind).await);
        }
        let post = Post::of(&server);
        Self {
            file,
            server,
            post,
            names,
        }
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::Exchange(exchange) if exchange.request.starts_with("RECEIVE ") => {
                let name = exchange.request.trim_start_matches("RECEIVE ");
                self.server.receive(name, &self.body(exchange)).await;
            }
            Step::Exchange(exchange) => {
                let answer = self.ask(exchange).await;
                self.compare(exchange, &answer);
            }
            Step::Arrival(mail) => self.post.receive(&(mail.join("\r\n") + "\r\n")).await,
            Step::Departure {
                line,
                recipient,
                wanted,
            } => self.departed(*line, recipient, wanted).await,
        }
    }

    async fn ask(&self, exchange: &Exchange) -> Answer {
        let request = self.names.put_in(&exchange.request);
        let (method, path) = request.split_once(' ').unwrap();
        let put_in = |(name, value): &(String, String)| (name.clone(), self.names.put_in(value));
        let fields: Vec<(String, String)> = exchange.fields.iter().map(put_in).collect();
        let body = self.body(exchange);
        let answer = self.server.ask(method, path, &fields, body.as_bytes());
        answer.await
    }

    fn body(&self, exchange: &Exchange) -> String {
        let lines = exchange.body.iter().flatten();
        lines.map(|line| self.names.put_in(line) + "\r\n").collect()
    }

    fn compare(&mut self, exchange: &Exchange, answer: &Answer) {
        let place = self.place(exchange.line, &exchange.request);
        let came = lines(&answer.body);
        let shown = came.join("\n");
        let head = format!("{} {:?}", answer.status, answer.fields);
        assert_eq!(answer.status, exchange.status, "{place}\n{head}\n{shown}");
        for (name, value) in &exchange.wanted_fields {
            let mut same = answer
                .fields
                .iter()
                .filter(|(one, _)| one.eq_ignore_ascii_case(name));
            let fits = match value.as_str() {
                "none" => same.next().is_none(),
                _ => same.any(|(_, is)| self.names.matches(value, is)),
            };
            assert!(fits, "{place}: {name}: {value}\n{head}");
        }
        if let Some(wanted) = &exchange.wanted_body {
            let is_so = self.names.body_matches(wanted, &came);
            let wanted = wanted.join("\n");
            assert!(is_so, "{place}: the body is\n{shown}\n\nand not\n{wanted}");
        }
    }

    async fn departed(&mut self, line: usize, recipient: &str, wanted: &[String]) {
        let place = self.place(line, recipient);
        let sent = self.post.sent().await;
        let recipients: Vec<&str> = sent.iter().map(|mail| mail.recipient.as_str()).collect();
        if recipient == "nobody" {
            assert_eq!(recipients, [""; 0], "{place}");
            return;
        }
        assert_eq!(recipients, [recipient], "{place}");
        let message = String::from_utf8(sent[0].message.clone()).unwrap();
        let message = message.replace("\r\n ", "");
        let came: Vec<String> = message.lines().map(str::to_owned).collect();
        assert!(self.names.body_matches(wanted, &came), "{place}\n{message}");
    }

    fn place(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.file.display())
    }
}

/// The transcripts in a folder, in the order of their names.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.is_file());
    files.sort();
    assert!(!files.is_empty());
    files
}

async fn play(files: &[PathBuf]) {
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        let mut play = Play::of(file).await;
        for step in parse(&text) {
            play.step(&step).await;
        }
    }
}

#[tokio::test]
async fn every_transcript_is_played() {
    play(&files("tests/transcripts")).await;
}

#[tokio::test]
async fn clients_are_set_up_and_accept() {
    play(&files("tests/transcripts/clients")).await;
}

#[test]
fn what_is_said_of_clients_has_a_source() {
    for file in files("tests/transcripts/clients") {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut first = text.lines().take_while(|line| line.starts_with("# "));
        let is_said =
            first.any(|line| line.starts_with("# Source: ") || line.contains("econstructed"));
        assert!(is_said, "{}: where is this known from?", file.display());
    }
}
