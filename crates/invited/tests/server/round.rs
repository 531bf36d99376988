//! The round: an account invites another account of the server and an outside address; both answer, the
//! meeting moves, one date is cancelled, all is deleted (rules F3, F5, E1).

use store::{Event, QueueState, Store};

use super::app::{Answer, App};
use super::harness::{Lmtp, Site};
use super::redirect::Relay;

const ALICE: &str = "alice@example.org";
const CAROL: &str = "carol@example.org";
const DORA: &str = "dora@example.com";
const UID: &str = "plan@example.org";

/// A site with a relay, where only what the own server vouches for is believed, and Carol takes
/// invitations of her colleagues.
fn site(relay: &Relay, hold: &str) -> Site {
    let mut site = Site::new(&format!(
        "[trust]\nauthserv_ids = [\"mx.example.org\"]\n\
         [smtp]\nrelay = \"smtp://{}\"\nhold = \"{hold}\"",
        relay.address
    ));
    let inviters = "contacts-and-own-domain";
    site.ok(&["preferences", "set", CAROL, "invitations", inviters]);
    site.start();
    site
}

/// A weekly meeting of four dates.
fn meeting(organizer: &str, guests: &[&str]) -> String {
    let guests: String = guests
        .iter()
        .map(|guest| {
            let parameters = if guest.contains(":mailto:") {
                ""
            } else {
                ":mailto:"
            };
            format!("ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE{parameters}{guest}\r\n")
        })
        .collect();
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Test//EN\r\nBEGIN:VEVENT\r\nUID:{UID}\r\n\
         DTSTAMP:20550201T100000Z\r\nDTSTART:20550301T110000Z\r\nDURATION:PT1H\r\n\
         RRULE:FREQ=WEEKLY;COUNT=4\r\nSUMMARY:Plan\r\nORGANIZER:mailto:{organizer}\r\n\
         {guests}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

/// What an account has of the meeting.
fn event(site: &Site, address: &str) -> Event {
    site.with_store(async |store| {
        let account = store.account_by_address(address).await.unwrap().unwrap();
        store.event(account.id, UID).await.unwrap()
    })
}

/// Its text, lines unfolded; empty when there is none.
fn text(site: &Site, address: &str) -> String {
    let event = event(site, address);
    let text = event.objects.first().map(|object| object.text.clone());
    let text = String::from_utf8(text.unwrap_or_default()).unwrap();
    text.replace("\r\n ", "")
}

/// The lines of a text that name this person.
fn lines<'a>(text: &'a str, address: &str) -> Vec<&'a str> {
    let end = format!("mailto:{address}");
    text.lines().filter(|line| line.ends_with(&end)).collect()
}

/// The account's calendar app, and the path of the meeting in it.
fn app(site: &Site, address: &str) -> (App, String) {
    let path = site.with_store(async |store| {
        let account = store.account_by_address(address).await.unwrap().unwrap();
        let event = store.event(account.id, UID).await.unwrap();
        let calendars = store.calendars(account.id).await.unwrap();
        let name = event.objects.first().map(|object| object.name.clone());
        format!(
            "{}/{}",
            calendars[0].id,
            name.unwrap_or("plan.ics".to_owned())
        )
    });
    let path = format!("/dav/calendars/{address}/{path}");
    (App::connect(site.http(), address), path)
}

/// Stores the meeting as its owner's app does, and waits until the others of this server know.
fn put(site: &Site, address: &str, text: &str) {
    let (mut app, path) = app(site, address);
    let answer = app.ask("PUT", &path, "", text);
    done(&answer);
    site.wait_for_local_mail();
}

fn done(answer: &Answer) {
    let said = String::from_utf8_lossy(&answer.body);
    assert!(matches!(answer.status, 201 | 204), "{said}");
}

/// The Schedule-Tag of the meeting, which an answer does not change (rule E5).
fn tag(site: &Site, address: &str) -> String {
    let (mut app, path) = app(site, address);
    let answer = app.ask("GET", &path, "", "");
    answer.field("schedule-tag").unwrap().to_owned()
}

/// Changes the meeting as it is now.
fn edit(site: &Site, address: &str, edit: impl FnOnce(&str) -> String) {
    let before = text(site, address);
    let after = edit(&before);
    assert_ne!(before, after);
    put(site, address, &after);
}

/// The next mail at the relay, to this recipient, with unfolded lines.
fn sent(relay: &Relay, recipient: &str) -> String {
    let mail = relay.mails.recv().unwrap();
    assert!(mail.contains(&format!("RCPT TO:<{recipient}>")), "{mail}");
    mail.replace("\r\n ", "")
}

