//! Scheduling mail between accounts of this server: handed over without SMTP, its sender known for
//! sure (rule F5).

use std::hash::{DefaultHasher, Hash, Hasher};

use pipeline::clock::Clock;
use pipeline::outbox::LIFETIME;
use store::{Hold, MailKey, NewMail, Store};

use super::harness::{Invitation, Site};
use super::redirect::Relay;

const ALICE: &str = "alice@example.org";
const CAROL: &str = "carol@example.org";

/// Believes a server that says nothing of any mail here: only what needs no proof is authenticated.
const STRICT: &str = "[trust]\nauthserv_ids = [\"mx.example.org\"]";

/// Carol's invitation of Alice.
fn invitation() -> Invitation<'static> {
    Invitation {
        from: CAROL,
        organizer: CAROL,
        ..Invitation::default()
    }
}

/// A site where Alice takes invitations of everyone.
fn site(more: &str) -> Site {
    let site = Site::new(&format!("{STRICT}\n{more}"));
    site.ok(&["preferences", "set", ALICE, "invitations", "everyone"]);
    site
}

/// A site where Alice does not want mail of what her calendar shows.
fn sparing() -> Site {
    let site = site("");
    site.ok(&["preferences", "set", ALICE, "local-mail", "unless-applied"]);
    site
}

/// Puts a mail of Carol's into the outbox, as her change of an event does.
fn post(site: &Site, kind: &str, to: &str, mail: &str) {
    post_from(site, CAROL, kind, to, mail);
}

/// The same with another reverse-path.
fn post_from(site: &Site, from: &str, kind: &str, to: &str, mail: &str) {
    let now = invited::wiring::SystemClock.now();
    site.with_store(async |store| {
        let carol = store.account_by_address(CAROL).await.unwrap().unwrap();
        let mail = NewMail {
            key: MailKey {
                account: carol.id,
                id: id(&[kind, to, mail]),
            },
            kind: kind.to_owned(),
            reverse_path: from.to_owned(),
            recipient: to.to_owned(),
            message: mail.replace('\n', "\r\n").into_bytes(),
            not_before: now,
            expires: now + LIFETIME,
            uid: String::new(),
            hold: Hold::None,
        };
        store.mails_add(vec![mail]).await.unwrap();
    });
}

