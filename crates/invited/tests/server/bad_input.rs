//! Hostile and broken mail through the front door: it is delivered unaltered, and the record says
//! why nothing was done.

use super::harness::{Invitation, Site};

const ALICE: &str = "alice@example.org";

/// Delivers a mail that can have no effect, and gives the reason that was recorded, if any.
fn reason(site: &Site, mail: &str) -> Option<String> {
    let (mails, records) = (site.mails(ALICE, "").len(), site.decisions(ALICE).len());
    site.settle(&[ALICE], mail);
    let stored = site.mails(ALICE, "");
    assert_eq!(stored.len(), mails + 1);
    let came = mail.replace("\r\n", "\n").replace('\r', "\n");
    let came = if came.ends_with('\n') {
        came
    } else {
        came + "\n"
    };
    assert!(
        stored.iter().any(|stored| stored.ends_with(&came)),
        "the mail was altered"
    );
    assert!(!site.calendar(ALICE).contains("BEGIN:VEVENT"));
    let decisions = site.decisions(ALICE);
    (decisions.len() > records).then(|| decisions[0].1.clone())
}

fn multipart(parts: &str) -> String {
    format!("From: bob@example.com\nContent-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n")
}

fn calendar_part(data: &str) -> String {
    format!("--b\nContent-Type: text/calendar\n\n{data}\n")
}

const EVENT: &str = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:u\nDTSTART:20550301T110000Z\n\
    ORGANIZER:mailto:bob@example.com\nATTENDEE:mailto:alice@example.org\nEND:VEVENT\nEND:VCALENDAR";

#[test]
fn broken_mail_is_delivered_and_the_record_says_why() {
    let mut site = Site::new("");
    site.start();
    let reason = |mail: &str| reason(&site, mail);
    assert_eq!(reason("\n"), None);
    assert_eq!(reason("no header at all"), None);
    assert_eq!(reason("Content-Type: multipart/mixed\n\n--x\n"), None);
    assert_eq!(
        reason(&multipart(&calendar_part("garbage\u{0}\u{1}\u{2}"))),
        Some("no-method".into())
    );
    assert_eq!(
        reason(&multipart(&calendar_part(&EVENT[..90]))),
        Some("not-well-nested".into())
    );
    assert_eq!(
        reason(&multipart(&calendar_part(&EVENT.replace("UID:u\n", "")))),
        Some("no-uid".into())
    );
    let two = format!(
        "{}{}",
        calendar_part(EVENT),
        calendar_part(&EVENT.replace("UID:u", "UID:v"))
    );
    assert_eq!(reason(&multipart(&two)), Some("parts-disagree".into()));
    let deep = format!(
        "BEGIN:VCALENDAR\nMETHOD:REQUEST\n{}{}END:VCALENDAR",
        "BEGIN:VEVENT\n".repeat(10_000),
        "END:VEVENT\n".repeat(10_000)
    );
    assert_eq!(
        reason(&multipart(&calendar_part(&deep))),
        Some("too-much".into())
    );
}

#[test]
fn nested_and_endless_mail_is_delivered() {
    let mut site = Site::new("");
    site.start();
    let reason = |mail: &str| reason(&site, mail);
    let mut nested = String::from("Content-Type: multipart/mixed; boundary=b0\n\n");
    for level in 0..10_000 {
        nested.push_str(&format!(
            "--b{level}\nContent-Type: multipart/mixed; boundary=b{}\n\n",
            level + 1
        ));
    }
    assert_eq!(reason(&nested), Some("too-much".into()));
    let million = multipart(&"--b\n\n".repeat(1_000_000));
    assert_eq!(reason(&million), Some("too-much".into()));
    let line = format!("Subject: long\n\n{}\n", "x".repeat(10 << 20));
    assert_eq!(reason(&line), None);
    let header = format!("Subject: {}\n\nbody\n", "x".repeat(2 << 20));
    assert_eq!(reason(&header), Some("too-much".into()));
}

