//! The client against the server, and against servers that misbehave.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod fake;

use std::time::Duration;

use fake::{any_port, start};
use lmtp::client::{Charset, Client, ClientError, ClientLimits, Outgoing};
use lmtp::{Limits, Listen, Reply};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

fn codes(replies: &[Reply]) -> Vec<u16> {
    replies.iter().map(|reply| reply.code).collect()
}

async fn connect(to: &Listen) -> Client {
    Client::connect(to, "client.example", ClientLimits::default())
        .await
        .unwrap()
}

#[tokio::test]
async fn every_recipient_has_a_reply_in_order() {
    let folder = tempfile::tempdir().unwrap();
    for listen in [any_port(), Listen::Unix(folder.path().join("lmtp.sock"))] {
        let server = start(&listen, Limits::default()).await;
        let mut client = connect(&server.address).await;
        let mail = Outgoing {
            reverse_path: "a@example.net",
            recipients: &[
                "alice@example.org",
                "nobody@example.org",
                "full@example.org",
                "bob@example.org",
            ],
            size: Some(40),
            charset: Charset::Ascii,
        };
        let text = b".dot\n..\nbare\rlast";
        let replies = client.send(&mail, &mut text.as_slice()).await.unwrap();
        assert_eq!(codes(&replies), [250, 550, 452, 250]);
        assert_eq!(replies[1].to_string(), "550 5.1.1 no such mailbox here");
        let messages = server.intake.messages();
        assert_eq!(messages[0].text, b".dot\r\n..\r\nbare\r\nlast\r\n");
        assert_eq!(messages[0].envelope.client, "client.example");

        let refused = Outgoing {
            recipients: &["nobody@example.org"],
            ..mail.clone()
        };
        assert_eq!(
            codes(&client.send(&refused, &mut text.as_slice()).await.unwrap()),
            [550]
        );
        let too_big = Outgoing {
            size: Some(u64::MAX),
            ..mail.clone()
        };
        assert_eq!(
            codes(&client.send(&too_big, &mut text.as_slice()).await.unwrap()),
            [552; 4]
        );
        let again = client.send(&mail, &mut text.as_slice()).await.unwrap();
        assert_eq!(codes(&again), [250, 550, 452, 250]);
        client.quit().await.unwrap();
        server.finish().await;
    }
}

#[tokio::test]
async fn a_thousand_recipients_are_pipelined_in_batches() {
    let server = start(&any_port(), Limits::default()).await;
    let mut client = connect(&server.address).await;
    let recipients: Vec<String> = (0..1001)
        .map(|number| format!("alice+{number}@example.org"))
        .collect();
    let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
    let mail = Outgoing {
        recipients: &recipients,
        ..Outgoing::default()
    };
    let replies = client.send(&mail, &mut b"x\r\n".as_slice()).await.unwrap();
    assert_eq!(codes(&replies[..1000]), [250; 1000]);
    assert_eq!(codes(&replies[1000..]), [452]);
    assert_eq!(server.intake.messages()[0].envelope.recipients.len(), 1000);
    drop(client);
    server.finish().await;
}

#[tokio::test]
async fn internationalized_mail_says_so() {
    let server = start(&any_port(), Limits::default()).await;
    let mut client = connect(&server.address).await;
    let mail = Outgoing {
        reverse_path: "a@example.net",
        recipients: &["zoë@example.org"],
        ..Outgoing::default()
    };
    assert_eq!(
        codes(&client.send(&mail, &mut b"x".as_slice()).await.unwrap()),
        [250]
    );
    assert!(server.intake.messages()[0].envelope.utf8);
    drop(client);
    server.finish().await;
}

#[tokio::test]
async fn an_address_cannot_carry_commands() {
    let server = start(&any_port(), Limits::default()).await;
    let mut client = connect(&server.address).await;
    for address in [
        "alice@example.org>\r\nDATA\r\n",
        "a>b@c",
        "a b@c",
        "a@b\n",
        "",
    ] {
        let mail = Outgoing {
            recipients: &[address],
            ..Outgoing::default()
        };
        let error = client.send(&mail, &mut b"x".as_slice()).await.unwrap_err();
        assert!(
            matches!(&error, ClientError::Address(bad) if bad == address),
            "{error}"
        );
        assert!(!error.is_transient());
    }
    let mail = Outgoing {
        recipients: &["alice@example.org"],
        ..Outgoing::default()
    };
    assert_eq!(
        codes(&client.send(&mail, &mut b"x".as_slice()).await.unwrap()),
        [250]
    );
    drop(client);
    server.finish().await;
}

