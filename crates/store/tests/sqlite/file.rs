//! Durability, several processes on one file, and files that are not what they should be.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::Connection;
use store::{
    AccountId, Collections, Commit, Error, Holding, QueueState, Revision, Since, SqliteStore, Store,
};

use crate::contract::Database;
use crate::contract::record::{account, holder, job, key, mail, ready, take};
use crate::{File, open};

/// The first write waits for a lock, so that the others queue up behind it.
#[tokio::test]
async fn writers_share_a_commit() {
    const WRITERS: usize = 100;
    let file = File::new();
    let store = Arc::new(file.open());
    let alice = account(store.as_ref(), "alice@example.com").await.id;
    let before = store.statistics();
    let lock = Connection::open(file.path()).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let started = Arc::new(AtomicUsize::new(0));
    let mut writers = Vec::new();
    for number in 0..WRITERS {
        let (store, started) = (Arc::clone(&store), Arc::clone(&started));
        writers.push(tokio::spawn(async move {
            // Counted and queued in one step of this one-threaded runtime.
            started.fetch_add(1, Ordering::Relaxed);
            store
                .calendar_add(alice, &number.to_string())
                .await
                .unwrap()
        }));
    }
    while started.load(Ordering::Relaxed) < WRITERS {
        tokio::task::yield_now().await;
    }
    lock.execute_batch("COMMIT").unwrap();
    for writer in writers {
        writer.await.unwrap();
    }
    let after = store.statistics();
    assert_eq!(after.commits - before.commits, 1);
    assert_eq!(after.writes - before.writes, WRITERS as u64);
}

#[tokio::test]
async fn a_failing_write_in_a_group_fails_alone() {
    let file = File::new();
    let store = Arc::new(file.open());
    let alice = account(store.as_ref(), "alice@example.com").await.id;
    let nobody = store::AccountId(99);
    let lock = Connection::open(file.path()).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let write = |owner, ids: [&str; 2]| {
        let mails = vec![mail(alice, ids[0], 1), mail(owner, ids[1], 1)];
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.mails_add(mails).await })
    };
    let written = [
        write(alice, ["a", "b"]),
        write(nobody, ["c", "d"]),
        write(alice, ["e", "f"]),
    ];
    tokio::task::yield_now().await;
    lock.execute_batch("COMMIT").unwrap();
    let [first, second, third] = written;
    first.await.unwrap().unwrap();
    assert!(matches!(second.await.unwrap(), Err(Error::NotFound(_))));
    third.await.unwrap().unwrap();
    let mut ids: Vec<_> = store
        .queue()
        .await
        .unwrap()
        .into_iter()
        .map(|one| one.id)
        .collect();
    ids.sort();
    assert_eq!(
        ids,
        ["a", "b", "e", "f"],
        "nothing of the failing write, not even its first mail"
    );
}

/// What lies on the disk at the moment of the answer is enough, as after a power cut.
#[tokio::test]
async fn an_acknowledged_write_is_in_the_files() {
    let (file, copy) = (File::new(), File::new());
    let store = file.open();
    let alice = account(&store, "alice@example.com").await.id;
    store.mails_add(vec![mail(alice, "m", 1)]).await.unwrap();
    for end in ["", "-wal"] {
        let name = |file: &File| format!("{}{end}", file.path().display());
        std::fs::copy(name(&file), name(&copy)).unwrap();
    }
    let after = copy.open();
    assert_eq!(after.queue().await.unwrap()[0].id, "m");
}

/// A release lags: the sync of the next write makes it durable.
#[tokio::test]
async fn a_release_costs_no_sync() {
    let file = File::new();
    let store = file.open();
    let alice = account(&store, "alice@example.com").await.id;
    for (id, commits) in [("a", 2), ("b", 3)] {
        ready(&store, alice, id, 1).await;
        assert_eq!(
            store.queue().await.unwrap().last().unwrap().state,
            QueueState::Ready
        );
        assert_eq!(
            store.statistics().commits,
            commits,
            "the account and each hold"
        );
    }
}

/// What only ends a job can be decided again from the job: it waits for the next sync. Mail cannot.
#[tokio::test]
async fn ending_a_job_costs_no_sync_unless_mail_is_sent() {
    let file = File::new();
    let store = file.open();
    let alice = account(&store, "alice@example.com").await.id;
    for (id, mails, synced) in [("a", 0, 0), ("b", 1, 1)] {
        ready(&store, alice, id, 1).await;
        assert_eq!(take(&store, 1, 1).await, [id]);
        let before = store.statistics().commits;
        let mut commit = Commit::new(alice, "u");
        commit.job = Some(key(alice, id));
        commit.mails = (0..mails).map(|_| mail(alice, "m", 0)).collect();
        store.commit(commit).await.unwrap();
        assert_eq!(store.statistics().commits - before, synced, "{id}");
        assert!(
            store
                .queue()
                .await
                .unwrap()
                .iter()
                .all(|entry| entry.id != id)
        );
    }
}