#[test]
fn odd_but_readable_invitations_are_added() {
    let mut site = Site::new("");
    site.start();
    let unknown_charset = Invitation {
        uid: "charset",
        ..Invitation::default()
    }
    .mail()
    .replace("charset=utf-8", "charset=x-unknown");
    let no_closing_boundary = Invitation {
        uid: "boundary",
        ..Invitation::default()
    }
    .mail()
    .replace("--b--\n", "");
    let uid = format!("{}\u{0}x", "long".repeat(16_000));
    let long_uid = Invitation {
        uid: &uid,
        ..Invitation::default()
    }
    .mail();
    for mail in [&unknown_charset, &no_closing_boundary, &long_uid] {
        site.settle(&[ALICE], mail);
        assert_eq!(site.decisions(ALICE)[0].0, "added");
    }
    let stored = site.mails(ALICE, "");
    let header = |mail: &String| mail.split("\n\n").next().unwrap().to_owned();
    assert!(
        stored
            .iter()
            .map(header)
            .all(|header| header.lines().all(|line| line.len() <= 998))
    );
}

#[test]
fn two_from_fields_are_nobody() {
    let mut site = Site::new("");
    site.start();
    let mail = Invitation {
        fields: "From: eve@evil.example\n",
        ..Invitation::default()
    }
    .mail();
    site.settle(&[ALICE], &mail);
    assert_eq!(site.decisions(ALICE)[0].0, "no-action");
    assert!(!site.calendar(ALICE).contains("BEGIN:VEVENT"));
}

#[test]
fn a_mail_over_the_limit_is_refused_and_the_session_goes_on() {
    let mut site = Site::new("");
    let path = site.path().join("invited.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    let config = config.replace("[lmtp]\n", "[lmtp]\nmax_message_size = \"1 MiB\"\n");
    std::fs::write(&path, config).unwrap();
    site.start();
    let replies = site.deliver(
        &[ALICE],
        &format!("Subject: x\n\n{}\n", "x\n".repeat(1 << 20)),
    );
    assert!(replies[0].starts_with("552 "), "{replies:?}");
    site.settle(&[ALICE], "Subject: small\n\nx\n");
    assert_eq!(site.mails(ALICE, "").len(), 1);
}

#[cfg(feature = "failpoints")]
#[test]
fn a_panic_anywhere_delivers_the_mail() {
    for work in [
        "removing fields",
        "finding parts",
        "reading a mail",
        "stamping",
        "compiling a script",
        "running a script",
        "naming a job",
    ] {
        let mut site = Site::new("");
        site.start_failing(&format!("guard::panic=return({work})"));
        let mail = Invitation::default().mail();
        let replies = site.deliver(&[ALICE], &mail);
        assert!(replies[0].starts_with("250 "), "{work}: {replies:?}");
        let stored = site.mails(ALICE, "");
        assert!(
            stored.len() == 1 && stored[0].ends_with(&mail),
            "{work}: {stored:?}"
        );
        assert!(site.stop().contains(&format!("{work} failed")));
    }
}

#[test]
fn forged_stamps_go_from_mail_over_a_limit_too() {
    let mut site = Site::new("");
    site.start();
    let long = format!(
        "X-ME-Cal-UID: a\nSubject: {}\nX-ME-Cal-Sender: b\n\nbody\n",
        "x".repeat(2 << 20)
    );
    let nested = "X-ME-Cal-Method: request\nContent-Type: multipart/mixed; boundary=b\n\n"
        .to_owned()
        + &"--b\n\n".repeat(5_000);
    for mail in [long, nested] {
        site.settle(&[ALICE], &mail);
    }
    for stored in site.mails(ALICE, "") {
        assert!(!stored.contains("X-ME-"), "{}", &stored[..400]);
    }
}

#[test]
fn the_first_line_stays_even_when_it_begins_with_a_blank() {
    let mut site = Site::new("");
    site.start();
    site.settle(
        &[ALICE],
        "  total 42 files, backup ok\nSubject: x\n\nbody\n",
    );
    let stored = site.mails(ALICE, "");
    assert!(
        stored[0].ends_with("\n  total 42 files, backup ok\nSubject: x\n\nbody\n"),
        "{stored:?}"
    );
}
