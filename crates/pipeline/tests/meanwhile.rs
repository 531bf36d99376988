//! What a message changes while an owner's move or deletion is being decided is not lost.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pipeline::calendar_store::{self, Reply, Seen, Terms};
use pipeline::clock::Clock;
use pipeline::member::{NotChanged, Overwrite, Place, Transfer, Way};
use store::{
    Account, By, Commit, Member, NewAccount, PutObject, Revision, SqliteStore, Store, Timestamp,
};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

struct Stopped;

/// 2027-01-01T00:00:00Z.
const NOW: Timestamp = 1_798_761_600_000;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// What an owner's change is dated with when all of it was read; the event is written anew then.
struct Interrupted(Arc<Scene>);

impl Clock for Interrupted {
    fn now(&self) -> Timestamp {
        self.0.meanwhile();
        NOW
    }
}

/// A meeting of Alice's.
fn event(title: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a\r\n\
         DTSTAMP:20270101T000000Z\r\nDTSTART:20270301T110000Z\r\nSUMMARY:{title}\r\n\
         ORGANIZER:mailto:alice@example.org\r\nATTENDEE:mailto:ben@example.net\r\n\
         END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

/// An account with an event that is written anew after it was read for the first time.
struct Scene {
    _folder: tempfile::TempDir,
    store: SqliteStore,
    account: Account,
    place: Place,
    is_written: AtomicBool,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("invited.db")).unwrap();
        let account = NewAccount {
            address: "alice@example.org".to_owned(),
            aliases: Vec::new(),
            name: String::new(),
            password: String::new(),
        };
        let account = store.account_add(account).await.unwrap();
        let calendar = store.calendars(account.id).await.unwrap().remove(0).id;
        let scene = Self {
            _folder: folder,
            store,
            account,
            place: (calendar, "a.ics".to_owned()),
            is_written: AtomicBool::new(false),
        };
        scene.write("first").await;
        scene
    }

    async fn write(&self, title: &str) {
        self.write_to(&self.place, "a", event(title)).await;
    }

    async fn write_to(&self, place: &Place, uid: &str, text: String) {
        let mut commit = Commit::new(self.account.id, uid);
        commit.put.push(PutObject {
            calendar: place.0.clone(),
            name: place.1.clone(),
            uid: uid.to_owned(),
            text: text.into_bytes(),
            unanswered: false,
            by: By::Organizer,
        });
        self.store.commit(commit).await.unwrap();
    }

    /// The condition is asked between the two reads.
    fn meanwhile(&self) {
        if !self.is_written.swap(true, Ordering::SeqCst) {
            block_in_place(|| Handle::current().block_on(self.write("second")));
        }
    }

    fn terms<'a>(condition: &'a (dyn Fn(Option<&Member>) -> bool + Sync)) -> Terms<'a> {
        Terms {
            condition,
            seen: Seen::Current,
            reply: Reply::Send,
            hold: 0,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_event_is_moved_as_it_is() {
    let scene = Scene::new().await;
    let any = |_: Option<&Member>| {
        scene.meanwhile();
        true
    };
    let transfer = Transfer {
        from: scene.place.clone(),
        to: (scene.place.0.clone(), "b.ics".to_owned()),
        way: Way::Move,
        overwrite: Overwrite::No,
    };
    let (store, account, terms) = (&scene.store, &scene.account, Scene::terms(&any));
    calendar_store::transfer(store, &Stopped, account, &transfer, &terms)
        .await
        .unwrap();
    let objects = store.event(account.id, "a").await.unwrap().objects;
    let found: Vec<_> = objects.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(found, ["b.ics"]);
    assert_eq!(objects[0].text, event("second").into_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_move_replaces_is_cancelled_as_it_is() {
    let scene = Arc::new(Scene::new().await);
    let from = (scene.place.0.clone(), "b.ics".to_owned());
    let own = event("own").replace("UID:a", "UID:b");
    scene.write_to(&from, "b", own).await;
    let transfer = Transfer {
        from,
        to: scene.place.clone(),
        way: Way::Move,
        overwrite: Overwrite::Yes,
    };
    let (clock, terms) = (Interrupted(Arc::clone(&scene)), Scene::terms(&|_| true));
    calendar_store::transfer(&scene.store, &clock, &scene.account, &transfer, &terms)
        .await
        .unwrap();
    let mails = scene.store.mails_take(NOW, 9).await.unwrap();
    let [cancel] = &mails[..] else {
        panic!("{mails:?}")
    };
    assert_eq!(cancel.mail.kind, "cancel");
    let message = String::from_utf8_lossy(&cancel.mail.message);
    assert!(
        message.contains("second") && !message.contains("first"),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_the_client_has_not_seen_is_not_deleted() {
    let scene = Scene::new().await;
    let first = |member: Option<&Member>| {
        scene.meanwhile();
        member.is_some_and(|member| member.revision == Revision(1))
    };
    let (store, account, terms) = (&scene.store, &scene.account, Scene::terms(&first));
    let deleted = calendar_store::delete(store, &Stopped, account, &scene.place, &terms).await;
    assert_eq!(deleted, Err(NotChanged::Condition));
    let objects = store.event(account.id, "a").await.unwrap().objects;
    assert_eq!(objects[0].text, event("second").into_bytes());
}
