//! What the product is for: the three default behaviours, each preference, stamps per recipient.

use store::Store;

use super::harness::{Invitation, Lmtp, Site};

const ALICE: &str = "alice@example.org";
const CAROL: &str = "carol@example.org";

/// The value of one of our fields, folds kept.
fn field<'a>(mail: &'a str, name: &str) -> Option<&'a str> {
    let header = mail.split("\n\n").next().unwrap();
    header
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn newest(site: &Site, address: &str) -> (String, String) {
    site.decisions(address)
        .into_iter()
        .next()
        .expect("a decision")
}

fn pair(outcome: &str, reason: &str) -> (String, String) {
    (outcome.to_owned(), reason.to_owned())
}

#[test]
fn a_contacts_invitation_is_added_and_the_mail_is_in_the_inbox() {
    let mut site = Site::new("");
    site.start();
    site.settle(&[ALICE], &Invitation::default().mail());
    let mails = site.mails(ALICE, "");
    assert_eq!(mails.len(), 1);
    assert_eq!(field(&mails[0], "X-ME-Cal-Method"), Some("request"));
    assert_eq!(field(&mails[0], "X-ME-Cal-UID"), Some("lunch@example.com"));
    assert_eq!(field(&mails[0], "X-ME-Cal-Sender"), Some("bob@example.com"));
    assert_eq!(field(&mails[0], "X-ME-Cal-Exists"), None);
    let calendar = site.calendar(ALICE);
    assert!(calendar.contains("SUMMARY:Lunch\r\n"), "{calendar}");
    assert!(calendar.contains("PARTSTAT=NEEDS-ACTION"), "{calendar}");
    assert!(!calendar.contains("METHOD"), "{calendar}");
    assert_eq!(newest(&site, ALICE), pair("added", "new"));
}

#[test]
fn an_update_of_a_known_event_is_applied_and_joins_its_thread() {
    let mut site = Site::new("");
    site.start();
    let first = Invitation::default();
    site.settle(&[ALICE], &first.mail());
    let moved = Invitation {
        sequence: 1,
        start: "20550302T150000Z",
        ..Invitation::default()
    };
    site.settle(&[ALICE], &moved.mail());
    let mails = site.mails(ALICE, "");
    assert_eq!(mails.len(), 2);
    let update = mails
        .iter()
        .find(|mail| mail.contains("SEQUENCE:1"))
        .unwrap();
    assert!(field(update, "X-ME-Cal-Exists").is_some());
    let ids: Vec<_> = mails
        .iter()
        .map(|mail| field(mail, "X-ME-Message-Id").unwrap())
        .collect();
    assert_eq!(ids[0], ids[1]);
    for mail in &mails {
        assert_eq!(field(mail, "References"), Some(ids[0]), "{mail}");
    }
    let calendar = site.calendar(ALICE);
    assert!(calendar.contains("DTSTART:20550302T150000Z"), "{calendar}");
    assert!(!calendar.contains("20550301T110000Z"), "{calendar}");
    assert_eq!(newest(&site, ALICE).0, "updated");
}

#[test]
fn a_strangers_invitation_is_only_delivered() {
    let mut site = Site::new("");
    site.start();
    let stranger = Invitation {
        from: "eve@evil.example",
        organizer: "eve@evil.example",
        ..Invitation::default()
    };
    site.settle(&[ALICE], &stranger.mail());
    assert_eq!(site.mails(ALICE, "").len(), 1);
    assert!(!site.calendar(ALICE).contains("BEGIN:VEVENT"));
    assert_eq!(newest(&site, ALICE), pair("no-action", "not-permitted"));
}

#[test]
fn a_stranger_does_not_change_a_known_event() {
    let mut site = Site::new("");
    site.start();
    site.settle(&[ALICE], &Invitation::default().mail());
    let before = site.calendar(ALICE);
    for method in ["REQUEST", "CANCEL"] {
        let forged = Invitation {
            method,
            from: "eve@evil.example",
            sequence: 5,
            start: "20550303T110000Z",
            ..Invitation::default()
        };
        site.settle(&[ALICE], &forged.mail());
        assert_eq!(
            newest(&site, ALICE),
            pair("no-action", "not-the-organizer"),
            "{method}"
        );
        assert_eq!(site.calendar(ALICE), before);
    }
}

