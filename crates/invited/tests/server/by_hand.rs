//! What a person does about decisions: apply, undo, import, and what `check` and `decisions` say.

use super::harness::{Invitation, Site};

const ALICE: &str = "alice@example.org";

/// An event that Alice organizes, with Dana on the list.
fn own_event(sequence: u32, title: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//Test//EN\nBEGIN:VEVENT\nUID:own@example.org\n\
         SEQUENCE:{sequence}\nDTSTAMP:20550201T100000Z\nDTSTART:20550305T100000Z\nDURATION:PT1H\nSUMMARY:{title}\n\
         ORGANIZER:mailto:{ALICE}\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{ALICE}\n\
         ATTENDEE;CN=Dana;RSVP=TRUE:mailto:dana@partner.example\nEND:VEVENT\nEND:VCALENDAR\n"
    )
}

/// Dana accepts it.
fn acceptance() -> String {
    let reply = Invitation {
        method: "REPLY",
        uid: "own@example.org",
        from: "dana@partner.example",
        organizer: ALICE,
        attendee: "dana@partner.example",
        ..Invitation::default()
    };
    let asked = "PARTSTAT=NEEDS-ACTION;RSVP=TRUE";
    assert!(reply.mail().contains(asked));
    reply.mail().replace(asked, "PARTSTAT=ACCEPTED")
}

/// An update of the default invitation by someone who may not.
fn forged() -> String {
    Invitation {
        from: "eve@evil.example",
        sequence: 1,
        start: "20550302T150000Z",
        ..Invitation::default()
    }
    .mail()
}

fn import(site: &Site, text: &str) {
    let file = site.write("event.ics", text);
    site.ok(&["calendar", "import", ALICE, &file]);
}

fn newest(site: &Site) -> (String, String) {
    site.decisions(ALICE).remove(0)
}

fn pair(outcome: &str, reason: &str) -> (String, String) {
    (outcome.to_owned(), reason.to_owned())
}

/// One decision as `decisions --json` tells it.
fn decision(site: &Site, id: u64) -> serde_json::Value {
    let all = site.ok(&["decisions", ALICE, "--json"]);
    let all: Vec<serde_json::Value> = serde_json::from_str(&all).unwrap();
    let is_it = |one: &serde_json::Value| one["id"] == id;
    all.into_iter().find(is_it).unwrap()
}

#[test]
fn a_strangers_invitation_is_applied_by_hand_once() {
    let mut site = Site::new("");
    site.start();
    let stranger = Invitation {
        from: "eve@evil.example",
        organizer: "eve@evil.example",
        ..Invitation::default()
    };
    site.settle(&[ALICE], &stranger.mail());
    assert_eq!(newest(&site), pair("no-action", "not-permitted"));
    assert_eq!(decision(&site, 1)["can"], "apply");

    let said = site.ok(&["apply", ALICE, "1"]);
    assert!(said.contains("the event was added"), "{said}");
    assert!(said.contains("invited undo alice@example.org 2"), "{said}");
    assert!(site.calendar(ALICE).contains("SUMMARY:Lunch"));
    let applied = decision(&site, 2);
    assert_eq!(applied["outcome"], "added");
    assert_eq!(applied["notes"][0], "by-hand");
    assert_eq!(applied["can"], "undo");
    assert!(decision(&site, 1)["can"].is_null());

    let (status, error) = site.fails(&["apply", ALICE, "1"]);
    assert_eq!(status, 1);
    assert!(error.contains("already, by decision 2"), "{error}");
    assert_eq!(site.decisions(ALICE).len(), 2);

    let said = site.ok(&["undo", ALICE, "2"]);
    assert!(said.contains("gone again"), "{said}");
    assert!(!site.calendar(ALICE).contains("Lunch"));
    // The event by hand is the sender's own: a repeat finds the tombstone.
    site.settle(
        &[ALICE],
        &stranger.mail().replace("Subject: ", "Subject: Re: "),
    );
    assert_eq!(newest(&site), pair("no-action", "duplicate"));
}