/// The same for the same mail, as the keys of scheduling mail are.
fn id(of: &[&str]) -> String {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// How the senders of Alice's decisions are authenticated, newest first.
fn authentications(site: &Site) -> Vec<String> {
    site.with_store(async |store| {
        let alice = store.account_by_address(ALICE).await.unwrap().unwrap();
        let decisions = store.decisions(alice.id, 9).await.unwrap();
        let of = |decision: store::Decision| decision.record.authentication;
        decisions.into_iter().map(of).collect()
    })
}

fn outcome(outcome: &str, reason: &str) -> (String, String) {
    (outcome.to_owned(), reason.to_owned())
}

#[test]
fn it_is_handed_over_and_never_sent() {
    let relay = Relay::start("");
    let mut site = site(&format!("[smtp]\nrelay = \"smtp://{}\"", relay.address));
    site.start();
    for to in ["al@example.org", "alice+work@example.org"] {
        post(&site, "request", to, &invitation().mail());
    }
    site.wait_for_local_mail();
    let mails = site.mails(ALICE, "");
    assert_eq!(mails.len(), 2);
    for mail in &mails {
        assert!(
            mail.contains("X-ME-Cal-Sender: carol@example.org\n"),
            "{mail}"
        );
        assert!(
            mail.contains("Return-Path: <carol@example.org>\n"),
            "{mail}"
        );
        assert!(mail.contains("Received: by mail.example.org id "), "{mail}");
    }
    assert_eq!(site.decisions(ALICE), [outcome("added", "new")]);
    assert_eq!(authentications(&site), ["local"]);
    assert!(relay.mails.try_recv().is_err());
}

#[test]
fn what_is_redirected_is_not_the_servers_own() {
    let relay = Relay::start("");
    let mut site = site(&format!("[smtp]\nrelay = \"smtp://{}\"", relay.address));
    site.start();
    post(&site, "redirect", ALICE, &invitation().mail());
    let sent = relay.mails.recv().unwrap();
    assert!(sent.contains("RCPT TO:<alice@example.org>"), "{sent}");
    assert!(site.mails(ALICE, "").is_empty());
}

#[test]
fn a_copy_from_outside_proves_nothing() {
    let mut site = site("");
    site.start();
    let mail = invitation().mail();
    site.settle(&[ALICE], &mail);
    assert_eq!(
        site.decisions(ALICE)[0],
        outcome("no-action", "not-authenticated")
    );
    post(&site, "request", ALICE, &mail);
    site.wait_for_local_mail();
    assert_eq!(site.decisions(ALICE)[0], outcome("added", "new"));
    assert_eq!(authentications(&site), ["local", "failed"]);
    let cancel = Invitation {
        method: "CANCEL",
        sequence: 1,
        ..invitation()
    };
    site.settle(&[ALICE], &cancel.mail());
    assert_eq!(
        site.decisions(ALICE)[0],
        outcome("no-action", "not-the-organizer")
    );
    assert!(!site.calendar(ALICE).contains("STATUS:CANCELLED"));
}

#[test]
fn an_address_proves_nothing_in_the_outbox_of_another_account() {
    let mut site = site("");
    site.start();
    let mail = Invitation {
        from: "al@example.org",
        organizer: "al@example.org",
        ..Invitation::default()
    };
    post_from(&site, "al@example.org", "request", ALICE, &mail.mail());
    site.wait_for_local_mail();
    assert_eq!(authentications(&site), ["failed"]);
}

#[test]
fn without_a_relay_mail_to_outsiders_alone_waits_for_one() {
    let mut site = site("");
    site.start();
    post(&site, "request", "eve@example.net", &invitation().mail());
    post(&site, "request", ALICE, &invitation().mail());
    site.wait_for_local_mail();
    site.wait_while(|entry| entry.error.is_empty());
    assert_eq!(site.decisions(ALICE), [outcome("added", "new")]);
    let waiting = site.ok(&["queue", "list"]);
    assert!(waiting.contains("eve@example.net"), "{waiting}");
    assert!(
        waiting.contains("no [smtp] relay is configured"),
        "{waiting}"
    );
    site.stop();
    let relay = Relay::start("");
    site.configure(&format!("[smtp]\nrelay = \"smtp://{}\"", relay.address));
    site.start();
    let sent = relay.mails.recv().unwrap();
    assert!(sent.contains("RCPT TO:<eve@example.net>"), "{sent}");
}

#[test]
fn a_mailbox_that_cannot_take_it_gets_it_later() {
    let mut site = site("");
    let home = site.path().join("data/mail").join(ALICE);
    std::fs::create_dir_all(home.parent().unwrap()).unwrap();
    std::fs::write(&home, "a file where the Maildir should be").unwrap();
    site.start();
    post(&site, "request", ALICE, &invitation().mail());
    site.wait_while(|entry| entry.error.is_empty());
    let waiting = site.ok(&["queue", "list"]);
    assert!(
        waiting.contains("mail storage is not available"),
        "{waiting}"
    );
    assert!(site.decisions(ALICE).is_empty());
    std::fs::remove_file(&home).unwrap();
    let id = waiting.lines().nth(1).unwrap();
    site.ok(&["queue", "retry", id.split_whitespace().next().unwrap()]);
    site.wait_for_local_mail();
    assert_eq!(site.decisions(ALICE), [outcome("added", "new")]);
    assert_eq!(site.mails(ALICE, "").len(), 1);
}

#[test]
fn a_script_that_fails_drops_its_own_effects_alone() {
    let mut site = site("");
    let script = "require [\"variables\", \"fileinto\"];\nset \"x\" \"\";\n\
        fileinto \"Never\";\nredirect \"${x}\";\n";
    let file = site.write("own.sieve", script);
    site.ok(&["sieve", "set", ALICE, &file]);
    site.start();
    post(&site, "request", ALICE, &invitation().mail());
    site.wait_for_local_mail();
    assert_eq!(site.mails(ALICE, "").len(), 1);
    assert!(site.mails(ALICE, ".Never").is_empty());
    assert_eq!(site.decisions(ALICE), [outcome("added", "new")]);
}

#[test]
fn the_switch_spares_mail_of_what_the_calendar_shows() {
    let mut site = sparing();
    site.start();
    let update = Invitation {
        sequence: 1,
        start: "20550302T150000Z",
        ..invitation()
    };
    let cancel = Invitation {
        method: "CANCEL",
        sequence: 2,
        start: "20550302T150000Z",
        ..invitation()
    };
    for (message, outcome) in [
        (invitation(), "added"),
        (update, "updated"),
        (cancel, "cancelled"),
    ] {
        post(&site, message.method, ALICE, &message.mail());
        site.wait_for_local_mail();
        assert_eq!(site.decisions(ALICE)[0].0, outcome);
        assert!(site.mails(ALICE, "").is_empty(), "{outcome}");
    }
    assert!(site.calendar(ALICE).contains("STATUS:CANCELLED"));
}

#[test]
fn the_switch_spares_nothing_that_the_calendar_does_not_show() {
    let mut site = sparing();
    site.ok(&["preferences", "set", ALICE, "cancelled", "remove"]);
    site.start();
    let cancel = Invitation {
        method: "CANCEL",
        sequence: 1,
        ..invitation()
    };
    let stranger = Invitation {
        uid: "other@example.org",
        ..invitation()
    };
    post(&site, "request", ALICE, &invitation().mail());
    site.wait_for_local_mail();
    post(&site, "cancel", ALICE, &cancel.mail());
    site.wait_for_local_mail();
    assert_eq!(site.decisions(ALICE)[0].0, "removed");
    assert_eq!(site.mails(ALICE, "").len(), 1);
    site.ok(&["preferences", "set", ALICE, "invitations", "never"]);
    post(&site, "request", ALICE, &stranger.mail());
    site.wait_for_local_mail();
    assert_eq!(
        site.decisions(ALICE)[0],
        outcome("no-action", "not-permitted")
    );
    assert_eq!(site.mails(ALICE, "").len(), 2);
    // Mail of others is none of its business.
    site.settle(&[ALICE], &Invitation::default().mail());
    assert_eq!(site.mails(ALICE, "").len(), 3);
}

#[test]
fn the_switch_leaves_what_is_sent_on() {
    let relay = Relay::start("");
    let mut site = site(&format!("[smtp]\nrelay = \"smtp://{}\"", relay.address));
    site.ok(&["preferences", "set", ALICE, "local-mail", "unless-applied"]);
    let file = site.write("own.sieve", "redirect \"friend@example.net\"; keep;");
    site.ok(&["sieve", "set", ALICE, &file]);
    site.start();
    post(&site, "request", ALICE, &invitation().mail());
    let sent = relay.mails.recv().unwrap();
    assert!(sent.contains("RCPT TO:<friend@example.net>"), "{sent}");
    site.wait_for_local_mail();
    assert_eq!(site.decisions(ALICE), [outcome("added", "new")]);
    assert!(site.mails(ALICE, "").is_empty());
}

#[cfg(feature = "failpoints")]
#[test]
fn the_switch_spares_nothing_whose_job_fails() {
    let mut site = sparing();
    site.start_failing("update::decided=panic");
    post(&site, "request", ALICE, &invitation().mail());
    site.wait_while(|entry| entry.recipient == ALICE);
    assert_eq!(site.decisions(ALICE), [outcome("error", "failed")]);
    assert_eq!(site.mails(ALICE, "").len(), 1);
}

/// kill -9 at each step: the event is there once, the mail at least once, or never where it is spared.
#[cfg(feature = "failpoints")]
mod killed {
    use super::*;

    fn survive(mut site: Site, step: &str) -> Site {
        site.start_killed_at(step);
        post(&site, "request", ALICE, &invitation().mail());
        site.wait_for_death();
        site.start();
        site.wait_for_local_mail();
        assert_eq!(site.decisions(ALICE), [outcome("added", "new")], "{step}");
        assert_eq!(
            site.calendar(ALICE).matches("BEGIN:VEVENT").count(),
            1,
            "{step}"
        );
        site
    }

    #[test]
    fn while_the_mail_is_delivered() {
        for step in [
            "receive::planned",
            "receive::held",
            "deliver::written",
            "deliver::linked",
            "receive::settled",
            "update::decided",
            "outbox::sent",
        ] {
            let site = survive(site(""), step);
            assert!(!site.mails(ALICE, "").is_empty(), "{step}");
        }
    }

    #[test]
    fn while_the_outcome_is_waited_for() {
        for step in [
            "update::taken",
            "update::decided",
            "update::applied",
            "receive::settled",
            "outbox::sent",
        ] {
            let site = survive(sparing(), step);
            assert!(site.mails(ALICE, "").is_empty(), "{step}");
        }
    }
}
