//! The segments of the journal, written in turn and used again when nothing in them counts.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
#[cfg(unix)]
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use super::file;
use super::index::Index;

/// Octets of a segment.
const SIZE: u64 = 8 << 20;
/// Octets by which a new segment grows: written before they are needed, so that a sync finds
/// nothing to do but the records themselves.
const GROWTH: usize = 256 << 10;

/// A file, and how far it is written.
struct Segment {
    file: File,
    generation: u64,
    end: u64,
    size: u64,
}

/// The segments, the oldest generation first; the last one is written to.
pub(super) struct Segments {
    database: PathBuf,
    segments: VecDeque<Segment>,
}

/// What became of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// There is room for them.
    Enough,
    /// All segments have records that count.
    None,
}

impl Segments {
    /// Where nothing is left of earlier ones.
    pub(super) fn new(database: PathBuf) -> Self {
        Self {
            database,
            segments: VecDeque::new(),
        }
    }

    /// The generation that is being written.
    pub(super) fn generation(&self) -> u64 {
        self.segments.back().map_or(0, |segment| segment.generation)
    }

    /// Sees to it that `length` octets fit into the segment that is written to.
    pub(super) fn make_room(&mut self, length: usize, index: &Index) -> io::Result<Room> {
        let fits = |segment: &Segment| segment.end + length as u64 <= SIZE;
        if self.segments.back().is_some_and(fits) {
            return Ok(Room::Enough);
        }
        let generation = self.generation() + 1;
        let oldest = self.segments.front().map(|segment| segment.generation);
        let is_free = oldest.is_some_and(|oldest| index.is_free(oldest));
        if is_free && self.segments.len() > 1 {
            self.reuse(generation)?;
        } else if self.segments.len() < file::SEGMENTS {
            self.add(generation)?;
        } else {
            return Ok(Room::None);
        }
        Ok(Room::Enough)
    }

    /// Turns the oldest segment into the newest: what it held must not be needed ever again.
    fn reuse(&mut self, generation: u64) -> io::Result<()> {
        file::sync_log(&self.database)?;
        if let Some(mut segment) = self.segments.pop_front() {
            segment.generation = generation;
            segment.end = 0;
            self.segments.push_back(segment);
        }
        Ok(())
    }

    fn add(&mut self, generation: u64) -> io::Result<()> {
        let path = file::segment(&self.database, self.segments.len());
        let file = file::options().truncate(true).open(path)?;
        file::sync_folder(&self.database)?;
        self.segments.push_back(Segment {
            file,
            generation,
            end: 0,
            size: 0,
        });
        Ok(())
    }

    /// Appends and syncs.
    pub(super) fn append(&mut self, octets: &[u8]) -> io::Result<()> {
        let Some(segment) = self.segments.back_mut() else {
            return Err(io::Error::other("the journal has no segment"));
        };
        segment.grow(octets.len())?;
        segment.file.write_all_at(octets, segment.end)?;
        fail::fail_point!("journal::written");
        segment.file.sync_data()?;
        fail::fail_point!("journal::synced");
        segment.end += octets.len() as u64;
        Ok(())
    }

    /// Forgets all records, none of which counts any more.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        if self.segments.iter().all(|segment| segment.end == 0) {
            return Ok(());
        }
        file::sync_log(&self.database)?;
        let generation = self.generation();
        for segment in &mut self.segments {
            segment.file.write_all_at(&[0; super::record::FRAME], 0)?;
            segment.file.sync_data()?;
            segment.end = 0;
        }
        if let Some(last) = self.segments.back_mut() {
            last.generation = generation + 1;
        }
        Ok(())
    }
}

impl Segment {
    fn grow(&mut self, length: usize) -> io::Result<()> {
        while self.end + length as u64 > self.size {
            self.file.write_all_at(&vec![0; GROWTH], self.size)?;
            self.size += GROWTH as u64;
        }
        Ok(())
    }
}
