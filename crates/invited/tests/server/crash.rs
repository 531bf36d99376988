//! kill -9 at each step of a delivery: what was acknowledged is there, and applied once.

use super::harness::{Invitation, Lmtp, Site};

const ALICE: &str = "alice@example.org";

/// Kills the server at a step of a delivery, restarts it, and lets the client try again if it got
/// no 250, as an MTA does.
fn survive(step: &str) {
    let mut site = Site::new("");
    site.start_killed_at(step);
    let mail = Invitation::default().mail();
    let mut client = Lmtp::connect(site.address());
    client.begin("bob@example.com", &[ALICE], &mail);
    let acknowledged = client.reply().starts_with("250 ");
    site.wait_for_death();
    site.start();
    if !acknowledged {
        site.settle(&[ALICE], &mail);
    }
    site.wait_for_jobs();
    assert!(
        !site.mails(ALICE, "").is_empty(),
        "{step}: the mail is gone"
    );
    assert_eq!(
        site.calendar(ALICE).matches("BEGIN:VEVENT").count(),
        1,
        "{step}"
    );
    assert_eq!(
        site.decisions(ALICE),
        [("added".to_owned(), "new".to_owned())],
        "{step}"
    );
    assert_eq!(
        site.ok(&["queue", "list"]),
        "nothing waits, nothing is parked\n",
        "{step}"
    );
}

#[test]
fn before_the_job_is_held() {
    survive("receive::planned");
}

#[test]
fn after_the_job_is_in_the_journal_and_before_that_is_synced() {
    survive("journal::written");
}

#[test]
fn after_the_journal_is_synced() {
    survive("journal::synced");
}

/// The next process dies too, between taking the journal over and removing it.
#[test]
fn after_the_journal_is_taken_over() {
    let mut site = Site::new("");
    site.start_killed_at("receive::settled");
    let mut client = Lmtp::connect(site.address());
    client.begin("bob@example.com", &[ALICE], &Invitation::default().mail());
    let acknowledged = client.reply().starts_with("250 ");
    site.wait_for_death();
    site.die_at_start("journal::taken-over");
    site.start();
    if !acknowledged {
        site.settle(&[ALICE], &Invitation::default().mail());
    }
    site.wait_for_jobs();
    assert_eq!(
        site.decisions(ALICE),
        [("added".to_owned(), "new".to_owned())]
    );
}

#[test]
fn after_the_job_is_held() {
    survive("receive::held");
}

#[test]
fn after_the_mail_is_written() {
    survive("deliver::written");
}

#[test]
fn after_the_mail_is_linked() {
    survive("deliver::linked");
}

#[test]
fn after_the_mail_is_delivered() {
    survive("receive::delivered");
}

#[test]
fn after_the_job_is_released() {
    survive("receive::settled");
}

#[test]
fn after_the_daemon_took_the_job() {
    survive("update::taken");
}

#[test]
fn after_the_rules_decided() {
    survive("update::decided");
}

#[test]
fn after_the_decision_is_committed() {
    survive("update::applied");
}

#[test]
fn two_mails_in_flight_with_one_event_are_applied_once_each() {
    let mut site = Site::new("");
    site.start();
    let first = Invitation::default().mail();
    let update = Invitation {
        sequence: 1,
        start: "20550302T150000Z",
        ..Invitation::default()
    }
    .mail();
    let mut one = Lmtp::connect(site.address());
    let mut two = Lmtp::connect(site.address());
    one.begin("bob@example.com", &[ALICE], &first);
    two.begin("bob@example.com", &[ALICE], &update);
    let replies = [one.reply(), two.reply()];
    site.kill();
    site.start();
    for (reply, mail) in replies.iter().zip([&first, &update]) {
        if !reply.starts_with("250 ") {
            site.settle(&[ALICE], mail);
        }
    }
    site.wait_for_jobs();
    let calendar = site.calendar(ALICE);
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 1, "{calendar}");
    assert!(calendar.contains("DTSTART:20550302T150000Z"), "{calendar}");
    assert_eq!(site.decisions(ALICE).len(), 2);
}

#[test]
fn an_acknowledged_mail_is_applied_though_its_release_was_lost() {
    let mut site = Site::new("");
    site.start_failing("receive::unsettled=return");
    let replies = site.deliver(&[ALICE], &Invitation::default().mail());
    assert!(replies[0].starts_with("250 "), "{replies:?}");
    assert!(site.ok(&["queue", "list"]).contains("held"));
    site.kill();
    site.start();
    site.wait_for_jobs();
    assert_eq!(
        site.decisions(ALICE),
        [("added".to_owned(), "new".to_owned())]
    );
    assert_eq!(site.mails(ALICE, "").len(), 1);
}

#[test]
fn a_refused_mail_leaves_no_job_behind() {
    let mut site = Site::new("");
    let home = site.path().join("data/mail").join(ALICE);
    std::fs::create_dir_all(home.parent().unwrap()).unwrap();
    std::fs::write(&home, "a file where the Maildir should be").unwrap();
    site.start();
    let replies = site.deliver(&[ALICE], &Invitation::default().mail());
    assert!(replies[0].starts_with("452 "), "{replies:?}");
    assert_eq!(
        site.ok(&["queue", "list"]),
        "nothing waits, nothing is parked\n"
    );
    std::fs::remove_file(&home).unwrap();
    site.settle(&[ALICE], &Invitation::default().mail());
    assert_eq!(
        site.decisions(ALICE),
        [("added".to_owned(), "new".to_owned())]
    );
}

#[test]
fn a_redirected_mail_survives_until_a_relay_takes_it() {
    let mut site = Site::new("[smtp]\nrelay = \"smtp://127.0.0.1:1\"");
    let file = site.write("own.sieve", "redirect \"friend@example.net\";");
    site.ok(&["sieve", "set", ALICE, &file]);
    site.start_killed_at("receive::redirected");
    let mut client = Lmtp::connect(site.address());
    client.begin("bob@example.com", &[ALICE], "Subject: hi\n\nhello\n");
    assert_eq!(client.reply(), "");
    site.wait_for_death();
    site.start();
    for reply in site.deliver(&[ALICE], "Subject: hi\n\nhello\n") {
        assert!(reply.starts_with("250 "), "{reply}");
    }
    let waiting = site.ok(&["queue", "list"]);
    assert_eq!(
        waiting.matches("friend@example.net").count(),
        1,
        "{waiting}"
    );
}