#[test]
fn what_is_applied_by_hand_counts_as_it_came() {
    let mut site = Site::new("");
    site.start();
    let forwarded = Invitation {
        from: "secretary@partner.example",
        organizer: "boss@partner.example",
        attendee: "club@partner.example",
        ..Invitation::default()
    };
    site.settle(&["alice+club@example.org"], &forwarded.mail());
    assert_eq!(newest(&site), pair("no-action", "not-permitted"));
    site.ok(&["apply", ALICE, "1"]);
    // Whoever sent it may change it, though he does not organize it.
    let update = Invitation {
        sequence: 1,
        start: "20550302T150000Z",
        ..forwarded
    };
    site.settle(&["alice+club@example.org"], &update.mail());
    assert_eq!(newest(&site), pair("updated", "update"));
    // Who is on no list answers from where the invitation was delivered to.
    site.ok(&["respond", ALICE, update.uid, "accepted"]);
    let answered = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:alice+club@example.org";
    let calendar = site.calendar(ALICE);
    assert!(calendar.contains(answered), "{calendar}");
}

#[test]
fn a_forged_update_is_applied_by_hand_and_taken_back() {
    let mut site = Site::new("");
    site.start();
    site.settle(&[ALICE], &Invitation::default().mail());
    let before = site.calendar(ALICE);
    site.settle(&[ALICE], &forged());
    assert_eq!(newest(&site), pair("no-action", "not-the-organizer"));
    site.ok(&["apply", ALICE, "2"]);
    assert!(site.calendar(ALICE).contains("DTSTART:20550302T150000Z"));
    let changes = &decision(&site, 3)["changes"];
    assert_eq!(
        changes[0],
        "moved from Mon 1 Mar 2055 11:00 to Tue 2 Mar 2055 15:00 UTC"
    );
    site.ok(&["undo", ALICE, "3"]);
    assert_eq!(site.calendar(ALICE), before);
    // What was undone can be had again by undoing the undoing.
    site.ok(&["undo", ALICE, "4"]);
    assert!(site.calendar(ALICE).contains("DTSTART:20550302T150000Z"));
}

#[test]
fn what_cannot_be_applied_says_why() {
    let mut site = Site::new("");
    site.start();
    site.settle(&[ALICE], &Invitation::default().mail());
    site.settle(&[ALICE], &forged());
    let later = Invitation {
        sequence: 2,
        ..Invitation::default()
    };
    site.settle(&[ALICE], &later.mail());
    for (id, said) in [
        ("9", "there is no decision 9; `invited decisions`"),
        ("1", "kept no message to apply"),
        ("2", "cannot be applied: A newer message"),
    ] {
        let (status, error) = site.fails(&["apply", ALICE, id]);
        assert_eq!(status, 1);
        assert!(error.contains(said), "{id}: {error}");
    }
    assert_eq!(site.fails(&["apply", ALICE, "first"]).0, 2);
    assert_eq!(site.decisions(ALICE).len(), 3);
}

#[test]
fn somebody_who_was_not_invited_is_let_in_by_hand() {
    let mut site = Site::new("");
    site.start();
    import(&site, &own_event(0, "Review"));
    let crasher = acceptance().replace("dana@partner.example", "gesa@example.net");
    site.settle(&[ALICE], &crasher);
    assert_eq!(newest(&site), pair("no-action", "party-crasher"));
    site.ok(&["apply", ALICE, "1"]);
    let changes = &decision(&site, 2)["changes"];
    assert_eq!(changes[0], "newly invited: gesa@example.net");
    let calendar = site.calendar(ALICE).replace("\r\n ", "");
    let line = calendar
        .lines()
        .find(|line| line.contains("gesa@example.net"));
    assert!(line.unwrap().contains("PARTSTAT=ACCEPTED"), "{calendar}");
    site.ok(&["undo", ALICE, "2"]);
    assert!(!site.calendar(ALICE).contains("gesa@example.net"));
}

#[test]
fn the_owner_vouches_for_an_answer_that_nobody_verified() {
    let mut site = Site::new("[trust]\nauthserv_ids = [\"mx.example.org\"]");
    site.start();
    import(&site, &own_event(0, "Review"));
    site.settle(&[ALICE], &acceptance());
    assert_eq!(newest(&site), pair("no-action", "not-the-attendee"));
    let file = site.write("answer.eml", acceptance());
    let said = site.ok(&["check", &file, "--account", ALICE]);
    assert!(
        said.contains("dana@partner.example (failed): not verified"),
        "{said}"
    );
    assert!(
        said.split("offered ")
            .nth(1)
            .unwrap()
            .contains("Dana accepted"),
        "{said}"
    );
    site.ok(&["apply", ALICE, "1"]);
    let applied = decision(&site, 2);
    assert_eq!(applied["changes"][0], "Dana accepted");
    assert_eq!(applied["authentication"], "failed");
    assert_eq!(applied["notes"], serde_json::json!(["by-hand"]));
}

