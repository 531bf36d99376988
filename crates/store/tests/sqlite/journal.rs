//! The journal of held jobs: what lies on the disk when a process or the power fails, and what other
//! processes see of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::Connection;
use store::{AccountId, Holding, NewJob, QueueState, SqliteStore, Store, Work};

use tokio::task::JoinSet;

use crate::File;
use crate::contract::Database;
use crate::contract::record::{account, end, holder, job, key, ready, take};

/// Longer than any test: a wait that is not woken fails by hanging.
const FOR_EVER: Duration = Duration::from_secs(3600);

/// A database, open, with the account of Alice.
async fn opened() -> (File, SqliteStore, AccountId) {
    let file = File::new();
    let store = file.open();
    let alice = account(&store, "alice@example.com").await.id;
    (file, store, alice)
}

fn beside(file: &File, end: &str) -> PathBuf {
    PathBuf::from(format!("{}{end}", file.path().display()))
}

fn segments(file: &File) -> Vec<PathBuf> {
    let paths = (0..9).map(|number| beside(file, &format!("-jobs.{number}")));
    paths.filter(|path| path.exists()).collect()
}

/// What a process that dies at this moment leaves.
fn copy(file: &File, ends: &[&str]) -> File {
    let copy = File::new();
    for end in ends {
        if beside(file, end).exists() {
            std::fs::copy(beside(file, end), beside(&copy, end)).unwrap();
        }
    }
    copy
}

const DATABASE: [&str; 2] = ["", "-wal"];
const JOURNAL: [&str; 4] = ["-jobs.0", "-jobs.1", "-jobs.2", "-jobs.3"];

fn all() -> Vec<&'static str> {
    DATABASE.into_iter().chain(JOURNAL).collect()
}

async fn queued(store: &SqliteStore) -> Vec<(String, QueueState)> {
    let queue = store.queue().await.unwrap();
    queue.into_iter().map(|one| (one.id, one.state)).collect()
}

async fn queued_in(file: &File) -> Vec<(String, QueueState)> {
    queued(&file.open()).await
}

fn held(ids: &[&str]) -> Vec<(String, QueueState)> {
    let held = ids.iter().map(|id| ((*id).to_owned(), QueueState::Held));
    held.collect()
}

#[tokio::test]
async fn a_hold_is_in_the_journal_alone() {
    let (file, store, alice) = opened().await;
    let before = std::fs::read(beside(&file, "-wal")).unwrap();
    store.jobs_hold(vec![job(alice, "j", 1)]).await.unwrap();
    assert_eq!(std::fs::read(beside(&file, "-wal")).unwrap(), before);
    let copy = copy(&file, &all());
    let after = copy.open();
    assert_eq!(queued(&after).await, held(&["j"]));
    assert_eq!(after.jobs_sweep("a", "the next", 1).await.unwrap(), 1);
    let taken = after.jobs_take(1, 1).await.unwrap();
    assert_eq!(taken[0].content, job(alice, "j", 1).content);
    assert_eq!(
        (taken[0].received, &taken[0].details[..]),
        (1, &["{}".to_owned()][..])
    );
}

#[tokio::test]
async fn what_a_power_failure_tore_is_not_there_and_what_stands_before_it_is() {
    let (file, store, alice) = opened().await;
    store.jobs_hold(vec![job(alice, "a", 1)]).await.unwrap();
    let mut last = job(alice, "b", 2);
    last.content = vec![b'x'; 5000];
    store.jobs_hold(vec![last]).await.unwrap();
    for torn in [4000, 600, 300] {
        let copy = copy(&file, &all());
        let path = beside(&copy, "-jobs.0");
        let mut octets = std::fs::read(&path).unwrap();
        octets[torn..].fill(0);
        std::fs::write(&path, octets).unwrap();
        assert_eq!(queued(&copy.open()).await, held(&["a"]), "{torn}");
    }
}

#[tokio::test]
async fn what_was_refused_or_done_does_not_come_back() {
    let (file, store, alice) = opened().await;
    let mut second = job(alice, "shared", 1);
    second.holder = holder(2);
    let jobs = vec![job(alice, "refused", 1), job(alice, "shared", 1), second];
    store.jobs_hold(jobs).await.unwrap();
    let refused = ["refused", "shared"].map(|id| (key(alice, id), holder(1)));
    store.jobs_refuse(refused.to_vec()).await.unwrap();
    ready(&store, alice, "done", 1).await;
    take(&store, 1, 1).await;
    end(&store, alice, "done").await;
    let copy = copy(&file, &all());
    let after = copy.open();
    assert_eq!(queued(&after).await, held(&["shared"]));
    let again = vec![job(alice, "refused", 1), job(alice, "done", 1)];
    assert_eq!(
        after.jobs_hold(again).await.unwrap(),
        [Holding::New, Holding::Done]
    );
}

