//! What one report or question about busy times may cost: asked within a budget that is just enough, and within
//! one that is a step too small.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod server;

use dav::Limits;
use server::{Answer, Server};
use store::CollectionKind;

const RANGE: &str = "<C:time-range start='20270301T000000Z' end='20270401T000000Z'/>";
const EXPAND: &str = "<C:expand start='20270301T000000Z' end='20270401T000000Z'/>";
/// What the three questions take; the last step of the budget counts as used.
const QUERY: u64 = 6604;
const EXPANDED: u64 = 13_549;
const BUSY: u64 = 6871;
const TOO_MUCH: &str = "<D:number-of-matches-within-limits/>";

/// A server of a calendar with three events whose rule is walked from its first day.
async fn server(steps: u64) -> (Server, String) {
    let server = Server::within(Limits {
        steps,
        ..Limits::default()
    });
    let server = server.await;
    let segment = server.default(CollectionKind::Calendar).await;
    let calendar = format!("/dav/calendars/alice@example.org/{segment}/");
    for number in 0..3 {
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:{number}\r\n\
             DTSTART:20240301T100000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=2000\r\n\
             END:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let path = format!("{calendar}{number}.ics");
        let put = server.ask("PUT", &path, &[], text.as_bytes()).await;
        assert_eq!(put.status, 201, "{}", put.body);
    }
    (server, calendar)
}

async fn report(steps: u64, body: &str) -> Answer {
    let (server, calendar) = server(steps).await;
    server.ask("REPORT", &calendar, &[], body.as_bytes()).await
}

fn query(data: &str) -> String {
    format!(
        "<C:calendar-query xmlns:C='urn:ietf:params:xml:ns:caldav' xmlns='DAV:'><prop>{data}</prop><C:filter>\
         <C:comp-filter name='VCALENDAR'><C:comp-filter name='VEVENT'>{RANGE}</C:comp-filter>\
         </C:comp-filter></C:filter></C:calendar-query>"
    )
}

/// How many objects an answer tells, and whether it says that there are more.
fn told(answer: &Answer) -> (usize, bool) {
    assert_eq!(answer.status, 207, "{:?} {}", answer.fields, answer.body);
    let told = answer.body.matches("200 OK").count();
    (told, answer.body.contains(TOO_MUCH))
}

#[tokio::test]
async fn a_query_takes_its_steps_of_one_budget() {
    let enough = QUERY;
    assert_eq!(told(&report(enough, &query("")).await), (3, false));
    assert_eq!(told(&report(enough - 1, &query("")).await), (2, true));
}

#[tokio::test]
async fn filter_and_expansion_share_it() {
    let expanded = query(&format!("<C:calendar-data>{EXPAND}</C:calendar-data>"));
    let enough = EXPANDED;
    assert_eq!(told(&report(enough, &expanded).await), (3, false));
    assert_eq!(told(&report(enough - 1, &expanded).await), (2, true));
}

#[tokio::test]
async fn busy_times_of_a_calendar_are_told_whole_or_not_at_all() {
    let busy = format!(
        "<C:free-busy-query xmlns:C='urn:ietf:params:xml:ns:caldav'>{RANGE}</C:free-busy-query>"
    );
    let enough = BUSY;
    assert_eq!(report(enough, &busy).await.status, 200);
    let answer = report(enough - 1, &busy).await;
    assert_eq!((answer.status, answer.body.contains(TOO_MUCH)), (403, true));
}

/// The statuses of Alice and Carol, whose calendar is empty.
async fn statuses(steps: u64) -> Vec<String> {
    let (server, _) = server(steps).await;
    let asked = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VFREEBUSY\r\n\
        UID:1\r\nDTSTART:20270301T000000Z\r\nDTEND:20270401T000000Z\r\n\
        ORGANIZER:mailto:alice@example.org\r\nATTENDEE:mailto:alice@example.org\r\n\
        ATTENDEE:mailto:carol@example.org\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n";
    let outbox = "/dav/calendars/alice@example.org/outbox/";
    let kind = [("Content-Type".to_owned(), "text/calendar".to_owned())];
    let answer = server.ask("POST", outbox, &kind, asked.as_bytes()).await;
    assert_eq!(answer.status, 200);
    let statuses = answer.body.split("<C:request-status>").skip(1);
    let statuses = statuses.map(|rest| rest.split(';').next().unwrap().to_owned());
    statuses.collect()
}

#[tokio::test]
async fn one_person_takes_an_eighth_of_what_is_left() {
    let enough = 8 * (BUSY - 1);
    assert_eq!(statuses(enough).await, ["2.0", "2.0"]);
    assert_eq!(statuses(enough - 1).await, ["5.1", "2.0"]);
}

/// DAVx5 asks so for all that is to come: what has no end is not walked for a date that was moved long ago.
#[tokio::test]
async fn a_window_without_end_costs_little_for_series_without_end() {
    let server = Server::within(Limits {
        steps: 1000,
        ..Limits::default()
    });
    let server = server.await;
    let segment = server.default(CollectionKind::Calendar).await;
    let calendar = format!("/dav/calendars/alice@example.org/{segment}/");
    let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n\
        BEGIN:VEVENT\r\nUID:weekly\r\nDTSTART:20260302T100000Z\r\nDURATION:PT1H\r\n\
        RRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:weekly\r\nRECURRENCE-ID:20260309T100000Z\r\n\
        DTSTART:20260310T100000Z\r\nDURATION:PT1H\r\n\
        BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\n\
        END:VCALENDAR\r\n";
    let path = format!("{calendar}weekly.ics");
    let put = server.ask("PUT", &path, &[], text.as_bytes()).await;
    assert_eq!(put.status, 201, "{}", put.body);
    let ask = |inner: &str| {
        let asked = query("").replace(RANGE, inner);
        let (server, calendar) = (&server, &calendar);
        async move { told(&server.ask("REPORT", calendar, &[], asked.as_bytes()).await) }
    };
    let open = "<C:time-range start='20270301T000000Z'/>";
    assert_eq!(ask(open).await, (1, false));
    let alarms = format!("<C:comp-filter name='VALARM'>{open}</C:comp-filter>");
    assert_eq!(ask(&alarms).await, (0, false), "it went off a year ago");
    let began = format!("<C:prop-filter name='DTSTART'>{open}</C:prop-filter>");
    assert_eq!(ask(&began).await, (1, false));
}
