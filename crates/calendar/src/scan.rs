//! One pass over calendar text: logical lines, nesting and limits (RFC 5545 sections 3.1 and 3.4).

use std::borrow::Cow;
use std::ops::Range;

use crate::content::Layout;
use crate::eol;
use crate::fold::{joined, unfold};
use crate::head::Head;
use crate::limits::{Limits, TooMuch};
use crate::name::NameMark;
use crate::problem::{Defect, Problems};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// One logical line of the source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    start: u32,
    end: u32,
    /// Behind the last line of the component that a BEGIN line opens; of other lines the next line.
    close: u32,
    pub(crate) kind: LineKind,
    /// Of a property its name; of a BEGIN line the name of the component.
    pub(crate) name: NameMark,
    pub(crate) shape: Shape,
}

/// On how many lines of the text a logical line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    OneLine,
    Folded,
}

/// What a logical line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineKind {
    Begin,
    /// A BEGIN whose END never comes.
    Unclosed,
    End,
    Property,
    /// Blank, without colon or name, an END that closes nothing, an octet order mark.
    Stray,
}

impl Line {
    pub(crate) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Index of the line behind this one, or behind the component that it opens.
    pub(crate) fn close(&self) -> usize {
        self.close as usize
    }

    pub(crate) fn opens(&self) -> bool {
        matches!(self.kind, LineKind::Begin | LineKind::Unclosed)
    }
}

/// What one pass found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scan {
    pub(crate) lines: Vec<Line>,
    /// Component names that cannot be borrowed from the source (folded, not UTF-8), by line.
    pub(crate) names: Vec<(usize, Box<str>)>,
    pub(crate) problems: Problems,
    pub(crate) is_well_nested: bool,
    /// Whether every line ends with CRLF and none is blank.
    pub(crate) is_plain: bool,
}

/// Reads the whole source or says which limit it goes past.
pub(crate) fn scan(source: &[u8], limits: &Limits) -> Result<Scan, TooMuch> {
    if source.len() > limits.bytes || u32::try_from(source.len()).is_err() {
        return Err(TooMuch::Bytes);
    }
    let mut scanner = Scanner::new(source, limits);
    scanner.read_lines()?;
    scanner.close_unended(0);
    scanner.note_octets();
    Ok(scanner.scan)
}

/// A component that is open at this point of the text.
struct Open<'s> {
    line: usize,
    name: Cow<'s, str>,
    attendees: usize,
}

struct Scanner<'s> {
    source: &'s [u8],
    limits: &'s Limits,
    open: Vec<Open<'s>>,
    components: usize,
    /// CRLFs seen so far; every other CR or LF is a bare one.
    crlf: usize,
    scan: Scan,
}

impl<'s> Scanner<'s> {
    fn new(source: &'s [u8], limits: &'s Limits) -> Self {
        let scan = Scan {
            lines: Vec::with_capacity(source.len() / 40),
            is_well_nested: true,
            is_plain: true,
            ..Scan::default()
        };
        Self {
            source,
            limits,
            open: Vec::new(),
            components: 0,
            crlf: 0,
            scan,
        }
    }

    fn read_lines(&mut self) -> Result<(), TooMuch> {
        let mut at = 0;
        if self.source.starts_with(BYTE_ORDER_MARK) {
            at = BYTE_ORDER_MARK.len();
            self.stray(0, Defect::ByteOrderMark);
            self.push(
                0..at,
                Shape::OneLine,
                (LineKind::Stray, NameMark::default()),
            )?;
        }
        while at < self.source.len() {
            let (end, shape) = self.logical_end(at)?;
            self.scan.is_plain &= !matches!(self.source.get(at), Some(b'\r' | b'\n'));
            self.read_line(at..end, shape)?;
            at = end;
        }
        Ok(())
    }

    /// The end of the logical line from `start`: behind the first line end that no fold follows.
    fn logical_end(&mut self, start: usize) -> Result<(usize, Shape), TooMuch> {
        let mut at = start;
        let mut shape = Shape::OneLine;
        loop {
            let rest = self.source.get(at..).unwrap_or_default();
            at = match memchr::memchr(b'\n', rest) {
                Some(lf) => at + lf + 1,
                None => self.source.len(),
            };
            self.crlf += usize::from(self.source.get(..at).is_some_and(|s| s.ends_with(b"\r\n")));
            if at - start > self.limits.line_length {
                return Err(TooMuch::LineLength);
            }
            if !matches!(self.source.get(at), Some(b' ' | b'\t')) {
                return Ok((at, shape));
            }
            shape = Shape::Folded;
        }
    }

    fn read_line(&mut self, range: Range<usize>, shape: Shape) -> Result<(), TooMuch> {
        let source = self.source;
        let raw = source.get(range.clone()).unwrap_or_default();
        let index = self.scan.lines.len();
        let what = match Head::of(raw) {
            Head::Begin => self.begin(index, raw)?,
            Head::End => (self.end(index, raw), NameMark::default()),
            Head::Attendee(name) => (self.attendee()?, name),
            Head::Other(name) => (LineKind::Property, name),
            Head::Blank => self.stray(index, Defect::BlankLine),
            Head::None => self.stray(index, Defect::NotAProperty),
        };
        self.push(range, shape, what)
    }

