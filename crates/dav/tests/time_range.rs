//! Which time ranges components overlap, by the tables of RFC 4791, 9.9 and RFC 7953, 7.2.2, row by row.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod server;

use server::Server;
use store::CollectionKind;

/// A window of 10 March 2027 by its hours, `-` where it is open, and whether the component is in it.
type Window = (&'static str, &'static str, bool);

/// What a component of a kind with these lines is asked: inside a filter, `@` stands for the time range.
struct Row {
    kind: &'static str,
    lines: &'static str,
    filter: &'static str,
    windows: &'static [Window],
}

const ITSELF: &str = "@";
const ALARM: &str = "<C:comp-filter name='VALARM'>@</C:comp-filter>";

const fn row(kind: &'static str, lines: &'static str, windows: &'static [Window]) -> Row {
    Row {
        kind,
        lines,
        filter: ITSELF,
        windows,
    }
}

const fn alarm(kind: &'static str, lines: &'static str, windows: &'static [Window]) -> Row {
    Row {
        kind,
        lines,
        filter: ALARM,
        windows,
    }
}

const fn property(filter: &'static str, lines: &'static str, windows: &'static [Window]) -> Row {
    Row {
        kind: "VEVENT",
        lines,
        filter,
        windows,
    }
}

const ROWS: &[Row] = &[
    row(
        "VEVENT",
        "DTSTART:@10\nDTEND:@12",
        &[
            ("11", "13", true),
            ("12", "13", false),
            ("09", "10", false),
            ("-", "10", false),
            ("-", "11", true),
            ("12", "-", false),
        ],
    ),
    row(
        "VEVENT",
        "DTSTART:@10\nDURATION:PT2H",
        &[("11", "13", true), ("12", "13", false), ("09", "10", false)],
    ),
    row(
        "VEVENT",
        "DTSTART:@10\nDURATION:PT0S",
        &[("10", "11", true), ("09", "10", false), ("11", "12", false)],
    ),
    row(
        "VEVENT",
        "DTSTART:@10",
        &[("10", "11", true), ("09", "10", false), ("11", "12", false)],
    ),
    row(
        "VEVENT",
        "DTSTART;VALUE=DATE:20270310",
        &[("00", "01", true), ("22", "23", true)],
    ),
    row(
        "VTODO",
        "DTSTART:@10\nDURATION:PT2H",
        &[
            ("12", "13", true),
            ("13", "14", false),
            ("09", "10", false),
            ("09", "11", true),
        ],
    ),
    row(
        "VTODO",
        "DTSTART:@10\nDURATION:PT0S",
        &[("09", "10", true), ("10", "11", true), ("11", "12", false)],
    ),
    row(
        "VTODO",
        "DTSTART:@10\nDUE:@12",
        &[
            ("12", "13", false),
            ("11", "12", true),
            ("09", "10", false),
            ("09", "11", true),
        ],
    ),
    row(
        "VTODO",
        "DTSTART:@10\nDUE:@10",
        &[("10", "11", true), ("09", "10", true), ("11", "12", false)],
    ),
    row(
        "VTODO",
        "DTSTART:@10",
        &[("10", "11", true), ("09", "10", false), ("11", "12", false)],
    ),
    row(
        "VTODO",
        "DUE:@10",
        &[
            ("09", "10", true),
            ("10", "11", false),
            ("08", "09", false),
            ("09", "11", true),
        ],
    ),
    row(
        "VTODO",
        "COMPLETED:@12\nCREATED:@10",
        &[
            ("12", "13", true),
            ("13", "14", false),
            ("09", "10", true),
            ("08", "09", false),
            ("11", "12", true),
        ],
    ),
    row(
        "VTODO",
        "COMPLETED:@12",
        &[
            ("12", "13", true),
            ("11", "12", true),
            ("13", "14", false),
            ("10", "11", false),
        ],
    ),
    row(
        "VTODO",
        "CREATED:@10",
        &[("09", "10", false), ("09", "11", true), ("15", "16", true)],
    ),
    row("VTODO", "SUMMARY:any time", &[("09", "10", true)]),
    row(
        "VTODO",
        "DTSTART:20270301T100000Z\nDURATION:PT2H\nRRULE:FREQ=DAILY;COUNT=10",
        &[("12", "13", true), ("13", "14", false)],
    ),
    row(
        "VTODO",
        "DUE:20270301T100000Z\nRRULE:FREQ=DAILY;COUNT=10",
        &[("09", "10", true), ("10", "11", false)],
    ),
    row(
        "VTODO",
        "DTSTART:20270301T100000Z\nDUE:20270301T120000Z\nRDATE:@10",
        &[("11", "12", true), ("12", "13", false)],
    ),
    row(
        "VJOURNAL",
        "DTSTART:@10",
        &[("10", "11", true), ("09", "10", false), ("11", "12", false)],
    ),
    row(
        "VJOURNAL",
        "DTSTART;VALUE=DATE:20270310",
        &[("22", "23", true)],
    ),
    row(
        "VJOURNAL",
        "SUMMARY:any time",
        &[("09", "10", false), ("-", "10", false)],
    ),
    row(
        "VFREEBUSY",
        "DTSTART:@10\nDTEND:@12\nFREEBUSY:@15/PT1H",
        &[
            ("12", "13", true),
            ("13", "14", false),
            ("15", "16", false),
            ("09", "10", false),
        ],
    ),
    row(
        "VFREEBUSY",
        "FREEBUSY;FBTYPE=FREE:@10/@12,@15/PT1H",
        &[("11", "13", true), ("12", "13", false), ("15", "16", true)],
    ),
    row("VFREEBUSY", "SUMMARY:nothing", &[("09", "10", false)]),
    row(
        "VAVAILABILITY",
        "DTSTART:@10\nDTEND:@12",
        &[("11", "13", true), ("12", "13", false), ("09", "10", false)],
    ),
    row(
        "VAVAILABILITY",
        "DTSTART:@10\nDURATION:PT2H",
        &[("11", "13", true), ("12", "13", false), ("09", "10", false)],
    ),
    row(
        "VAVAILABILITY",
        "DTSTART:@10",
        &[("09", "10", false), ("15", "16", true)],
    ),
    row(
        "VAVAILABILITY",
        "DTEND:@10",
        &[("09", "10", true), ("10", "11", false)],
    ),
    row("VAVAILABILITY", "SUMMARY:always", &[("09", "10", true)]),
    alarm(
        "VEVENT",
        "DTSTART:@10\nDTEND:@12\nALARM;TRIGGER:-PT1H",
        &[("09", "10", true), ("08", "09", false), ("10", "11", false)],
    ),
    alarm(
        "VEVENT",
        "DTSTART:@10\nDTEND:@12\nALARM;TRIGGER;RELATED=END:PT1H",
        &[("13", "14", true), ("11", "12", false)],
    ),
    alarm(
        "VEVENT",
        "DTSTART:@10\nALARM;TRIGGER;VALUE=DATE-TIME:@01",
        &[("01", "02", true), ("10", "11", false)],
    ),
    alarm(
        "VEVENT",
        "DTSTART:@10\nALARM;TRIGGER:-PT2H|REPEAT:2|DURATION:PT3H",
        &[
            ("08", "09", true),
            ("11", "12", true),
            ("14", "15", true),
            ("17", "18", false),
            ("12", "14", false),
        ],
    ),
    alarm(
        "VEVENT",
        "DTSTART:20270301T100000Z\nRRULE:FREQ=DAILY;COUNT=10\nALARM;TRIGGER:-PT1H",
        &[("09", "10", true), ("10", "11", false)],
    ),
    // Three days before half past ten of Monday are half past ten of Friday, though the clocks change between.
    alarm(
        "VEVENT",
        "DTSTART;TZID=America/New_York:20270315T103000\nALARM;TRIGGER:-P5D",
        &[("15", "16", true), ("14", "15", false)],
    ),
    alarm(
        "VTODO",
        "DTSTART:@08\nDUE:@10\nALARM;TRIGGER;RELATED=END:-PT1H",
        &[("09", "10", true), ("07", "08", false)],
    ),
    // RFC 4791, 7.8.5: without a start it is when the day is over that counts.
    alarm(
        "VTODO",
        "DUE;VALUE=DATE:20270310\nALARM;TRIGGER;RELATED=START:-PT90M",
        &[("22", "23", true), ("00", "01", false)],
    ),
    property(
        "<C:prop-filter name='DTSTART'>@</C:prop-filter>",
        "DTSTART:@10\nDTEND:@12",
        &[("10", "11", true), ("09", "10", false), ("11", "13", false)],
    ),
    property(
        "<C:prop-filter name='DTEND'>@</C:prop-filter>",
        "DTSTART:@10\nDTEND:@12",
        &[("12", "13", true), ("11", "12", false)],
    ),
    property(
        "<C:prop-filter name='DTEND'>@</C:prop-filter>",
        "DTSTART:@10\nDURATION:PT2H",
        &[("12", "13", true), ("11", "12", false)],
    ),
    property(
        "<C:prop-filter name='DTSTART'>@</C:prop-filter>",
        "DTSTART:20270301T100000Z\nRRULE:FREQ=DAILY",
        &[("10", "11", true), ("11", "12", false)],
    ),
    property(
        "<C:prop-filter name='CREATED'>@</C:prop-filter>",
        "DTSTART:@01\nCREATED:@10",
        &[("10", "11", true), ("09", "10", false)],
    ),
];

