//! The handle of the one thread that writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::counter::Counters;
use super::group::{self, Group, Riding};
use super::journal::Index;
use super::operation::{Call, Durability, Effects, Later, stopped};
use super::taken::{Freed, Taken};
use super::wake::Wake;
use crate::{Error, Result};

/// What the writer shares with the store.
#[derive(Clone, Default)]
pub(super) struct Shared {
    pub(super) counters: Arc<Counters>,
    pub(super) taken: Arc<Taken>,
    pub(super) wake: Arc<Wake>,
    pub(super) index: Arc<Index>,
}

impl Shared {
    /// Acts on what a committed transaction freed.
    pub(super) fn free(&self, freed: &[Freed]) {
        let mut released = Vec::new();
        for one in freed {
            match one {
                Freed::Job(key) => released.extend(self.index.remove(key)),
                Freed::Spilled(key, version) => released.extend(self.index.spilled(key, *version)),
                Freed::Account(account) => self.index.remove_account(*account),
                Freed::Mail(_) | Freed::Release(_) => {}
            }
        }
        self.taken.free(freed);
        let released: Vec<Freed> = released.into_iter().map(Freed::Release).collect();
        self.taken.free(&released);
    }
}

/// The writing thread's handle; dropping it writes what is queued and waits for the thread.
pub(super) struct Writer {
    queue: Option<Sender<group::Call>>,
    thread: Option<JoinHandle<()>>,
    riding: Arc<Riding>,
    /// Writes that were answered but are not yet visible.
    lagging: Arc<AtomicU64>,
}