/// A refusal is written though the job has gone into the database meanwhile.
#[tokio::test]
async fn a_refusal_counts_wherever_the_job_is() {
    let (file, store, alice) = opened().await;
    store.jobs_hold(vec![job(alice, "j", 1)]).await.unwrap();
    assert_eq!(queued(&store).await, held(&["j"]));
    let refused = vec![(key(alice, "j"), holder(1))];
    store.jobs_refuse(refused).await.unwrap();
    assert_eq!(queued(&store).await, []);
    assert_eq!(queued_in(&copy(&file, &all())).await, []);
}

/// The end of a job is durable later than its hold: it is there again then.
#[tokio::test]
async fn a_job_whose_end_was_lost_is_there_again() {
    let (file, store, alice) = opened().await;
    let before = copy(&file, &DATABASE);
    ready(&store, alice, "j", 1).await;
    take(&store, 1, 1).await;
    end(&store, alice, "j").await;
    for end in JOURNAL.iter().filter(|end| beside(&file, end).exists()) {
        std::fs::copy(beside(&file, end), beside(&before, end)).unwrap();
    }
    assert_eq!(queued(&before.open()).await, held(&["j"]));
}

#[tokio::test]
async fn taking_over_twice_is_taking_over_once() {
    let (file, store, alice) = opened().await;
    store.jobs_hold(vec![job(alice, "j", 1)]).await.unwrap();
    let copy = copy(&file, &all());
    let journal = std::fs::read(beside(&copy, "-jobs.0")).unwrap();
    drop(copy.open());
    assert_eq!(
        segments(&copy),
        [] as [PathBuf; 0],
        "what was taken over is removed"
    );
    std::fs::write(beside(&copy, "-jobs.0"), &journal).unwrap();
    let after = copy.open();
    assert_eq!(queued(&after).await, held(&["j"]));
    assert_eq!(after.jobs_sweep("a", "the next", 1).await.unwrap(), 1);
    assert_eq!(take(&after, 1, 9).await, ["j"]);
    end(&after, alice, "j").await;
    drop(after);
    std::fs::write(beside(&copy, "-jobs.0"), &journal).unwrap();
    assert_eq!(queued(&copy.open()).await, [], "it was done meanwhile");
}

#[tokio::test]
async fn jobs_of_an_account_that_is_gone_are_left_out() {
    let (file, store, alice) = opened().await;
    ready(&store, alice, "j", 1).await;
    store.account_remove(alice).await.unwrap();
    assert_eq!(take(&store, 1, 9).await, [""; 0]);
    assert_eq!(queued_in(&copy(&file, &all())).await, []);
}

#[tokio::test]
async fn an_orderly_end_leaves_no_journal() {
    let (file, store, alice) = opened().await;
    store.jobs_hold(vec![job(alice, "held", 1)]).await.unwrap();
    ready(&store, alice, "ready", 2).await;
    assert_eq!(segments(&file).len(), 1);
    drop(store);
    assert_eq!(segments(&file), [] as [PathBuf; 0]);
    let store = file.open();
    assert_eq!(take(&store, 2, 9).await, ["ready"]);
    assert_eq!(queued(&store).await[0], held(&["held"])[0]);
}

#[tokio::test]
async fn another_process_sees_what_is_held_and_holds_in_the_database() {
    let file = File::new();
    let (server, command) = (file.open(), file.open());
    let alice = account(&server, "alice@example.com").await.id;
    server.jobs_hold(vec![job(alice, "a", 1)]).await.unwrap();
    assert_eq!(queued(&command).await, held(&["a"]));
    ready(&command, alice, "b", 2).await;
    command.queue().await.unwrap(); // The release is written.
    assert_eq!(take(&server, 9, 9).await, ["b"]);
    let copy = copy(&file, &DATABASE);
    assert_eq!(queued(&copy.open()).await[0].0, "b");
}