fn hour(hour: &str) -> String {
    format!("20270310T{hour}0000Z")
}

/// The text of a component; `@10` is ten o'clock, and an alarm stands in one line.
fn object(row: &Row, uid: &str) -> String {
    let mut text = format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:{}\nUID:{uid}\n",
        row.kind
    );
    for line in row.lines.lines() {
        match line.strip_prefix("ALARM;") {
            Some(alarm) => {
                let lines = alarm.replace('|', "\n");
                text += &format!("BEGIN:VALARM\nACTION:AUDIO\n{lines}\nEND:VALARM\n");
            }
            None => text += &format!("{line}\n"),
        }
    }
    text += &format!("END:{}\nEND:VCALENDAR\n", row.kind);
    let mut pieces = text.split('@');
    let mut text = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (at, rest) = piece.split_at(2);
        text += &format!("{}{rest}", hour(at));
    }
    text
}

fn query(row: &Row, (start, end, _): &Window) -> String {
    let end_of = |name: &str, at: &str| match at {
        "-" => String::new(),
        at => format!(" {name}='{}'", hour(at)),
    };
    let range = format!(
        "<C:time-range{}{}/>",
        end_of("start", start),
        end_of("end", end)
    );
    format!(
        "<C:calendar-query xmlns:C='urn:ietf:params:xml:ns:caldav' xmlns='DAV:'><prop><getetag/></prop>\
         <C:filter><C:comp-filter name='VCALENDAR'><C:comp-filter name='{}'>{}</C:comp-filter>\
         </C:comp-filter></C:filter></C:calendar-query>",
        row.kind,
        row.filter.replace('@', &range)
    )
}

