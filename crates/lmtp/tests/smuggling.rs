//! No octets inside a message end it or begin another (RFC 5321, section 4.1.1.4).
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod fake;

use fake::{any_port, converse, start};
use lmtp::{Limits, Listen};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const BREAKS: [&str; 4] = ["\r", "\n", "\r\n", ""];

/// What a mail under the attacker's hand would begin with.
const SECOND: &str =
    "MAIL FROM:<evil@example.net>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nforged\r\n";

/// The fifteen surroundings of a dot that are not the end of data, and the text each leaves.
fn attempts() -> Vec<(String, String)> {
    let mut attempts = Vec::new();
    for before in BREAKS {
        for after in BREAKS {
            if (before, after) != ("\r\n", "\r\n") {
                let wire = format!("first{before}.{after}{SECOND}");
                attempts.push((wire, expected(before, after)));
            }
        }
    }
    attempts
}

/// The dot goes after a true CRLF only; each break becomes CRLF.
fn expected(before: &str, after: &str) -> String {
    let dot = if before == "\r\n" { "" } else { "." };
    let end = |octets: &str| if octets.is_empty() { "" } else { "\r\n" };
    format!("first{}{dot}{}{SECOND}", end(before), end(after))
}

fn session(body: &str) -> Vec<u8> {
    let open = "LHLO c\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<alice@example.org>\r\nDATA\r\n";
    format!("{open}{body}.\r\nQUIT\r\n").into_bytes()
}

async fn over_tcp(wire: &[u8]) -> (String, Vec<fake::Received>) {
    let server = start(&any_port(), Limits::default()).await;
    let Listen::Tcp(address) = server.address else {
        panic!("a port")
    };
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(wire).await.unwrap();
    let mut heard = String::new();
    stream.read_to_string(&mut heard).await.unwrap();
    let messages = server.intake.messages();
    server.finish().await;
    (heard, messages)
}

#[tokio::test]
async fn fifteen_lone_dots_leave_one_message() {
    let attempts = attempts();
    assert_eq!(attempts.len(), 15);
    for (body, text) in attempts {
        let wire = session(&body);
        let (heard, messages) = over_tcp(&wire).await;
        assert_eq!(messages.len(), 1, "{body:?}: {heard}");
        assert_eq!(String::from_utf8_lossy(&messages[0].text), text, "{body:?}");
        assert!(
            heard.ends_with("354 end with CRLF.CRLF\r\n250 2.0.0 delivered\r\n221 2.0.0 bye\r\n"),
            "{heard}"
        );
    }
}

#[tokio::test]
async fn the_sixteenth_is_the_end() {
    let (_, messages) = over_tcp(&session(&format!("first\r\n.\r\n{SECOND}"))).await;
    let texts: Vec<&[u8]> = messages
        .iter()
        .map(|message| message.text.as_slice())
        .collect();
    assert_eq!(texts, [b"first\r\n".as_slice(), b"forged\r\n".as_slice()]);
}

#[tokio::test]
async fn every_cut_gives_the_same() {
    for (body, _) in attempts() {
        let wire = session(&body);
        let (heard, messages, summary) = converse(Limits::default(), &[&wire]).await;
        assert_eq!(messages.len(), 1);
        let octets: Vec<&[u8]> = wire.chunks(1).collect();
        let (heard_slowly, messages_slowly, summary_slowly) =
            converse(Limits::default(), &octets).await;
        assert_eq!(
            (&heard, &messages),
            (&heard_slowly, &messages_slowly),
            "{body:?}"
        );
        assert_eq!(summary.end, summary_slowly.end);
        for cut in 0..wire.len() {
            let (front, back) = wire.split_at(cut);
            let (heard_in_two, messages_in_two, _) =
                converse(Limits::default(), &[front, back]).await;
            assert_eq!(
                (&heard, &messages),
                (&heard_in_two, &messages_in_two),
                "{body:?} cut at {cut}"
            );
        }
    }
}
