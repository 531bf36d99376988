//! Plays every session under `transcripts/` over TCP and a unix socket, whole and octet by octet.
//!
//! A file has, line by line:
//! - `# …` a comment; `limits: errors=3 recipients=2 message_size=100` before all else;
//! - `C: …` the client sends this and CRLF; `C| …` without CRLF. `\r`, `\n`, `\0`, `\\`, `\xNN` and
//!   `{a*20}` (twenty times "a") stand for octets. Lines in a row go out in one write;
//! - `S: …` the server sends exactly this; `S< …` something that begins so; `S* …` something like
//!   this, where `*` is any text; `S!` closes the connection;
//! - `M: <SENDER> -> RECIPIENT, … | "TEXT"` a message that came in, in their order, at the end.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod fake;

use std::path::{Path, PathBuf};

use fake::{PATIENCE, Received, any_port, start};
use lmtp::{Limits, Listen};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

#[derive(Debug)]
enum Step {
    Send(Vec<u8>),
    Expect(Pattern, String),
    Closed,
}

#[derive(Debug)]
enum Pattern {
    Exact,
    Prefix,
    Wildcard,
}

#[derive(Debug, Clone, Copy)]
enum Pace {
    Whole,
    Octets,
}

#[derive(Default)]
struct Transcript {
    limits: Limits,
    steps: Vec<(usize, Step)>,
    messages: Vec<String>,
}

fn parse(text: &str) -> Transcript {
    let mut transcript = Transcript::default();
    for (number, line) in (1..).zip(text.lines()) {
        let (mark, rest) = line.split_at_checked(2).unwrap_or((line, ""));
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        let step = match mark {
            "" | "# " => continue,
            "li" => {
                set_limits(&mut transcript.limits, line);
                continue;
            }
            "M:" => {
                transcript.messages.push(rest.to_owned());
                continue;
            }
            "C:" => Step::Send([unescape(rest), b"\r\n".to_vec()].concat()),
            "C|" => Step::Send(unescape(rest)),
            "S:" => Step::Expect(Pattern::Exact, rest.to_owned()),
            "S<" => Step::Expect(Pattern::Prefix, rest.to_owned()),
            "S*" => Step::Expect(Pattern::Wildcard, rest.to_owned()),
            "S!" => Step::Closed,
            _ => panic!("line {number}: {line}"),
        };
        transcript.push(number, step);
    }
    transcript
}

impl Transcript {
    /// Joins what the client sends in a row.
    fn push(&mut self, number: usize, step: Step) {
        match (self.steps.last_mut(), step) {
            (Some((_, Step::Send(sent))), Step::Send(more)) => sent.extend(more),
            (_, step) => self.steps.push((number, step)),
        }
    }
}

fn set_limits(limits: &mut Limits, line: &str) {
    for setting in line.split_whitespace().skip(1) {
        let (name, value) = setting.split_once('=').unwrap();
        match name {
            "errors" => limits.errors = value.parse().unwrap(),
            "recipients" => limits.recipients = value.parse().unwrap(),
            "message_size" => limits.message_size = value.parse().unwrap(),
            _ => panic!("no such limit: {name}"),
        }
    }
}

fn unescape(text: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let (length, piece) = match character {
            '\\' => escape(rest),
            '{' if rest.contains('}') => repetition(rest),
            _ => (character.len_utf8(), character.to_string().into_bytes()),
        };
        octets.extend(piece);
        rest = &rest[length..];
    }
    octets
}

fn escape(text: &str) -> (usize, Vec<u8>) {
    match text.as_bytes()[1] {
        b'r' => (2, vec![b'\r']),
        b'n' => (2, vec![b'\n']),
        b'0' => (2, vec![0]),
        b'x' => (4, vec![u8::from_str_radix(&text[2..4], 16).unwrap()]),
        other => (2, vec![other]),
    }
}