#[test]
fn a_cancelled_event_is_marked_or_removed_as_the_owner_wants() {
    let mut site = Site::new("");
    site.start();
    site.settle(&[ALICE], &Invitation::default().mail());
    site.settle(
        &[ALICE],
        &Invitation {
            method: "CANCEL",
            sequence: 1,
            ..Invitation::default()
        }
        .mail(),
    );
    assert!(site.calendar(ALICE).contains("STATUS:CANCELLED"));
    assert_eq!(newest(&site, ALICE).0, "cancelled");
    site.ok(&["preferences", "set", ALICE, "cancelled", "remove"]);
    let other = Invitation {
        uid: "tea@example.com",
        ..Invitation::default()
    };
    site.settle(&[ALICE], &other.mail());
    assert!(site.calendar(ALICE).contains("UID:tea@example.com"));
    let cancel = Invitation {
        method: "CANCEL",
        sequence: 1,
        ..other
    };
    site.settle(&[ALICE], &cancel.mail());
    assert!(!site.calendar(ALICE).contains("UID:tea@example.com"));
    assert_eq!(newest(&site, ALICE).0, "removed");
}

#[test]
fn two_recipients_of_one_mail_have_their_own_stamps_and_decisions() {
    let mut site = Site::new("");
    site.start();
    site.settle(&[ALICE], &Invitation::default().mail());
    let moved = Invitation {
        sequence: 1,
        start: "20550302T150000Z",
        ..Invitation::default()
    };
    site.settle(&[CAROL, ALICE], &moved.mail());
    let of_alice = site
        .mails(ALICE, "")
        .into_iter()
        .find(|mail| mail.contains("SEQUENCE:1"))
        .unwrap();
    assert!(field(&of_alice, "X-ME-Cal-Exists").is_some());
    assert_eq!(field(&of_alice, "Delivered-To"), Some(ALICE));
    let of_carol = site.mails(CAROL, "");
    assert_eq!(of_carol.len(), 1);
    assert_eq!(field(&of_carol[0], "X-ME-Cal-Exists"), None);
    assert_eq!(field(&of_carol[0], "Delivered-To"), Some(CAROL));
    assert_eq!(newest(&site, ALICE).0, "updated");
    assert_eq!(newest(&site, CAROL), pair("no-action", "not-permitted"));
}

#[test]
fn one_account_behind_two_addresses_has_two_mails_and_one_decision() {
    let mut site = Site::new("");
    site.start();
    site.settle(
        &["al@example.org", "alice+lists@example.org"],
        &Invitation::default().mail(),
    );
    assert_eq!(site.mails(ALICE, "").len(), 2);
    assert_eq!(site.decisions(ALICE), [pair("added", "new")]);
    let mut lmtp = Lmtp::connect(site.address());
    assert!(lmtp.say("MAIL FROM:<bob@example.com>").starts_with("250"));
    assert!(
        lmtp.say("RCPT TO:<nobody@example.org>")
            .starts_with("550 5.1.1")
    );
}

#[test]
fn forged_stamps_go_from_any_mail_and_the_rest_stays() {
    let mut site = Site::new("");
    site.start();
    let forged =
        "X-ME-Cal-Method: request\nx-me-cal-sender : bob@example.com\nX-Me-Message-ID:\n <a@b>\n";
    let ordinary =
        format!("From: eve@evil.example\n{forged}Subject: hello\n\nX-ME-Cal-Method: in the body\n");
    site.settle(&[ALICE], &ordinary);
    let mails = site.mails(ALICE, "");
    assert!(
        mails[0].ends_with(
            "\nFrom: eve@evil.example\nSubject: hello\n\nX-ME-Cal-Method: in the body\n"
        ),
        "{}",
        mails[0]
    );
    let stranger = Invitation {
        from: "eve@evil.example",
        organizer: "eve@evil.example",
        fields: "X-ME-Cal-Sender: bob@example.com\n",
        ..Invitation::default()
    };
    site.settle(&[ALICE], &stranger.mail());
    assert_eq!(newest(&site, ALICE), pair("no-action", "not-permitted"));
}

