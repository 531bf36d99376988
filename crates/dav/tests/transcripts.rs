//! Plays every file under `transcripts/` over a real socket, each against a server of its own.
//!
//! A file has requests with the answers to them:
//! - `# …` a comment, outside bodies;
//! - `>>> METHOD PATH`, header fields, and behind an empty line a body, whose lines get CRLF ends;
//! - `<<< STATUS`, header fields that the answer must have, and behind an empty line its body. Before
//!   it is compared, a line break is put between any two tags. `*` is any text within a line, and a
//!   line `...` any number of lines. Without an empty line the body is not looked at;
//! - `>>> RECEIVE NAME` with a body is no request: as the daemon does when an organizer's message came,
//!   it stores the object in Alice's default calendar. It waits for her answer if it says NEEDS-ACTION.
//!   `<<< 201` follows;
//! - `{calendar}` and `{book}` are the names in paths of Alice's default collections; `$name` is
//!   anything where it stands for the first time in an answer, and the same thing everywhere later.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod server;

use std::collections::HashMap;
use std::path::Path;

use server::{Answer, Server};
use store::CollectionKind;

#[derive(Debug, Default)]
struct Exchange {
    line: usize,
    request: String,
    fields: Vec<(String, String)>,
    body: Option<Vec<String>>,
    status: u16,
    wanted_fields: Vec<(String, String)>,
    wanted_body: Option<Vec<String>>,
}

fn parse(text: &str) -> Vec<Exchange> {
    let mut exchanges: Vec<Exchange> = Vec::new();
    let mut is_answer = false;
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(request) = line.strip_prefix(">>> ") {
            is_answer = false;
            exchanges.push(Exchange {
                line: number,
                request: request.to_owned(),
                ..Exchange::default()
            });
            continue;
        }
        let Some(exchange) = exchanges.last_mut() else {
            assert!(
                line.is_empty() || line.starts_with('#'),
                "line {number}: {line}"
            );
            continue;
        };
        if let Some(status) = line.strip_prefix("<<< ") {
            is_answer = true;
            exchange.status = status.parse().unwrap();
            continue;
        }
        let (fields, body) = match is_answer {
            true => (&mut exchange.wanted_fields, &mut exchange.wanted_body),
            false => (&mut exchange.fields, &mut exchange.body),
        };
        match body {
            Some(body) => body.push(line.to_owned()),
            None if line.is_empty() => *body = Some(Vec::new()),
            None if line.starts_with("# ") => {}
            None => {
                let (name, value) = line.split_once(": ").expect(line);
                fields.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    for body in exchanges
        .iter_mut()
        .flat_map(|one| [&mut one.body, &mut one.wanted_body])
    {
        let Some(lines) = body else { continue };
        lines.retain(|line| !line.starts_with("# "));
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        if lines.is_empty() {
            *body = None;
        }
    }
    exchanges
}

/// What `$name` and `{name}` stand for.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    fn put_in(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.0 {
            text = text.replace(name, value);
        }
        text
    }

    /// Whether a line is like the wanted one; a new `$name` is learned.
    fn matches(&mut self, wanted: &str, line: &str) -> bool {
        let wanted = self.put_in(wanted);
        let Some(at) = wanted.find('$') else {
            return is_like(&wanted, line);
        };
        let end = wanted[at + 1..].find(|c: char| !c.is_ascii_alphanumeric());
        let end = end.map_or(wanted.len(), |end| at + 1 + end);
        let (before, after) = (&wanted[..at], &wanted[end..]);
        let is_framed = line.starts_with(before)
            && line.ends_with(after)
            && line.len() >= before.len() + after.len();
        if is_framed {
            let value = line[before.len()..line.len() - after.len()].to_owned();
            self.0.insert(wanted[at..end].to_owned(), value);
        }
        is_framed
    }

    fn body_matches(&mut self, wanted: &[String], lines: &[String]) -> bool {
        match (wanted.split_first(), lines.split_first()) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some((any, wanted)), _) if any == "..." => {
                (0..=lines.len()).any(|skipped| self.body_matches(wanted, &lines[skipped..]))
            }
            (Some(_), None) => false,
            (Some((first, wanted)), Some((line, lines))) => {
                self.matches(first, line) && self.body_matches(wanted, lines)
            }
        }
    }
}

/// Whether a text is like a pattern in which `*` is any text.
fn is_like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, rest)) => text.strip_prefix(before).is_some_and(|text| {
            let ends = (0..=text.len()).filter(|at| text.is_char_boundary(*at));
            ends.into_iter().any(|at| is_like(rest, &text[at..]))
        }),
    }
}

fn lines(body: &str) -> Vec<String> {
    let body = body.replace("><", ">\n<").replace("&#13;", "");
    let mut lines: Vec<String> = body.lines().map(str::to_owned).collect();
    lines.retain(|line| !line.is_empty());
    lines
}

async fn play(file: &Path) {
    let server = Server::start().await;
    let mut names = Names::default();
    for (name, kind) in [
        ("{calendar}", CollectionKind::Calendar),
        ("{book}", CollectionKind::AddressBook),
    ] {
        names.0.insert(name.to_owned(), server.default(kind).await);
    }
    let text = std::fs::read_to_string(file).unwrap();
    for exchange in parse(&text) {
        let request = names.put_in(&exchange.request);
        let (method, path) = request.split_once(' ').unwrap();
        let put_in = |(name, value): &(String, String)| (name.clone(), names.put_in(value));
        let fields: Vec<(String, String)> = exchange.fields.iter().map(put_in).collect();
        let body = exchange.body.as_ref().map(|lines| {
            let lines = lines.iter().map(|line| names.put_in(line) + "\r\n");
            lines.collect::<String>()
        });
        let body = body.unwrap_or_default();
        if method == "RECEIVE" {
            server.receive(path, &body).await;
            continue;
        }
        let answer = server.ask(method, path, &fields, body.as_bytes()).await;
        compare(file, &exchange, &answer, &mut names);
    }
}

fn compare(file: &Path, exchange: &Exchange, answer: &Answer, names: &mut Names) {
    let place = format!("{}:{}: {}", file.display(), exchange.line, exchange.request);
    let shown = lines(&answer.body).join("\n");
    let head = format!("{} {:?}", answer.status, answer.fields);
    assert_eq!(answer.status, exchange.status, "{place}\n{head}\n{shown}");
    for (name, value) in &exchange.wanted_fields {
        let mut same = answer
            .fields
            .iter()
            .filter(|(one, _)| one.eq_ignore_ascii_case(name));
        let fits = match value.as_str() {
            "none" => same.next().is_none(),
            _ => same.any(|(_, is)| names.matches(value, is)),
        };
        assert!(fits, "{place}: {name}: {value}\n{head}");
    }
    if let Some(wanted) = &exchange.wanted_body {
        let is_so = names.body_matches(wanted, &lines(&answer.body));
        assert!(
            is_so,
            "{place}: the body is\n{shown}\n\nand not\n{}",
            wanted.join("\n")
        );
    }
}

#[tokio::test]
async fn every_transcript_is_played() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        play(&file).await;
    }
}
