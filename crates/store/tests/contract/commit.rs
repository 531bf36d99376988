//! What is promised of commits and of the history that they leave.

use std::sync::Arc;

use store::{
    Also, CalendarId, Commit, Committed, Decision, Error, Event, Expect, Revision, StateChange,
    Store, Written,
};

use super::Database;
use super::record::{
    account, decision, default_calendar, ending, grounds, holding, mail, put, take, writing,
};

pub(crate) async fn writes_everything_at_once(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    let mut commit = ending(&store, alice).await;
    commit.state = StateChange::Put("{\"base\":1}".to_owned());
    commit.mails.push(mail(alice, "m", 0));
    let done = store.commit(commit).await.unwrap();
    assert_eq!(
        done.revision,
        Some(Revision(2)),
        "one for the object, one for the state"
    );
    let written = Written {
        calendar: calendar.clone(),
        name: "uid-1.ics".to_owned(),
        revision: Revision(1),
    };
    assert_eq!(done.written, [written]);
    let event = store.event(alice, "uid-1").await.unwrap();
    let [object] = &event.objects[..] else {
        panic!("{event:?}")
    };
    assert_eq!(
        (&object.calendar, object.name.as_str()),
        (&calendar, "uid-1.ics")
    );
    assert_eq!(
        (&object.text[..], object.revision),
        (&b"text"[..], Revision(1))
    );
    assert!(object.unanswered);
    assert_eq!(event.state.unwrap().json, "{\"base\":1}");
    let [change] = &store.changes(alice, Revision(0), 10).await.unwrap()[..] else {
        panic!()
    };
    assert_eq!(
        (change.revision, change.decision, change.at),
        (Revision(1), done.decision, 70)
    );
    assert_eq!(change.text.as_deref(), Some(&b"text"[..]));
    let record = decision("j", "eve@example.org", 70);
    let recorded = Decision {
        id: done.decision.unwrap(),
        record,
    };
    assert_eq!(
        store.decision(alice, recorded.id).await.unwrap(),
        Some(recorded)
    );
    let queue = store.queue().await.unwrap();
    assert_eq!(
        queue
            .iter()
            .map(|entry| entry.id.as_str())
            .collect::<Vec<_>>(),
        ["m"]
    );
}

pub(crate) async fn writes_nothing_when_refused(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let mut commit = ending(&store, alice).await;
    commit.expect = Some(Expect {
        objects: Vec::new(),
        state: Some(Revision(9)),
    });
    commit.state = StateChange::Put("{}".to_owned());
    commit.early = Some(vec![("eve@example.org".to_owned(), 5)]);
    commit.mails.push(mail(alice, "m", 0));
    assert_eq!(store.commit(commit).await, Err(Error::Conflict));
    assert_eq!(
        store.event(alice, "uid-1").await.unwrap(),
        store::Event::default()
    );
    assert_eq!(store.changes(alice, Revision(0), 10).await.unwrap(), []);
    assert_eq!(store.decisions(alice, 10).await.unwrap(), []);
    assert_eq!(grounds(&store, alice, "eve@example.org", 0).await.early, 0);
    assert_eq!(take(&store, 5, 1).await, [""; 0], "the job stays taken");
    let queue = store.queue().await.unwrap();
    assert_eq!(
        queue
            .iter()
            .map(|entry| entry.id.as_str())
            .collect::<Vec<_>>(),
        ["j"]
    );
}

pub(crate) async fn is_refused_when_an_object_moved(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    let first = writing(&store, alice, &calendar, "uid-1", "first").await;
    store.commit(first.clone()).await.unwrap();
    assert_eq!(
        store.commit(first).await,
        Err(Error::Conflict),
        "it has appeared"
    );
    let second = writing(&store, alice, &calendar, "uid-1", "second").await;
    store.commit(second.clone()).await.unwrap();
    assert_eq!(
        store.commit(second.clone()).await,
        Err(Error::Conflict),
        "it has changed"
    );
    let mut delete = Commit::new(alice, "uid-1");
    delete.delete.push((calendar, "uid-1.ics".to_owned()));
    store.commit(delete).await.unwrap();
    assert_eq!(
        store.commit(second).await,
        Err(Error::Conflict),
        "it has gone"
    );
}

