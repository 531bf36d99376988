//! The place where a message is collected while it comes in: forged fields removed, candidate parts
//! found on the way, large ones in a file.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;

use imip::{Limits, Strip, Structure, Walker};

use crate::guard::guarded;
use crate::intake::{Incoming, Refusal};

/// How many octets of a message stay in memory.
const IN_MEMORY: usize = 1 << 20;

/// How many octets of a spooled message are read at once.
const CHUNK: usize = 64 << 10;

/// Makes a [`Collector`] for each message.
#[derive(Debug, Clone)]
pub struct Spool {
    directory: PathBuf,
    limits: Arc<Limits>,
}

impl Spool {
    /// A spool that keeps large messages as nameless files in `directory`, which must exist.
    pub fn new(directory: impl Into<PathBuf>, limits: Limits) -> Self {
        Self {
            directory: directory.into(),
            limits: Arc::new(limits),
        }
    }

    /// Opens a place for one message.
    #[must_use]
    pub fn collect(&self) -> Collector {
        Collector {
            directory: self.directory.clone(),
            strip: Some(Strip::new()),
            walker: Some(Walker::new(&self.limits)),
            body: Body::Memory(Vec::new()),
        }
    }
}

/// Collects one message.
///
/// A panic in the code that reads the mail ends the reading, not the mail: it is delivered as if it
/// had no event.
pub struct Collector {
    directory: PathBuf,
    /// `None` after a panic.
    strip: Option<Strip>,
    /// `None` after a panic.
    walker: Option<Walker>,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Memory(Vec<u8>),
    File { file: File, length: u64 },
}

impl Collector {
    /// Ends the collecting.
    pub fn finish(mut self) -> Result<Message, Refusal> {
        let kept = match self.strip.take() {
            Some(strip) => self.ended(strip),
            None => Vec::new(),
        };
        self.keep(&kept)?;
        let walker = self.walker.take();
        let structure = walker.and_then(|walker| guarded("finding parts", || walker.finish()));
        Ok(Message {
            body: self.body,
            structure,
        })
    }

    /// What the strip held back to the end.
    fn ended(&mut self, strip: Strip) -> Vec<u8> {
        let pending = strip.pending().to_vec();
        let ended = guarded("removing fields", || {
            let mut kept = Vec::new();
            strip.finish(&mut |octets: &[u8]| kept.extend_from_slice(octets));
            kept
        });
        ended.unwrap_or_else(|| self.without_strip(pending, &[]))
    }

    /// After a panic: what was held back and what came goes on as it is. The fields that only we
    /// may set are in it, so it must not look as if we had stamped it.
    fn without_strip(&mut self, mut pending: Vec<u8>, octets: &[u8]) -> Vec<u8> {
        self.walker = None;
        pending.extend_from_slice(octets);
        pending
    }

    fn keep(&mut self, octets: &[u8]) -> Result<(), Refusal> {
        if let Some(mut walker) = self.walker.take() {
            self.walker = guarded("finding parts", || {
                walker.feed(octets);
                walker
            });
        }
        self.store(octets).map_err(|error| {
            tracing::error!(%error, directory = %self.directory.display(), "the spool cannot be written");
            Refusal::Storage
        })
    }

    /// A nameless file; its folder is made again when somebody has removed it.
    fn file(&self) -> io::Result<File> {
        match tempfile::tempfile_in(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                std::fs::create_dir(&self.directory)?;
                tempfile::tempfile_in(&self.directory)
            }
            made => made,
        }
    }

    fn store(&mut self, octets: &[u8]) -> io::Result<()> {
        if let Body::Memory(memory) = &self.body
            && memory.len() + octets.len() > IN_MEMORY
        {
            let mut file = self.file()?;
            file.write_all(memory)?;
            let length = memory.len() as u64;
            self.body = Body::File { file, length };
        }
        match &mut self.body {
            Body::Memory(memory) => memory.extend_from_slice(octets),
            Body::File { file, length } => {
                file.write_all(octets)?;
                *length += octets.len() as u64;
            }
        }
        Ok(())
    }
}

impl Incoming for Collector {
    fn write(&mut self, octets: &[u8]) -> Result<(), Refusal> {
        let Some(mut strip) = self.strip.take() else {
            return self.keep(octets);
        };
        let pending = strip.pending().to_vec();
        let fed = guarded("removing fields", || {
            let mut kept = Vec::with_capacity(octets.len());
            strip.feed(octets, &mut |octets: &[u8]| kept.extend_from_slice(octets));
            (strip, kept)
        });
        let kept = match fed {
            Some((strip, kept)) => {
                self.strip = Some(strip);
                kept
            }
            None => self.without_strip(pending, octets),
        };
        self.keep(&kept)
    }
}

