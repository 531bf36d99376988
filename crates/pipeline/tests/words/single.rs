//! Single events: times, title, place, people.

use crate::event::{MEETING, told, with};

/// What is told when this line of the meeting becomes that.
fn changed(old: &str, new: &str) -> Vec<String> {
    told(&[MEETING], &[&with(MEETING, old, new)])
}

fn moved(start: &str, end: &str) -> Vec<String> {
    let after = with(MEETING, "DTSTART;TZID=Europe/Berlin:20261208T100000", start);
    let after = with(&after, "DTEND;TZID=Europe/Berlin:20261208T110000", end);
    told(&[MEETING], &[&after])
}

#[test]
fn times_that_move() {
    for (start, end, said) in [
        (
            "DTSTART;TZID=Europe/Berlin:20261209T140000",
            "DTEND;TZID=Europe/Berlin:20261209T150000",
            "moved from Tue 8 Dec 10:00 to Wed 9 Dec 14:00 Europe/Berlin",
        ),
        (
            "DTSTART;TZID=W. Europe Standard Time:20261208T113000",
            "DURATION:PT1H",
            "moved from Tue 8 Dec 10:00 to 11:30 Europe/Berlin",
        ),
        (
            "DTSTART:20270112T090000Z",
            "DTEND:20270112T100000Z",
            "moved from Tue 8 Dec 10:00 Europe/Berlin to Tue 12 Jan 2027 09:00 UTC",
        ),
        (
            "DTSTART;TZID=America/New_York:20261208T100000",
            "DTEND;TZID=America/New_York:20261208T110000",
            "moved from Tue 8 Dec 10:00 Europe/Berlin to 10:00 America/New_York",
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20261208T100000",
            "DTEND;TZID=Europe/Berlin:20261208T123000",
            "ends at 12:30 instead of 11:00 (Tue 8 Dec Europe/Berlin)",
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20261209T140000",
            "DTEND;TZID=Europe/Berlin:20261209T160000",
            "moved from Tue 8 Dec 10:00 to 11:00 Europe/Berlin to Wed 9 Dec 14:00 to 16:00 Europe/Berlin",
        ),
        (
            "DTSTART;VALUE=DATE:20261208",
            "DTEND;VALUE=DATE:20261211",
            "moved from Tue 8 Dec 10:00 to 11:00 Europe/Berlin to Tue 8 Dec to Thu 10 Dec, all day",
        ),
    ] {
        assert_eq!(moved(start, end), [said]);
    }
}

#[test]
fn the_same_instant_in_other_words_is_no_change() {
    for (start, end) in [
        ("DTSTART:20261208T090000Z", "DTEND:20261208T100000Z"),
        (
            "DTSTART;TZID=W. Europe Standard Time:20261208T100000",
            "DURATION:PT60M",
        ),
    ] {
        assert!(moved(start, end).is_empty(), "{start}");
    }
}

#[test]
fn title_place_and_details() {
    assert_eq!(
        changed("SUMMARY:Budget", "SUMMARY:Budget 2027"),
        ["title: “Budget 2027” instead of “Budget”"]
    );
    assert_eq!(
        changed("LOCATION:Blue room", "LOCATION:Green\\, left\\nroom"),
        ["place: “Green, left room” instead of “Blue room”"]
    );
    assert_eq!(
        changed("LOCATION:Blue room", "DESCRIPTION:Bring cake"),
        [
            "place: nothing instead of “Blue room”",
            "also changed: the description"
        ]
    );
    assert_eq!(
        changed("SUMMARY:Budget", "SUMMARY:A\u{202e}B\u{7}"),
        ["title: “A\u{fffd}B\u{fffd}” instead of “Budget”"]
    );
}

