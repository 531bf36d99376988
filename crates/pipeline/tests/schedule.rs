//! What waits and what goes when an owner's client changes, moves and removes events, over a real store.

#![allow(clippy::unwrap_used)]

use pipeline::calendar_store::{self, Given, Reply, Seen, Terms};
use pipeline::clock::Clock;
use pipeline::member::{Overwrite, Transfer, Way};
use store::{
    Account, CollectionId, NewAccount, QueueEntry, QueueState, SqliteStore, Store, Timestamp,
};

const ALICE: &str = "alice@example.org";
/// 2027-01-01T00:00:00Z.
const NOW: Timestamp = 1_798_761_600_000;
const HOLD: Timestamp = 60_000;

const TERMS: Terms<'static> = Terms {
    condition: &|_| true,
    seen: Seen::Current,
    reply: Reply::Send,
    hold: HOLD,
};

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// Alice's account with two calendars.
struct Place {
    _folder: tempfile::TempDir,
    store: SqliteStore,
    account: Account,
    home: CollectionId,
    other: CollectionId,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("invited.db")).unwrap();
        let account = NewAccount {
            address: ALICE.to_owned(),
            aliases: Vec::new(),
            name: String::new(),
            password: String::new(),
        };
        let account = store.account_add(account).await.unwrap();
        let home = store.calendars(account.id).await.unwrap().remove(0).id;
        let other = store.calendar_add(account.id, "Other").await.unwrap().id;
        Self {
            _folder: folder,
            store,
            account,
            home,
            other,
        }
    }

    async fn put(&self, calendar: &CollectionId, uid: &str, text: &str) {
        let place = (calendar.clone(), format!("{uid}.ics"));
        let given = Given {
            uid: uid.to_owned(),
            text: text.as_bytes().to_vec(),
        };
        let put = calendar_store::put(&self.store, &Stopped, &self.account, &place, &given, &TERMS);
        put.await.unwrap();
    }

    async fn move_to(&self, from: (&CollectionId, &str), to: (&CollectionId, &str)) {
        let transfer = Transfer {
            from: (from.0.clone(), from.1.to_owned()),
            to: (to.0.clone(), to.1.to_owned()),
            way: Way::Move,
            overwrite: Overwrite::Yes,
        };
        let account = &self.account;
        calendar_store::transfer(&self.store, &Stopped, account, &transfer, &TERMS)
            .await
            .unwrap();
    }

    /// What is in the outbox: kind, recipient, and when it is due.
    async fn outbox(&self) -> Vec<String> {
        let queue = self.store.queue().await.unwrap();
        let said = |entry: &QueueEntry| {
            let when = match entry.due {
                NOW => "at once",
                due if due == NOW + HOLD => "held",
                _ => "at another time",
            };
            format!("{} to {} {when}", entry.kind, entry.recipient)
        };
        let mut outbox: Vec<_> = queue.iter().map(said).collect();
        outbox.sort();
        outbox
    }
}

