//! A calendar text as it came, with an index of its lines (RFC 5545 section 3.4).

use crate::component::Component;
use crate::limits::{Limits, TooMuch};
use crate::problem::Problem;
use crate::scan::{self, Line, Scan};

/// iCalendar text kept byte for byte, with a flat index of its lines.
///
/// Any octets make a document: what is not calendar data has no components. The index takes 16
/// bytes for a line.
#[derive(Clone, Debug)]
pub struct Document {
    source: Vec<u8>,
    scan: Scan,
}

impl Document {
    /// Indexes the text; refused only for what goes past a limit.
    pub fn parse(source: impl Into<Vec<u8>>, limits: &Limits) -> Result<Self, TooMuch> {
        let source = source.into();
        let scan = scan::scan(&source, limits)?;
        Ok(Self { source, scan })
    }

    /// The text as it came.
    pub fn as_bytes(&self) -> &[u8] {
        &self.source
    }

    /// What was noticed and read all the same: the first 64.
    pub fn problems(&self) -> &[Problem] {
        self.scan.problems.as_slice()
    }

    /// Whether every BEGIN has its own END and every END its BEGIN, by name.
    pub fn is_well_nested(&self) -> bool {
        self.scan.is_well_nested
    }

    /// Whether every line ends with CRLF and none is blank.
    pub fn is_plain(&self) -> bool {
        self.scan.is_plain
    }

    /// The outermost components in order, whatever their names.
    pub fn components(&self) -> impl Iterator<Item = Component<'_>> {
        self.components_in(0..self.scan.lines.len())
    }

    /// Every component at every depth, in order of its BEGIN.
    pub fn descendants(&self) -> impl Iterator<Item = Component<'_>> {
        let lines = self.scan.lines.iter().enumerate();
        lines
            .filter(|(_, line)| line.opens())
            .map(|(begin, line)| Component::new(self, begin, *line))
    }

    pub(crate) fn line(&self, index: usize) -> Option<Line> {
        self.scan.lines.get(index).copied()
    }

    pub(crate) fn bytes(&self, range: std::ops::Range<usize>) -> &[u8] {
        self.source.get(range).unwrap_or_default()
    }

    /// The components that begin in `lines`, not those inside them.
    pub(crate) fn components_in(
        &self,
        lines: std::ops::Range<usize>,
    ) -> impl Iterator<Item = Component<'_>> {
        self.steps(lines)
            .filter(|(_, line)| line.opens())
            .map(|(begin, line)| Component::new(self, begin, *line))
    }

    /// The wanted lines in `lines`, those inside components left out.
    pub(crate) fn lines_in(
        &self,
        lines: std::ops::Range<usize>,
        is_wanted: impl Fn(&Line) -> bool,
    ) -> impl Iterator<Item = (&[u8], &Line)> {
        self.steps(lines)
            .filter(move |(_, line)| is_wanted(line))
            .map(|(_, line)| (self.bytes(line.range()), line))
    }

    /// The lines of a range, each component as its BEGIN line alone.
    pub(crate) fn steps(
        &self,
        lines: std::ops::Range<usize>,
    ) -> impl Iterator<Item = (usize, &Line)> {
        let all = self.scan.lines.get(..lines.end).unwrap_or_default();
        let mut at = lines.start;
        std::iter::from_fn(move || {
            let line = all.get(at)?;
            let index = at;
            at = line.close();
            Some((index, line))
        })
    }

    /// The component name of a BEGIN line.
    pub(crate) fn component_name(&self, begin: usize) -> &str {
        let names = &self.scan.names;
        if let Ok(at) = names.binary_search_by_key(&begin, |(line, _)| *line) {
            return names.get(at).map_or("", |(_, name)| name);
        }
        let range = self.line(begin).map(|line| line.range());
        let name = scan::borrowed_name(self.bytes(range.unwrap_or_default()));
        name.unwrap_or_default()
    }
}
