//! What is promised of decisions and of the jobs that they end.

use store::{Commit, Committed, Error, Holding, NewDecision, Revision, Store};

use super::Database;
use super::record::{account, decision, default_calendar, ending, job, key, ready, take, writing};

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
    let mut commit = ending(&store, alice).await;
    commit.expect = None;
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