/// Dora answers by mail, as her own server sends it.
fn answer_of_dora(site: &Site, stamp: &str, sequence: &str, partstat: &str) {
    let mail = format!(
        "Authentication-Results: mx.example.org; dmarc=pass header.from=example.com\n\
         From: Dora <{DORA}>\nTo: {ALICE}\nSubject: Re: Plan\nMessage-ID: <{stamp}@example.com>\n\
         Date: Mon, 01 Feb 2055 11:00:00 +0000\nMIME-Version: 1.0\n\
         Content-Type: text/calendar; charset=utf-8; method=REPLY\n\n\
         BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//Test//EN\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:{UID}\n\
         {sequence}\nDTSTAMP:{stamp}\nDTSTART:20550301T110000Z\nORGANIZER:mailto:{ALICE}\n\
         ATTENDEE;PARTSTAT={partstat}:mailto:{DORA}\nEND:VEVENT\nEND:VCALENDAR\n"
    );
    let replies = Lmtp::connect(site.address()).deliver(DORA, &[ALICE], &mail);
    assert!(replies[0].starts_with("250 "), "{replies:?}");
    site.wait_for_jobs();
}

fn newest(site: &Site, address: &str) -> (String, String) {
    site.decisions(address).remove(0)
}

fn said(outcome: &str, reason: &str) -> (String, String) {
    (outcome.to_owned(), reason.to_owned())
}

/// The one line that names the person has all of these.
fn has(text: &str, address: &str, wanted: &[&str]) {
    let lines = lines(text, address);
    assert_eq!(lines.len(), 1, "{text}");
    for wanted in wanted {
        assert!(lines[0].contains(wanted), "{wanted}: {}", lines[0]);
    }
}

#[test]
fn all_hear_and_answer_from_the_invitation_to_the_end() {
    let relay = Relay::start("");
    let site = site(&relay, "0 s");
    site.ok(&["preferences", "set", ALICE, "local-mail", "unless-applied"]);

    put(&site, ALICE, &meeting(ALICE, &[CAROL, DORA]));
    let invitation = sent(&relay, DORA);
    assert!(
        invitation.contains("Subject: Invitation: Plan"),
        "{invitation}"
    );
    assert_eq!(newest(&site, CAROL), said("added", "new"));
    assert_eq!(site.mails(CAROL, "").len(), 1);
    site.wait_while(|entry| entry.recipient == DORA);
    let asked = text(&site, ALICE);
    has(
        &asked,
        CAROL,
        &["PARTSTAT=NEEDS-ACTION", "SCHEDULE-STATUS=1.2"],
    );
    has(
        &asked,
        DORA,
        &["PARTSTAT=NEEDS-ACTION", "SCHEDULE-STATUS=1.1"],
    );

    let version = tag(&site, ALICE);
    edit(&site, CAROL, |text| {
        text.replace(
            "PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:carol",
            "PARTSTAT=ACCEPTED:mailto:carol",
        )
    });
    assert_eq!(newest(&site, ALICE), said("updated", "reply"));
    answer_of_dora(&site, "20550202T100000Z", "SEQUENCE:0", "TENTATIVE");
    let answered = text(&site, ALICE);
    has(
        &answered,
        CAROL,
        &["PARTSTAT=ACCEPTED", "SCHEDULE-STATUS=2.0"],
    );
    has(
        &answered,
        DORA,
        &["PARTSTAT=TENTATIVE", "SCHEDULE-STATUS=2.0"],
    );

    // Alice's app has not seen the answers, and what it writes does not undo them.
    assert_eq!(tag(&site, ALICE), version);
    let (mut her_app, path) = app(&site, ALICE);
    let known = format!("If-Schedule-Tag-Match: {version}\r\n");
    let room = asked.replace("SUMMARY:", "LOCATION:Room 5\r\nSUMMARY:");
    done(&her_app.ask("PUT", &path, &known, &room));
    site.wait_for_local_mail();
    assert!(sent(&relay, DORA).contains("LOCATION:Room 5"));
    assert!(text(&site, CAROL).contains("LOCATION:Room 5"));
    has(&text(&site, ALICE), CAROL, &["PARTSTAT=ACCEPTED"]);
    has(&text(&site, ALICE), DORA, &["PARTSTAT=TENTATIVE"]);
    assert_eq!(her_app.ask("PUT", &path, &known, &room).status, 412);

    edit(&site, ALICE, |text| {
        text.replace("20550301T110000Z", "20550301T150000Z")
    });
    let moved = sent(&relay, DORA);
    assert!(moved.contains("DTSTART:20550301T150000Z"), "{moved}");
    has(&moved, DORA, &["PARTSTAT=NEEDS-ACTION"]);
    assert_eq!(newest(&site, CAROL), said("updated", "update"));
    let of_carol = text(&site, CAROL);
    assert!(of_carol.contains("DTSTART:20550301T150000Z"), "{of_carol}");
    has(&of_carol, CAROL, &["PARTSTAT=NEEDS-ACTION"]);
    for guest in [CAROL, DORA] {
        has(&text(&site, ALICE), guest, &["PARTSTAT=NEEDS-ACTION"]);
    }
    site.ok(&["respond", CAROL, UID, "accepted"]);
    site.wait_for_local_mail();
    answer_of_dora(&site, "20550203T100000Z", "SEQUENCE:1", "ACCEPTED");
    for guest in [CAROL, DORA] {
        has(
            &text(&site, ALICE),
            guest,
            &["PARTSTAT=ACCEPTED", "SCHEDULE-STATUS=2.0"],
        );
    }

    edit(&site, ALICE, |text| {
        text.replace("RRULE:", "EXDATE:20550308T150000Z\r\nRRULE:")
    });
    let cancelled = sent(&relay, DORA);
    assert!(
        cancelled.contains("- Mon 8 Mar 2055 cancelled"),
        "{cancelled}"
    );
    assert!(cancelled.contains("EXDATE:20550308T150000Z"), "{cancelled}");
    assert_eq!(newest(&site, CAROL), said("updated", "update"));
    let of_carol = text(&site, CAROL);
    assert!(of_carol.contains("EXDATE:20550308T150000Z"), "{of_carol}");
    has(&of_carol, CAROL, &["PARTSTAT=ACCEPTED"]);

    done(&her_app.ask("DELETE", &path, "", ""));
    site.wait_for_local_mail();
    let ended = sent(&relay, DORA);
    assert!(ended.contains("METHOD:CANCEL"), "{ended}");
    assert!(!ended.contains("RECURRENCE-ID"), "{ended}");
    assert_eq!(newest(&site, CAROL).0, "cancelled");
    assert!(text(&site, CAROL).contains("STATUS:CANCELLED"));
    assert!(event(&site, ALICE).objects.is_empty());
    site.wait_while(|_| true);
    assert_eq!(site.mails(CAROL, "").len(), 5);
    let answers = site.mails(ALICE, "");
    assert_eq!(answers.len(), 2, "Carol's are in the calendar alone");
    assert!(answers.iter().all(|mail| mail.contains("From: Dora")));
}