fn repetition(text: &str) -> (usize, Vec<u8>) {
    let end = text.find('}').unwrap();
    let (piece, times) = text[1..end].split_once('*').unwrap();
    (end + 1, piece.repeat(times.parse().unwrap()).into_bytes())
}

impl Pattern {
    fn fits(&self, expected: &str, line: &str) -> bool {
        match self {
            Self::Exact => line == expected,
            Self::Prefix => line.starts_with(expected),
            Self::Wildcard => fits_wildcard(expected, line),
        }
    }
}

fn fits_wildcard(pattern: &str, line: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == line,
        Some((front, rest)) => line.strip_prefix(front).is_some_and(|line| {
            let mut tails = line.char_indices().map(|(at, _)| &line[at..]).chain([""]);
            tails.any(|tail| fits_wildcard(rest, tail))
        }),
    }
}

fn print(received: &Received) -> String {
    let recipients: Vec<&str> = received
        .envelope
        .recipients
        .iter()
        .map(|to| to.address.as_str())
        .collect();
    let text: String = received.text.escape_ascii().map(char::from).collect();
    format!(
        "<{}> -> {} | \"{text}\"",
        received.envelope.reverse_path,
        recipients.join(", ")
    )
}

async fn play<S>(transcript: &Transcript, stream: S, pace: Pace, place: &str)
where
    S: AsyncRead + AsyncWrite,
{
    let (reader, mut writer) = tokio::io::split(stream);
    let mut reader = BufReader::new(reader);
    for (number, step) in &transcript.steps {
        match step {
            Step::Send(octets) => send(&mut writer, octets, pace).await,
            Step::Expect(pattern, expected) => {
                let line = read(&mut reader).await;
                let line = line.strip_suffix("\r\n").unwrap_or(&line);
                assert!(
                    pattern.fits(expected, line),
                    "{place}:{number}: want {expected:?}, have {line:?}"
                );
            }
            Step::Closed => assert_eq!(read(&mut reader).await, "", "{place}:{number}"),
        }
    }
}

async fn send<W: AsyncWrite + Unpin>(writer: &mut W, octets: &[u8], pace: Pace) {
    let size = match pace {
        Pace::Whole => octets.len(),
        Pace::Octets => 1,
    };
    for chunk in octets.chunks(size.max(1)) {
        writer.write_all(chunk).await.unwrap();
        writer.flush().await.unwrap();
    }
}

async fn read<R: AsyncRead + Unpin>(reader: &mut BufReader<R>) -> String {
    let mut line = String::new();
    timeout(PATIENCE, reader.read_line(&mut line))
        .await
        .expect("no reply")
        .unwrap();
    line
}

async fn play_on(listen: &Listen, file: &Path, pace: Pace) {
    let transcript = parse(&std::fs::read_to_string(file).unwrap());
    let place = format!("{} ({listen}, {pace:?})", file.display());
    let server = start(listen, transcript.limits.clone()).await;
    match &server.address {
        Listen::Tcp(address) => {
            let stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            play(&transcript, stream, pace, &place).await;
        }
        Listen::Unix(path) => {
            let stream = UnixStream::connect(path).await.unwrap();
            play(&transcript, stream, pace, &place).await;
        }
    }
    let received: Vec<String> = server.intake.messages().iter().map(print).collect();
    assert_eq!(received, transcript.messages, "{place}: messages");
    server.finish().await;
}

fn transcripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

#[tokio::test]
async fn over_tcp() {
    for file in transcripts() {
        play_on(&any_port(), &file, Pace::Whole).await;
    }
}

#[tokio::test]
async fn over_tcp_octet_by_octet() {
    for file in transcripts() {
        play_on(&any_port(), &file, Pace::Octets).await;
    }
}

#[tokio::test]
async fn over_a_unix_socket() {
    let folder = tempfile::tempdir().unwrap();
    let listen = Listen::Unix(folder.path().join("lmtp.sock"));
    for file in transcripts() {
        play_on(&listen, &file, Pace::Whole).await;
    }
}
