//! What is promised of commits and of the history that they leave.

use std::sync::Arc;

use store::{
    CalendarId, Commit, Committed, Decision, Error, Expect, Holding, NewDecision, Revision,
    StateChange, Store, Written,
};

use super::Database;
use super::record::{
    account, decision, default_calendar, grounds, holding, job, key, mail, put, ready, take,
    writing,
};

pub(crate) async fn writes_everything_at_once(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    ready(&store, alice, "j", 5).await;
    take(&store, 5, 1).await;
    let mut commit = writing(&store, alice, &calendar, "uid-1", "text").await;
    commit.state = StateChange::Put("{\"base\":1}".to_owned());
    commit.decision = Some(decision("j", "eve@example.org", 70));
    commit.mails.push(mail(alice, "m", 0));
    commit.job = Some(key(alice, "j"));
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
    let calendar = default_calendar(&store, alice).await;
    ready(&store, alice, "j", 5).await;
    take(&store, 5, 1).await;
    let mut commit = writing(&store, alice, &calendar, "uid-1", "text").await;
    commit.expect = Some(Expect {
        objects: Vec::new(),
        state: Some(Revision(9)),
    });
    commit.state = StateChange::Put("{}".to_owned());
    commit.early = Some(vec![("eve@example.org".to_owned(), 5)]);
    commit.decision = Some(decision("j", "eve@example.org", 70));
    commit.mails.push(mail(alice, "m", 0));
    commit.job = Some(key(alice, "j"));
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

pub(crate) async fn finds_the_mail_of_an_invitation(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let bob = account(&store, "bob@example.com").await.id;
    for (job, uid, method, id) in [
        ("a", "uid-1", "REQUEST", "<a@example.org>"),
        ("b", "uid-1", "REQUEST", "<b@example.org>"),
        ("c", "uid-1", "REQUEST", ""),
        ("d", "uid-1", "CANCEL", "<d@example.org>"),
        ("e", "uid-2", "REQUEST", "<e@example.org>"),
    ] {
        let mut commit = Commit::new(alice, uid);
        commit.decision = Some(NewDecision {
            uid: uid.to_owned(),
            method: method.to_owned(),
            message_id: id.to_owned(),
            ..decision(job, "eve@example.org", 1)
        });
        store.commit(commit).await.unwrap();
    }
    for (owner, uid, id) in [
        (alice, "uid-1", Some("<b@example.org>")),
        (alice, "uid-2", Some("<e@example.org>")),
        (alice, "uid-3", None),
        (bob, "uid-1", None),
    ] {
        let found = store.invitation_of(owner, uid).await.unwrap();
        assert_eq!(found.as_deref(), id, "{uid}");
    }
}

pub(crate) async fn records_one_decision_for_a_job(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let mut numbers = Vec::new();
    for (job, decided) in [("a", 1), ("b", 2), ("a", 3)] {
        let mut commit = Commit::new(alice, "uid-1");
        commit.decision = Some(decision(job, "eve@example.org", decided));
        numbers.push(store.commit(commit).await.unwrap().decision.unwrap());
    }
    assert!(numbers[0] < numbers[1]);
    assert_eq!(numbers[0], numbers[2]);
    let decisions = store.decisions(alice, 10).await.unwrap();
    let times: Vec<_> = decisions.iter().map(|one| one.record.decided).collect();
    assert_eq!(
        times,
        [2, 1],
        "newest first, and the first record of a job stands"
    );
    assert_eq!(store.decisions(alice, 1).await.unwrap().len(), 1);
    let bob = account(&store, "bob@example.com").await.id;
    for (owner, job, number) in [
        (alice, "a", Some(numbers[0])),
        (alice, "A", None),
        (bob, "a", None),
    ] {
        assert_eq!(store.decision_of(owner, job).await.unwrap(), number);
    }
    let holding = store.jobs_hold(vec![job(alice, "a", 0)]).await.unwrap();
    assert_eq!(holding, [Holding::Done], "what was decided is done");
}

pub(crate) async fn is_done_once_for_a_job(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    ready(&store, alice, "j", 5).await;
    take(&store, 5, 1).await;
    let mut commit = writing(&store, alice, &calendar, "uid-1", "text").await;
    commit.expect = None;
    commit.decision = Some(decision("j", "eve@example.org", 70));
    commit.job = Some(key(alice, "j"));
    let first = store.commit(commit.clone()).await.unwrap();
    let again = store.commit(commit).await.unwrap();
    assert_eq!(
        again,
        Committed {
            decision: first.decision,
            ..Committed::default()
        }
    );
    assert_eq!(
        store.changes(alice, Revision(0), 10).await.unwrap().len(),
        1
    );
}

pub(crate) async fn counts_for_caps(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    for (uid, sender, outcome, decided, note) in [
        ("uid-1", "eve@example.org", "added", 10, "forwarded-by"),
        ("uid-2", "Eve@Example.ORG", "added", 20, "unverified"),
        ("uid-3", "eve@example.org", "updated", 30, "unverified"),
        ("uid-3", "eve@example.org", "added", 30, store::BY_HAND),
        ("uid-4", "bob@example.org", "added", 40, "unverified"),
    ] {
        let mut commit = writing(&store, alice, &calendar, uid, "text").await;
        commit.put[0].unanswered = uid != "uid-3";
        let mut record = decision(uid, sender, decided);
        record.outcome = outcome.to_owned();
        record.notes = vec![note.to_owned()];
        record.job = format!("{uid}-{outcome}");
        commit.decision = Some(record);
        store.commit(commit).await.unwrap();
    }
    let eve = "eve@example.org";
    assert_eq!(
        grounds(&store, alice, eve, 0).await.added,
        2,
        "one sender in any spelling, but for what the owner let in"
    );
    assert_eq!(grounds(&store, alice, eve, 20).await.added, 1);
    assert_eq!(grounds(&store, alice, eve, 21).await.added, 0);
    assert_eq!(grounds(&store, alice, eve, 0).await.unanswered, 3);
    let mut answer = writing(&store, alice, &calendar, "uid-1", "text").await;
    answer.put[0].unanswered = false;
    store.commit(answer).await.unwrap();
    assert_eq!(grounds(&store, alice, eve, 0).await.unanswered, 2);
    let mut again = writing(&store, alice, &calendar, "uid-1", "text").await;
    again.put[0].unanswered = true;
    store.commit(again).await.unwrap();
    assert_eq!(grounds(&store, alice, eve, 0).await.unanswered, 3);
    for (uid, left) in [("uid-3", 3), ("uid-2", 2)] {
        let mut gone = Commit::new(alice, uid);
        gone.delete.push((calendar.clone(), format!("{uid}.ics")));
        store.commit(gone).await.unwrap();
        assert_eq!(grounds(&store, alice, eve, 0).await.unanswered, left);
    }
}

/// Whether or not the object got the very text, and whatever becomes of it.
pub(crate) async fn keeps_what_a_decision_wrote(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    for (job, text, after) in [
        ("same", "one", Some("one")),
        ("other", "two", Some("else")),
        ("none", "three", None),
    ] {
        let mut commit = writing(&store, alice, &calendar, "uid-1", text).await;
        let mut record = decision(job, "eve@example.org", 1);
        record.after = after.map(|text| text.as_bytes().to_vec());
        commit.decision = Some(record);
        store.commit(commit).await.unwrap();
    }
    let mut moved = writing(&store, alice, &calendar, "uid-1", "four").await;
    moved
        .delete
        .push((calendar.clone(), "uid-1.ics".to_owned()));
    moved.put[0].name = "moved.ics".to_owned();
    let mut record = decision("moved", "eve@example.org", 1);
    record.after = Some(b"four".to_vec());
    moved.decision = Some(record);
    store.commit(moved).await.unwrap();
    let decisions = store.decisions(alice, 10).await.unwrap();
    let texts: Vec<_> = decisions
        .iter()
        .map(|one| one.record.after.as_deref())
        .collect();
    let expected: [Option<&[u8]>; 4] = [Some(b"four"), None, Some(b"else"), Some(b"one")];
    assert_eq!(texts, expected, "newest first");
}

pub(crate) async fn gives_its_grounds_in_one_read(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    let commit = writing(&store, alice, &calendar, "uid-1", "text").await;
    store.commit(commit).await.unwrap();
    store.preferences_set(alice, "{}").await.unwrap();
    let read = grounds(&store, alice, "eve@example.org", 0).await;
    assert_eq!(read.event, store.event(alice, "uid-1").await.unwrap());
    assert_eq!(read.default_calendar, Some(calendar));
    assert_eq!(read.preferences.as_deref(), Some("{}"));
    assert_eq!((read.added, read.unanswered, read.early), (0, 1, 0));
}

pub(crate) async fn replaces_what_came_early(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let eve = "eve@example.org".to_owned();
    for (uid, early, count) in [
        ("uid-1", Some(vec![(eve.clone(), 10), (eve.clone(), 10)]), 2),
        ("uid-2", Some(vec![("EVE@example.org".to_owned(), 20)]), 3),
        ("uid-1", None, 3),
        ("uid-1", Some(vec![(eve.clone(), 30)]), 2),
        ("uid-2", Some(Vec::new()), 1),
    ] {
        let mut commit = Commit::new(alice, uid);
        commit.early = early;
        assert_eq!(store.commit(commit).await.unwrap().revision, None);
        assert_eq!(grounds(&store, alice, &eve, 0).await.early, count);
    }
    assert_eq!(grounds(&store, alice, &eve, 30).await.early, 1);
    assert_eq!(grounds(&store, alice, &eve, 31).await.early, 0);
}

pub(crate) async fn forgets_what_came_early_after_ninety_days(database: &impl Database) {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let eve = "eve@example.org";
    let mut commit = Commit::new(alice, "uid-1");
    commit.early = Some(vec![(eve.to_owned(), 10 * DAY), (eve.to_owned(), 20 * DAY)]);
    store.commit(commit).await.unwrap();
    for (now, left) in [(100, 2), (101, 1), (110, 1), (111, 0)] {
        store.jobs_sweep("a", "p1", now * DAY).await.unwrap();
        let count = grounds(&store, alice, eve, 0).await.early;
        assert_eq!(count, left, "on day {now}");
    }
}

/// A state goes with the last message that waited, if it holds nothing else.
pub(crate) async fn forgets_a_state_with_what_came_early(database: &impl Database) {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let json = || "{}".to_owned();
    for (uid, state) in [
        ("waits", StateChange::PutEarly(json())),
        ("is known", StateChange::Put(json())),
    ] {
        let mut commit = Commit::new(alice, uid);
        commit.state = state;
        commit.early = Some(vec![("eve@example.org".to_owned(), 10 * DAY)]);
        store.commit(commit).await.unwrap();
    }
    for (now, left) in [(100, true), (101, false)] {
        store.jobs_sweep("a", "p1", now * DAY).await.unwrap();
        let state = async |uid| store.event(alice, uid).await.unwrap().state;
        assert_eq!(state("waits").await.is_some(), left, "on day {now}");
        assert!(state("is known").await.is_some());
    }
}

/// A failure may be recorded while the job waits for a person; that does not end it.
pub(crate) async fn ends_a_job_whose_failure_was_recorded(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    let calendar = default_calendar(&store, alice).await;
    ready(&store, alice, "j", 5).await;
    let mut failure = Commit::new(alice, "uid-1");
    failure.decision = Some(decision("j", "eve@example.org", 70));
    store.commit(failure).await.unwrap();
    assert_eq!(take(&store, 5, 1).await, ["j"]);
    let mut commit = writing(&store, alice, &calendar, "uid-1", "text").await;
    commit.job = Some(key(alice, "j"));
    assert_eq!(
        store.commit(commit).await.unwrap().revision,
        Some(Revision(1))
    );
    assert_eq!(store.queue().await.unwrap(), []);
    let holding = store.jobs_hold(vec![job(alice, "j", 5)]).await.unwrap();
    assert_eq!(holding, [Holding::Done]);
}

pub(crate) async fn replaces_the_record_of_a_failure(database: &impl Database) {
    let store = database.open();
    let alice = account(&store, "alice@example.com").await.id;
    ready(&store, alice, "j", 5).await;
    let mut failure = decision("j", "eve@example.org", 70);
    failure.outcome = "error".to_owned();
    let j = key(alice, "j");
    for error in ["hopeless", "hopeless again"] {
        take(&store, 5, 1).await;
        let recorded = Some(failure.clone());
        store.job_park(&j, error, recorded).await.unwrap();
        let decisions = store.decisions(alice, 10).await.unwrap();
        assert_eq!(decisions.len(), 1, "one record for a message");
        assert_eq!(decisions[0].record, failure);
        assert_eq!(store.queue().await.unwrap()[0].error, error);
        let holding = store.jobs_hold(vec![job(alice, "j", 5)]).await.unwrap();
        assert_eq!(holding, [Holding::Joined], "it is not done");
        assert!(store.queue_retry("j").await.unwrap());
    }
    assert_eq!(take(&store, 5, 1).await, ["j"]);
    let mut commit = Commit::new(alice, "uid-1");
    commit.decision = Some(decision("j", "eve@example.org", 90));
    commit.job = Some(key(alice, "j"));
    let committed = store.commit(commit.clone()).await.unwrap();
    let decisions = store.decisions(alice, 10).await.unwrap();
    assert_eq!(decisions.len(), 1);
    assert_eq!(Some(decisions[0].id), committed.decision);
    assert_eq!(Some(&decisions[0].record), commit.decision.as_ref());
}

/// `queue drop` is a process of its own, and knows nothing of what the server has in hand.
pub(crate) async fn is_refused_when_its_job_was_dropped(database: &impl Database) {
    let (server, command) = (database.open(), database.open());
    let alice = account(&server, "alice@example.com").await.id;
    let calendar = default_calendar(&server, alice).await;
    ready(&server, alice, "j", 5).await;
    server.queue().await.unwrap(); // The release is written.
    assert_eq!(take(&server, 5, 1).await, ["j"]);
    assert!(command.queue_drop("j").await.unwrap());
    let mut commit = writing(&server, alice, &calendar, "uid-1", "text").await;
    commit.decision = Some(decision("j", "eve@example.org", 70));
    commit.job = Some(key(alice, "j"));
    let refused = server.commit(commit.clone()).await;
    assert_eq!(refused, Err(Error::Dropped));
    assert_eq!(server.event(alice, "uid-1").await.unwrap().objects, []);
    ready(&server, alice, "behind", 6).await;
    assert_eq!(take(&server, 9, 1).await, [""; 0], "it stays taken");
    let failure = commit.decision.clone();
    let j = key(alice, "j");
    server.job_park(&j, "hopeless", failure).await.unwrap();
    let decisions = server.decisions(alice, 10).await.unwrap();
    assert_eq!(decisions.len(), 1);
    assert_eq!(decisions[0].record.reason, "dropped");
    assert_eq!(take(&server, 9, 1).await, ["behind"], "it was given back");
    commit.job = Some(key(alice, "never there"));
    assert_eq!(server.commit(commit).await, Err(Error::Dropped));
}