#[test]
fn a_deleted_event_comes_back_by_hand() {
    let mut site = Site::new("");
    site.start();
    site.settle(&[ALICE], &Invitation::default().mail());
    site.ok(&["undo", ALICE, "1"]);
    let renamed = Invitation {
        sequence: 1,
        title: "Long lunch",
        ..Invitation::default()
    };
    site.settle(&[ALICE], &renamed.mail());
    assert_eq!(newest(&site), pair("no-action", "deleted-by-you"));
    site.ok(&["apply", ALICE, "3"]);
    assert!(site.calendar(ALICE).contains("SUMMARY:Long lunch"));
    let moved = Invitation {
        sequence: 2,
        start: "20550304T110000Z",
        ..Invitation::default()
    };
    site.settle(&[ALICE], &moved.mail());
    assert_eq!(newest(&site), pair("updated", "update"));
}

#[test]
fn undo_says_when_it_cannot() {
    let mut site = Site::new("");
    site.start();
    site.settle(&[ALICE], &Invitation::default().mail());
    let moved = Invitation {
        sequence: 1,
        start: "20550302T150000Z",
        ..Invitation::default()
    };
    site.settle(&[ALICE], &moved.mail());
    let (_, error) = site.fails(&["undo", ALICE, "1"]);
    assert!(error.contains("changed after decision 1"), "{error}");
    site.ok(&["undo", ALICE, "2"]);
    let (_, error) = site.fails(&["undo", ALICE, "2"]);
    assert!(error.contains("undone already"), "{error}");
    let (_, error) = site.fails(&["undo", ALICE, "77"]);
    assert!(error.contains("no decision 77"), "{error}");
    site.settle(&[ALICE], &forged());
    let (_, error) = site.fails(&["undo", ALICE, "4"]);
    assert!(error.contains("nothing to undo"), "{error}");
}

#[test]
fn an_event_that_a_cancel_removed_comes_back_and_can_be_updated() {
    let mut site = Site::new("");
    site.start();
    site.ok(&["preferences", "set", ALICE, "cancelled", "remove"]);
    site.settle(&[ALICE], &Invitation::default().mail());
    let cancel = Invitation {
        method: "CANCEL",
        sequence: 1,
        ..Invitation::default()
    };
    site.settle(&[ALICE], &cancel.mail());
    assert_eq!(newest(&site).0, "removed");
    site.ok(&["undo", ALICE, "2"]);
    assert!(site.calendar(ALICE).contains("SUMMARY:Lunch"));
    let moved = Invitation {
        sequence: 2,
        start: "20550302T150000Z",
        ..Invitation::default()
    };
    site.settle(&[ALICE], &moved.mail());
    assert_eq!(newest(&site).0, "updated");
}

/// Alice's invitation, taken away by its organizer and put back by her.
fn removed_and_put_back() -> Site {
    let mut site = Site::new("");
    site.start();
    site.ok(&["preferences", "set", ALICE, "cancelled", "remove"]);
    site.settle(&[ALICE], &Invitation::default().mail());
    let cancel = Invitation {
        method: "CANCEL",
        sequence: 1,
        ..Invitation::default()
    };
    site.settle(&[ALICE], &cancel.mail());
    site.ok(&["undo", ALICE, "2"]);
    site
}

#[test]
fn who_took_an_event_away_is_known_after_it_came_back() {
    let site = removed_and_put_back();
    // Now it is Alice who does not want it, so that the organizer cannot reinstate it.
    site.ok(&["undo", ALICE, "1"]);
    let again = Invitation {
        sequence: 2,
        ..Invitation::default()
    };
    site.settle(&[ALICE], &again.mail());
    assert_eq!(newest(&site), pair("no-action", "deleted-by-you"));
}

#[test]
fn what_the_organizer_took_away_is_his_after_two_undoings() {
    let site = removed_and_put_back();
    site.ok(&["undo", ALICE, "3"]);
    assert!(!site.calendar(ALICE).contains("SUMMARY:Lunch"));
    let again = Invitation {
        sequence: 2,
        ..Invitation::default()
    };
    site.settle(&[ALICE], &again.mail());
    assert_eq!(newest(&site).0, "added");
    assert!(site.calendar(ALICE).contains("SUMMARY:Lunch"));
}