#[tokio::test]
async fn every_row_of_the_tables() {
    let server = Server::start().await;
    let default = server.default(CollectionKind::Calendar).await;
    let home = "/dav/calendars/alice@example.org";
    let made = "<C:mkcalendar xmlns:C='urn:ietf:params:xml:ns:caldav' xmlns='DAV:'><set><prop>\
        <C:supported-calendar-component-set><C:comp name='VFREEBUSY'/>\
        </C:supported-calendar-component-set></prop></set></C:mkcalendar>";
    let busy = format!("{home}/busy/");
    let made = server.ask("MKCALENDAR", &busy, &[], made.as_bytes());
    assert_eq!(made.await.status, 201);
    for (number, row) in ROWS.iter().enumerate() {
        let calendar = match row.kind {
            "VFREEBUSY" => busy.clone(),
            _ => format!("{home}/{default}/"),
        };
        let path = format!("{calendar}{number}.ics");
        let text = object(row, &format!("row-{number}"));
        let put = server.ask("PUT", &path, &[], text.as_bytes()).await;
        assert_eq!(put.status, 201, "{text}{}", put.body);
        for window in row.windows {
            let query = query(row, window);
            let answer = server.ask("REPORT", &calendar, &[], query.as_bytes()).await;
            assert_eq!(answer.status, 207, "{query}{:?}", answer.fields);
            let is_found = answer.body.contains(&format!("/{number}.ics<"));
            assert_eq!(is_found, window.2, "{text}{window:?}");
        }
        assert_eq!(server.ask("DELETE", &path, &[], b"").await.status, 204);
    }
}