/// Releases are answered early, but an orderly end writes them.
#[tokio::test]
async fn dropping_the_store_writes_what_lags() {
    let file = File::new();
    let store = file.open();
    let alice = account(&store, "alice@example.com").await.id;
    let lock = Connection::open(file.path()).unwrap();
    store.jobs_hold(vec![job(alice, "j", 1)]).await.unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    store
        .jobs_release(vec![(key(alice, "j"), holder(1))])
        .await
        .unwrap();
    lock.execute_batch("COMMIT").unwrap();
    drop(store);
    assert_eq!(take(&file.open(), 1, 1).await, ["j"]);
}

const CHILD: &str = "STORE_TEST_CHILD";

/// Not a test by itself: the process that `a_killed_process_loses_nothing` kills.
#[tokio::test]
async fn child_that_is_killed() {
    let Ok(path) = std::env::var(CHILD) else {
        return;
    };
    let store = open(Path::new(&path));
    let alice = store.accounts().await.unwrap()[0].id;
    for number in 0.. {
        let id = format!("job-{number}");
        store
            .jobs_hold(vec![job(alice, &id, number)])
            .await
            .unwrap();
        println!("\nheld {id}");
    }
}

#[tokio::test]
async fn a_killed_process_loses_nothing() {
    let file = File::new();
    let alice = account(&file.open(), "alice@example.com").await.id;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "file::child_that_is_killed", "--nocapture"])
        .env(CHILD, file.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while line.trim() != "held job-50" {
        line.clear();
        assert_ne!(
            output.read_line(&mut line).unwrap(),
            0,
            "the child ended by itself"
        );
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    let last = rest
        .lines()
        .filter_map(|line| line.strip_prefix("held job-"))
        .next_back();
    let last: i64 = last.map_or(50, |number| number.parse().unwrap());
    let store = file.open();
    for number in 0..=last {
        let again = vec![job(alice, &format!("job-{number}"), number)];
        assert_eq!(
            store.jobs_hold(again).await.unwrap(),
            [Holding::Joined],
            "{number}"
        );
    }
}

/// The command line writes while the server does; both see everything.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_write_to_one_file() {
    let file = File::new();
    let stores = [Arc::new(file.open()), Arc::new(file.open())];
    let alice = account(stores[0].as_ref(), "alice@example.com").await.id;
    let writers = stores.clone().map(|store| {
        tokio::spawn(async move {
            for number in 0..50 {
                store
                    .calendar_add(alice, &number.to_string())
                    .await
                    .unwrap();
            }
        })
    });
    for writer in writers {
        writer.await.unwrap();
    }
    for store in stores {
        assert_eq!(store.calendars(alice).await.unwrap().len(), 101);
    }
}

#[tokio::test]
async fn a_path_that_cannot_be_opened_is_unavailable() {
    let file = File::new();
    std::fs::create_dir(file.path()).unwrap();
    let error = SqliteStore::open(&file.path()).err().unwrap();
    assert!(
        matches!(&error, Error::Unavailable(what) if what.contains("invited.db")),
        "{error}"
    );
}