    fn push(
        &mut self,
        range: Range<usize>,
        shape: Shape,
        (kind, name): (LineKind, NameMark),
    ) -> Result<(), TooMuch> {
        if self.scan.lines.len() >= self.limits.lines {
            return Err(TooMuch::Lines);
        }
        let close = self.scan.lines.len() as u32 + 1;
        self.scan.lines.push(Line {
            start: range.start as u32,
            end: range.end as u32,
            close,
            kind,
            name,
            shape,
        });
        if kind == LineKind::End
            && let Some(open) = self.open.pop()
            && let Some(begin) = self.scan.lines.get_mut(open.line)
        {
            begin.close = close;
        }
        Ok(())
    }

    fn begin(&mut self, line: usize, raw: &'s [u8]) -> Result<(LineKind, NameMark), TooMuch> {
        if self.open.len() >= self.limits.depth {
            return Err(TooMuch::Depth);
        }
        if self.components >= self.limits.components {
            return Err(TooMuch::Components);
        }
        self.components += 1;
        let name = component_name(raw);
        if let Cow::Owned(name) = &name {
            self.scan.names.push((line, name.as_str().into()));
        }
        let mark = NameMark::of(name.as_bytes());
        self.open.push(Open {
            line,
            name,
            attendees: 0,
        });
        Ok((LineKind::Begin, mark))
    }

    /// Closes the innermost component of that name and, without END, everything inside it.
    fn end(&mut self, line: usize, raw: &[u8]) -> LineKind {
        let name = component_name(raw);
        let matching = self
            .open
            .iter()
            .rposition(|open| open.name.eq_ignore_ascii_case(&name));
        let Some(level) = matching else {
            self.scan.is_well_nested = false;
            return self.stray(line, Defect::UnexpectedEnd).0;
        };
        self.close_unended(level + 1);
        LineKind::End
    }

    /// Closes, here and without an END, what is open at `level` and deeper.
    fn close_unended(&mut self, level: usize) {
        let close = self.scan.lines.len() as u32;
        for open in self.open.drain(level..).rev() {
            self.scan.is_well_nested = false;
            self.scan.problems.note(open.line, Defect::Unclosed);
            if let Some(begin) = self.scan.lines.get_mut(open.line) {
                begin.close = close;
                begin.kind = LineKind::Unclosed;
            }
        }
    }

    fn attendee(&mut self) -> Result<LineKind, TooMuch> {
        if let Some(open) = self.open.last_mut() {
            open.attendees += 1;
            if open.attendees > self.limits.attendees {
                return Err(TooMuch::Attendees);
            }
        }
        Ok(LineKind::Property)
    }

    fn stray(&mut self, line: usize, defect: Defect) -> (LineKind, NameMark) {
        self.scan.problems.note(line, defect);
        (LineKind::Stray, NameMark::default())
    }

    /// Notes what is wrong with octets, each kind once, at its first line.
    fn note_octets(&mut self) {
        let source = self.source;
        let bare_lf = |at: usize| at == 0 || source.get(at - 1) != Some(&b'\r');
        let bare_cr = |at: usize| source.get(at + 1) != Some(&b'\n');
        let not_utf8 = std::str::from_utf8(source).err().map(|e| e.valid_up_to());
        // A fold may stand in the middle of a character (RFC 5545, 3.1).
        let not_utf8 = not_utf8.filter(|_| std::str::from_utf8(&joined(source)).is_err());
        let found = [
            (Defect::Nul, memchr::memchr(0, source)),
            (Defect::NotUtf8, not_utf8),
            (
                Defect::BareLf,
                first_bare(source, b'\n', self.crlf, bare_lf),
            ),
            (
                Defect::BareCr,
                first_bare(source, b'\r', self.crlf, bare_cr),
            ),
        ];
        self.scan.is_plain &= source.ends_with(b"\n");
        for (defect, at) in found {
            if let Some(at) = at {
                self.scan.is_plain &= defect != Defect::BareLf;
                let line = self.scan.lines.partition_point(|l| l.range().end <= at);
                self.scan.problems.note(line, defect);
            }
        }
    }
}

/// The name behind BEGIN or END, blanks around it removed.
pub(crate) fn component_name(raw: &[u8]) -> Cow<'_, str> {
    if let Some(name) = borrowed_name(raw) {
        return Cow::Borrowed(name);
    }
    let content = unfold(raw);
    let value = Layout::of(&content).map_or(&[][..], |layout| layout.value(&content));
    Cow::Owned(String::from_utf8_lossy(value.trim_ascii()).into_owned())
}

/// The same where it needs no copy: no folds, valid UTF-8.
pub(crate) fn borrowed_name(raw: &[u8]) -> Option<&str> {
    let line = eol::without(raw);
    if memchr::memchr(b'\n', line).is_some() {
        return None;
    }
    let value = Layout::of(line)?.value(line);
    std::str::from_utf8(value.trim_ascii()).ok()
}

/// Where the first of the octets stands that `is_bare` says is no part of a CRLF.
///
/// Counting is much faster than looking at each, and nearly always shows that there is none.
fn first_bare(
    source: &[u8],
    octet: u8,
    crlf: usize,
    is_bare: impl Fn(usize) -> bool,
) -> Option<usize> {
    let mut all = memchr::memchr_iter(octet, source);
    if all.clone().count() == crlf {
        return None;
    }
    all.find(|&at| is_bare(at))
}
