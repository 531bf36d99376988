//! The scheduling inbox: an invitation is in it until it is answered, over whatever door (RFC 6638, 2.2).

use store::CollectionKind;

use super::dav::ask;
use super::harness::{Invitation, Site};

const ALICE: &str = "alice@example.org";

/// The UIDs of what is in Alice's inbox.
fn waiting(site: &Site) -> Vec<String> {
    let (status, answer) = ask(site, "PROPFIND", &inbox(), "secret", "");
    assert_eq!(status, 207, "{answer}");
    let start = format!("<D:href>{}", inbox());
    let hrefs = answer
        .split(&start)
        .skip(1)
        .filter_map(|rest| rest.split('<').next());
    let names = hrefs.filter_map(|href| href.split_once('.'));
    names
        .map(|(_, name)| name.strip_suffix("@example.com.ics").unwrap().to_owned())
        .collect()
}

fn inbox() -> String {
    format!("/dav/calendars/{ALICE}/inbox/")
}

/// The paths of an event and of its item in the inbox.
fn paths(site: &Site, uid: &str) -> (String, String) {
    let calendar = site.collection(ALICE, CollectionKind::Calendar);
    let name = format!("{uid}@example.com.ics");
    (
        format!("/dav/calendars/{ALICE}/{calendar}/{name}"),
        format!("{}{calendar}.{name}", inbox()),
    )
}

/// A mail of Bob's about one of his events.
fn send(site: &Site, method: &str, uid: &str, sequence: u32, start: &str) {
    let invitation = Invitation {
        method,
        uid: &format!("{uid}@example.com"),
        sequence,
        start,
        ..Invitation::default()
    };
    site.settle(&[ALICE], &invitation.mail());
}

#[test]
fn an_item_goes_with_the_answer_and_comes_back_with_a_new_question() {
    let mut site = Site::new("");
    site.start();
    let start = "20550301T110000Z";
    for uid in ["app", "command", "cancelled", "dismissed"] {
        send(&site, "REQUEST", uid, 0, start);
    }
    assert_eq!(waiting(&site), ["app", "cancelled", "command", "dismissed"]);

    let (event, item) = paths(&site, "app");
    let (status, message) = ask(&site, "GET", &item, "secret", "");
    assert_eq!(status, 200);
    assert!(message.contains("METHOD:REQUEST\r\n"), "{message}");
    let answer = ask(&site, "GET", &event, "secret", "").1;
    let text = answer.split_once("\r\n\r\n").unwrap().1;
    assert!(!text.contains("METHOD"), "{text}");
    let accepted = text.replace("PARTSTAT=NEEDS-ACTION", "PARTSTAT=ACCEPTED");
    assert_eq!(ask(&site, "PUT", &event, "secret", &accepted).0, 204);
    assert_eq!(waiting(&site), ["cancelled", "command", "dismissed"]);

    site.ok(&["respond", ALICE, "command@example.com", "declined"]);
    assert_eq!(waiting(&site), ["cancelled", "dismissed"]);

    send(&site, "CANCEL", "cancelled", 1, start);
    assert_eq!(waiting(&site), ["dismissed"]);

    let (event, item) = paths(&site, "dismissed");
    assert_eq!(ask(&site, "DELETE", &item, "secret", "").0, 204);
    assert_eq!(waiting(&site), [""; 0]);
    let (status, kept) = ask(&site, "GET", &event, "secret", "");
    assert!(status == 200 && kept.contains("NEEDS-ACTION"), "{kept}");

    let moved = "20550302T110000Z";
    for uid in ["dismissed", "app"] {
        send(&site, "REQUEST", uid, 1, moved);
    }
    assert_eq!(waiting(&site), ["app", "dismissed"], "both are asked again");
    assert_eq!(ask(&site, "DELETE", &event, "secret", "").0, 204);
    assert_eq!(waiting(&site), ["app"]);
    site.stop();
}