fn meeting(uid: &str, organizer: &str, guest: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Test//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n\
         DTSTAMP:20270101T000000Z\r\nDTSTART:20270301T110000Z\r\nDURATION:PT1H\r\nSUMMARY:Plan\r\n\
         ORGANIZER:mailto:{organizer}\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{guest}\r\n\
         END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

#[tokio::test]
async fn a_move_sends_nothing_and_drops_nothing() {
    let place = Place::new().await;
    place
        .put(&place.home, "u", &meeting("u", ALICE, "ben@example.net"))
        .await;
    let held = ["request to ben@example.net held"];
    assert_eq!(place.outbox().await, held);
    place
        .move_to((&place.home, "u.ics"), (&place.other, "v.ics"))
        .await;
    assert_eq!(place.outbox().await, held);
    // What it replaces is deleted: Alice had accepted that one.
    place
        .put(&place.home, "w", &meeting("w", "bob@example.com", ALICE))
        .await;
    place
        .move_to((&place.other, "v.ics"), (&place.home, "w.ics"))
        .await;
    let both = ["reply to bob@example.com held", held[0]];
    assert_eq!(place.outbox().await, both);
    let gone = place.store.event(place.account.id, "w").await.unwrap();
    assert_eq!(gone.objects, []);
    // It comes again within the hold: the answer is as it was.
    place
        .put(&place.other, "w", &meeting("w", "bob@example.com", ALICE))
        .await;
    assert_eq!(place.outbox().await, held);
}

#[tokio::test]
async fn a_calendar_that_goes_takes_back_what_waits_and_declines_the_rest() {
    let place = Place::new().await;
    place
        .put(&place.other, "u", &meeting("u", ALICE, "ben@example.net"))
        .await;
    place
        .put(&place.other, "w", &meeting("w", "bob@example.com", ALICE))
        .await;
    place
        .put(
            &place.other,
            "x",
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        )
        .await;
    let (store, account) = (&place.store, &place.account);
    calendar_store::remove(store, &Stopped, account, &place.other, &TERMS)
        .await
        .unwrap();
    assert_eq!(place.outbox().await, ["reply to bob@example.com held"]);
    assert_eq!(place.store.calendars(account.id).await.unwrap().len(), 1);
    // The same invitation elsewhere within the hold: the answer is as it was.
    place
        .put(&place.home, "w", &meeting("w", "bob@example.com", ALICE))
        .await;
    assert_eq!(place.outbox().await, [""; 0]);
}

#[tokio::test]
async fn new_meetings_at_once_are_counted_all() {
    let place = Place::new().await;
    let put = async |number: usize| {
        let uid = format!("u{number}");
        let text = meeting(&uid, ALICE, "ben@example.net");
        place.put(&place.home, &uid, &text).await;
    };
    for number in 0..19 {
        put(number).await;
    }
    tokio::join!(put(19), put(20), put(21));
    let queue = place.store.queue().await.unwrap();
    let waits = |entry: &&QueueEntry| entry.state == QueueState::Unconfirmed;
    assert_eq!(queue.iter().filter(waits).count(), 22);
}

#[tokio::test]
async fn without_a_hold_no_meeting_waits_however_many_they_are() {
    let place = Place::new().await;
    let at_once = Terms { hold: 0, ..TERMS };
    for number in 0..22 {
        let uid = format!("u{number}");
        let at = (place.home.clone(), format!("{uid}.ics"));
        let given = Given {
            text: meeting(&uid, ALICE, "ben@example.net").into_bytes(),
            uid,
        };
        let (store, account) = (&place.store, &place.account);
        calendar_store::put(store, &Stopped, account, &at, &given, &at_once)
            .await
            .unwrap();
    }
    let sent = ["request to ben@example.net at once"; 22];
    assert_eq!(place.outbox().await, sent);
}

/// The one mail that is due.
async fn sent(place: &Place) -> String {
    let mails = place.store.mails_take(NOW, 10).await.unwrap();
    let [mail] = mails.as_slice() else {
        panic!("{} mails", mails.len());
    };
    place.store.mail_sent(&mail.mail.key).await.unwrap();
    String::from_utf8(mail.mail.message.clone()).unwrap()
}

/// What of a mail begins so.
fn line(mail: &str, begin: &str) -> String {
    let line = mail.lines().find(|line| line.starts_with(begin));
    line.unwrap_or_default().to_owned()
}

/// The mail that Alice's change of her event sends at once; without a text she deletes it.
async fn change(place: &Place, text: Option<&str>) -> String {
    let at_once = Terms { hold: 0, ..TERMS };
    let (store, account) = (&place.store, &place.account);
    let at = (place.home.clone(), "u.ics".to_owned());
    match text {
        Some(text) => {
            let given = Given {
                uid: "u".to_owned(),
                text: text.as_bytes().to_vec(),
            };
            calendar_store::put(store, &Stopped, account, &at, &given, &at_once)
                .await
                .map(drop)
        }
        None => calendar_store::delete(store, &Stopped, account, &at, &at_once).await,
    }
    .unwrap();
    sent(place).await
}

/// Else a guest could not tell which of them is the newer (rule C2).
#[tokio::test]
async fn what_is_sent_within_one_second_is_stamped_in_its_order() {
    let place = Place::new().await;
    let text = meeting("u", ALICE, "ben@example.net");
    let moved = text.replace("SUMMARY:Plan", "SUMMARY:Plan\r\nLOCATION:Room 5");
    let mut stamps = Vec::new();
    for text in [Some(&text), Some(&moved), None, Some(&text)] {
        let mail = change(&place, text.map(String::as_str)).await;
        stamps.push(line(&mail, "DTSTAMP:"));
    }
    let seconds = ["00", "01", "02", "03"].map(|second| format!("DTSTAMP:20270101T0000{second}Z"));
    assert_eq!(stamps, seconds);
}

#[tokio::test]
async fn what_a_move_replaces_is_stamped_in_its_order_too() {
    let place = Place::new().await;
    let text = meeting("u", ALICE, "ben@example.net");
    let first = change(&place, Some(&text)).await;
    let other = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    place.put(&place.other, "x", other).await;
    place
        .move_to((&place.other, "x.ics"), (&place.home, "u.ics"))
        .await;
    let cancel = sent(&place).await;
    let moved = place.store.event(place.account.id, "x").await.unwrap();
    assert_eq!(moved.state, None, "nothing was sent of it");
    let at_once = Terms { hold: 0, ..TERMS };
    let at = (place.other.clone(), "u.ics".to_owned());
    let given = Given {
        uid: "u".to_owned(),
        text: text.into_bytes(),
    };
    let (store, account) = (&place.store, &place.account);
    calendar_store::put(store, &Stopped, account, &at, &given, &at_once)
        .await
        .unwrap();
    let stamps = [first, cancel, sent(&place).await].map(|mail| line(&mail, "DTSTAMP:"));
    let seconds = ["00", "01", "02"].map(|second| format!("DTSTAMP:20270101T0000{second}Z"));
    assert_eq!(stamps, seconds);
}

/// Else its guests, who know of the CANCEL, would take the REQUEST for an older one (rule C2).
#[tokio::test]
async fn a_meeting_that_comes_again_is_newer_than_its_cancel() {
    let place = Place::new().await;
    let text = meeting("u", ALICE, "ben@example.net");
    let mut told = Vec::new();
    for text in [Some(text.as_str()), None, Some(&text), None] {
        let mail = change(&place, text).await;
        let (method, sequence) = (line(&mail, "METHOD:"), line(&mail, "SEQUENCE:"));
        told.push(format!("{method} {sequence}"));
    }
    let expected = [
        "METHOD:REQUEST ",
        "METHOD:CANCEL SEQUENCE:1",
        "METHOD:REQUEST SEQUENCE:2",
        "METHOD:CANCEL SEQUENCE:3",
    ];
    assert_eq!(told, expected);
}
