//! Writes a mail of each kind into the build's folder, for `check.py` to read with other libraries.

use calendar::Method;
use itip::{OutgoingMessage, Partstat};
use pipeline::outbox::scheduling::Posting;
use store::AccountId;

use crate::messages::{BOBS, NOW, OWN, answer, by_hand, changed, to, with};

/// Texts that want to leave their places.
fn hostile() -> String {
    let event = with(
        OWN,
        "SUMMARY:Plan",
        "SUMMARY:a\\nBcc: eve@example.com\\, =?utf-8?Q?x?=",
    );
    let event = with(
        &event,
        "Blue room",
        &format!("{} \n  встреча 📅", "x ".repeat(600)),
    );
    with(&event, "CN=Bob", "CN=\"<eve@example.com>, Größe\"")
}

fn samples() -> Vec<(&'static str, OutgoingMessage)> {
    let bob = |messages| to("bob@example.com", messages);
    let moved = OWN
        .replace("T100000", "T140000")
        .replace("T110000", "T150000");
    let refresh = "ORGANIZER:mailto:bob@example.com\nATTENDEE:mailto:alice@example.org";
    vec![
        ("request", bob(changed(&[], &[OWN]))),
        ("update", bob(changed(&[OWN], &[&moved]))),
        ("hostile", bob(changed(&[], &[&hostile()]))),
        ("cancel", bob(changed(&[OWN], &[]))),
        (
            "accepted",
            answer(Partstat::Accepted, None, Some("Größe\n.\nFrom me")),
        ),
        ("tentative", answer(Partstat::Tentative, None, None)),
        (
            "declined",
            answer(Partstat::Declined, Some("20261215T100000"), None),
        ),
        ("refresh", by_hand(Method::Refresh, refresh)),
        ("counter", by_hand(Method::Counter, BOBS)),
        ("declinecounter", by_hand(Method::DeclineCounter, BOBS)),
    ]
}

#[test]
fn a_mail_of_each_kind_is_written() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("mails");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, message) in samples() {
        let posting = Posting {
            account: AccountId(1),
            name: "Alice Größe",
            message: &message,
            uid: "event-1",
            in_reply_to: None,
            now: NOW,
            hold: 0,
        };
        let mail = posting.mail().unwrap();
        std::fs::write(folder.join(format!("{name}.eml")), &mail.message).unwrap();
        let limits = imip::Limits::default();
        let mut walker = imip::Walker::new(&limits);
        walker.feed(&mail.message);
        let found = walker.finish().detect(&limits).invitation.unwrap();
        assert_eq!(
            (found.method, found.uid.as_str()),
            (message.method, "plan@example.org"),
            "{name}"
        );
    }
}
