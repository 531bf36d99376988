//! `invited respond`: the answer is in the calendar, its mail goes out, and its organizer's calendar
//! takes it.

use super::harness::{Invitation, Site};
use super::redirect::Relay;

const ALICE: &str = "alice@example.org";
const CAROL: &str = "carol@example.org";
const UID: &str = "plan@example.org";

/// Carol organizes a weekly event with Alice, and Alice has her invitation.
fn invited(relay: &Relay) -> Site {
    let mut site = Site::new(&format!("[smtp]\nrelay = \"smtp://{}\"", relay.address));
    let event = format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//Test//EN\nBEGIN:VEVENT\nUID:{UID}\n\
         DTSTAMP:20550201T100000Z\nDTSTART:20550301T110000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=4\n\
         SUMMARY:Plan\nORGANIZER:mailto:{CAROL}\n\
         ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{ALICE}\nEND:VEVENT\nEND:VCALENDAR\n"
    );
    let file = site.write("event.ics", event);
    site.ok(&["calendar", "import", CAROL, &file]);
    site.ok(&["preferences", "set", ALICE, "invitations", "everyone"]);
    site.start();
    let invitation = Invitation {
        uid: UID,
        from: CAROL,
        organizer: CAROL,
        title: "Plan",
        lines: "RRULE:FREQ=WEEKLY;COUNT=4\n",
        ..Invitation::default()
    };
    site.settle(&[ALICE], &invitation.mail());
    site
}

/// The newest mail that Carol has, once all of it is delivered.
fn newest(site: &Site) -> String {
    site.wait_for_local_mail();
    site.mails(CAROL, "").pop().unwrap()
}

#[test]
fn an_answer_reaches_the_organizers_calendar() {
    let relay = Relay::start("");
    let site = invited(&relay);
    let said = site.ok(&["respond", ALICE, UID, "accepted", "--comment", "Gladly"]);
    assert_eq!(
        said.trim_end(),
        "answered accepted; the mail goes to carol@example.org"
    );
    let message = newest(&site);
    assert!(
        message.contains("Delivered-To: carol@example.org\n"),
        "{message}"
    );
    assert!(message.contains("Subject: Accepted: Plan"), "{message}");
    assert!(
        message.contains("Auto-Submitted: auto-generated"),
        "{message}"
    );
    let invitation = "In-Reply-To: <REQUEST-0-20550301T110000Z@example.com>";
    assert!(message.contains(invitation), "{message}");
    let last = site.decisions(CAROL).remove(0);
    assert_eq!(last, ("updated".to_owned(), "reply".to_owned()));
    assert!(site.calendar(CAROL).contains("PARTSTAT=ACCEPTED"));
    assert!(site.calendar(ALICE).contains("PARTSTAT=ACCEPTED"));
    let events = site.ok(&["calendar", "show", ALICE, "--uids"]);
    assert!(events.contains(UID), "{events}");
    let events = site.ok(&["calendar", "show", ALICE]);
    assert!(!events.contains(UID), "{events}");
}

#[test]
fn one_date_is_answered_otherwise_and_once() {
    let relay = Relay::start("");
    let site = invited(&relay);
    site.ok(&["respond", ALICE, UID, "accepted"]);
    newest(&site);
    let decline = [
        "respond",
        ALICE,
        UID,
        "declined",
        "--instance",
        "20550308T110000Z",
    ];
    site.ok(&decline);
    let message = newest(&site);
    assert!(message.contains("Subject: Declined: Plan"), "{message}");
    let again = site.ok(&decline);
    assert_eq!(
        again.trim_end(),
        "nothing to send: that was the answer already"
    );
    let calendar = site.calendar(CAROL);
    assert!(
        calendar.contains("RECURRENCE-ID:20550308T110000Z"),
        "{calendar}"
    );
    assert!(calendar.contains("PARTSTAT=DECLINED"), "{calendar}");
}

#[test]
fn what_cannot_be_answered_is_said_in_one_line() {
    let relay = Relay::start("");
    let site = invited(&relay);
    for (arguments, error) in [
        (
            ["respond", ALICE, "unknown@example.org", "accepted"].as_slice(),
            "the event is not in the calendar; `invited calendar show alice@example.org --uids` lists",
        ),
        (
            &["respond", CAROL, UID, "accepted"],
            "the event is your own, there is nobody to answer",
        ),
        (
            &[
                "respond",
                ALICE,
                UID,
                "accepted",
                "--instance",
                "20550309T110000Z",
            ],
            "the event has no such date",
        ),
    ] {
        let (status, said) = site.fails(arguments);
        assert_eq!(status, 1, "{said}");
        assert!(said.contains(error), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
    assert_eq!(site.fails(&["respond", ALICE, UID, "perhaps"]).0, 2);
    let (status, said) = site.fails(&["respond", ALICE, UID, "accepted", "--instance", "Tuesday"]);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("\"Tuesday\" is no date"), "{said}");
}

#[test]
fn what_is_over_is_answered_for_oneself_and_what_is_off_not_at_all() {
    let relay = Relay::start("");
    let site = invited(&relay);
    let past = Invitation {
        uid: "past@example.com",
        start: "20200301T110000Z",
        ..Invitation::default()
    };
    site.settle(&[ALICE], &past.mail());
    let said = site.ok(&["respond", ALICE, "past@example.com", "Accepted"]);
    assert!(
        said.starts_with("answered accepted; nothing is sent"),
        "{said}"
    );
    assert!(site.calendar(ALICE).contains("PARTSTAT=ACCEPTED"));
    let again = site.ok(&["respond", ALICE, "past@example.com", "accepted"]);
    assert!(again.starts_with("nothing to send"), "{again}");
    let off = Invitation {
        uid: UID,
        from: CAROL,
        organizer: CAROL,
        method: "CANCEL",
        sequence: 1,
        ..Invitation::default()
    };
    site.settle(&[ALICE], &off.mail());
    let (status, said) = site.fails(&["respond", ALICE, UID, "accepted"]);
    assert_eq!(status, 1);
    assert!(said.contains("the event is cancelled"), "{said}");
}
