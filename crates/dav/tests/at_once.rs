//! Clients that write and log in at the same time.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod server;

use server::Server;
use store::CollectionKind;

fn event(title: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u\r\n\
         DTSTART:20270301T100000Z\r\nSUMMARY:{title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn of_writers_with_one_entity_tag_one_wins() {
    let server = Server::start().await;
    let calendar = server.default(CollectionKind::Calendar).await;
    let path = format!("/dav/calendars/alice@example.org/{calendar}/u.ics");
    let mut tag = ("If-None-Match".to_owned(), "*".to_owned());
    for round in 0..5 {
        let fields = [tag.clone()];
        let titles: Vec<String> = (0..4)
            .map(|writer| event(&format!("{round} {writer}")))
            .collect();
        let put = |at: usize| server.ask("PUT", &path, &fields, titles[at].as_bytes());
        let answers = <[_; 4]>::from(tokio::join!(put(0), put(1), put(2), put(3)));
        let won: Vec<usize> = (0..4)
            .filter(|&at| matches!(answers[at].status, 201 | 204))
            .collect();
        let [winner] = won.as_slice() else {
            panic!("{answers:?}");
        };
        assert!(
            answers
                .iter()
                .enumerate()
                .all(|(at, one)| at == *winner || one.status == 412)
        );
        let stored = server.ask("GET", &path, &[], b"").await;
        assert_eq!(stored.body, titles[*winner]);
        let mut all = stored.fields.into_iter();
        let (_, now) = all
            .find(|(name, _)| name.eq_ignore_ascii_case("etag"))
            .unwrap();
        tag = ("If-Match".to_owned(), now);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_tries_wait_and_known_clients_do_not() {
    let server = Server::start().await;
    let find = |token: &str| {
        let fields = match token {
            "" => Vec::new(),
            token => vec![("Authorization".to_owned(), format!("Basic {token}"))],
        };
        let server = &server;
        async move {
            server
                .ask("PROPFIND", "/dav/principals/", &fields, b"")
                .await
                .status
        }
    };
    let depth_is_missing = 403;
    assert_eq!(find("").await, depth_is_missing);
    let wrong = "YWxpY2VAZXhhbXBsZS5vcmc6d3Jvbmc=";
    for _ in 0..6 {
        assert_eq!(find(wrong).await, 401);
    }
    assert_eq!(find(wrong).await, 429);
    assert_eq!(find("").await, depth_is_missing, "its password is known");
}
