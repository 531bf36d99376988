//! Collections of more members than are read at a time: each is told once, in an answer
//! that is sent while it is made.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod server;

use server::Server;
use store::CollectionKind;

/// More than any answer reads at a time.
const MANY: usize = 520;

async fn fill(server: &Server) {
    for number in 0..MANY {
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:{number}\r\n\
             DTSTART:20270301T100000Z\r\nSUMMARY:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            if number % 2 == 0 { "even" } else { "odd" }
        );
        server.receive(&format!("{number:03}.ics"), &text).await;
    }
}

/// The names of the members in an answer, as they come.
fn names(body: &str) -> Vec<usize> {
    let hrefs = body.split("<D:href>").skip(1);
    let names = hrefs.filter_map(|href| href.split_once(".ics<")?.0.rsplit('/').next());
    names.map(|name| name.parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_member_is_told_once() {
    let server = Server::start().await;
    fill(&server).await;
    let segment = server.default(CollectionKind::Calendar).await;
    let calendar = format!("/dav/calendars/alice@example.org/{segment}/");
    let depth = [("Depth".to_owned(), "1".to_owned())];
    let ask = async |method: &str, body: &str| {
        let answer = server.ask(method, &calendar, &depth, body.as_bytes()).await;
        assert_eq!(answer.status, 207, "{body}");
        let is_streamed = |(name, value): &(String, String)| {
            name.eq_ignore_ascii_case("transfer-encoding") && value == "chunked"
        };
        assert!(answer.fields.iter().any(is_streamed), "{body}");
        names(&answer.body)
    };
    let all: Vec<usize> = (0..MANY).collect();
    let etags = "<propfind xmlns='DAV:'><prop><getetag/></prop></propfind>";
    assert_eq!(ask("PROPFIND", etags).await, all);
    let sync = "<sync-collection xmlns='DAV:'><sync-token/><sync-level>1</sync-level><prop/></sync-collection>";
    assert_eq!(ask("REPORT", sync).await, all);

    let query = |inside: &str| {
        format!(
            "<C:calendar-query xmlns:C='urn:ietf:params:xml:ns:caldav' xmlns='DAV:'><prop/><C:filter>\
             <C:comp-filter name='VCALENDAR'><C:comp-filter name='VEVENT'>{inside}</C:comp-filter>\
             </C:comp-filter></C:filter></C:calendar-query>"
        )
    };
    let odd = "<C:prop-filter name='SUMMARY'><C:text-match>odd</C:text-match></C:prop-filter>";
    let found = ask("REPORT", &query(odd)).await;
    assert!(found.iter().copied().eq((1..MANY).step_by(2)), "{found:?}");
    let day = "<C:time-range start='20270301T000000Z' end='20270302T000000Z'/>";
    let mut found = ask("REPORT", &query(day)).await;
    found.sort_unstable();
    assert_eq!(found, all);

    let hrefs: String = all
        .iter()
        .map(|number| format!("<href>{calendar}{number:03}.ics</href>"))
        .collect();
    let multiget = format!(
        "<C:calendar-multiget xmlns:C='urn:ietf:params:xml:ns:caldav' xmlns='DAV:'><prop/>{hrefs}\
         </C:calendar-multiget>"
    );
    assert_eq!(ask("REPORT", &multiget).await, all);
}