#[test]
fn aliases_are_written_from_and_answered_from() {
    let relay = Relay::start("");
    let site = site(&relay, "0 s");
    put(&site, ALICE, &meeting("al@example.org", &["c@example.org"]));
    let mail = site.mails(CAROL, "").remove(0);
    assert!(mail.contains("X-ME-Cal-Sender: al@example.org\n"), "{mail}");
    assert!(mail.contains("Delivered-To: c@example.org\n"), "{mail}");
    site.ok(&["respond", CAROL, UID, "declined"]);
    site.wait_for_local_mail();
    let mail = site.mails(ALICE, "").remove(0);
    assert!(mail.contains("X-ME-Cal-Sender: c@example.org\n"), "{mail}");
    assert!(mail.contains("Delivered-To: al@example.org\n"), "{mail}");
    has(
        &text(&site, ALICE),
        "c@example.org",
        &["PARTSTAT=DECLINED", "SCHEDULE-STATUS=2.0"],
    );
    assert!(relay.mails.try_recv().is_err());
}

#[test]
fn whom_the_client_invites_itself_hears_nothing_from_us() {
    let relay = Relay::start("");
    let site = site(&relay, "0 s");
    let carol = "SCHEDULE-AGENT=NONE:mailto:carol@example.org";
    put(&site, ALICE, &meeting(ALICE, &[&format!(";{carol}"), DORA]));
    sent(&relay, DORA);
    site.wait_while(|_| true);
    assert!(event(&site, CAROL).objects.is_empty());
    assert!(site.mails(CAROL, "").is_empty());
    assert!(text(&site, ALICE).contains(carol));
}

#[test]
fn a_new_meeting_waits_for_the_hold_here_too() {
    let relay = Relay::start("");
    let site = site(&relay, "60 s");
    let (mut app, path) = app(&site, ALICE);
    done(&app.ask("PUT", &path, "", &meeting(ALICE, &[CAROL, DORA])));
    let waiting = site.with_store(async |store| store.queue().await.unwrap());
    assert_eq!(waiting.len(), 2);
    for mail in &waiting {
        assert!(
            mail.due > mail.received && mail.state == QueueState::Ready,
            "{mail:?}"
        );
        site.ok(&["queue", "retry", &mail.id]);
    }
    sent(&relay, DORA);
    site.wait_while(|_| true);
    assert_eq!(newest(&site, CAROL), said("added", "new"));
}