/// The message of opening a file that cannot be used.
fn refusal(path: &Path) -> String {
    match SqliteStore::open(path) {
        Err(Error::Unusable(what)) => {
            assert!(
                what.contains(path.to_str().unwrap()),
                "it names the file: {what}"
            );
            assert!(!what.contains('\n'), "{what}");
            what
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was opened"),
    }
}

#[test]
fn a_file_of_something_else_is_refused() {
    let file = File::new();
    std::fs::write(file.path(), "BEGIN:VCALENDAR\r\n".repeat(500)).unwrap();
    assert!(refusal(&file.path()).contains("not an SQLite file"));
}

#[test]
fn a_database_of_another_program_is_refused_and_left_alone() {
    let file = File::new();
    Connection::open(file.path())
        .unwrap()
        .execute_batch("CREATE TABLE songs (title)")
        .unwrap();
    let before = std::fs::read(file.path()).unwrap();
    assert!(refusal(&file.path()).contains("another program"));
    assert_eq!(std::fs::read(file.path()).unwrap(), before);
}

#[tokio::test]
async fn the_third_migration_keeps_what_is_there() {
    let file = File::new();
    let connection = Connection::open(file.path()).unwrap();
    for migration in [
        include_str!("../../src/sqlite/migrations/0001_initial.sql"),
        include_str!("../../src/sqlite/migrations/0002_collections.sql"),
    ] {
        connection.execute_batch(migration).unwrap();
    }
    connection
        .execute_batch(
            "INSERT INTO accounts (id, name, password) VALUES (1, '', ''), (2, '', '');
             INSERT INTO calendars (account, id, name, is_default) VALUES (1, 'c', 'C', 1);
             INSERT INTO objects (account, calendar, name, uid, revision, unanswered, text) VALUES
                 (1, 'c', 'a', 'a', 1, 1, x''), (1, 'c', 'b', 'b', 2, 1, x''),
                 (1, 'c', 'd', 'd', 3, 0, x'');
             INSERT INTO jobs (account, id, state, due, received) VALUES (1, 'j', 1, 1, 1);
             INSERT INTO job_contents (account, job, content) VALUES (1, 'j', x'4142');
             PRAGMA application_id = 0x696e7669;
             PRAGMA user_version = 2;",
        )
        .unwrap();
    drop(connection);
    let store = file.open();
    let since = Since { added: 0, early: 0 };
    for (account, unanswered) in [(1, 2), (2, 0)] {
        let grounds = store
            .grounds(AccountId(account), "a", "eve@example.org", since)
            .await;
        assert_eq!(grounds.unwrap().unanswered, unanswered);
    }
    assert_eq!(store.jobs_take(1, 1).await.unwrap()[0].content, b"AB");
}

#[tokio::test]
async fn what_waited_before_there_was_an_inbox_is_in_it() {
    let file = File::new();
    let connection = Connection::open(file.path()).unwrap();
    for migration in [
        include_str!("../../src/sqlite/migrations/0001_initial.sql"),
        include_str!("../../src/sqlite/migrations/0002_collections.sql"),
        include_str!("../../src/sqlite/migrations/0003_fewer_pages.sql"),
        include_str!("../../src/sqlite/migrations/0004_held_mails.sql"),
        include_str!("../../src/sqlite/migrations/0005_scheduling.sql"),
        include_str!("../../src/sqlite/migrations/0006_counted_by_sender.sql"),
    ] {
        connection.execute_batch(migration).unwrap();
    }
    connection
        .execute_batch(
            "INSERT INTO accounts (id, name, password, revision) VALUES (1, '', '', 4);
             INSERT INTO calendars (account, id, name, is_default) VALUES (1, 'c', 'C', 1);
             INSERT INTO objects (account, calendar, name, uid, revision, unanswered, text) VALUES
                 (1, 'c', 'a', 'a', 2, 1, x''), (1, 'c', 'b', 'b', 3, 0, x''),
                 (1, 'c', 'd', 'd', 4, 1, x'');
             INSERT INTO changes (account, revision, calendar, name, uid, at, text) VALUES
                 (1, 1, 'c', 'a', 'a', 5, x''), (1, 2, 'c', 'a', 'a', 5, x''),
                 (1, 3, 'c', 'b', 'b', 5, x''), (1, 4, 'c', 'd', 'd', 5, x'');
             PRAGMA application_id = 0x696e7669;
             PRAGMA user_version = 6;",
        )
        .unwrap();
    drop(connection);
    let store = file.open();
    let mut after = None;
    for (name, is_cut) in [("c.a", true), ("c.d", false)] {
        let page = store.inbox_sync(AccountId(1), after, 1).await.unwrap();
        assert_eq!((page.members[0].0.as_str(), page.is_cut), (name, is_cut));
        after = Some(page.revision);
    }
    assert_eq!(after, Some(Revision(4)));
}

#[test]
fn a_later_version_is_refused() {
    let file = File::new();
    drop(file.open());
    let connection = Connection::open(file.path()).unwrap();
    connection
        .pragma_update(None, "user_version", 4711)
        .unwrap();
    drop(connection);
    let what = refusal(&file.path());
    assert!(
        what.contains("version 4711") && what.contains("newer program"),
        "{what}"
    );
}

#[test]
fn a_damaged_schema_is_refused() {
    let file = File::new();
    drop(file.open());
    let mut bytes = std::fs::read(file.path()).unwrap();
    bytes[100..4096].fill(0xff);
    std::fs::write(file.path(), bytes).unwrap();
    let what = refusal(&file.path());
    assert!(
        what.contains("damaged") && what.contains("backup"),
        "{what}"
    );
}

/// Overwrites the first page of each table and index whose name is like this.
fn damage(path: &Path, like: &str) {
    let connection = Connection::open(path).unwrap();
    let statement = "SELECT rootpage FROM sqlite_schema WHERE name LIKE ?1";
    let mut statement = connection.prepare(statement).unwrap();
    let pages = statement.query_map([like], |row| row.get(0)).unwrap();
    let pages: Vec<usize> = pages
        .map(|page: Result<i64, _>| page.unwrap() as usize)
        .collect();
    assert!(!pages.is_empty());
    let mut bytes = std::fs::read(path).unwrap();
    for page in pages {
        bytes[(page - 1) * 4096..page * 4096].fill(0xff);
    }
    std::fs::write(path, bytes).unwrap();
}

/// A database that is damaged further in opens, and says so where it is touched.
#[tokio::test]
async fn damage_is_told_where_it_is_met() {
    let file = File::new();
    let store = file.open();
    let alice = account(&store, "alice@example.com").await.id;
    ready(&store, alice, "j", 1).await;
    drop(store);
    damage(&file.path(), "jobs%");
    let store = file.open();
    let read = store.jobs_take(1, 1).await;
    assert!(
        matches!(&read, Err(Error::Unusable(what)) if what.contains("damaged")),
        "{read:?}"
    );
    let written = store.jobs_hold(vec![job(alice, "k", 1)]).await;
    assert!(matches!(&written, Err(Error::Unusable(_))), "{written:?}");
}

#[test]
fn an_empty_file_is_a_new_database() {
    let file = File::new();
    std::fs::write(file.path(), "").unwrap();
    drop(file.open());
    drop(file.open());
}

/// Every table's key begins with the account, which later sharding and removal rely on.
#[test]
fn every_key_begins_with_the_account() {
    let file = File::new();
    drop(file.open());
    let connection = Connection::open(file.path()).unwrap();
    let statement = "SELECT tables.name, columns.name FROM pragma_table_list AS tables
        JOIN pragma_table_xinfo(tables.name) AS columns
        WHERE columns.pk = 1 AND tables.schema = 'main' AND tables.name NOT LIKE 'sqlite_%'";
    let mut statement = connection.prepare(statement).unwrap();
    let keys = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let keys: Vec<(String, String)> = keys.collect::<Result<_, _>>().unwrap();
    assert!(keys.len() > 15, "{keys:?}");
    for (table, key) in keys {
        assert_eq!(
            key,
            if table == "accounts" { "id" } else { "account" },
            "{table}"
        );
    }
}

/// What is asked at every turn of a worker or for every message must not scan a table.
#[test]
fn frequent_questions_use_an_index() {
    let file = File::new();
    drop(file.open());
    let connection = Connection::open(file.path()).unwrap();
    for question in [
        "SELECT account, id FROM jobs WHERE state = 1 AND account > 1 AND account <= 9
         AND due <= 5 ORDER BY account, due, id LIMIT 1",
        "SELECT min(due) FROM jobs WHERE state = 1 AND due > 5",
        "SELECT min(due) FROM mails WHERE state = 1 AND due > 5",
        "SELECT account, id FROM mails AS mail WHERE state = 1 AND due <= 5
         AND (uid = '' OR NOT EXISTS (SELECT 1 FROM mails AS earlier
             WHERE earlier.account = mail.account AND earlier.uid = mail.uid AND earlier.uid <> ''
             AND earlier.recipient = mail.recipient AND earlier.state = 1
             AND (earlier.received, earlier.kind) < (mail.received, mail.kind)))
         ORDER BY due LIMIT 5",
        "SELECT calendar FROM objects WHERE account = 1 AND uid = 'u'",
        "SELECT count(*) FROM objects WHERE account = 1 AND unanswered = 1",
        "SELECT count(*) FROM decisions WHERE account = 1 AND sender_folded = 's'
         AND decided >= 5 AND outcome = 'added'",
        "SELECT id FROM decisions WHERE account = 1 AND job = 'j'",
        "SELECT account FROM addresses WHERE domain = 'd' AND folded = 'f'",
        "SELECT 1 FROM card_addresses WHERE account = 1 AND domain = 'd' AND folded = 'f'",
        "SELECT name FROM cards WHERE account = 1 AND book = 'b' AND uid = 'u' AND uid <> ''",
        "SELECT rowid FROM objects WHERE account = 1 AND calendar = 'c'
         AND is_long = 0 AND last >= 5 AND last <= 9 AND first <= 7",
        "SELECT max(revision) FROM changes WHERE account = 1 AND calendar = 'c'",
        "DELETE FROM done WHERE at < 5",
        "DELETE FROM early WHERE at < 5",
    ] {
        let mut statement = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {question}"))
            .unwrap();
        let plan = statement.query_map([], |row| row.get(3)).unwrap();
        let plan: Vec<String> = plan.collect::<Result<_, _>>().unwrap();
        let plan = plan.join("; ");
        assert!(
            plan.contains("SEARCH") && !plan.contains("SCAN"),
            "{question}: {plan}"
        );
        assert!(!plan.contains("TEMP B-TREE"), "{question}: {plan}");
    }
}

#[test]
fn many_processes_may_make_the_file_at_once() {
    for _ in 0..20 {
        let file = File::new();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| drop(file.open()));
            }
        });
    }
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let file = File::new();
    let store = file.open();
    for end in ["", "-wal"] {
        let path = format!("{}{end}", file.path().display());
        assert_eq!(
            std::fs::metadata(path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    drop(store);
}
