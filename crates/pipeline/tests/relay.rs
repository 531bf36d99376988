//! The relay against a receiving SMTP server: what goes over the wire, and what never does.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};

use itip::Delivery;
use pipeline::outbox::smtp::{Security, Server, SmtpRelay};
use pipeline::outbox::{Relay, SendError};
use store::{AccountId, Hold, MailKey, NewMail};

const MAIL: &[u8] = b"Subject: x\r\n\r\n.dot\r\n";

/// A server without TLS that offers AUTH; every line that it hears goes to the receiver.
fn sink(rcpt: &'static str) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, heard) = channel();
    std::thread::spawn(move || {
        if let Ok((stream, _)) = listener.accept() {
            serve(&stream, rcpt, &sender);
        }
    });
    (port, heard)
}

fn serve(stream: &TcpStream, rcpt: &str, heard: &Sender<String>) {
    let say = |line: &str| {
        let mut stream = stream;
        stream.write_all(format!("{line}\r\n").as_bytes()).is_ok()
    };
    say("220 sink");
    let mut in_data = false;
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        let reply = match line.split(' ').next().unwrap_or_default() {
            "." if in_data => "250 taken",
            _ if in_data => "",
            "EHLO" => "250-sink\r\n250 AUTH PLAIN",
            "AUTH" => "235 welcome",
            "RCPT" => rcpt,
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        in_data = (in_data || reply.starts_with("354")) && line != ".";
        heard.send(line).unwrap();
        if !reply.is_empty() && !say(reply) {
            return;
        }
    }
}

/// Sends the mail and gives the result with all that the server heard.
async fn send(
    security: Security,
    login: Option<(&str, &str)>,
    rcpt: &'static str,
) -> (Result<Delivery, SendError>, Vec<String>) {
    send_to("b@example.com", security, login, rcpt).await
}

async fn send_to(
    recipient: &str,
    security: Security,
    login: Option<(&str, &str)>,
    rcpt: &'static str,
) -> (Result<Delivery, SendError>, Vec<String>) {
    let (port, heard) = sink(rcpt);
    let server = Server {
        host: "127.0.0.1".to_owned(),
        port,
        security,
        credentials: login.map(|(user, password)| (user.to_owned(), password.to_owned())),
    };
    let relay = SmtpRelay::new(server, "mail.example.org").unwrap();
    let mail = NewMail {
        key: MailKey {
            account: AccountId(1),
            id: "m".to_owned(),
        },
        kind: "reply".to_owned(),
        reverse_path: "a@example.org".to_owned(),
        recipient: recipient.to_owned(),
        message: MAIL.to_vec(),

        not_before: 0,
        expires: 0,
        uid: String::new(),
        hold: Hold::None,
    };
    let result = relay.send(&mail).await;
    drop(relay);
    (result, heard.try_iter().collect())
}

#[tokio::test]
async fn a_mail_arrives_as_it_is() {
    let (result, heard) = send(Security::Plain, None, "250 ok").await;
    assert_eq!(result, Ok(Delivery::Sent));
    let wanted = [
        "EHLO mail.example.org",
        "MAIL FROM:<a@example.org>",
        "RCPT TO:<b@example.com>",
        "DATA",
        "Subject: x",
        "",
        "..dot",
        ".",
    ];
    assert_eq!(heard[..wanted.len()], wanted);
}

#[tokio::test]
async fn user_and_password_are_told() {
    let (result, heard) = send(Security::Plain, Some(("al", "secret")), "250 ok").await;
    assert_eq!(result, Ok(Delivery::Sent));
    // "\0al\0secret" in base64.
    assert_eq!(heard[1], "AUTH PLAIN AGFsAHNlY3JldA==");
}

#[tokio::test]
async fn without_tls_nothing_is_told_where_tls_is_wanted() {
    for security in [Security::StartTls, Security::Tls] {
        let (result, heard) = send(security, Some(("al", "secret")), "250 ok").await;
        assert!(result.is_err(), "{security:?}");
        let told = |line: &String| line.starts_with("AUTH") || line.starts_with("MAIL");
        assert!(!heard.iter().any(told), "{heard:?}");
    }
}

#[tokio::test]
async fn a_refusal_says_whether_to_try_again() {
    let (result, _) = send(Security::Plain, None, "550 5.1.1 no such user").await;
    assert!(matches!(result, Err(SendError::Permanent(why)) if why.contains("no such user")));
    let (result, _) = send(Security::Plain, None, "530 5.7.0 log in first").await;
    assert!(matches!(result, Err(SendError::Transient(why)) if why.contains("log in first")));
    let (result, _) = send(Security::Plain, None, "451 4.3.0 later").await;
    assert!(matches!(result, Err(SendError::Transient(why)) if why.contains("later")));
}

#[tokio::test]
async fn an_address_that_the_relay_cannot_write_is_refused_for_good() {
    let (result, heard) = send_to("j\u{fc}rgen@example.com", Security::Plain, None, "250 ok").await;
    assert!(matches!(result, Err(SendError::Permanent(why)) if why.contains("SMTPUTF8")));
    assert!(
        !heard.iter().any(|line| line.starts_with("RCPT")),
        "{heard:?}"
    );
}
