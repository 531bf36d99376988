//! The thread that writes the journal: what has queued up is written and synced at once.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use tokio::sync::oneshot;

use super::index::Index;
use super::record;
use super::segment::{Room, Segments};
use crate::JobKey;
use crate::sqlite::counter::Counters;

/// Octets that are written at once, but for the last records.
const BATCH: usize = 1 << 20;

/// What the thread is asked.
pub(super) enum Request {
    /// Write records.
    Append(Append),
    /// Forget all records, if none counts.
    Clear(oneshot::Sender<()>),
}

/// Records that are written together.
pub(super) struct Append {
    /// Encoded, not framed.
    pub(super) records: Vec<Vec<u8>>,
    /// The jobs that they hold.
    pub(super) held: Vec<JobKey>,
    /// Whether they are durable.
    pub(super) reply: oneshot::Sender<bool>,
}

/// The writing thread.
pub(super) struct Appender {
    segments: Segments,
    index: Arc<Index>,
    counters: Arc<Counters>,
    queue: Receiver<Request>,
    /// After a failed sync nobody knows what is on the disk: nothing is written any more.
    has_failed: bool,
}

impl Appender {
    pub(super) fn new(
        database: PathBuf,
        index: Arc<Index>,
        counters: Arc<Counters>,
        queue: Receiver<Request>,
    ) -> Self {
        Self {
            segments: Segments::new(database),
            index,
            counters,
            queue,
            has_failed: false,
        }
    }

    /// Writes until nobody can ask any more.
    pub(super) fn run(mut self) {
        while let Ok(request) = self.queue.recv() {
            match request {
                Request::Append(first) => self.append_with_others(first),
                Request::Clear(done) => self.clear(done),
            }
        }
    }

    fn append_with_others(&mut self, first: Append) {
        let mut size = first.size();
        let mut batch = vec![first];
        let mut clear = None;
        while size < BATCH && clear.is_none() {
            match self.queue.try_recv() {
                Ok(Request::Append(next)) => {
                    size += next.size();
                    batch.push(next);
                }
                Ok(Request::Clear(done)) => clear = Some(done),
                Err(_) => break,
            }
        }
        let is_durable = self.append(&batch, size);
        for append in batch {
            // Nobody waits when the session has ended.
            let _ = append.reply.send(is_durable);
        }
        if let Some(done) = clear {
            self.clear(done);
        }
    }

    /// Whether all of it is durable.
    fn append(&mut self, batch: &[Append], size: usize) -> bool {
        if self.has_failed {
            return false;
        }
        let appended = match self.segments.make_room(size, &self.index) {
            Ok(Room::None) => return false,
            Ok(Room::Enough) => self.write(batch, size),
            Err(error) => Err(error),
        };
        if let Err(error) = &appended {
            self.has_failed = true;
            tracing::error!(%error, "the journal of jobs cannot be written; jobs are held in the database until the next start");
        }
        appended.is_ok()
    }

    fn write(&mut self, batch: &[Append], size: usize) -> std::io::Result<()> {
        let generation = self.segments.generation();
        let mut octets = Vec::with_capacity(size);
        let mut held = 0;
        for append in batch {
            for record in &append.records {
                record::frame(&mut octets, generation, record);
            }
            held += append.held.len();
            self.index.pin(generation, &append.held);
        }
        self.segments.append(&octets)?;
        self.counters.wrote(batch.len() as u64, held as u64);
        self.counters.committed(held as u64);
        Ok(())
    }

    fn clear(&mut self, done: oneshot::Sender<()>) {
        if !self.has_failed
            && self.index.are_all_free()
            && let Err(error) = self.segments.clear()
        {
            self.has_failed = true;
            tracing::error!(%error, "the journal of jobs cannot be cleared; jobs are held in the database until the next start");
        }
        let _ = done.send(());
    }
}

impl Append {
    fn size(&self) -> usize {
        self.records
            .iter()
            .map(|one| one.len() + record::FRAME)
            .sum()
    }
}
