//! Finds the candidate parts of a mail while it passes (RFC 2046 section 5.1).
//!
//! Ordinary octets are only searched for a line that begins with `--`. Headers, and the first octets
//! of such lines, are all that is looked at closely.

use memchr::memmem::Finder;

use crate::Limits;
use crate::entity::{Entity, ImplicitType, Role};
use crate::header::{is_blank, without_line_end};
use crate::header_end::HeaderEnd;
use crate::multiparts::{Delimiter, Multiparts};
use crate::structure::{Fault, Part, Structure};

/// Finds the candidate parts of a message fed in chunks of any size.
///
/// Its memory is bounded by the limits, whatever the size of the mail.
#[derive(Debug)]
pub struct Walker {
    limits: Limits,
    finder: Finder<'static>,
    state: State,
    multiparts: Multiparts,
    /// The candidate being captured.
    current: Option<Part>,
    /// Octets of the finished candidates.
    captured: usize,
    /// A part header, or a line that may be a delimiter.
    buffer: Vec<u8>,
    found: Structure,
}

#[derive(Debug)]
enum State {
    /// In the message's header.
    Header(HeaderEnd),
    /// In the header of a part; where in the buffer its current line begins.
    PartHeader { line: usize, implicit: ImplicitType },
    /// In a body; how much of [`DELIMITER`] came last.
    Body { seen: usize },
    /// In a line that begins with `--`.
    Line,
    /// All the rest belongs to the one candidate.
    Rest,
    /// Nothing that follows matters.
    Done,
}

/// Begins every delimiter line; its line feed ends the line before.
const DELIMITER: &[u8] = b"\n--";

