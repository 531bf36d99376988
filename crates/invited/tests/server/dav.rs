//! DAV over the whole program: passwords of devices, contacts that count at once.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use store::Store;

use crate::harness::{Invitation, Site};
use crate::redirect::Relay;

/// The status of a request, and the whole answer.
pub(crate) fn ask(
    site: &Site,
    method: &str,
    path: &str,
    password: &str,
    body: &str,
) -> (u16, String) {
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

pub(crate) fn base64(text: &str) -> String {
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
        list.ends_with("  phone\n") && !list.contains(&password),
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

#[test]
fn a_sync_token_is_good_after_a_restart() {
    let mut site = Site::new("");
    site.start();
    let calendar = calendar(&site);
    let put = |site: &Site, uid: &str| {
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n\
             DTSTART:20550301T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let path = format!("{calendar}{uid}.ics");
        assert_eq!(ask(site, "PUT", &path, "secret", &text).0, 201);
    };
    let changes = |site: &Site, token: &str| {
        let report = format!(
            "<sync-collection xmlns='DAV:'><sync-token>{token}</sync-token><sync-level>1</sync-level>\
             <prop><getetag/></prop></sync-collection>"
        );
        let (status, answer) = ask(site, "REPORT", &calendar, "secret", &report);
        assert_eq!(status, 207, "{answer}");
        answer
    };
    put(&site, "early");
    let first = changes(&site, "");
    assert!(first.contains("/early.ics"), "{first}");
    let token = first.split("sync-token>").nth(1).unwrap();
    let token = token.split('<').next().unwrap();
    site.stop();
    site.start();
    put(&site, "late");
    let later = changes(&site, token);
    assert!(
        later.contains("/late.ics") && !later.contains("/early.ics"),
        "{later}"
    );
    site.stop();
}

/// The href that stands first in an answer, with this ending.
fn href(answer: &str, ending: &str) -> String {
    let mut hrefs = answer.split("href>").skip(1).step_by(2);
    let found = hrefs.find(|text| {
        text.trim_end_matches("</D:")
            .trim_end_matches("</")
            .ends_with(ending)
    });
    let found = found.unwrap_or_else(|| panic!("{answer}"));
    found.split('<').next().unwrap().to_owned()
}

/// The path of Alice's default calendar.
pub(crate) fn calendar(site: &Site) -> String {
    let id = site.with_store(async |store| {
        let account = store.account_by_address("alice@example.org").await.unwrap();
        let calendars = store.calendars(account.unwrap().id).await.unwrap();
        calendars[0].id.clone()
    });
    format!("/dav/calendars/alice@example.org/{id}/")
}

/// An answer that a calendar app gives goes to the organizer; what is the organizer's stays as it was.
#[test]
fn an_answer_over_caldav_is_mailed_and_keeps_the_times() {
    let relay = Relay::start("");
    let mut site = Site::new(&format!("[smtp]\nrelay = \"smtp://{}\"", relay.address));
    site.start();
    site.settle(&["alice@example.org"], &Invitation::default().mail());
    let (_, members) = ask(&site, "PROPFIND", &calendar(&site), "secret", "");
    let event = href(&members, ".ics");
    let (status, got) = ask(&site, "GET", &event, "secret", "");
    assert_eq!(status, 200, "{got}");
    let text = got.split_once("\r\n\r\n").unwrap().1;
    let accepted = text.replace("PARTSTAT=NEEDS-ACTION", "PARTSTAT=ACCEPTED");
    let (status, answer) = ask(&site, "PUT", &event, "secret", &accepted);
    assert_eq!(status, 204, "{answer}");
    assert!(!answer.to_lowercase().contains("\r\netag:"), "{answer}");
    let mail = relay.mails.recv().unwrap();
    assert!(mail.contains("RCPT TO:<bob@example.com>"), "{mail}");
    assert!(mail.contains("Subject: Accepted: Lunch"), "{mail}");
    let moved = accepted.replace("20550301T110000Z", "20550301T150000Z");
    let (status, answer) = ask(&site, "PUT", &event, "secret", &moved);
    assert_eq!(status, 204, "{answer}");
    assert!(!answer.to_lowercase().contains("\r\netag:"), "{answer}");
    let (_, got) = ask(&site, "GET", &event, "secret", "");
    assert!(got.contains("DTSTART:20550301T110000Z"), "{got}");
    let taken = accepted.replace("ORGANIZER:mailto:bob@", "ORGANIZER:mailto:eve@");
    let (status, answer) = ask(&site, "PUT", &event, "secret", &taken);
    assert_eq!(status, 403, "{answer}");
    assert!(
        answer.contains("allowed-attendee-scheduling-object-change"),
        "{answer}"
    );
}
