//! A component inside a document (RFC 5545 section 3.6), as a range of its lines.

use crate::component_buf::ComponentBuf;
use crate::document::Document;
use crate::property::Property;
use crate::scan::{Line, LineKind};

/// One component, borrowed from its [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Component<'a> {
    document: &'a Document,
    begin: usize,
    close: usize,
    kind: LineKind,
}

impl<'a> Component<'a> {
    pub(crate) fn new(document: &'a Document, begin: usize, line: Line) -> Self {
        Self {
            document,
            begin,
            close: line.close(),
            kind: line.kind,
        }
    }

    /// The name as written.
    pub fn name(&self) -> &'a str {
        self.document.component_name(self.begin)
    }

    /// Whether it has this name, without case.
    pub fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
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
        self.property_lines().filter_map(Property::of)
    }

    /// Its own properties of this name, without case.
    pub fn properties_named<'n>(
        &self,
        name: &'n str,
    ) -> impl Iterator<Item = Property<'a>> + use<'a, 'n> {
        self.property_lines()
            .filter(move |raw| may_be_named(raw, name))
            .filter_map(Property::of)
            .filter(move |property| property.is(name))
    }

    /// Its own properties of any of these names, without case, in the order that they stand in.
    pub fn properties_among<'n>(
        &self,
        names: &'n [&'n str],
    ) -> impl Iterator<Item = Property<'a>> + use<'a, 'n> {
        self.property_lines()
            .filter(move |raw| names.iter().any(|name| may_be_named(raw, name)))
            .filter_map(Property::of)
            .filter(move |property| names.iter().any(|name| property.is(name)))
    }

    /// The first of its own properties of this name, without case.
    pub fn property(&self, name: &str) -> Option<Property<'a>> {
        self.properties_named(name).next()
    }

    /// The components directly inside.
    pub fn components(&self) -> impl Iterator<Item = Component<'a>> + use<'a> {
        let document = self.document;
        document.components_in(self.inside())
    }

    /// Its own lines that are no BEGIN or END of anything.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let is_own = |kind| matches!(kind, LineKind::Property | LineKind::Stray);
        self.document.lines_of_kind(self.inside(), is_own)
    }

    /// Its lines from BEGIN to END as they came; without END, up to where it was closed.
    pub fn raw(&self) -> &'a [u8] {
        let line = |at| self.document.line(at).map(|line| line.range());
        let start = line(self.begin).map_or(0, |range| range.start);
        let end = line(self.close.saturating_sub(1)).map_or(start, |range| range.end);
        self.document.bytes(start..end)
    }

    /// An owned copy to edit.
    pub fn to_buf(&self) -> ComponentBuf {
        ComponentBuf::of_lines(
            (self.begin..self.close)
                .filter_map(|at| self.document.line(at))
                .map(|line| (line.kind, self.document.bytes(line.range()))),
        )
    }

    fn property_lines(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let is_property = |kind| kind == LineKind::Property;
        self.document.lines_of_kind(self.inside(), is_property)
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

/// A quick look that spares unfolding lines of other names.
fn may_be_named(raw: &[u8], name: &str) -> bool {
    let first = name.as_bytes().first();
    // A line may begin with its fold.
    let is_first = |byte: &u8| {
        matches!(byte, b'\r' | b'\n') || first.is_some_and(|first| byte.eq_ignore_ascii_case(first))
    };
    if !raw.first().is_some_and(is_first) {
        return false;
    }
    let Some(start) = raw.get(..=name.len()) else {
        return false;
    };
    let (head, next) = start.split_at(name.len());
    let is_folded = start.iter().any(|byte| matches!(byte, b'\r' | b'\n'));
    is_folded || (head.eq_ignore_ascii_case(name.as_bytes()) && matches!(next, b":" | b";"))
}