#[test]
fn the_body_stays_byte_for_byte() {
    let mut site = Site::new("");
    site.start();
    let mail = Invitation {
        title: "Größe 8bit ✓",
        ..Invitation::default()
    }
    .mail();
    site.settle(&[ALICE], &mail);
    let stored = &site.mails(ALICE, "")[0];
    let added: Vec<&str> = stored
        .strip_suffix(&mail)
        .expect("the mail as it came")
        .lines()
        .collect();
    assert!(
        added[0].starts_with("Return-Path: <bob@example.com>"),
        "{added:?}"
    );
    assert!(added[1].starts_with("Delivered-To: "), "{added:?}");
    // Received stands last: what a header begins with may be a folded line, and continues it.
    let received = added
        .iter()
        .position(|line| line.starts_with("Received: from mx.example.net"));
    assert_eq!(received, Some(added.len() - 4), "{added:?}");
}

#[test]
fn each_preference_changes_the_script_and_the_next_mail() {
    let mut site = Site::new("[trust]\nown_domains = [\"corp.example\"]\n");
    site.start();
    let set = |name: &str, value: &str| {
        let before = site.ok(&["sieve", "show", ALICE]);
        site.ok(&["preferences", "set", ALICE, name, value]);
        let after = site.ok(&["sieve", "show", ALICE]);
        assert_ne!(before, after, "{name} {value}");
    };
    let send = |uid: &str, from: &str, method: &str| {
        site.settle(
            &[ALICE],
            &Invitation {
                uid,
                from,
                organizer: from,
                method,
                ..Invitation::default()
            }
            .mail(),
        );
        newest(&site, ALICE)
    };
    let (bob, colleague, eve) = ("bob@example.com", "zoe@corp.example", "eve@evil.example");

    set("invitations", "never");
    assert_eq!(send("never", bob, "REQUEST").1, "not-permitted");
    set("invitations", "contacts-and-own-domain");
    assert_eq!(send("own-1", colleague, "REQUEST").0, "added");
    assert_eq!(send("own-2", bob, "REQUEST").0, "added");
    assert_eq!(send("own-3", eve, "REQUEST").1, "not-permitted");
    set("invitations", "everyone");
    assert_eq!(send("all", eve, "REQUEST").0, "added");

    assert_eq!(send("paper-1", bob, "PUBLISH").1, "not-permitted");
    set("published", "add");
    assert_eq!(send("paper-2", bob, "PUBLISH").0, "added");

    set("invitation-folder", "Work/Invitations");
    assert_eq!(send("filed", bob, "REQUEST").0, "added");
    assert_eq!(site.mails(ALICE, ".Work.Invitations").len(), 1);
    set("update-folder", "Änderungen");
    assert_eq!(send("filed", bob, "CANCEL").0, "cancelled");
    assert_eq!(site.mails(ALICE, ".&AMQ-nderungen").len(), 1);
    assert_eq!(site.mails(ALICE, ".Work.Invitations").len(), 1);

    let known = site.decisions(ALICE).len();
    set("processing", "off");
    assert_eq!(send("off", bob, "REQUEST"), pair("no-action", "not-asked"));
    assert_eq!(site.decisions(ALICE).len(), known + 1);
    assert!(!site.calendar(ALICE).contains("UID:off"));
}

#[test]
fn the_calendar_preference_names_where_new_events_go() {
    let mut site = Site::new("");
    site.start();
    let work = site.with_store(async |store| {
        let account = store.account_by_address(ALICE).await.unwrap().unwrap();
        store.calendar_add(account.id, "Work").await.unwrap().id.0
    });
    site.ok(&["preferences", "set", ALICE, "calendar", &work]);
    assert!(
        site.ok(&["sieve", "show", ALICE])
            .contains(&format!("calendarId={work}"))
    );
    site.settle(&[ALICE], &Invitation::default().mail());
    assert_eq!(newest(&site, ALICE).0, "added");
    let shown = site.ok(&["calendar", "show", ALICE]);
    let of_work = shown
        .split(&format!("Work (id {work}"))
        .nth(1)
        .expect("the calendar");
    assert!(of_work.contains("Lunch"), "{shown}");
    // The mail about an event names the calendar that holds it.
    site.settle(
        &[ALICE],
        &Invitation {
            sequence: 1,
            ..Invitation::default()
        }
        .mail(),
    );
    let stamped = |mail: &String| field(mail, "X-ME-Cal-Exists") == Some(&*work);
    assert!(site.mails(ALICE, "").iter().any(stamped));
    let (status, error) = site.fails(&["preferences", "set", ALICE, "calendar", "nosuch"]);
    assert_eq!(status, 2);
    assert!(error.contains(&work), "{error}");
}

