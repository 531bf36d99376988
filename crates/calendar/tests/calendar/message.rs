//! Rules A1 to A3: which calendar data is one message.

use calendar::{Kind, Message, Method, NotAMessage};

use crate::document;

fn read(text: impl AsRef<[u8]>) -> Result<Message, NotAMessage> {
    Message::read(&document(text))
}

/// A calendar of these lines, `|` between them.
fn calendar(lines: &str) -> String {
    format!("BEGIN:VCALENDAR|{lines}|END:VCALENDAR|").replace('|', "\r\n")
}

fn refusal(lines: &str) -> NotAMessage {
    read(calendar(lines)).unwrap_err()
}

const EVENT: &str = "BEGIN:VEVENT|UID:1|ORGANIZER:mailto:o@example.com|END:VEVENT";

#[test]
fn reads_method_uid_kind_and_organizer() {
    let message = read(calendar(&format!("METHOD:REQUEST|{EVENT}"))).unwrap();
    assert_eq!(message.method, Method::Request);
    assert_eq!(message.uid, "1");
    assert_eq!(message.kind, Kind::Event);
    assert_eq!(message.organizer.as_deref(), Some("mailto:o@example.com"));
    assert_eq!(
        message.organizer_address().unwrap().as_str(),
        "o@example.com"
    );
    let todo = read(calendar("METHOD:publish |BEGIN:vtodo|uid:1|END:VTODO")).unwrap();
    assert_eq!(
        (todo.method, todo.kind, todo.organizer),
        (Method::Publish, Kind::Todo, None)
    );
}

#[test]
fn method_is_that_of_the_calendar() {
    assert_eq!(refusal(EVENT), NotAMessage::NoMethod);
    assert_eq!(refusal(&format!("METHOD: |{EVENT}")), NotAMessage::NoMethod);
    assert_eq!(
        refusal("BEGIN:VEVENT|METHOD:REQUEST|UID:1|END:VEVENT"),
        NotAMessage::NoMethod
    );
    assert_eq!(
        refusal(&format!("METHOD:INVITE|{EVENT}")),
        NotAMessage::MethodUnknown("INVITE".to_owned())
    );
}

#[test]
fn method_may_stand_twice_with_one_value() {
    let twice = |other| read(calendar(&format!("METHOD:REPLY|{EVENT}|METHOD:{other}")));
    assert_eq!(twice("REPLY").unwrap().method, Method::Reply);
    assert_eq!(twice(" reply").unwrap().method, Method::Reply);
    assert_eq!(twice("").unwrap().method, Method::Reply);
    assert_eq!(twice("REQUEST"), Err(NotAMessage::MethodsDiffer));
    assert_eq!(twice("X"), Err(NotAMessage::MethodsDiffer));
}

#[test]
fn there_is_exactly_one_calendar() {
    assert_eq!(read(""), Err(NotAMessage::NoCalendar));
    assert_eq!(
        read(EVENT.replace('|', "\r\n")),
        Err(NotAMessage::NoCalendar)
    );
    let one = calendar(&format!("METHOD:REQUEST|{EVENT}"));
    assert_eq!(
        read([&*one, &*one].concat()),
        Err(NotAMessage::SeveralCalendars)
    );
    let without = calendar(EVENT);
    assert_eq!(
        read([&*without, &*one].concat()),
        Err(NotAMessage::SeveralCalendars)
    );
    assert_eq!(
        read([&*without, &*without].concat()),
        Err(NotAMessage::NoMethod)
    );
    let inner = format!("METHOD:REQUEST|BEGIN:VCALENDAR|END:VCALENDAR|{EVENT}");
    assert_eq!(refusal(&inner), NotAMessage::SeveralCalendars);
}

#[test]
fn parts_without_method_are_passed_over() {
    assert!(NotAMessage::NoMethod.is_passed_over());
    assert!(NotAMessage::NoCalendar.is_passed_over());
    assert!(!NotAMessage::NoUid.is_passed_over());
}

#[test]
fn there_is_one_uid_over_all_components() {
    let two = |a, b| {
        read(calendar(&format!(
            "METHOD:ADD|BEGIN:VEVENT|{a}|END:VEVENT|BEGIN:VEVENT|{b}|END:VEVENT"
        )))
    };
    assert_eq!(two("UID:1", "UID:1").unwrap().uid, "1");
    assert_eq!(two("UID:1|UID:1", "UID: 1 ").unwrap().uid, "1");
    assert_eq!(two("UID:1", "UID:2"), Err(NotAMessage::SeveralUids));
    assert_eq!(two("UID:1|UID:2", "UID:1"), Err(NotAMessage::SeveralUids));
    assert_eq!(two("UID:a", "UID:A"), Err(NotAMessage::SeveralUids));
    assert_eq!(two("UID:1", "X:1"), Err(NotAMessage::NoUid));
    assert_eq!(two("X:1", "UID:  "), Err(NotAMessage::NoUid));
}

#[test]
fn a_uid_is_opaque_but_for_folds_and_surrounding_blanks() {
    let uid = |uid: &str| {
        let text = calendar(&format!(
            "METHOD:REQUEST|BEGIN:VEVENT|UID;X=1:{uid}|END:VEVENT"
        ));
        read(text).unwrap().uid
    };
    assert_eq!(uid("\t a b|  c \t"), "a b c");
    assert_eq!(uid("a\\,b\\n;c:d"), "a\\,b\\n;c:d");
    assert_eq!(uid("Doppelgänger"), "Doppelgänger");
    assert_eq!(uid("\u{A0}x\0\u{A0}"), "\u{A0}x\0\u{A0}");
    let long = "x".repeat(1 << 16);
    assert_eq!(uid(&long), long);
}

