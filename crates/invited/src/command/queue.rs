//! `invited queue`: jobs and mail that wait or are parked.

use std::collections::BTreeSet;

use store::{QueueEntry, QueueState, Store};

use super::Outcome;
use crate::cli::Queue;
use crate::config::Config;
use crate::failure::Failure;
use crate::table::Table;
use crate::wiring;

/// How much of an id is listed; enough to name an entry.
const SHORT: usize = 12;

/// Runs one of the queue commands.
pub async fn run(command: Queue, config: &Config) -> Outcome {
    let store = wiring::open_store(config)?;
    let entries = store.queue().await?;
    match command {
        Queue::List => list(&*store, &entries).await,
        Queue::Show { id } => {
            let entry = find(&entries, &id)?;
            show(&*store, entry).await
        }
        Queue::Retry { id } => {
            let entry = find(&entries, &id)?;
            changed(
                store.queue_retry(&entry.id).await?,
                entry,
                "is tried again now",
            )
        }
        Queue::Drop { id } => {
            let entry = find(&entries, &id)?;
            changed(store.queue_drop(&entry.id).await?, entry, "is dropped")
        }
        Queue::Release { address } => release(&*store, &address).await,
    }
}

fn changed(done: bool, entry: &QueueEntry, did: &str) -> Outcome {
    if done {
        return Ok(format!("{} {did}", entry.id));
    }
    Err(Failure::new(format_args!(
        "{} is being worked on or gone; look at `invited queue list`",
        entry.id
    )))
}

/// Sends the invitations that wait for the account's word (rule F8).
async fn release(store: &dyn Store, address: &str) -> Outcome {
    let account = wiring::account(store, address).await?;
    Ok(match store.queue_release(account.id).await? {
        0 => "no invitation waits for a word".to_owned(),
        1 => "1 invitation goes out".to_owned(),
        released => format!("{released} invitations go out"),
    })
}

/// The entry whose id begins so.
fn find<'a>(entries: &'a [QueueEntry], id: &str) -> Result<&'a QueueEntry, Failure> {
    let mut found = entries.iter().filter(|entry| entry.id.starts_with(id));
    match (found.next(), found.next()) {
        (Some(entry), None) => Ok(entry),
        (Some(_), Some(_)) => Err(Failure::Misuse(format!(
            "several entries begin with {id}; give more of the id"
        ))),
        (None, _) => Err(Failure::new(format_args!(
            "no entry begins with {id}; `invited queue list` shows them"
        ))),
    }
}

async fn list(store: &dyn Store, entries: &[QueueEntry]) -> Outcome {
    if entries.is_empty() {
        return Ok("nothing waits, nothing is parked".to_owned());
    }
    let mut table = Table::new(&[
        "id",
        "account",
        "kind",
        "state",
        "tries",
        "due",
        "to",
        "last error",
    ]);
    for entry in entries {
        let id: String = entry.id.chars().take(SHORT).collect();
        table.row([
            id,
            owner(store, entry).await?,
            entry.kind.clone(),
            state(entry.state).to_owned(),
            entry.attempts.to_string(),
            wiring::time(entry.due),
            entry.recipient.clone(),
            entry.error.clone(),
        ]);
    }
    let mut text = table.print();
    for address in unconfirmed(store, entries).await? {
        text.push_str(&format!(
            "\nSo many new meetings at once may be a mistake: their invitations wait. \
             `invited queue release {address}` sends them, `invited queue drop` gives one up.\n"
        ));
    }
    Ok(text)
}

/// The addresses of the accounts whose invitations wait for a word.
async fn unconfirmed(
    store: &dyn Store,
    entries: &[QueueEntry],
) -> Result<BTreeSet<String>, Failure> {
    let mut addresses = BTreeSet::new();
    for entry in entries {
        if entry.state == QueueState::Unconfirmed {
            addresses.insert(owner(store, entry).await?);
        }
    }
    Ok(addresses)
}

async fn show(store: &dyn Store, entry: &QueueEntry) -> Outcome {
    let mut table = Table::new(&["id", &entry.id]);
    table.row(["account", &owner(store, entry).await?]);
    table.row(["kind", &entry.kind]);
    table.row(["state", state(entry.state)]);
    table.row(["received", &wiring::time(entry.received)]);
    table.row(["due", &wiring::time(entry.due)]);
    table.row(["tries", &entry.attempts.to_string()]);
    table.row(["to", &entry.recipient]);
    table.row(["last error", &entry.error]);
    Ok(table.print())
}

async fn owner(store: &dyn Store, entry: &QueueEntry) -> Result<String, Failure> {
    Ok(store
        .account(entry.account)
        .await?
        .map(|account| account.address)
        .unwrap_or_default())
}

fn state(state: QueueState) -> &'static str {
    match state {
        QueueState::Held => "held",
        QueueState::Ready => "waits",
        QueueState::Parked => "parked",
        QueueState::Unconfirmed => "unconfirmed",
    }
}