impl Writer {
    pub(super) fn start(connection: Connection, shared: Shared) -> Result<Self> {
        let (queue, receiver) = mpsc::channel();
        let riding = Arc::new(Riding::default());
        let group = Group::new(connection, receiver, Arc::clone(&riding), shared);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || group.run())
            .map_err(|error| Error::Unavailable(format!("no thread to write with: {error}")))?;
        Ok(Self {
            queue: Some(queue),
            thread: Some(thread),
            riding,
            lagging: Arc::default(),
        })
    }

    /// Runs `work` in a transaction and returns when it is durable. Dropping the future does not
    /// take the write back.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection, &mut Effects) -> Result<T> + Send + 'static,
    {
        self.call(Durability::Synced, work).await
    }

    /// Runs `work` in a transaction and returns when that is as durable as asked for; what lags may
    /// wait some milliseconds for others.
    pub(super) async fn call<T, F>(&self, durability: Durability, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection, &mut Effects) -> Result<T> + Send + 'static,
    {
        let (call, answer) = Call::new(durability, work);
        let call = Box::new(call);
        match durability {
            Durability::Synced => self.send(group::Call::Operation(call))?,
            Durability::Lagging if self.riding.add_awaited(call) => {
                self.send(group::Call::Riders)?;
            }
            Durability::Lagging => {}
        }
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Lets `work` go along with the next transaction, or alone when none comes for a while; a
    /// failure is logged only.
    pub(super) fn write_later<F>(&self, work: F)
    where
        F: FnOnce(&Connection, &mut Effects) -> Result<()> + Send + 'static,
    {
        self.riding.add(Box::new(Later::new(work, &self.lagging)));
    }

    /// Runs `work` in a transaction, whose outcome nobody waits for.
    pub(super) fn write_unasked<F>(&self, work: F)
    where
        F: FnOnce(&Connection, &mut Effects) -> Result<()> + Send + 'static,
    {
        let (call, _) = Call::new(Durability::Lagging, work);
        // Nobody is there to write at the very end alone.
        let _ = self.send(group::Call::Operation(Box::new(call)));
    }

    /// Returns when all that [`Writer::write_later`] took before is visible to readers.
    pub(super) async fn settle(&self) -> Result<()> {
        if self.lagging.load(Ordering::Acquire) == 0 {
            return Ok(());
        }
        self.call(Durability::Lagging, |_, _| Ok(())).await
    }

    fn send(&self, call: group::Call) -> Result<()> {
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        queue.send(call).map_err(|_| stopped())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's writer ended in a panic");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::statement::{count, execute};

    fn writer() -> Writer {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE notes (text TEXT)")
            .unwrap();
        Writer::start(connection, Shared::default()).unwrap()
    }

    fn note(connection: &Connection, text: &str) -> Result<()> {
        execute(connection, "INSERT INTO notes (text) VALUES (?1)", [text]).map(drop)
    }

    async fn notes(writer: &Writer) -> u64 {
        writer
            .write(|connection, _| count(connection, "SELECT count(*) FROM notes", []))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_and_leaves_nothing() {
        let writer = writer();
        let failed: Result<()> = writer
            .write(|connection, _| {
                note(connection, "half")?;
                panic!("on purpose")
            })
            .await;
        assert!(matches!(failed, Err(Error::Unavailable(_))), "{failed:?}");
        assert_eq!(notes(&writer).await, 0);
        writer
            .write(|connection, _| note(connection, "whole"))
            .await
            .unwrap();
        assert_eq!(notes(&writer).await, 1);
    }

    /// SQLite ends the transaction by itself then; nothing may be written outside of one.
    #[tokio::test]
    async fn a_full_disk_fails_the_group_and_heals() {
        let writer = writer();
        let limit =
            |pages: u32| {
                writer.write(move |connection, _| {
                    Ok(connection
                        .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?)
                })
            };
        limit(4).await.unwrap();
        let (big, small) = tokio::join!(
            writer.write(|connection, _| note(connection, &"x".repeat(100_000))),
            writer.write(|connection, _| note(connection, "small")),
        );
        assert!(matches!(big, Err(Error::Unavailable(_))), "{big:?}");
        assert_eq!(
            notes(&writer).await,
            u64::from(small.is_ok()),
            "only what was acknowledged"
        );
        limit(1000).await.unwrap();
        writer
            .write(|connection, _| note(connection, &"x".repeat(100_000)))
            .await
            .unwrap();
    }

    /// Nobody is left waiting, whatever comes before, with or after it.
    #[tokio::test(flavor = "multi_thread")]
    async fn what_lags_is_answered() {
        let writer = Arc::new(writer());
        let write = |number: usize| {
            let writer = Arc::clone(&writer);
            tokio::spawn(async move {
                let durability = match number % 3 {
                    0 => Durability::Synced,
                    _ => Durability::Lagging,
                };
                let work = move |connection: &_, _: &mut _| note(connection, &number.to_string());
                writer.call(durability, work).await
            })
        };
        for writing in (0..600).map(write).collect::<Vec<_>>() {
            writing.await.unwrap().unwrap();
        }
        assert_eq!(notes(&writer).await, 600);
        write(601).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn what_fails_takes_nothing_else_along() {
        let writer = writer();
        let good = |text| {
            let work = move |connection: &_, _: &mut _| note(connection, text);
            writer.call(Durability::Lagging, work)
        };
        let bad = writer.call(Durability::Lagging, |connection, _| {
            note(connection, "half")?;
            Err::<(), _>(Error::Conflict)
        });
        let (first, failed, last) = tokio::join!(good("first"), bad, good("last"));
        assert!(first.is_ok() && last.is_ok());
        assert!(matches!(failed, Err(Error::Conflict)), "{failed:?}");
        assert_eq!(notes(&writer).await, 2);
    }

    #[tokio::test]
    async fn a_write_whose_caller_has_gone_is_written() {
        let writer = writer();
        let (entered, wait) = mpsc::channel::<()>();
        let mut first = Box::pin(writer.write(move |connection, _| {
            let _ = wait.recv();
            note(connection, "first")
        }));
        let once = std::future::poll_fn(|context| {
            std::task::Poll::Ready(first.as_mut().poll(context).is_pending())
        });
        assert!(once.await);
        drop(first);
        drop(entered);
        assert_eq!(notes(&writer).await, 1);
    }
}