#[test]
fn the_uid_of_an_alarm_does_not_count() {
    let text = "METHOD:REQUEST|BEGIN:VEVENT|BEGIN:VALARM|UID:alarm|END:VALARM|UID:event|END:VEVENT";
    assert_eq!(read(calendar(text)).unwrap().uid, "event");
    let alarm_only = "METHOD:REQUEST|BEGIN:VEVENT|BEGIN:VALARM|UID:alarm|END:VALARM|END:VEVENT";
    assert_eq!(refusal(alarm_only), NotAMessage::NoUid);
    let calendar_only = "UID:x|METHOD:REQUEST|BEGIN:VEVENT|END:VEVENT";
    assert_eq!(refusal(calendar_only), NotAMessage::NoUid);
}

#[test]
fn there_is_one_kind_and_other_components_do_not_count() {
    let around = format!(
        "METHOD:REQUEST|BEGIN:VTIMEZONE|TZID:x|END:VTIMEZONE|{EVENT}|BEGIN:X-Y|UID:9|END:X-Y"
    );
    assert_eq!(read(calendar(&around)).unwrap().uid, "1");
    let both = format!("METHOD:REQUEST|{EVENT}|BEGIN:VTODO|UID:1|END:VTODO");
    assert_eq!(refusal(&both), NotAMessage::SeveralKinds);
    for other in ["VFREEBUSY", "VJOURNAL", "VTIMEZONE"] {
        let lines = format!("METHOD:REQUEST|BEGIN:{other}|UID:1|END:{other}");
        assert_eq!(refusal(&lines), NotAMessage::NoComponent);
    }
    assert_eq!(refusal("METHOD:REQUEST"), NotAMessage::NoComponent);
}

#[test]
fn there_is_at_most_one_organizer() {
    let two = |a: &str, b: &str| {
        read(calendar(&format!(
            "METHOD:REQUEST|BEGIN:VEVENT|UID:1|{a}|END:VEVENT|BEGIN:VEVENT|UID:1|{b}|END:VEVENT"
        )))
    };
    assert_eq!(two("X:1", "X:1").unwrap().organizer, None);
    assert_eq!(two("ORGANIZER:", "X:1").unwrap().organizer, None);
    let same = two(
        "ORGANIZER;CN=O:MAILTO:o%40x@a.example",
        "ORGANIZER:mailto:O@x@A.example",
    );
    assert_eq!(
        same.unwrap().organizer.as_deref(),
        Some("MAILTO:o%40x@a.example")
    );
    assert_eq!(
        two("X:1", "ORGANIZER:mailto:b")
            .unwrap()
            .organizer
            .as_deref(),
        Some("mailto:b")
    );
    assert_eq!(
        two("ORGANIZER:mailto:a@x", "ORGANIZER:mailto:b@x"),
        Err(NotAMessage::SeveralOrganizers)
    );
    let twice = two("ORGANIZER:mailto:a@x|ORGANIZER:mailto:b@x", "X:1");
    assert_eq!(twice, Err(NotAMessage::SeveralOrganizers));
}

#[test]
fn a_missing_end_is_mended_unless_the_event_was_cut() {
    let head = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\n";
    assert_eq!(read(format!("{head}END:VEVENT\n")).unwrap().uid, "1");
    assert_eq!(read(format!("{head}END:VCALENDAR\n")).unwrap().uid, "1");
    assert_eq!(
        read(format!("{head}BEGIN:VALARM\nEND:VEVENT\n"))
            .unwrap()
            .uid,
        "1"
    );
    assert_eq!(
        read(format!("{head}END:VEVENT\nEND:VEVENT\nEND:X\n"))
            .unwrap()
            .uid,
        "1"
    );
    assert_eq!(read(head), Err(NotAMessage::NotWellNested));
    assert_eq!(
        read(format!("{head}DTSTART:2026")),
        Err(NotAMessage::NotWellNested)
    );
}

#[test]
fn an_event_stands_directly_in_the_calendar() {
    let inside = "METHOD:REQUEST|BEGIN:VEVENT|UID:1|BEGIN:VEVENT|UID:1|END:VEVENT|END:VEVENT";
    assert_eq!(refusal(inside), NotAMessage::NotWellNested);
    let hidden = format!("METHOD:REQUEST|BEGIN:X-A|{EVENT}|END:X-A");
    assert_eq!(refusal(&hidden), NotAMessage::NotWellNested);
    let beside = calendar(&format!("METHOD:REQUEST|{EVENT}")) + &EVENT.replace('|', "\r\n");
    assert_eq!(read(beside), Err(NotAMessage::NotWellNested));
}

#[test]
fn codes_are_kebab_case_and_differ() {
    let all = [
        NotAMessage::NoMethod,
        NotAMessage::MethodUnknown(String::new()),
        NotAMessage::MethodsDiffer,
        NotAMessage::NoCalendar,
        NotAMessage::SeveralCalendars,
        NotAMessage::NoComponent,
        NotAMessage::SeveralKinds,
        NotAMessage::NoUid,
        NotAMessage::SeveralUids,
        NotAMessage::SeveralOrganizers,
        NotAMessage::NotWellNested,
    ];
    let codes: std::collections::BTreeSet<_> = all.iter().map(NotAMessage::code).collect();
    assert_eq!(codes.len(), all.len());
    assert!(
        codes
            .iter()
            .all(|c| c.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
    );
}
