//! A user's script that gives `addcal` to everything opens the calendar to nobody who is not
//! authenticated, and to no spam (rule B6).

use store::Account;

use crate::mail::{
    AUTHSERV, CONTACT, Kind, Message, ORGANIZER, OWNER, STRANGER, authentic, person, results,
};
use crate::place::{Place, Setup, said};

/// Scripts that say yes to whatever comes, each in its own way.
const SCRIPTS: &[&str] = &[
    "require \"enotify\"; notify \"addcal\";",
    "require \"enotify\"; notify \"addcal\"; notify \"updatecal\"; keep;",
    "require \"enotify\"; notify :options \"calendarId=elsewhere\" \"addcal\"; stop;",
    "require \"enotify\"; notify \"https://cyrusimap.org/notifiers/addcal\"; discard;",
    "require [\"enotify\", \"variables\"]; set \"how\" \"addcal\"; notify \"${how}\";",
];

/// Fields of mail that nobody has shown to be from its sender, or that is spam.
fn hostile() -> Vec<(&'static str, String)> {
    let from = format!("From: {STRANGER}\r\n");
    let pass = results(AUTHSERV, "dmarc=pass header.from=stranger.example");
    let fail = results(
        AUTHSERV,
        "dmarc=fail header.from=stranger.example; dkim=none",
    );
    let other = results("mx.evil.example", "dmarc=pass header.from=stranger.example");
    let unauthenticated = [
        from.clone(),
        format!("{fail}{from}"),
        format!("{fail}{pass}{from}"),
        format!("{other}{pass}{from}"),
        format!("{pass}From: {CONTACT}\r\n"),
        pass.clone(),
        format!("{pass}{from}{from}"),
        format!("{pass}From: {STRANGER}, {CONTACT}\r\n"),
        format!("{pass}From: all: {STRANGER};\r\n"),
        format!("X-ME-Cal-Sender: {STRANGER}\r\nX-ME-Cal-Method: request\r\n{from}"),
        format!("Received: from x by {AUTHSERV} with ESMTPSA id 1; date\r\n{from}"),
    ];
    let unauthenticated = unauthenticated.map(|fields| ("-not-authenticated", fields));
    let spam = [
        format!("X-Spam: Yes\r\n{pass}{from}"),
        format!("X-Spam: No\r\nx-spam:\r\n yes, very\r\n{pass}{from}"),
    ];
    let spam = spam.map(|fields| ("-spam", fields));
    unauthenticated.into_iter().chain(spam).collect()
}

async fn with_script(place: &Place, script: &str, inviters: &str) -> Account {
    let account = place.account(OWNER).await;
    place.inviters(&account, inviters).await;
    place
        .store
        .script_set(account.id, Some(script))
        .await
        .unwrap();
    account
}

#[tokio::test]
async fn b6_no_script_adds_what_is_not_authenticated_or_spam() {
    for script in SCRIPTS {
        for inviters in ["never", "everyone"] {
            let place = Place::new(Setup::Trusting);
            let account = with_script(&place, script, inviters).await;
            for (expected, fields) in hostile() {
                for kind in [Kind::New, Kind::Publish] {
                    let message = Message::new(kind, "1", &person(STRANGER), &person(OWNER));
                    let record = place.send(&account, &message.mail(&fields)).await;
                    assert_eq!(said(&record), expected, "{script}\n{fields}");
                    assert_eq!(place.text(&account, "1").await, "");
                }
            }
            for kind in [Kind::New, Kind::Publish] {
                let uid = format!("{kind:?}");
                let message = Message::new(kind, &uid, &person(STRANGER), &person(OWNER));
                let record = place
                    .send(&account, &message.mail(&authentic(STRANGER)))
                    .await;
                assert_eq!(said(&record), "+new", "{script}");
            }
        }
    }
}

/// `addcal` is no permission to touch what others organize (B3).
#[tokio::test]
async fn b6_addcal_gives_no_authority_over_a_stored_event() {
    let place = Place::new(Setup::Trusting);
    let account = with_script(&place, SCRIPTS[0], "never").await;
    let message = |kind| Message::new(kind, "1", &person(ORGANIZER), &person(OWNER));
    let new = message(Kind::New).mail(&authentic(ORGANIZER));
    assert_eq!(said(&place.send(&account, &new).await), "+new");
    let before = place.text(&account, "1").await;
    for (_, fields) in hostile().into_iter().chain([("", authentic(STRANGER))]) {
        for kind in [Kind::Update, Kind::Cancel, Kind::Publish] {
            let record = place.send(&account, &message(kind).mail(&fields)).await;
            assert_eq!(said(&record), "-not-the-organizer", "{kind:?}\n{fields}");
        }
    }
    assert_eq!(place.text(&account, "1").await, before);
}

/// The generated script asks the stamp, which a sender cannot write (B6).
#[tokio::test]
async fn b6_forged_stamps_make_no_contact() {
    let place = Place::new(Setup::Trusting);
    let account = place.account(OWNER).await;
    for stamp in [
        format!("X-ME-Cal-Sender: {CONTACT}\r\n"),
        format!("x-me-cal-sender : {CONTACT}\r\n"),
        format!("X-ME-Cal-Sender:\r\n {CONTACT}\r\n"),
        format!(" X-ME-Cal-Sender: {CONTACT}\r\n"),
        format!(" , {CONTACT}\r\n"),
    ] {
        for fields in [
            format!("{stamp}{}", authentic(STRANGER)),
            format!("{}{}", authentic(STRANGER), stamp.trim_start()),
        ] {
            let message = Message::new(Kind::New, "1", &person(CONTACT), &person(OWNER));
            let record = place.send(&account, &message.mail(&fields)).await;
            assert_eq!(said(&record), "-not-permitted", "{fields}");
        }
    }
}

/// Contacts are known by their address alone (B6).
#[tokio::test]
async fn b6_a_contacts_name_is_nothing() {
    let place = Place::new(Setup::Trusting);
    let account = place.account(OWNER).await;
    let pass = results(AUTHSERV, "dmarc=pass header.from=stranger.example");
    let ours = results(AUTHSERV, "dmarc=pass header.from=friends.example");
    for (fields, expected) in [
        (
            format!("{pass}From: \"{CONTACT}\" <{STRANGER}>\r\n"),
            "-not-permitted",
        ),
        (
            format!("{pass}From: {STRANGER} ({CONTACT})\r\n"),
            "-not-permitted",
        ),
        (
            format!("{pass}From: \"{CONTACT}\"@stranger.example\r\n"),
            "-not-permitted",
        ),
        (
            format!("{pass}From: carol%40friends.example@stranger.example\r\n"),
            "-not-permitted",
        ),
        (
            format!("{pass}From: =?utf-8?Q?carol=40friends.example?=@stranger.example\r\n"),
            "-not-permitted",
        ),
        (
            format!("{pass}From: {STRANGER}\r\nSender: {CONTACT}\r\nReply-To: {CONTACT}\r\n"),
            "-not-permitted",
        ),
        (
            format!("{ours}From: c\u{430}rol@friends.example\r\n"),
            "-not-permitted",
        ),
        (
            format!("{ours}From: carol+x@friends.example\r\n"),
            "-not-permitted",
        ),
        (
            format!("{ours}From: Eve <CAROL@Friends.Example>\r\n"),
            "+new",
        ),
    ] {
        let message = Message::new(Kind::New, "1", &person(CONTACT), &person(OWNER));
        let record = place.send(&account, &message.mail(&fields)).await;
        assert_eq!(said(&record), expected, "{fields}");
    }
}
