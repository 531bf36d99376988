//! GET, the reports, and PROPFIND.

use std::time::Instant;

use crate::content::{self, HITS};
use crate::load::one_by_one;
use crate::server::Server;

/// Members in one multiget.
const ASKED: usize = 100;
const CALENDAR: (&str, &str, &str) = (
    "calendar-multiget",
    "urn:ietf:params:xml:ns:caldav",
    "calendar-data",
);
const BOOK: (&str, &str, &str) = (
    "addressbook-multiget",
    "urn:ietf:params:xml:ns:carddav",
    "address-data",
);

pub fn multiget(server: &Server<'_>) -> String {
    hundred(server, server.calendar(), CALENDAR, content::event_name)
}

pub fn card_multiget(server: &Server<'_>) -> String {
    hundred(server, server.book(), BOOK, content::card_name)
}

fn hundred(
    server: &Server<'_>,
    path: &str,
    report: (&str, &str, &str),
    name: fn(usize) -> String,
) -> String {
    one_by_one(server, |client, number| {
        let members = (0..ASKED).map(|at| (number * 104_729 + at * 7919) % server.site.size);
        let names: Vec<String> = members.map(name).collect();
        let body = content::multiget(report, path, &names);
        let answer = client.ask(("REPORT", path, "1"), &body, &["207"]);
        assert_eq!(responses(answer, b"HTTP/1.1 200 OK"), ASKED);
    })
}

pub fn month(server: &Server<'_>) -> String {
    one_by_one(server, |client, _| {
        let path = server.calendar();
        let answer = client.ask(("REPORT", path, "1"), content::MONTH, &["207"]);
        assert_eq!(responses(answer, b"HTTP/1.1 200 OK"), HITS);
    })
}

pub fn get(server: &Server<'_>) -> String {
    one_by_one(server, |client, number| {
        let name = content::event_name(number * 7919 % server.site.size);
        let path = format!("{}{name}", server.calendar());
        client.ask(("GET", &path, "0"), "", &["200"]);
    })
}

pub fn sync(server: &Server<'_>) -> String {
    unchanged(server, server.calendar())
}

pub fn card_sync(server: &Server<'_>) -> String {
    unchanged(server, server.book())
}

/// sync-collection with the token of just now.
fn unchanged(server: &Server<'_>, path: &str) -> String {
    let ask = "<D:propfind xmlns:D=\"DAV:\"><D:prop><D:sync-token/></D:prop></D:propfind>";
    let mut client = server.connect();
    let answer = client.ask(("PROPFIND", path, "0"), ask, &["207"]);
    let answer = String::from_utf8(answer.to_vec()).unwrap();
    let token = answer.split("<D:sync-token>").nth(1).unwrap();
    let body = content::sync(token.split('<').next().unwrap());
    one_by_one(server, |client, _| {
        let answer = client.ask(("REPORT", path, "0"), &body, &["207"]);
        assert_eq!(responses(answer, b"<D:response>"), 0);
    })
}

pub fn propfind(server: &Server<'_>) -> String {
    all(server, server.calendar())
}

pub fn card_propfind(server: &Server<'_>) -> String {
    all(server, server.book())
}

/// The collection with all its members, and how much memory that takes.
fn all(server: &Server<'_>, path: &str) -> String {
    let (begin, before) = (Instant::now(), server.processor_time());
    let growth = server.growth(|| {
        let mut client = server.connect();
        let answer = client.ask(("PROPFIND", path, "1"), content::PROPFIND, &["207"]);
        assert!(responses(answer, b"<D:response>") > server.site.size);
    });
    let processor = server.processor_time() - before;
    format!(
        "{:.0} ms (cpu {} ms), {growth:.1} MiB",
        1000.0 * begin.elapsed().as_secs_f64(),
        processor.as_millis()
    )
}

fn responses(answer: &[u8], what: &[u8]) -> usize {
    answer
        .windows(what.len())
        .filter(|window| *window == what)
        .count()
}