pub(crate) async fn is_refused_when_the_state_moved(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let mut commit = Commit::new(alice, "uid-1");
    commit.expect = Some(Expect::unchanged(
        &store.event(alice, "uid-1").await.unwrap(),
    ));
    commit.state = StateChange::Put("{}".to_owned());
    store.commit(commit.clone()).await.unwrap();
    assert_eq!(store.commit(commit.clone()).await, Err(Error::Conflict));
    commit.expect = Some(Expect::unchanged(
        &store.event(alice, "uid-1").await.unwrap(),
    ));
    commit.state = StateChange::Remove;
    assert_eq!(
        store.commit(commit.clone()).await.unwrap().revision,
        Some(Revision(2))
    );
    assert_eq!(store.commit(commit.clone()).await, Err(Error::Conflict));
    commit.expect = None;
    let nothing = Committed::default();
    assert_eq!(
        store.commit(commit).await,
        Ok(nothing),
        "there is nothing to remove"
    );
}

pub(crate) async fn concerns_a_further_uid(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    let unseen = store.event(alice, "uid-2").await.unwrap();
    for uid in ["uid-1", "uid-2"] {
        let commit = writing(&store, alice, &calendar, uid, "text").await;
        store.commit(commit).await.unwrap();
    }
    let mut commit = writing(&store, alice, &calendar, "uid-1", "newer").await;
    let also = |event: &Event| Also {
        uid: "uid-2".to_owned(),
        expect: Expect::unchanged(event),
        state: StateChange::Put("{}".to_owned()),
    };
    commit.also = vec![also(&unseen)];
    assert_eq!(store.commit(commit.clone()).await, Err(Error::Conflict));
    commit.also = vec![also(&store.event(alice, "uid-2").await.unwrap())];
    store.commit(commit).await.unwrap();
    let [one, two] = ["uid-1", "uid-2"].map(|uid| store.event(alice, uid));
    let (one, two) = (one.await.unwrap(), two.await.unwrap());
    assert_eq!((&one.objects[0].text[..], one.state), (&b"newer"[..], None));
    assert_eq!(two.state.map(|state| state.json), Some("{}".to_owned()));
}

