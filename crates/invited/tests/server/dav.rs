//! DAV over the whole program: passwords of devices, contacts that count at once.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::harness::{Invitation, Site};

/// The status of a request, and the whole answer.
fn ask(site: &Site, method: &str, path: &str, password: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(site.http()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let token = base64(&format!("alice@example.org:{password}"));
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nDepth: 1\r\n\
         Authorization: Basic {token}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}

fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in text.as_bytes().chunks(3) {
        let number = (0..3).fold(0_u32, |sum, at| {
            sum << 8 | u32::from(*three.get(at).unwrap_or(&0))
        });
        for at in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * at)) as usize & 63];
            out.push(if at > three.len() {
                '='
            } else {
                char::from(letter)
            });
        }
    }
    out
}

#[test]
fn a_device_has_a_password_until_it_is_revoked() {
    let mut site = Site::new("");
    site.start();
    let add = [
        "account",
        "app-password",
        "add",
        "alice@example.org",
        "--label",
        "phone",
    ];
    let password = site.ok(&add).trim().to_owned();
    assert_eq!(ask(&site, "PROPFIND", "/dav/", &password, "").0, 207);
    assert_eq!(ask(&site, "PROPFIND", "/dav/", "secret", "").0, 207);
    let list = site.ok(&["account", "app-password", "list", "alice@example.org"]);
    assert!(
        list.contains("phone") && !list.contains(&password),
        "{list}"
    );
    let id = password.get(..4).unwrap();
    site.ok(&["account", "app-password", "revoke", "alice@example.org", id]);
    assert_eq!(
        ask(&site, "PROPFIND", "/dav/", &password, "").0,
        401,
        "also when it was right lately"
    );
    assert_eq!(
        site.fails(&["account", "app-password", "revoke", "alice@example.org", id])
            .0,
        1
    );
    site.stop();
}

#[test]
fn a_contact_counts_at_once() {
    let mut site = Site::new("");
    site.start();
    let mail = |uid, sequence| {
        Invitation {
            uid,
            sequence,
            from: "dan@example.com",
            organizer: "dan@example.com",
            ..Invitation::default()
        }
        .mail()
    };
    site.settle(&["alice@example.org"], &mail("one", 0));
    let books = ask(
        &site,
        "PROPFIND",
        "/dav/addressbooks/alice@example.org/",
        "secret",
        "",
    )
    .1;
    let book = books
        .split("/dav/addressbooks/alice@example.org/")
        .nth(2)
        .unwrap();
    let book = book.split('/').next().unwrap();
    let card =
        "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:dan\r\nFN:Dan\r\nEMAIL:dan@example.com\r\nEND:VCARD\r\n";
    let path = format!("/dav/addressbooks/alice@example.org/{book}/dan.vcf");
    assert_eq!(ask(&site, "PUT", &path, "secret", card).0, 201);
    site.settle(&["alice@example.org"], &mail("two", 1));
    assert_eq!(ask(&site, "DELETE", &path, "secret", "").0, 204);
    site.settle(&["alice@example.org"], &mail("three", 2));
    let outcomes = site.decisions("alice@example.org");
    let outcomes: Vec<&str> = outcomes
        .iter()
        .map(|(outcome, _)| outcome.as_str())
        .collect();
    assert_eq!(outcomes, ["no-action", "added", "no-action"]);
    site.stop();
}