#[tokio::test]
async fn another_process_drops_what_has_waited_for_a_while() {
    let file = File::new();
    let (server, command) = (file.open(), file.open());
    let alice = account(&server, "alice@example.com").await.id;
    ready(&server, alice, "j", 1).await;
    while !command.queue_drop("j").await.unwrap() {
        command.wait_for_work(Work::Jobs, FOR_EVER).await;
    }
    assert_eq!(take(&server, 1, 9).await, [""; 0]);
}

/// The first end waits for a lock, and the others ride with the next transaction.
#[tokio::test]
async fn ends_of_jobs_share_a_transaction() {
    const JOBS: u64 = 50;
    let file = File::new();
    let store = Arc::new(file.open());
    let mut accounts = Vec::new();
    for number in 0..JOBS {
        let account = account(&*store, &format!("user{number}@example.com")).await;
        ready(&*store, account.id, "j", 1).await;
        accounts.push(account.id);
    }
    let lock = Connection::open(file.path()).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let started = Arc::new(AtomicU64::new(0));
    let mut ends = JoinSet::new();
    for account in accounts {
        let (store, started) = (Arc::clone(&store), Arc::clone(&started));
        ends.spawn(async move {
            // Counted and queued in one step of this one-threaded runtime.
            started.fetch_add(1, Ordering::Relaxed);
            end(&*store, account, "j").await;
        });
    }
    while started.load(Ordering::Relaxed) < JOBS {
        tokio::task::yield_now().await;
    }
    lock.execute_batch("COMMIT").unwrap();
    ends.join_all().await;
    let statistics = store.statistics();
    assert_eq!(statistics.jobs_ended, JOBS);
    assert!(statistics.commits_with_ends <= 2, "{statistics:?}");
}

/// Holds a job that fills a good part of a segment.
async fn hold_large(store: &SqliteStore, alice: AccountId, id: &str) {
    let large = NewJob {
        content: vec![b'x'; 250 << 10],
        ..job(alice, id, 1)
    };
    store.jobs_hold(vec![large]).await.unwrap();
}

#[tokio::test]
async fn segments_are_used_again() {
    let (file, store, alice) = opened().await;
    for number in 0..160 {
        let id = number.to_string();
        hold_large(&store, alice, &id).await;
        let release = vec![(key(alice, &id), holder(1))];
        store.jobs_release(release).await.unwrap();
        assert_eq!(take(&store, 1, 1).await, [id.as_str()]);
        end(&store, alice, &id).await;
    }
    hold_large(&store, alice, "last").await;
    assert_eq!(segments(&file).len(), 2);
    assert_eq!(queued_in(&copy(&file, &all())).await, held(&["last"]));
}

#[tokio::test]
async fn more_than_the_journal_takes_is_held_in_the_database() {
    let (file, store, alice) = opened().await;
    for number in 0..80 {
        hold_large(&store, alice, &number.to_string()).await;
    }
    let copy = copy(&file, &all());
    assert_eq!(queued(&copy.open()).await.len(), 80);
    assert_eq!(queued(&store).await.len(), 80);
}

#[tokio::test]
async fn a_sweep_forgets_what_is_done() {
    let (file, store, alice) = opened().await;
    ready(&store, alice, "done", 1).await;
    take(&store, 1, 1).await;
    end(&store, alice, "done").await;
    store.jobs_sweep("a", "p1", 1).await.unwrap();
    assert!(begins_with_noughts(&beside(&file, "-jobs.0")));
    store.jobs_hold(vec![job(alice, "next", 1)]).await.unwrap();
    assert_eq!(queued_in(&copy(&file, &all())).await, held(&["next"]));
}

fn begins_with_noughts(path: &Path) -> bool {
    std::fs::read(path).unwrap()[..20]
        .iter()
        .all(|octet| *octet == 0)
}

#[cfg(unix)]
#[tokio::test]
async fn the_journal_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (file, store, alice) = opened().await;
    store.jobs_hold(vec![job(alice, "j", 1)]).await.unwrap();
    for path in segments(&file) {
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// A folder that cannot take the journal takes jobs all the same.
#[tokio::test]
async fn without_a_journal_jobs_are_held_in_the_database() {
    let file = File::new();
    std::fs::create_dir(beside(&file, "-jobs.lock")).unwrap();
    let store = file.open();
    let alice = account(&store, "alice@example.com").await.id;
    store.jobs_hold(vec![job(alice, "j", 1)]).await.unwrap();
    assert_eq!(queued_in(&copy(&file, &DATABASE)).await, held(&["j"]));
}