#[test]
fn an_answer_that_came_first_counts_when_the_event_is_imported() {
    let mut site = Site::new("");
    site.start();
    site.settle(&[ALICE], &acceptance());
    assert_eq!(newest(&site), pair("no-action", "unknown-event"));
    import(&site, &own_event(0, "Review"));
    let calendar = site.calendar(ALICE).replace("\r\n ", "");
    assert!(
        calendar.contains("PARTSTAT=ACCEPTED;CN=Dana")
            || calendar.contains("CN=Dana;PARTSTAT=ACCEPTED"),
        "{calendar}"
    );
    let recalled = decision(&site, 2);
    assert_eq!(recalled["reason"], "reply");
    assert_eq!(recalled["notes"][0], "early-applied");
    assert_eq!(recalled["changes"][0], "Dana accepted");
    site.ok(&["undo", ALICE, "2"]);
    assert!(
        !site
            .calendar(ALICE)
            .replace("\r\n ", "")
            .contains("ACCEPTED;CN=Dana")
    );
    site.settle(
        &[ALICE],
        &acceptance().replace("Subject: ", "Subject: Re: "),
    );
    assert_eq!(newest(&site), pair("no-action", "duplicate"));
}

#[test]
fn an_answer_is_old_only_if_the_times_changed_since() {
    let mut site = Site::new("");
    site.start();
    import(&site, &own_event(0, "Review"));
    import(&site, &own_event(1, "Review of the plan"));
    site.settle(&[ALICE], &acceptance());
    assert_eq!(newest(&site), pair("updated", "reply"));
    let moved = own_event(2, "Review").replace("20550305T100000Z", "20550306T100000Z");
    import(&site, &moved);
    site.settle(
        &[ALICE],
        &acceptance().replace("T100000Z\nDTSTART", "T100100Z\nDTSTART"),
    );
    assert_eq!(newest(&site), pair("no-action", "answers-old-version"));
}

#[test]
fn an_import_takes_the_tombstone_away() {
    let mut site = Site::new("");
    site.start();
    site.settle(&[ALICE], &Invitation::default().mail());
    let saved = site.calendar(ALICE);
    site.ok(&["undo", ALICE, "1"]);
    import(&site, &saved);
    let moved = Invitation {
        sequence: 1,
        start: "20550302T150000Z",
        ..Invitation::default()
    };
    site.settle(&[ALICE], &moved.mail());
    assert_eq!(newest(&site), pair("updated", "update"));
}

#[test]
fn check_tells_a_change_in_words() {
    let mut site = Site::new("");
    site.start();
    let series = Invitation {
        lines: "RRULE:FREQ=WEEKLY;COUNT=8\nLOCATION:Blue room\n",
        ..Invitation::default()
    };
    let file = site.write("series.eml", series.mail());
    let said = site.ok(&["check", &file, "--account", ALICE]);
    for part in [
        "found      REQUEST of lunch@example.com: “Lunch”",
        "believed without proof",
        "outcome    added (new, rule C1): A new event was added to the calendar.",
        "change     new: Mon 1 Mar 2055 11:00 to 12:00 UTC, every Monday, 8 times\n           title: “Lunch”",
        "invited: you",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    site.settle(&[ALICE], &series.mail());
    let moved = Invitation {
        sequence: 1,
        start: "20550302T150000Z",
        lines: "RRULE:FREQ=WEEKLY;COUNT=8\nLOCATION:Green room\n",
        ..Invitation::default()
    };
    let file = site.write("moved.eml", moved.mail());
    let json = site.ok(&["check", &file, "--account", ALICE, "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["rule"], "C3");
    assert_eq!(
        json["changes"],
        serde_json::json!([
            "moved from Mon 1 Mar 2055 11:00 to Tue 2 Mar 2055 15:00 UTC",
            "repeats every Tuesday, 8 times instead of every Monday, 8 times",
            "place: “Green room” instead of “Blue room”",
        ])
    );
    let file = site.write("forged.eml", forged());
    let said = site.ok(&["check", &file, "--account", ALICE]);
    assert!(said.contains("not-the-organizer, rule B3"), "{said}");
    let offer = said.split("offered ").nth(1).unwrap();
    assert!(offer.contains("does not repeat any more"), "{said}");
    assert!(!said.contains("change  "), "{said}");
}