#[test]
fn a_script_that_fails_keeps_the_mail_and_the_log_says_why() {
    let mut site = Site::new("");
    let script = "require [\"variables\", \"fileinto\"];\nset \"x\" \"\";\n\
        fileinto \"Never\";\nredirect \"${x}\";\n";
    let file = site.write("own.sieve", script);
    site.ok(&["sieve", "set", ALICE, &file]);
    site.start();
    site.settle(&[ALICE], &Invitation::default().mail());
    assert_eq!(site.mails(ALICE, "").len(), 1);
    assert!(site.mails(ALICE, ".Never").is_empty());
    assert_eq!(newest(&site, ALICE).0, "added");
    let log = site.stop();
    assert!(log.contains("the own script failed in line 4"), "{log}");
}

#[test]
fn an_event_allowed_for_one_address_of_two_is_added_and_recorded_once() {
    let mut site = Site::new("");
    site.ok(&["preferences", "set", ALICE, "processing", "off"]);
    let script = "require [\"envelope\", \"enotify\"];\n\
        if envelope :is \"to\" \"alice+cal@example.org\" { notify \"addcal\"; }\n";
    let file = site.write("own.sieve", script);
    site.ok(&["sieve", "set", ALICE, &file]);
    site.start();
    site.settle(
        &[ALICE, "alice+cal@example.org"],
        &Invitation::default().mail(),
    );
    assert_eq!(site.decisions(ALICE), [pair("added", "new")]);
    // In two sessions the one that is allowed nothing comes first and does not stand in the way.
    let tea = Invitation {
        uid: "tea@example.com",
        ..Invitation::default()
    }
    .mail();
    site.settle(&[ALICE], &tea);
    site.settle(&["alice+cal@example.org"], &tea);
    assert_eq!(newest(&site, ALICE), pair("added", "new"));
    // A second delivery of the same mail changes nothing.
    let known = site.decisions(ALICE).len();
    site.settle(&["alice+cal@example.org"], &tea);
    assert_eq!(site.decisions(ALICE).len(), known);
}

#[test]
fn a_script_is_tried_on_a_mail_and_changes_nothing() {
    let site = Site::new("");
    let mail = site.write("mail.eml", Invitation::default().mail());
    let script = "require \"fileinto\";\n\
        if header :is \"X-ME-Cal-Method\" \"request\" { fileinto \"Meetings\"; }\n";
    let file = site.write("own.sieve", script);
    let said = site.ok(&["sieve", "run", &file, &mail, "--account", ALICE]);
    let lines: Vec<&str> = said.lines().map(str::trim).collect();
    assert!(lines.contains(&"mail       Meetings"), "{said}");
    assert!(said.contains("X-ME-Cal-Method: request"), "{said}");
    assert!(said.contains("a new event may be added"), "{said}");
    // Nothing was set, delivered or decided.
    assert!(
        site.ok(&["sieve", "show", ALICE, "--unit", "own"])
            .contains("has no script")
    );
    assert!(site.decisions(ALICE).is_empty());
    let wrong = site.write("wrong.sieve", "fileinto;\n");
    let (status, error) = site.fails(&["sieve", "run", &wrong, &mail, "--account", ALICE]);
    assert_eq!(status, 1);
    assert!(error.contains("wrong.sieve"), "{error}");
}

