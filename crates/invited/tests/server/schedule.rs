//! What the owner's changes over CalDAV send: invitations, changes and cancellations reach a receiving
//! SMTP server, and wait for the hold as they should.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use store::{QueueEntry, QueueState, Store, Work};

use super::dav::{ask, calendar};
use super::harness::{Invitation, Site};
use super::redirect::Relay;

const ALICE: &str = "alice@example.org";

/// A site whose mail goes to this relay after a hold.
fn site(relay: &Relay, hold: &str) -> Site {
    let mut site = Site::new(&format!(
        "[smtp]\nrelay = \"smtp://{}\"\nhold = \"{hold}\"",
        relay.address
    ));
    site.start();
    site
}

/// Alice's meeting with these guests.
fn meeting(uid: &str, start: &str, guests: &[&str]) -> String {
    let guests: String = guests
        .iter()
        .map(|guest| format!("ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{guest}\r\n"))
        .collect();
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Test//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n\
         DTSTAMP:20550201T100000Z\r\nDTSTART:{start}\r\nDURATION:PT1H\r\nSUMMARY:Plan\r\n\
         ORGANIZER:mailto:{ALICE}\r\n{guests}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn put(site: &Site, path: &str, text: &str) {
    let (status, answer) = ask(site, "PUT", path, "secret", text);
    assert!(matches!(status, 201 | 204), "{answer}");
}

fn get(site: &Site, path: &str) -> String {
    let (status, answer) = ask(site, "GET", path, "secret", "");
    assert_eq!(status, 200, "{answer}");
    answer
        .split_once("\r\n\r\n")
        .unwrap()
        .1
        .replace("\r\n ", "")
}

fn delete(site: &Site, path: &str) {
    let (status, answer) = ask(site, "DELETE", path, "secret", "");
    assert_eq!(status, 204, "{answer}");
}

/// The next mails at the relay: the word before the title, and the recipient, in order.
fn next(relay: &Relay, count: usize) -> Vec<String> {
    let mut mails: Vec<_> = (0..count)
        .map(|_| {
            let mail = relay.mails.recv().unwrap();
            let between = |begin: &str, end: char| {
                let rest = mail.split_once(begin).unwrap().1;
                rest.split(end).next().unwrap().trim().to_owned()
            };
            let subject = between("Subject: ", '\r');
            format!("{subject} to {}", between("RCPT TO:<", '>'))
        })
        .collect();
    mails.sort();
    mails
}

/// What is held in the outbox by a hold of two hours: whom it goes to, when, and how it waits.
fn waiting(site: &Site) -> Vec<(String, i64, QueueState)> {
    let entry = |entry: QueueEntry| (entry.recipient, entry.due, entry.state);
    // What the relay has may not be crossed out yet.
    let soon = SystemTime::now() + Duration::from_secs(60 * 60);
    let soon = soon.duration_since(UNIX_EPOCH).unwrap().as_millis();
    let is_held = |entry: &QueueEntry| u128::try_from(entry.due).unwrap() > soon;
    let queue = site.with_store(async |store| store.queue().await.unwrap());
    let mut waiting: Vec<_> = queue.into_iter().filter(is_held).map(entry).collect();
    waiting.sort_by(|one, other| one.0.cmp(&other.0));
    waiting
}

#[test]
fn a_meeting_is_sent_moved_and_called_off() {
    let relay = Relay::start("");
    let site = site(&relay, "0 s");
    let path = format!("{}plan.ics", calendar(&site));
    let both = ["ben@example.net", "dora@example.com"];
    put(&site, &path, &meeting("plan", "20550301T110000Z", &both));
    assert_eq!(
        next(&relay, 2),
        [
            "Invitation: Plan to ben@example.net",
            "Invitation: Plan to dora@example.com"
        ]
    );
    put(&site, &path, &meeting("plan", "20550302T110000Z", &both));
    let mails = next(&relay, 2);
    assert!(mails[0].ends_with("to ben@example.net"), "{mails:?}");
    assert!(get(&site, &path).contains("SEQUENCE:1"));
    put(
        &site,
        &path,
        &meeting("plan", "20550302T110000Z", &both[..1]),
    );
    let mails = next(&relay, 2);
    assert!(mails[0].starts_with("Cancelled"), "{mails:?}");
    assert!(mails[0].ends_with("to dora@example.com"), "{mails:?}");
    delete(&site, &path);
    assert_eq!(next(&relay, 1), ["Cancelled: Plan to ben@example.net"]);
}

/// Waits until every mail is sent or parked.
fn wait_for_mails(site: &Site) {
    site.with_store(async |store| {
        let done = async {
            let is_under_way = |entry: &QueueEntry| entry.state == QueueState::Ready;
            while store.queue().await.unwrap().iter().any(is_under_way) {
                store
                    .wait_for_work(Work::Mails, Duration::from_millis(100))
                    .await;
            }
        };
        let done = tokio::time::timeout(Duration::from_secs(60), done);
        done.await.expect("mails are still under way");
    });
}

#[test]
fn guests_lines_say_what_became_of_their_mail() {
    let relay = Relay::start("");
    let mut site = site(&relay, "0 s");
    let path = format!("{}plan.ics", calendar(&site));
    let text = meeting(
        "plan",
        "20550301T110000Z",
        &["ben@example.net", "urn:x-room:1"],
    );
    put(&site, &path, &text);
    wait_for_mails(&site);
    let noted = get(&site, &path);
    for line in ["=1.1:mailto:ben@example.net", "=3.7:mailto:urn:x-room:1"] {
        assert!(noted.contains(&format!("SCHEDULE-STATUS{line}")), "{noted}");
    }
    // What a client writes without the notes keeps them, and sends nothing again.
    put(&site, &path, &text);
    assert_eq!(get(&site, &path), noted);
    assert_eq!(next(&relay, 1), ["Invitation: Plan to ben@example.net"]);
    site.settle(&[ALICE], &Invitation::default().mail());
    site.ok(&["respond", ALICE, "lunch@example.com", "accepted"]);
    wait_for_mails(&site);
    let calendar = site.calendar(ALICE).replace("\r\n ", "");
    let answered = "ORGANIZER;SCHEDULE-STATUS=1.1:mailto:bob@example.com";
    assert!(calendar.contains(answered), "{calendar}");
    assert_eq!(next(&relay, 1), ["Accepted: Lunch to bob@example.com"]);
    site.stop();
    assert!(relay.mails.try_recv().is_err(), "nothing else was sent");
}

#[test]
fn a_guest_whom_the_relay_refuses_is_noted() {
    let relay = Relay::start("550 no such user");
    let site = site(&relay, "0 s");
    let path = format!("{}plan.ics", calendar(&site));
    put(
        &site,
        &path,
        &meeting("plan", "20550301T110000Z", &["ben@example.net"]),
    );
    wait_for_mails(&site);
    let noted = get(&site, &path);
    let line = "SCHEDULE-STATUS=5.2:mailto:ben@example.net";
    assert!(noted.contains(line), "{noted}");
    assert_eq!(noted.matches("DTSTAMP:20550201T100000Z").count(), 1);
}

#[test]
fn who_has_heard_nothing_gets_the_last_version_alone() {
    let relay = Relay::start("");
    let site = site(&relay, "2 h");
    let path = format!("{}plan.ics", calendar(&site));
    let both = ["ben@example.net", "dora@example.com"];
    put(&site, &path, &meeting("plan", "20550301T110000Z", &both));
    let first = waiting(&site);
    assert_eq!(first.len(), 2);
    assert!(get(&site, &path).contains("SCHEDULE-STATUS=1.0:mailto:ben@example.net"));
    put(
        &site,
        &path,
        &meeting("plan", "20550302T110000Z", &both[..1]),
    );
    assert_eq!(
        waiting(&site),
        first[..1],
        "one mail, when the first was due"
    );
    delete(&site, &path);
    assert_eq!(waiting(&site), [], "nobody hears of it");
}

#[test]
fn an_answer_by_deleting_can_be_taken_back() {
    let relay = Relay::start("");
    let site = site(&relay, "2 h");
    site.settle(&[ALICE], &Invitation::default().mail());
    site.ok(&["respond", ALICE, "lunch@example.com", "accepted"]);
    assert!(next(&relay, 1)[0].starts_with("Accepted"));
    let name = site.with_store(async |store| {
        let account = store.account_by_address(ALICE).await.unwrap().unwrap();
        let event = store.event(account.id, "lunch@example.com").await.unwrap();
        event.objects[0].name.clone()
    });
    let path = format!("{}{name}", calendar(&site));
    let text = get(&site, &path);
    delete(&site, &path);
    let held = waiting(&site);
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].0, "bob@example.com");
    // A client that moves an event by deleting it and putting it elsewhere.
    let again = format!("{}again.ics", calendar(&site));
    put(&site, &again, &text);
    assert_eq!(waiting(&site), []);
    delete(&site, &again);
    assert_eq!(waiting(&site).len(), 1);
    put(
        &site,
        &again,
        &text.replace("PARTSTAT=ACCEPTED", "PARTSTAT=TENTATIVE"),
    );
    assert!(next(&relay, 1)[0].starts_with("Tentative"));
    assert_eq!(waiting(&site), []);
}

