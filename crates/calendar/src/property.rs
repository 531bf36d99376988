//! One content line of a document, read on demand (RFC 5545 section 3.1).

use std::borrow::Cow;

use crate::content::Layout;
use crate::date_or_time::DateOrTime;
use crate::eol;
use crate::fold::unfold;
use crate::property_buf::PropertyBuf;
use crate::scan::{Line, Shape};
use crate::text;

/// One logical content line, borrowed; what is not UTF-8 reads as U+FFFD.
#[derive(Clone, Debug)]
pub struct Property<'a> {
    raw: &'a [u8],
    content: Cow<'a, [u8]>,
    layout: Layout,
}

impl<'a> Property<'a> {
    /// Reads a line that the scanner found to be a property.
    pub(crate) fn of_line(raw: &'a [u8], line: &Line) -> Option<Self> {
        let content = match line.shape {
            Shape::OneLine => Cow::Borrowed(eol::without(raw)),
            Shape::Folded => unfold(raw),
        };
        let layout = match line.name.length() {
            Some(name) => Layout::of_named(&content, name)?,
            None => Layout::of(&content)?,
        };
        Some(Self {
            raw,
            content,
            layout,
        })
    }

    /// The unfolded content of an owned line.
    pub(crate) fn of_content(content: &'a [u8], layout: Layout) -> Self {
        Self {
            raw: content,
            content: Cow::Borrowed(content),
            layout,
        }
    }

    /// The name as written.
    pub fn name(&self) -> &str {
        self.layout.name(&self.content)
    }

    /// Whether it has this name, without case.
    pub fn is(&self, name: &str) -> bool {
        self.layout.is(&self.content, name)
    }

    /// The value, unfolded but not unescaped.
    pub fn value(&self) -> Cow<'a, str> {
        match &self.content {
            Cow::Borrowed(content) => text::lossy(self.layout.value(content)),
            Cow::Owned(content) => {
                let value = text::lossy(self.layout.value(content));
                Cow::Owned(value.into_owned())
            }
        }
    }

    /// The value read as TEXT: unescaped, blanks kept.
    pub fn text(&self) -> String {
        text::unescape(&self.value())
    }

    /// The value read as a date or a date with time, see [`DateOrTime::from_property`].
    pub fn date_or_time(&self) -> Option<DateOrTime> {
        DateOrTime::from_property(self)
    }

    /// The first value of the first parameter of this name, quotes and ^-escapes (RFC 6868) removed.
    pub fn parameter(&self, name: &str) -> Option<Cow<'a, str>> {
        match &self.content {
            Cow::Borrowed(content) => Some(self.layout.parameter(content, name)?.value()),
            Cow::Owned(content) => {
                let value = self.layout.parameter(content, name)?.value();
                Some(Cow::Owned(value.into_owned()))
            }
        }
    }

    /// All values of the first parameter of this name; empty without it.
    pub fn parameter_values(&self, name: &str) -> Vec<String> {
        let parameter = self.layout.parameter(&self.content, name);
        parameter.map_or_else(Vec::new, |p| p.values().map(Cow::into_owned).collect())
    }

    /// Every parameter with its values, in order.
    pub fn parameters(&self) -> impl Iterator<Item = (String, Vec<String>)> {
        self.layout.parameters(&self.content).map(|parameter| {
            let values = parameter.values().map(Cow::into_owned).collect();
            (parameter.name().into_owned(), values)
        })
    }

    /// The line as it came, with folds and line end.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// An owned copy to edit.
    pub fn to_buf(&self) -> PropertyBuf {
        PropertyBuf::of_raw(self.raw, self.content.clone().into_owned(), self.layout)
    }
}