#[test]
fn the_own_script_runs_after_the_generated_one() {
    let mut site = Site::new("");
    site.start();
    let script = "require [\"fileinto\", \"imap4flags\"];\n\
        if header :contains \"subject\" \"lunch\" { fileinto :flags \"\\\\Flagged\" \"Food\"; }\n\
        redirect :copy \"elsewhere@example.net\";\n";
    let file = site.write("own.sieve", script);
    let (_, error) = site.fails(&["sieve", "set", ALICE, &file]);
    assert!(error.contains("copy"), "{error}");
    let file = site.write(
        "own.sieve",
        script.replace("imap4flags", "imap4flags\", \"copy"),
    );
    site.ok(&["sieve", "set", ALICE, &file]);
    site.settle(&[ALICE], &Invitation::default().mail());
    assert_eq!(newest(&site, ALICE).0, "added");
    assert_eq!(site.mails(ALICE, ".Food").len(), 1);
    // Without a relay redirect is keep, and the log says why.
    assert_eq!(site.mails(ALICE, "").len(), 1);
    assert!(site.stop().contains("no [smtp] relay is configured"));
}

#[test]
fn trusted_results_decide_who_is_authenticated() {
    let mut site = Site::new("[trust]\nauthserv_ids = [\"mx.example.org\"]\n");
    site.start();
    site.settle(
        &[ALICE],
        &Invitation {
            uid: "no-results",
            ..Invitation::default()
        }
        .mail(),
    );
    assert_eq!(newest(&site, ALICE).0, "no-action");
    let fail = "Authentication-Results: mx.example.org; dmarc=fail header.from=example.com\n";
    site.settle(
        &[ALICE],
        &Invitation {
            uid: "fail",
            fields: fail,
            ..Invitation::default()
        }
        .mail(),
    );
    assert_eq!(newest(&site, ALICE).0, "no-action");
    let foreign = "Authentication-Results: evil.example; dmarc=pass header.from=example.com\n";
    site.settle(
        &[ALICE],
        &Invitation {
            uid: "foreign",
            fields: foreign,
            ..Invitation::default()
        }
        .mail(),
    );
    assert_eq!(newest(&site, ALICE).0, "no-action");
    let pass = "Authentication-Results: mx.example.org; dmarc=pass header.from=example.com\n";
    site.settle(
        &[ALICE],
        &Invitation {
            uid: "pass",
            fields: pass,
            ..Invitation::default()
        }
        .mail(),
    );
    assert_eq!(newest(&site, ALICE), pair("added", "new"));
}

#[test]
fn what_was_decided_can_be_undone() {
    let mut site = Site::new("");
    site.start();
    site.settle(&[ALICE], &Invitation::default().mail());
    let added = site.calendar(ALICE);
    let moved = Invitation {
        sequence: 1,
        start: "20550302T150000Z",
        ..Invitation::default()
    };
    site.settle(&[ALICE], &moved.mail());
    let changed = site.calendar(ALICE);
    // The first decision is not the last word on the event any more.
    let (status, error) = site.fails(&["undo", ALICE, "1"]);
    assert_eq!(status, 1);
    assert!(error.contains("changed after decision 1"), "{error}");
    assert_eq!(site.calendar(ALICE), changed);
    site.ok(&["undo", ALICE, "2"]);
    assert_eq!(site.calendar(ALICE), added);
    assert_eq!(newest(&site, ALICE), pair("updated", "undone"));
    // The state stays: the message that was undone does not come back.
    let again = moved.mail().replace("Message-ID: <", "Message-ID: <again-");
    site.settle(&[ALICE], &again);
    assert_eq!(newest(&site, ALICE), pair("no-action", "duplicate"));
    assert_eq!(site.calendar(ALICE), added);
    site.ok(&["undo", ALICE, "1"]);
    assert!(!site.calendar(ALICE).contains("VEVENT"));
    // An undo is a decision too.
    let undo_of_the_first = site.decisions(ALICE).len().to_string();
    site.ok(&["undo", ALICE, &undo_of_the_first]);
    assert_eq!(site.calendar(ALICE), added);
    let (_, error) = site.fails(&["undo", ALICE, "4"]);
    assert!(error.contains("nothing"), "{error}");
    let (_, error) = site.fails(&["undo", ALICE, "99"]);
    assert!(error.contains("invited decisions"), "{error}");
}