#[test]
fn many_new_meetings_wait_for_a_word() {
    let relay = Relay::start("");
    let site = site(&relay, "2 h");
    let folder = calendar(&site);
    for number in 0..21 {
        let text = meeting(
            &format!("m{number}"),
            "20550301T110000Z",
            &["ben@example.net"],
        );
        put(&site, &format!("{folder}{number}.ics"), &text);
        let is_word_due = waiting(&site)
            .iter()
            .all(|mail| mail.2 == QueueState::Unconfirmed);
        assert_eq!(is_word_due, number == 20);
    }
    let listed = site.ok(&["queue", "list"]);
    assert!(
        listed.contains("invited queue release alice@example.org"),
        "{listed}"
    );
    let said = site.ok(&["queue", "release", ALICE]);
    assert_eq!(said.trim_end(), "21 invitations go out");
    let mails = next(&relay, 21);
    assert_eq!(mails[20], "Invitation: Plan to ben@example.net");
}

#[test]
fn a_calendar_that_sends_none_and_one_that_is_removed() {
    let relay = Relay::start("");
    let site = site(&relay, "0 s");
    let other = "/dav/calendars/alice@example.org/other/";
    assert_eq!(ask(&site, "MKCALENDAR", other, "secret", "").0, 201);
    let silent = calendar(&site);
    let name = silent.trim_end_matches('/').rsplit('/').next().unwrap();
    site.ok(&["calendar", "set", ALICE, name, "--send-invitations", "off"]);
    let guest = ["ben@example.net"];
    let path = format!("{silent}quiet.ics");
    put(&site, &path, &meeting("quiet", "20550301T110000Z", &guest));
    delete(&site, &path);
    let text = meeting("plan", "20550301T110000Z", &guest);
    put(&site, &format!("{other}plan.ics"), &text);
    let past = meeting("past", "20200301T110000Z", &guest);
    put(&site, &format!("{other}past.ics"), &past);
    assert_eq!(next(&relay, 1), ["Invitation: Plan to ben@example.net"]);
    delete(&site, other);
    assert_eq!(next(&relay, 1), ["Cancelled: Plan to ben@example.net"]);
}

#[test]
fn who_was_not_reached_hears_of_one_event_in_order() {
    let relay = Relay::start("");
    let mut site = site(&relay, "0 s");
    site.stop();
    // Nobody takes mail at this port.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = closed.local_addr().unwrap();
    drop(closed);
    let smtp = |relay: &str| format!("[smtp]\nrelay = \"smtp://{relay}\"\nhold = \"0 s\"");
    site.configure(&smtp(&nobody.to_string()));
    site.start();
    let path = format!("{}plan.ics", calendar(&site));
    let guest = ["ben@example.net"];
    put(&site, &path, &meeting("plan", "20550301T110000Z", &guest));
    site.wait_while(|entry| entry.attempts == 0);
    site.stop();
    site.configure(&smtp(&relay.address));
    site.start();
    delete(&site, &path);
    let subjects: Vec<String> = (0..2).flat_map(|_| next(&relay, 1)).collect();
    assert_eq!(
        subjects,
        [
            "Invitation: Plan to ben@example.net",
            "Cancelled: Plan to ben@example.net"
        ]
    );
}