/// A server that says its lines, each after the client has said something but the first.
async fn recite(mut stream: DuplexStream, lines: &'static [&'static str]) {
    let mut ignored = [0; 4096];
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            assert_ne!(stream.read(&mut ignored).await.unwrap(), 0);
        }
        stream.write_all(line.as_bytes()).await.unwrap();
    }
}

async fn meet(lines: &'static [&'static str]) -> Result<Client, ClientError> {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    tokio::spawn(recite(theirs, lines));
    Client::over(ours, "c", ClientLimits::default()).await
}

const MAIL: Outgoing<'static> = Outgoing {
    reverse_path: "",
    recipients: &["a@b", "c@d"],
    size: None,
    charset: Charset::Ascii,
};

#[tokio::test]
async fn a_bad_greeting_is_an_error() {
    let full = meet(&["421 4.3.2 full\r\n"]).await.err().unwrap();
    assert!(full.is_transient());
    assert_eq!(full.to_string(), "the LMTP server said: 421 4.3.2 full");
    for lines in [&["HTTP/1.1 400 Bad Request\r\n"], &["220-a\r\n221 b\r\n"]] {
        assert!(matches!(meet(lines).await, Err(ClientError::Malformed)));
    }
    assert!(matches!(meet(&["220"]).await, Err(ClientError::Io(_))));
}

#[tokio::test]
async fn replies_are_bounded() {
    let long: &'static str = Box::leak("2".repeat(5000).into_boxed_str());
    let many: &'static str = Box::leak("220-x\r\n".repeat(200).into_boxed_str());
    for endless in [long, many] {
        let lines: &'static [&'static str] = Box::leak(vec![endless].into_boxed_slice());
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let reciting = tokio::spawn(async move {
            recite(theirs, lines).await;
        });
        let met = Client::over(ours, "c", ClientLimits::default()).await;
        assert!(met.is_err());
        reciting.await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_lost_between_the_answers_is_known_for_each() {
    let lines = &[
        "220 x\r\n",
        "250-x\r\n250 PIPELINING\r\n",
        "250 a\r\n250 b\r\n250 c\r\n",
        "354 go\r\n",
        "250 done\r\n",
    ];
    let mut client = meet(lines).await.unwrap();
    let replies = client.send(&MAIL, &mut b"x".as_slice()).await.unwrap();
    assert_eq!(codes(&replies), [250, 451]);
    assert!(matches!(
        client.send(&MAIL, &mut b"x".as_slice()).await,
        Err(ClientError::Unusable)
    ));
}

#[tokio::test]
async fn a_connection_lost_before_the_answers_is_an_error() {
    let lines = &[
        "220 x\r\n",
        "250-x\r\n250 PIPELINING\r\n",
        "250 a\r\n250 b\r\n250 c\r\n",
        "354 go\r\n",
    ];
    let mut client = meet(lines).await.unwrap();
    let error = client.send(&MAIL, &mut b"x".as_slice()).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
}

#[tokio::test]
async fn data_refused_is_the_answer_of_the_accepted() {
    let lines = &[
        "220 x\r\n",
        "250-x\r\n250 PIPELINING\r\n",
        "250 a\r\n550 b\r\n250 c\r\n",
        "452 4.3.1 full\r\n",
        "250 ok\r\n",
    ];
    let mut client = meet(lines).await.unwrap();
    assert_eq!(
        codes(&client.send(&MAIL, &mut b"x".as_slice()).await.unwrap()),
        [550, 452]
    );
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let (ours, _theirs) = tokio::io::duplex(64);
    let limits = ClientLimits {
        command: Duration::from_millis(20),
        ..ClientLimits::default()
    };
    assert!(matches!(
        Client::over(ours, "c", limits).await,
        Err(ClientError::TimedOut)
    ));
}
