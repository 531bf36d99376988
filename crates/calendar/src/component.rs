//! A component inside a document (RFC 5545 section 3.6), as a range of its lines.

use crate::component_buf::ComponentBuf;
use crate::document::Document;
use crate::name::{NameMark, Names};
use crate::property::Property;
use crate::scan::{Line, LineKind};

/// One component, borrowed from its [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Component<'a> {
    document: &'a Document,
    begin: usize,
    close: usize,
    kind: LineKind,
    mark: NameMark,
}

impl<'a> Component<'a> {
    pub(crate) fn new(document: &'a Document, begin: usize, line: Line) -> Self {
        Self {
            document,
            begin,
            close: line.close(),
            kind: line.kind,
            mark: line.name,
        }
    }

    /// The name as written.
    pub fn name(&self) -> &'a str {
        self.document.component_name(self.begin)
    }

    /// Whether it has this name, without case.
    pub fn is(&self, name: &str) -> bool {
        self.mark == NameMark::of(name.as_bytes()) && self.name().eq_ignore_ascii_case(name)
    }

    /// Whether an END of its own closes it; else an outer END or the end of the text does.
    pub fn has_end(&self) -> bool {
        self.kind == LineKind::Begin
    }

    /// Whether the text ends before the component is closed by any END: it may have been cut.
    pub fn is_cut_off(&self) -> bool {
        !self.has_end() && self.document.line(self.close).is_none()
    }

    /// Its own properties in order, not those of inner components.
    pub fn properties(&self) -> impl Iterator<Item = Property<'a>> + use<'a> {
        self.property_lines(|_| true)
    }

    /// Its own properties of this name, without case.
    pub fn properties_named<'n>(
        &self,
        name: &'n str,
    ) -> impl Iterator<Item = Property<'a>> + use<'a, 'n> {
        let mark = NameMark::of(name.as_bytes());
        self.property_lines(move |line| line.name == mark)
            .filter(move |property| property.is(name))
    }

    /// Its own properties of any of these names, in the order that they stand in.
    pub fn properties_among(&self, names: Names) -> impl Iterator<Item = Property<'a>> + use<'a> {
        self.property_lines(move |line| names.may_have(line.name))
            .filter(move |property| names.as_slice().iter().any(|name| property.is(name)))
    }

    /// The first of its own properties of this name, without case.
    pub fn property(&self, name: &str) -> Option<Property<'a>> {
        self.properties_named(name).next()
    }

    /// Whether it has a property of this name, without case.
    pub fn has(&self, name: &str) -> bool {
        self.property(name).is_some()
    }

    /// The components directly inside.
    pub fn components(&self) -> impl Iterator<Item = Component<'a>> + use<'a> {
        let document = self.document;
        document.components_in(self.inside())
    }

    /// Its own lines that are no BEGIN or END of anything.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let is_own = |line: &Line| matches!(line.kind, LineKind::Property | LineKind::Stray);
        let lines = self.document.lines_in(self.inside(), is_own);
        lines.map(|(raw, _)| raw)
    }

    /// Its lines from BEGIN to END as they came; without END, up to where it was closed.
    pub fn raw(&self) -> &'a [u8] {
        let line = |at| self.document.line(at).map(|line| line.range());
        let start = line(self.begin).map_or(0, |range| range.start);
        let end = line(self.close.saturating_sub(1)).map_or(start, |range| range.end);
        self.document.bytes(start..end)
    }

    /// Whether [`raw`](Self::raw) needs no mending: it has its END, and [`Document::is_plain`].
    pub fn is_plain(&self) -> bool {
        self.has_end() && self.document.is_plain()
    }

    /// The own properties that stand otherwise in an earlier form of it, each with what stood in its
    /// place; none when the two differ in anything else.
    pub fn changes_since<'b>(
        &self,
        before: &Component<'b>,
    ) -> Option<Vec<(Property<'a>, Property<'b>)>> {
        let is_property = |line: &Line| line.kind == LineKind::Property;
        let mut changes = Vec::new();
        let (mut now, mut then) = (self.whole_lines(), before.whole_lines());
        loop {
            match (now.next(), then.next()) {
                (Some((now, _)), Some((then, _))) if now == then => {}
                (Some(now), Some(then)) if is_property(now.1) && is_property(then.1) => {
                    let now = Property::of_line(now.0, now.1)?;
                    changes.push((now, Property::of_line(then.0, then.1)?));
                }
                (None, None) => return Some(changes),
                _ => return None,
            }
        }
    }

    /// Its own lines, and each component inside as one.
    fn whole_lines(&self) -> impl Iterator<Item = (&'a [u8], &'a Line)> + use<'a> {
        let document = self.document;
        document.steps(self.inside()).map(|(at, line)| {
            let whole = Component::new(document, at, *line);
            (
                if line.opens() {
                    whole.raw()
                } else {
                    document.bytes(line.range())
                },
                line,
            )
        })
    }

    /// An owned copy to edit.
    pub fn to_buf(&self) -> ComponentBuf {
        ComponentBuf::of_lines(
            (self.begin..self.close)
                .filter_map(|at| Some((at, self.document.line(at)?)))
                .map(|(at, line)| (at, line, self.document.bytes(line.range()))),
        )
    }

    /// Its own properties whose lines pass the test.
    fn property_lines<F>(&self, is_wanted: F) -> impl Iterator<Item = Property<'a>> + use<'a, F>
    where
        F: Fn(&Line) -> bool,
    {
        let is_wanted = move |line: &Line| line.kind == LineKind::Property && is_wanted(line);
        let lines = self.document.lines_in(self.inside(), is_wanted);
        lines.filter_map(|(raw, line)| Property::of_line(raw, line))
    }

    /// The lines between BEGIN and END.
    fn inside(&self) -> std::ops::Range<usize> {
        let end = if self.has_end() {
            self.close.saturating_sub(1)
        } else {
            self.close
        };
        self.begin + 1..end
    }
}
