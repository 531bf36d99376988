//! What may be taken back waits, whichever verb made it (rule F8).

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

#[allow(dead_code, reason = "other tests use more of it")]
mod server;

use pipeline::clock::Clock;
use server::{Server, StoppedClock};
use store::{CollectionKind, Store};

const HOLD: i64 = 60_000;

/// The guests of what is to be sent by then.
async fn due(server: &Server, at: i64) -> Vec<String> {
    let due = server.store.mails_take(at, 9).await.unwrap();
    due.into_iter().map(|one| one.mail.recipient).collect()
}

#[tokio::test]
async fn a_new_meeting_waits_for_the_hold() {
    for (method, name) in [("PUT", "new.ics"), ("POST", "")] {
        let server = Server::holding(HOLD).await;
        let segment = server.default(CollectionKind::Calendar).await;
        let path = format!("/dav/calendars/alice@example.org/{segment}/{name}");
        let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:new\r\n\
            DTSTAMP:20270101T000000Z\r\nDTSTART:20270301T100000Z\r\nDURATION:PT1H\r\n\
            ORGANIZER:mailto:alice@example.org\r\nATTENDEE:mailto:ben@example.net\r\n\
            END:VEVENT\r\nEND:VCALENDAR\r\n";
        let answer = server.ask(method, &path, &[], text.as_bytes()).await;
        assert_eq!(answer.status, 201, "{method}: {answer:?}");
        let now = StoppedClock.now();
        assert_eq!(due(&server, now).await, [""; 0], "{method}");
        assert_eq!(due(&server, now + HOLD).await, ["ben@example.net"]);
    }
}