#[test]
fn people_and_their_answers() {
    let carol = "ATTENDEE;CN=Carol:mailto:carol@example.net";
    for (new, said) in [
        (
            "ATTENDEE;CN=Carol;PARTSTAT=ACCEPTED;X-RESPONSE-COMMENT=I bring cake:mailto:carol@example.net",
            "Carol accepted (“I bring cake”)",
        ),
        (
            "ATTENDEE;PARTSTAT=TENTATIVE:MAILTO:carol@EXAMPLE.net",
            "carol@EXAMPLE.net accepted tentatively",
        ),
        (
            "ATTENDEE;CN=Carol:mailto:carol@example.net\nATTENDEE;CN=Dana:mailto:dana@example.net",
            "newly invited: Dana <dana@example.net>",
        ),
        (
            "X-NOTHING:1",
            "no longer invited: Carol <carol@example.net>",
        ),
    ] {
        assert_eq!(changed(carol, new), [said]);
    }
    let alice = "ATTENDEE;CN=Alice;PARTSTAT=ACCEPTED:mailto:alice@example.org";
    assert_eq!(
        changed(
            alice,
            "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:alice@example.org"
        ),
        ["your answer is asked for again (you had accepted)"]
    );
    assert_eq!(
        changed(
            "ORGANIZER;CN=Bob:mailto:bob@example.com",
            "ORGANIZER;CN=Bob:mailto:evil@example.com"
        ),
        ["organizer: Bob <evil@example.com> instead of Bob <bob@example.com>"]
    );
}

#[test]
fn long_lists_of_people_are_cut() {
    let many: String = (0..40)
        .map(|n| format!("\nATTENDEE:mailto:p{n}@example.net"))
        .collect();
    let after = format!("{MEETING}{many}");
    assert_eq!(
        told(&[MEETING], &[&after]),
        [
            "newly invited: p0@example.net, p1@example.net, p2@example.net, p3@example.net, p4@example.net, p5@example.net and 34 more"
        ]
    );
}

#[test]
fn events_that_come_and_go() {
    assert_eq!(
        told(&[], &[MEETING]),
        [
            "new: Tue 8 Dec 10:00 to 11:00 Europe/Berlin",
            "title: “Budget”",
            "place: “Blue room”",
            "organizer: Bob <bob@example.com>",
            "invited: you and Carol",
        ]
    );
    assert_eq!(
        told(&[MEETING], &[]),
        ["removed: “Budget”, Tue 8 Dec 10:00 to 11:00 Europe/Berlin"]
    );
    assert_eq!(
        changed("SUMMARY:Budget", "SUMMARY:Budget\nSTATUS:CANCELLED"),
        ["cancelled"]
    );
    assert!(changed("SUMMARY:Budget", "SUMMARY:Budget\nSTATUS:CONFIRMED").is_empty());
    let cancelled = with(
        MEETING,
        "SUMMARY:Budget",
        "SUMMARY:Budget\nSTATUS:CANCELLED",
    );
    assert_eq!(told(&[&cancelled], &[MEETING]), ["not cancelled any more"]);
}

#[test]
fn what_is_no_event_has_no_changes() {
    assert!(told(&["X:1"], &["X:2"]).is_empty());
    let difference = itip::difference(Some(b"nonsense"), Some(b""));
    assert!(difference.is_empty());
}

#[test]
fn a_zone_by_rules_alone_is_named_as_well_as_it_can() {
    let rules = |tzid: &str, offset: &str| {
        format!(
            "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:{tzid}\nBEGIN:STANDARD\nDTSTART:16010101T000000\n\
             TZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:1\n\
             DTSTART;TZID=\"{tzid}\":20261208T100000\nEND:VEVENT\nEND:VCALENDAR\n"
        )
    };
    for (tzid, offset, said) in [
        (
            "(GMT-05.00) Eastern Time (US & Canada)",
            "-0500",
            "America/New_York",
        ),
        (
            "(GMT-05.00) Eastern Time (US & Canada)",
            "-0300",
            "(GMT-05.00) Eastern Time (US & Canada)",
        ),
        ("Custom", "+0400", "Custom"),
        ("@", "+0400", "UTC+04"),
    ] {
        let facts = itip::facts(rules(tzid, offset).as_bytes());
        let start = facts.start.unwrap();
        assert_eq!(start.clock.zone_name(), Some(said), "{tzid} {offset}");
    }
}