impl Walker {
    /// Begins at the first octet of a message.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            finder: Finder::new(DELIMITER),
            state: State::Header(HeaderEnd::default()),
            multiparts: Multiparts::default(),
            current: None,
            captured: 0,
            buffer: Vec::new(),
            found: Structure::default(),
        }
    }

    /// Takes the next octets of the message.
    pub fn feed(&mut self, octets: &[u8]) {
        let mut rest = octets;
        while !rest.is_empty() {
            let taken = match self.state {
                State::Header(_) => self.header(rest),
                State::PartHeader { line, implicit } => self.part_header(rest, line, implicit),
                State::Body { seen } => self.body(rest, seen),
                State::Line => self.line(rest),
                State::Rest => {
                    self.capture(rest);
                    rest.len()
                }
                State::Done => return,
            };
            rest = rest.get(taken..).unwrap_or_default();
        }
    }

    /// Ends the message.
    #[must_use]
    pub fn finish(mut self) -> Structure {
        match self.state {
            State::Header(_) => self.message_begins(),
            State::PartHeader { line, implicit } => {
                if !self.delimiter_in_header(line) {
                    self.part_begins(implicit);
                }
            }
            State::Line => self.line_ends(),
            State::Body { .. } | State::Rest | State::Done => {}
        }
        self.part_ends();
        self.found.cost.comparisons = self.multiparts.comparisons();
        self.found
    }

    fn header(&mut self, octets: &[u8]) -> usize {
        let State::Header(end) = &mut self.state else {
            return 0;
        };
        let ended = end.seek(octets);
        let taken = ended.unwrap_or(octets.len());
        let room = self.limits.header.saturating_sub(self.found.header.len());
        let kept = octets.get(..taken.min(room)).unwrap_or_default();
        self.found.header.extend_from_slice(kept);
        self.found.header_length += taken as u64;
        self.found.cost.octets += taken as u64;
        if ended.is_some() {
            self.message_begins();
        }
        taken
    }

    fn message_begins(&mut self) {
        self.state = State::Done;
        if self.found.header_length > self.found.header.len() as u64 {
            return self.fail(Fault::Header);
        }
        match Entity::read(&self.found.header).role(ImplicitType::Text) {
            Role::Multipart { boundary, children } => self.open(boundary, children),
            Role::Candidate => {
                self.state = State::Rest;
                self.begin_candidate(Vec::new());
            }
            Role::Other => {}
        }
    }

    /// Takes up to one line of a part's header.
    fn part_header(&mut self, octets: &[u8], line: usize, implicit: ImplicitType) -> usize {
        let ended = memchr::memchr(b'\n', octets);
        let taken = ended.map_or(octets.len(), |end| end + 1);
        let room = self.limits.part_header.saturating_sub(self.buffer.len());
        if taken > room {
            self.found.cost.octets += room as u64;
            self.fail(Fault::PartHeader);
            return taken;
        }
        self.buffer
            .extend_from_slice(octets.get(..taken).unwrap_or_default());
        self.found.cost.octets += taken as u64;
        if ended.is_none() || self.delimiter_in_header(line) {
            return taken;
        }
        if self.buffer.get(line..).is_some_and(is_blank) {
            self.part_begins(implicit);
        } else {
            self.state = State::PartHeader {
                line: self.buffer.len(),
                implicit,
            };
        }
        taken
    }

    /// Whether the header's current line is a delimiter, which ends the part before it has a body.
    fn delimiter_in_header(&mut self, line: usize) -> bool {
        let current = self.buffer.get(line..).unwrap_or_default();
        let Some(text) = current
            .strip_prefix(b"--")
            .filter(|text| text.len() <= self.limits.lookahead)
        else {
            return false;
        };
        match self.multiparts.delimiter(without_line_end(text)) {
            Some(delimiter) => self.delimit(delimiter),
            None => return false,
        }
        true
    }

    fn part_begins(&mut self, implicit: ImplicitType) {
        let header = std::mem::take(&mut self.buffer);
        self.state = State::Body { seen: 1 };
        match Entity::read(&header).role(implicit) {
            Role::Multipart { boundary, children } => self.open(boundary, children),
            Role::Candidate => self.begin_candidate(header),
            Role::Other => self.buffer = header,
        }
    }

    fn open(&mut self, boundary: Vec<u8>, children: ImplicitType) {
        self.state = State::Body { seen: 1 };
        if self.multiparts.depth() >= self.limits.depth {
            self.fail(Fault::Depth);
        } else if boundary.len() > self.limits.boundary {
            self.fail(Fault::Boundary);
        } else {
            self.multiparts.open(boundary, children);
            self.found.cost.depth = self.found.cost.depth.max(self.multiparts.depth());
        }
    }

    fn begin_candidate(&mut self, header: Vec<u8>) {
        if self.found.parts.len() >= self.limits.candidates {
            return self.fail(Fault::Candidates);
        }
        self.captured += header.len();
        self.current = Some(Part {
            header,
            body: Vec::new(),
        });
    }

    /// Searches a body for the begin of a delimiter.
    fn body(&mut self, octets: &[u8], seen: usize) -> usize {
        let (taken, seen) = self.search(octets, seen);
        self.capture(octets.get(..taken).unwrap_or_default());
        if matches!(self.state, State::Done) {
            return octets.len();
        }
        self.state = if seen == DELIMITER.len() {
            self.buffer.clear();
            State::Line
        } else {
            State::Body { seen }
        };
        taken
    }

    /// How far a body goes on, and how much of a delimiter it ends with.
    fn search(&self, octets: &[u8], seen: usize) -> (usize, usize) {
        let mut seen = seen;
        let mut taken = 0;
        while seen > 0 && seen < DELIMITER.len() {
            let Some(octet) = octets.get(taken) else {
                return (taken, seen);
            };
            if DELIMITER.get(seen) == Some(octet) {
                (seen, taken) = (seen + 1, taken + 1);
            } else if *octet == b'\n' {
                (seen, taken) = (1, taken + 1);
            } else {
                seen = 0;
            }
        }
        if seen > 0 {
            return (taken, seen);
        }
        let rest = octets.get(taken..).unwrap_or_default();
        match self.finder.find(rest) {
            Some(start) => (taken + start + DELIMITER.len(), DELIMITER.len()),
            None if rest.ends_with(b"\n-") => (octets.len(), 2),
            None => (octets.len(), usize::from(rest.ends_with(b"\n"))),
        }
    }

    /// Takes what follows `--` up to the line's end, as far as a delimiter could go.
    fn line(&mut self, octets: &[u8]) -> usize {
        let room = (self.limits.lookahead + 1).saturating_sub(self.buffer.len());
        let near = octets.get(..octets.len().min(room)).unwrap_or_default();
        let ended = memchr::memchr(b'\n', near);
        let taken = ended.map_or(near.len(), |end| end + 1);
        self.buffer
            .extend_from_slice(octets.get(..taken).unwrap_or_default());
        self.found.cost.octets += taken as u64;
        if ended.is_some() {
            self.line_ends();
        } else if self.buffer.len() > self.limits.lookahead {
            self.state = State::Body { seen: 0 };
            self.no_delimiter();
        }
        taken
    }

    fn line_ends(&mut self) {
        self.state = State::Body { seen: 1 };
        match self.multiparts.delimiter(without_line_end(&self.buffer)) {
            Some(delimiter) => {
                self.cut_delimiter();
                self.delimit(delimiter);
            }
            None => self.no_delimiter(),
        }
    }

    /// The line was part of the body.
    fn no_delimiter(&mut self) {
        let line = std::mem::take(&mut self.buffer);
        self.capture(&line);
        self.buffer = line;
        self.buffer.clear();
    }

    /// Takes what began the delimiter, and the line end before it, off the captured body.
    fn cut_delimiter(&mut self) {
        if let Some(part) = &mut self.current {
            part.body
                .truncate(part.body.len().saturating_sub(DELIMITER.len()));
            if part.body.last() == Some(&b'\r') {
                part.body.pop();
            }
        }
    }

    fn delimit(&mut self, delimiter: Delimiter) {
        self.part_ends();
        self.buffer.clear();
        match delimiter {
            _ if self.found.fault.is_some() => {}
            Delimiter::Part(_) if self.found.cost.parts >= self.limits.parts => {
                self.fail(Fault::Parts)
            }
            Delimiter::Part(implicit) => {
                self.found.cost.parts += 1;
                self.state = State::PartHeader { line: 0, implicit };
            }
            Delimiter::Last if self.multiparts.depth() == 0 => self.state = State::Done,
            Delimiter::Last => self.state = State::Body { seen: 1 },
        }
    }

    /// Adds octets to the candidate being captured, among them what may still be cut off.
    fn capture(&mut self, octets: &[u8]) {
        let Some(part) = &mut self.current else {
            return;
        };
        let may_be_cut = b"\r".len() + DELIMITER.len();
        let room = (self.limits.candidate_bytes + may_be_cut)
            .saturating_sub(self.captured)
            .saturating_sub(part.body.len());
        if octets.len() > room {
            self.fail(Fault::CandidateBytes);
        } else {
            part.body.extend_from_slice(octets);
        }
    }

    fn part_ends(&mut self) {
        let Some(part) = self.current.take() else {
            return;
        };
        self.captured += part.body.len();
        if self.captured > self.limits.candidate_bytes {
            return self.fail(Fault::CandidateBytes);
        }
        self.found.parts.push(part);
    }

    fn fail(&mut self, fault: Fault) {
        self.state = State::Done;
        self.current = None;
        self.buffer = Vec::new();
        self.found.parts = Vec::new();
        self.found.fault.get_or_insert(fault);
    }
}
