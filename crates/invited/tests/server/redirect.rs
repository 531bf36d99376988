//! Redirect through the outbox to a relay: sent once, tried again when the relay fails, ended when
//! it goes round in circles.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};

use super::harness::Site;

const ALICE: &str = "alice@example.org";

/// A relay that takes every mail, but answers RCPT with `answer` where that is not empty.
pub(crate) struct Relay {
    pub(crate) address: String,
    pub(crate) mails: Receiver<String>,
}

impl Relay {
    pub(crate) fn start(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, mails) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let sender = sender.clone();
                std::thread::spawn(move || serve(stream, answer, &sender));
            }
        });
        Self { address, mails }
    }
}

fn serve(stream: TcpStream, answer: &str, mails: &Sender<String>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    let mut say = move |line: &str| stream.write_all(format!("{line}\r\n").as_bytes()).is_ok();
    let mut mail = String::new();
    let mut line = String::new();
    say("220 relay");
    while reader.read_line(&mut line).is_ok_and(|octets| octets > 0) {
        let command = std::mem::take(&mut line);
        let verb = command
            .split([' ', '\r'])
            .next()
            .unwrap()
            .to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" => "250-relay\r\n250 8BITMIME",
            "RCPT" if !answer.is_empty() => answer,
            "DATA" => {
                say("354 go on");
                while reader.read_line(&mut line).is_ok_and(|octets| octets > 0) && line != ".\r\n"
                {
                    mail.push_str(&std::mem::take(&mut line));
                }
                line.clear();
                mails.send(std::mem::take(&mut mail)).unwrap();
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        if verb == "MAIL" || verb == "RCPT" {
            mail.push_str(&command);
        }
        if !say(reply) {
            return;
        }
    }
}

fn site(relay: &Relay, script: &str) -> Site {
    let site = Site::new(&format!("[smtp]\nrelay = \"smtp://{}\"", relay.address));
    let file = site.write("own.sieve", script);
    site.ok(&["sieve", "set", ALICE, &file]);
    site
}

#[test]
fn a_redirected_mail_leaves_through_the_relay() {
    let relay = Relay::start("");
    let mut site = site(&relay, "redirect \"friend@example.net\";");
    site.start();
    site.settle(&[ALICE], "From: bob@example.com\nSubject: hi\n\nhello\n");
    let mail = relay.mails.recv().unwrap();
    assert!(mail.starts_with("MAIL FROM:<bob@example.com>"), "{mail}");
    assert!(mail.contains("RCPT TO:<friend@example.net>"), "{mail}");
    assert!(
        mail.contains("\r\nDelivered-To: alice@example.org\r\n"),
        "{mail}"
    );
    assert!(
        mail.ends_with("\r\nFrom: bob@example.com\r\nSubject: hi\r\n\r\nhello\r\n"),
        "{mail}"
    );
    assert!(site.mails(ALICE, "").is_empty());
}

#[test]
fn mails_with_one_header_and_two_bodies_are_two() {
    let relay = Relay::start("");
    let mut site = site(&relay, "redirect \"friend@example.net\";");
    site.start();
    for body in ["first", "second"] {
        site.settle(
            &[ALICE],
            &format!("From: cron@example.com\nSubject: disk\n\n{body}\n"),
        );
    }
    let mut bodies: Vec<String> = (0..2)
        .map(|_| {
            relay
                .mails
                .recv()
                .unwrap()
                .rsplit("\r\n\r\n")
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    bodies.sort();
    assert_eq!(bodies, ["first\r\n", "second\r\n"]);
}

#[test]
fn a_mail_that_comes_back_is_refused() {
    let relay = Relay::start("");
    let mut site = site(&relay, "redirect \"friend@example.net\";");
    site.start();
    let replies = site.deliver(
        &[ALICE],
        "Delivered-To: alice@example.org\nSubject: again\n\nhello\n",
    );
    assert!(replies[0].starts_with("554 5.4.6"), "{replies:?}");
    let hops = "Received: from a by b; Mon, 01 Feb 2055 10:00:00 +0000\n".repeat(101);
    let replies = site.deliver(&[ALICE], &format!("{hops}Subject: again\n\nhello\n"));
    assert!(replies[0].starts_with("554 5.4.6"), "{replies:?}");
}

#[test]
fn a_refused_mail_is_parked_and_can_be_dropped() {
    let relay = Relay::start("550 5.1.1 no such user");
    let mut site = site(&relay, "redirect \"friend@example.net\";");
    site.start();
    site.settle(&[ALICE], "Subject: hi\n\nhello\n");
    let list = wait_for(&site, "parked");
    assert!(list.contains("no such user"), "{list}");
    let id = list
        .lines()
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    assert!(
        site.ok(&["queue", "show", id])
            .contains("friend@example.net")
    );
    site.ok(&["queue", "drop", id]);
    assert_eq!(
        site.ok(&["queue", "list"]),
        "nothing waits, nothing is parked\n"
    );
}

#[test]
fn a_deferred_mail_waits_and_is_sent_when_told() {
    let relay = Relay::start("451 4.3.0 later");
    let mut site = site(&relay, "redirect \"friend@example.net\";");
    site.start();
    site.settle(&[ALICE], "Subject: hi\n\nhello\n");
    let list = wait_for(&site, "later");
    assert!(list.contains("waits"), "{list}");
    site.stop();
    // The same site with a relay that works.
    let working = Relay::start("");
    let path = site.path().join("invited.toml");
    let config = std::fs::read_to_string(&path)
        .unwrap()
        .replace(&relay.address, &working.address);
    std::fs::write(&path, config).unwrap();
    site.start();
    let id = list
        .lines()
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    site.ok(&["queue", "retry", id]);
    assert!(working.mails.recv().unwrap().ends_with("hello\r\n"));
}

/// The queue's list once it has this word.
pub(crate) fn wait_for(site: &Site, word: &str) -> String {
    for _ in 0..2000 {
        let list = site.ok(&["queue", "list"]);
        if list.contains(word) {
            return list;
        }
    }
    panic!("{word} did not come into the queue's list");
}
