//! What is too much to be asked at the outbox (RFC 6638, 5).

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

#[allow(dead_code, reason = "transcripts use more of it")]
mod server;

use server::{Answer, Server};

/// Asks for the busy times of people within March 2027.
async fn ask(server: &Server, attendees: &[String]) -> Answer {
    let lines = attendees.iter();
    let lines: String = lines
        .map(|one| format!("ATTENDEE:mailto:{one}\r\n"))
        .collect();
    let text = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VFREEBUSY\r\nUID:1\r\n\
         DTSTAMP:20270101T000000Z\r\nDTSTART:20270301T000000Z\r\nDTEND:20270401T000000Z\r\n\
         ORGANIZER:mailto:alice@example.org\r\n{lines}END:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    );
    let fields = [("Content-Type".to_owned(), "text/calendar".to_owned())];
    let path = "/dav/calendars/alice@example.org/outbox/";
    server.ask("POST", path, &fields, text.as_bytes()).await
}

#[tokio::test]
async fn two_hundred_people_are_asked_at_once() {
    let server = Server::start().await;
    let people: Vec<String> = (0..=200)
        .map(|n| format!("p{n}@elsewhere.example"))
        .collect();
    let answer = ask(&server, &people[..200]).await;
    assert_eq!(answer.status, 200);
    let not_here = answer.body.matches("3.7;Invalid calendar user").count();
    assert_eq!(not_here, 200);
    let refused = ask(&server, &people).await;
    assert_eq!(refused.status, 403);
    let why = "<C:max-attendees-per-instance/>";
    assert!(refused.body.contains(why), "{}", refused.body);
}

#[tokio::test]
async fn whose_calendar_is_too_full_is_said_to_be_unavailable_alone() {
    let server = Server::start().await;
    let event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u\r\n\
        DTSTAMP:20270101T000000Z\r\nDTSTART:20270301T000000Z\r\nDURATION:PT1S\r\n\
        RRULE:FREQ=MINUTELY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    server.receive("u.ics", event).await;
    let people = [
        "al@example.org",
        "alice+tag@example.org",
        "carol@example.org",
    ];
    let answer = ask(&server, &people.map(str::to_owned)).await;
    let statuses = answer.body.split("<C:request-status>").skip(1);
    let statuses: Vec<&str> = statuses.filter_map(|rest| rest.split('<').next()).collect();
    let unavailable = "5.1;Service unavailable";
    assert_eq!(statuses, [unavailable, unavailable, "2.0;Success"]);
}

#[tokio::test]
async fn who_is_named_twice_is_told_for_each_name() {
    let server = Server::start().await;
    let event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u\r\n\
        DTSTAMP:20270101T000000Z\r\nDTSTART:20270301T000000Z\r\nDURATION:PT1H\r\n\
        END:VEVENT\r\nEND:VCALENDAR\r\n";
    server.receive("u.ics", event).await;
    let people = [
        "al@example.org",
        "carol@example.org",
        "alice+tag@example.org",
    ];
    let answer = ask(&server, &people.map(str::to_owned)).await;
    let told = answer.body.split("<C:response>").skip(1);
    let busy = "FREEBUSY;FBTYPE=BUSY:20270301T000000Z/20270301T010000Z";
    let of = |(told, who): (&str, &&str)| {
        let names_him_alone = told.matches(&format!("ATTENDEE:mailto:{who}")).count() == 1;
        (names_him_alone, told.contains(busy))
    };
    let of_each: Vec<_> = told.zip(&people).map(of).collect();
    assert_eq!(of_each, [(true, true), (true, false), (true, true)]);
}