/// Eight writers, in two processes, each add ten lines to one object.
pub(crate) async fn loses_nothing_among_many<D>(database: &D)
where
    D: Database,
{
    let stores = [Arc::new(database.open()), Arc::new(database.open())];
    let alice = account(stores[0].as_ref(), "alice@example.com").await.id;
    let calendar = default_calendar(stores[0].as_ref(), alice).await;
    let mut writers = Vec::new();
    for number in 0..8 {
        let (store, calendar) = (Arc::clone(&stores[number % 2]), calendar.clone());
        writers.push(tokio::spawn(async move {
            for round in 0..10 {
                let line = format!("{number}.{round};");
                append(store.as_ref(), alice, &calendar, &line).await;
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let event = stores[1].event(alice, "uid-1").await.unwrap();
    let text = String::from_utf8(event.objects[0].text.clone()).unwrap();
    assert_eq!(text.matches(';').count(), 80, "{text}");
    let changes = stores[1].changes(alice, Revision(0), 1000).await.unwrap();
    let numbers: Vec<_> = changes.iter().map(|change| change.revision.0).collect();
    assert_eq!(
        numbers,
        (1..=80).collect::<Vec<_>>(),
        "each acknowledged change once, in order"
    );
}

/// Adds a line, deciding again after each conflict.
async fn append(store: &impl Store, alice: store::AccountId, calendar: &CalendarId, line: &str) {
    loop {
        let event = store.event(alice, "uid-1").await.unwrap();
        let mut text = event
            .objects
            .first()
            .map(|object| object.text.clone())
            .unwrap_or_default();
        text.extend_from_slice(line.as_bytes());
        let mut commit = Commit::new(alice, "uid-1");
        commit.expect = Some(Expect::unchanged(&event));
        commit
            .put
            .push(put(calendar, "uid-1", &String::from_utf8(text).unwrap()));
        match store.commit(commit).await {
            Ok(_) => return,
            Err(error) => assert_eq!(error, Error::Conflict),
        }
    }
}

pub(crate) async fn numbers_every_change(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let bob = account(&store, "bob@example.com").await.id;
    for (owner, revision) in [(alice, 1), (bob, 1), (alice, 2), (alice, 3), (bob, 2)] {
        let calendar = default_calendar(&store, owner).await;
        let commit = writing(&store, owner, &calendar, &format!("uid-{revision}"), "text").await;
        let revision = Some(Revision(revision));
        assert_eq!(store.commit(commit).await.unwrap().revision, revision);
    }
    let page = store.changes(alice, Revision(1), 1).await.unwrap();
    assert_eq!(
        page.iter()
            .map(|change| change.revision.0)
            .collect::<Vec<_>>(),
        [2]
    );
}

pub(crate) async fn shows_deletions(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    store
        .commit(writing(&store, alice, &calendar, "uid-1", "text").await)
        .await
        .unwrap();
    let mut delete = Commit::new(alice, "uid-1");
    delete.delete.push((calendar, "uid-1.ics".to_owned()));
    assert_eq!(
        store.commit(delete.clone()).await.unwrap().revision,
        Some(Revision(2))
    );
    assert_eq!(
        store.commit(delete).await.unwrap().revision,
        None,
        "it is gone already"
    );
    let changes = store.changes(alice, Revision(1), 10).await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(
        (changes[0].uid.as_str(), &changes[0].text),
        ("uid-1", &None)
    );
    assert_eq!(holding(&store, alice, "uid-1").await, None);
}

pub(crate) async fn moves_an_object(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    store
        .commit(writing(&store, alice, &calendar, "uid-1", "text").await)
        .await
        .unwrap();
    let mut commit = writing(&store, alice, &calendar, "uid-1", "text").await;
    commit.put[0].name = "another.ics".to_owned();
    assert_eq!(
        store.commit(commit.clone()).await,
        Err(Error::Conflict),
        "a UID has one name"
    );
    commit
        .delete
        .push((calendar.clone(), "uid-1.ics".to_owned()));
    store.commit(commit).await.unwrap();
    let objects = store.objects(alice, &calendar).await.unwrap();
    assert_eq!(
        objects
            .iter()
            .map(|one| one.name.as_str())
            .collect::<Vec<_>>(),
        ["another.ics"]
    );
}

pub(crate) async fn goes_to_the_default_when_the_calendar_is_gone(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let default = default_calendar(&store, alice).await;
    let gone = CalendarId("gone".to_owned());
    let mut commit = writing(&store, alice, &gone, "uid-1", "text").await;
    let mut record = decision("j", "eve@example.org", 70);
    record.calendar = Some(gone.clone());
    record.name = Some("uid-1.ics".to_owned());
    commit.decision = Some(record);
    let written = store.commit(commit).await.unwrap().written;
    assert_eq!(written[0].calendar, default);
    assert_eq!(holding(&store, alice, "uid-1").await, Some(default.clone()));
    let decisions = store.decisions(alice, 1).await.unwrap();
    assert_eq!(
        decisions[0].record.calendar,
        Some(default.clone()),
        "the record says where"
    );
    let update = writing(&store, alice, &gone, "uid-1", "newer").await;
    store.commit(update).await.unwrap();
    let objects = store.objects(alice, &default).await.unwrap();
    assert_eq!(
        objects.iter().map(|one| &one.text[..]).collect::<Vec<_>>(),
        [b"newer"]
    );
}

pub(crate) async fn spares_what_has_the_name_already(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let default = default_calendar(&store, alice).await;
    let mut named = writing(&store, alice, &default, "uid-1", "mine").await;
    named.put[0].name = "uid-2.ics".to_owned();
    store.commit(named).await.unwrap();
    let gone = CalendarId("gone".to_owned());
    store
        .commit(writing(&store, alice, &gone, "uid-2", "text").await)
        .await
        .unwrap();
    let objects = store.objects(alice, &default).await.unwrap();
    let uids: Vec<_> = objects
        .iter()
        .map(|one| (one.uid.as_str(), &one.text[..]))
        .collect();
    assert_eq!(uids, [("uid-1", &b"mine"[..]), ("uid-2", b"text")]);
}

pub(crate) async fn refuses_a_name_with_another_uid(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    store
        .commit(writing(&store, alice, &calendar, "uid-1", "mine").await)
        .await
        .unwrap();
    let mut other = writing(&store, alice, &calendar, "uid-2", "text").await;
    other.put[0].name = "uid-1.ics".to_owned();
    assert_eq!(store.commit(other).await, Err(Error::Conflict));
    assert_eq!(
        store.event(alice, "uid-1").await.unwrap().objects[0].text,
        b"mine"
    );
}