/// A collected message: its octets less the fields that only we may set, and what was found in it.
#[derive(Debug)]
pub struct Message {
    body: Body,
    structure: Option<Structure>,
}

impl Message {
    /// The message's size in octets, CRLF lines.
    #[must_use]
    pub fn size(&self) -> u64 {
        match &self.body {
            Body::Memory(memory) => memory.len() as u64,
            Body::File { length, .. } => *length,
        }
    }

    /// What the walk found; `None` when it ended in a panic.
    #[must_use]
    pub fn structure(&self) -> Option<&Structure> {
        self.structure.as_ref()
    }

    /// The header with its closing empty line, as far as the limits allow.
    #[must_use]
    pub fn header(&self) -> &[u8] {
        self.structure
            .as_ref()
            .map_or(&[], |structure| &structure.header)
    }

    /// Gives the octets in order.
    pub fn for_each_chunk(&self, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        match &self.body {
            Body::Memory(memory) => take(memory),
            Body::File { file, length } => {
                let mut chunk = vec![0; CHUNK];
                let mut at = 0;
                while at < *length {
                    let read = file.read_at(&mut chunk, at)?;
                    if read == 0 {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    take(&chunk[..read])?;
                    at += read as u64;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(chunks: &[&[u8]]) -> Message {
        let folder = tempfile::tempdir().unwrap();
        let mut collector = Spool::new(folder.path(), Limits::default()).collect();
        for chunk in chunks {
            collector.write(chunk).unwrap();
        }
        collector.finish().unwrap()
    }

    fn text(message: &Message) -> Vec<u8> {
        let mut text = Vec::new();
        message
            .for_each_chunk(|chunk| {
                text.extend_from_slice(chunk);
                Ok(())
            })
            .unwrap();
        text
    }

    #[test]
    fn forged_fields_go_and_the_rest_stays() {
        let mail = b"Subject: x\r\nX-ME-Cal-UID: forged\r\nTo: y\r\n\r\nX-ME-Cal-UID: body\r\n";
        for cut in 0..mail.len() {
            let message = collect(&[&mail[..cut], &mail[cut..]]);
            assert_eq!(
                text(&message),
                b"Subject: x\r\nTo: y\r\n\r\nX-ME-Cal-UID: body\r\n",
                "{cut}"
            );
            assert_eq!(message.header(), b"Subject: x\r\nTo: y\r\n\r\n", "{cut}");
        }
    }

    #[test]
    fn a_message_stays_in_memory_up_to_its_bound_and_no_further() {
        let header = b"Subject: x\r\n\r\n";
        let body = vec![b'x'; IN_MEMORY - header.len()];
        let message = collect(&[header, &body]);
        assert!(matches!(&message.body, Body::Memory(memory) if memory.len() == IN_MEMORY));
        let message = collect(&[header, &body, b"y"]);
        assert!(
            matches!(&message.body, Body::File { length, .. } if *length == IN_MEMORY as u64 + 1)
        );
        assert_eq!(text(&message), [header.as_slice(), &body, b"y"].concat());
    }

    #[test]
    fn fifty_mebibytes_leave_no_more_than_the_header_in_memory() {
        let chunk = [b"0123456789abcdef0123456789abcde\r\n".as_slice(); 64].concat();
        let folder = tempfile::tempdir().unwrap();
        let mut collector = Spool::new(folder.path(), Limits::default()).collect();
        let header = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n";
        collector.write(header).unwrap();
        let chunks = (50 << 20) / chunk.len();
        for _ in 0..chunks {
            collector.write(&chunk).unwrap();
        }
        let message = collector.finish().unwrap();
        assert_eq!(message.size(), (header.len() + chunks * chunk.len()) as u64);
        assert!(matches!(message.body, Body::File { .. }));
        let structure = message.structure().unwrap();
        assert_eq!(structure.header.len(), header.len() - "--b\r\n\r\n".len());
        assert!(structure.parts.is_empty());
    }

    #[test]
    fn a_spool_that_cannot_be_written_is_a_refusal() {
        let mut collector = Spool::new("/nonexistent/spool", Limits::default()).collect();
        assert_eq!(collector.write(&vec![b'x'; IN_MEMORY]), Ok(()));
        assert_eq!(collector.write(b"x"), Err(Refusal::Storage));
    }
}
