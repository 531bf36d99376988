//! How many deliveries a second can hold a job, and what a point read costs; see RESULTS.md.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use store::{
    AccountId, By, Commit, Holder, JobKey, NewAccount, NewJob, PutObject, SqliteStore, Store,
};

/// Accounts, each with one object.
const ACCOUNTS: i64 = 1000;
/// Jobs of each round.
const JOBS: usize = 4000;
/// Header and calendar part of an ordinary invitation.
const CONTENT: usize = 4096;
const READS: usize = 20_000;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    println!(
        "floor: append 4 KiB and fsync: {:.0}/s",
        floor(folder.path())
    );
    let store = Arc::new(SqliteStore::open(&folder.path().join("invited.db")).unwrap());
    let accounts = Arc::new(fill(&store).await);
    for callers in [1, 8, 64] {
        hold(&store, &accounts, callers).await;
    }
    for callers in [1, 8] {
        deliver(&store, &accounts, callers).await;
    }
    work(&store, &accounts).await;
    read(&store, &accounts).await;
}

fn floor(folder: &Path) -> f64 {
    let mut file = File::create(folder.join("floor")).unwrap();
    let start = Instant::now();
    for _ in 0..500 {
        file.write_all(&[b'x'; CONTENT]).unwrap();
        file.sync_data().unwrap();
    }
    500.0 / start.elapsed().as_secs_f64()
}

async fn fill(store: &Arc<SqliteStore>) -> Vec<AccountId> {
    let mut tasks = Vec::new();
    for number in 0..ACCOUNTS {
        let store = Arc::clone(store);
        tasks.push(tokio::spawn(async move { fill_one(&store, number).await }));
    }
    let mut accounts = Vec::new();
    for task in tasks {
        accounts.push(task.await.unwrap());
    }
    accounts
}

async fn fill_one(store: &SqliteStore, number: i64) -> AccountId {
    let account = NewAccount {
        address: format!("user{number}@example.com"),
        aliases: Vec::new(),
        name: String::new(),
        password: String::new(),
    };
    let account = store.account_add(account).await.unwrap().id;
    let mut commit = Commit::new(account, "uid-1");
    commit.put.push(PutObject {
        calendar: store.calendars(account).await.unwrap().remove(0).id,
        name: "uid-1.ics".to_owned(),
        uid: "uid-1".to_owned(),
        text: vec![b'x'; 2000],
        unanswered: true,
        by: By::Owner,
    });
    store.commit(commit).await.unwrap();
    account
}

fn job(account: AccountId, id: String) -> NewJob {
    NewJob {
        key: JobKey { account, id },
        holder: Holder {
            node: "a".to_owned(),
            process: "p".to_owned(),
            delivery: 1,
        },
        lease: i64::MAX,
        detail: "{\"addcal\":true}".to_owned(),
        content: vec![b'x'; CONTENT],
        received: 1,
    }
}

/// Each caller holds one job after the other, each for another account.
async fn hold(store: &Arc<SqliteStore>, accounts: &Arc<Vec<AccountId>>, callers: usize) {
    let before = store.statistics();
    let elapsed = each(callers, |number| {
        let (store, account) = (Arc::clone(store), accounts[number % accounts.len()]);
        async move {
            let id = format!("hold-{callers}-{number}");
            store.jobs_hold(vec![job(account, id)]).await.unwrap();
        }
    })
    .await;
    let after = store.statistics();
    let commits = after.commits_with_jobs - before.commits_with_jobs;
    report("jobs_hold", callers, elapsed);
    println!("    {:.1} jobs a commit", JOBS as f64 / commits as f64);
}

/// As a delivery does: hold, then release.
async fn deliver(store: &Arc<SqliteStore>, accounts: &Arc<Vec<AccountId>>, callers: usize) {
    let elapsed = each(callers, |number| {
        let (store, account) = (Arc::clone(store), accounts[number % accounts.len()]);
        async move {
            let job = job(account, format!("deliver-{callers}-{number}"));
            let (key, holder) = (job.key.clone(), job.holder.clone());
            store.jobs_hold(vec![job]).await.unwrap();
            store.jobs_release(vec![(key, holder)]).await.unwrap();
        }
    })
    .await;
    report("jobs_hold, jobs_release", callers, elapsed);
}

async fn each<F, W>(callers: usize, work: F) -> Duration
where
    F: Fn(usize) -> W,
    W: Future<Output = ()> + Send + 'static,
{
    let start = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let works: Vec<W> = (caller..JOBS).step_by(callers).map(&work).collect();
            tokio::spawn(async move {
                for work in works {
                    work.await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    start.elapsed()
}

fn report(what: &str, callers: usize, elapsed: Duration) {
    println!(
        "{what}, {callers} callers: {:.0}/s",
        JOBS as f64 / elapsed.as_secs_f64()
    );
}

/// Takes eight jobs at a time and ends them.
async fn work(store: &Arc<SqliteStore>, accounts: &[AccountId]) {
    let start = Instant::now();
    let mut done = 0;
    loop {
        let jobs = store.jobs_take(2, 8).await.unwrap();
        if jobs.is_empty() {
            break;
        }
        done += jobs.len();
        let ends: Vec<_> = jobs
            .into_iter()
            .map(|job| end(Arc::clone(store), job.key))
            .collect();
        for end in ends {
            end.await.unwrap();
        }
    }
    let rate = done as f64 / start.elapsed().as_secs_f64();
    println!(
        "jobs_take and commit, 8 at a time of {} accounts: {rate:.0}/s",
        accounts.len()
    );
}

fn end(store: Arc<SqliteStore>, key: JobKey) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let mut commit = Commit::new(key.account, "uid-1");
        commit.job = Some(key);
        store.commit(commit).await.unwrap();
    })
}

async fn read(store: &SqliteStore, accounts: &[AccountId]) {
    let mut times = Vec::new();
    for number in 0..READS {
        let start = Instant::now();
        let address = format!("user{}@example.com", number % accounts.len());
        store.account_by_address(&address).await.unwrap().unwrap();
        times.push(start.elapsed());
    }
    percentiles("account_by_address", times);
    let mut times = Vec::new();
    for number in 0..READS {
        let start = Instant::now();
        store
            .event(accounts[number % accounts.len()], "uid-1")
            .await
            .unwrap();
        times.push(start.elapsed());
    }
    percentiles("event", times);
}

fn percentiles(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: usize| times[times.len() * share / 100].as_secs_f64() * 1e6;
    println!("{what}: median {:.0} µs, 99 % {:.0} µs", at(50), at(99));
}
