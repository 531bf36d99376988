//! Writing XML with the prefixes that every document of ours declares.

use std::borrow::Cow;

use super::character;
use super::name::{Name, PREFIXES};

/// XML on its way.
#[derive(Debug, Default)]
pub(crate) struct Xml(String);

impl Xml {
    /// A document that begins with this element.
    pub(crate) fn document(root: &str) -> Self {
        let mut xml = Self("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<".to_owned());
        xml.raw(root);
        for (prefix, namespace) in PREFIXES {
            xml.raw(" xmlns:")
                .raw(prefix)
                .raw("=\"")
                .raw(namespace)
                .raw("\"");
        }
        xml.raw(">");
        xml
    }

    /// XML as it is.
    pub(crate) fn raw(&mut self, xml: &str) -> &mut Self {
        self.0.push_str(xml);
        self
    }

    /// Characters.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        let mut kept = text;
        while let Some(at) = kept.bytes().position(is_marked) {
            let (plain, rest) = kept.split_at(at);
            let mut characters = rest.chars();
            self.0.push_str(plain);
            self.escaped(characters.next().unwrap_or_default());
            kept = characters.as_str();
        }
        self.0.push_str(kept);
        self
    }

    /// An element such as `D:href` with characters in it.
    pub(crate) fn element(&mut self, tag: &str, text: &str) -> &mut Self {
        self.open(tag).text(text).close(tag)
    }

    pub(crate) fn open(&mut self, tag: &str) -> &mut Self {
        self.raw("<").raw(tag).raw(">")
    }

    pub(crate) fn close(&mut self, tag: &str) -> &mut Self {
        self.raw("</").raw(tag).raw(">")
    }

    /// One character.
    fn escaped(&mut self, character: char) {
        match character {
            '<' => self.0.push_str("&lt;"),
            '>' => self.0.push_str("&gt;"),
            '&' => self.0.push_str("&amp;"),
            '"' => self.0.push_str("&quot;"),
            // Else it would be read as a line feed.
            '\r' => self.0.push_str("&#13;"),
            c if !character::is_allowed(c) => self.0.push('\u{fffd}'),
            c => self.0.push(c),
        }
    }

    /// An element of any name around XML, or an empty one.
    pub(crate) fn named(&mut self, name: &Name, inner: &str) -> &mut Self {
        self.within(name, inner.is_empty(), |xml| xml.raw(inner))
    }

    /// An element of any name with characters in it, or an empty one.
    pub(crate) fn named_text(&mut self, name: &Name, text: &str) -> &mut Self {
        self.within(name, text.is_empty(), |xml| xml.text(text))
    }

    fn within(
        &mut self,
        name: &Name,
        is_empty: bool,
        inner: impl FnOnce(&mut Self) -> &mut Self,
    ) -> &mut Self {
        let (tag, declared) = match name.prefix() {
            Some(prefix) => (format!("{prefix}:{}", name.local), String::new()),
            None => {
                let declared = format!(" xmlns=\"{}\"", quoted(&name.namespace));
                (name.local.clone(), declared)
            }
        };
        self.raw("<").raw(&tag).raw(&declared);
        if is_empty {
            return self.raw("/>");
        }
        self.raw(">");
        inner(self);
        self.close(&tag)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes what is there so far.
    pub(crate) fn take(&mut self) -> String {
        std::mem::take(&mut self.0)
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

/// The text as it may stand in a quoted attribute, where blanks would be read as spaces.
pub(super) fn quoted(text: &str) -> String {
    escape(text).replace('\t', "&#9;").replace('\n', "&#10;")
}

/// The text as it may stand in an element; what XML cannot hold becomes U+FFFD.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(is_marked) {
        return Cow::Borrowed(text);
    }
    let mut xml = Xml(String::with_capacity(text.len() + text.len() / 16));
    xml.text(text);
    Cow::Owned(xml.into_string())
}

/// Whether a character that begins with this octet may have to be written otherwise: those of ASCII, and
/// U+FFFE and U+FFFF, which begin with 0xEF.
fn is_marked(octet: u8) -> bool {
    matches!(octet, b'<' | b'>' | b'&' | b'"' | 0xef)
        || (octet < b' ' && octet != b'\t' && octet != b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_is_escaped_wherever_it_stands() {
        let text = "\r<a b=\"c\">&amp;\u{0}\u{b}\t\n\u{e9}\u{fffe}\u{fffd}\u{ffff}\u{ff01}<";
        let expected = "&#13;&lt;a b=&quot;c&quot;&gt;&amp;amp;\u{fffd}\u{fffd}\t\n\u{e9}\u{fffd}\u{fffd}\u{fffd}\u{ff01}&lt;";
        assert_eq!(escape(text), expected);
        assert!(matches!(escape("plain \u{e9}"), Cow::Borrowed(_)));
    }

    #[test]
    fn an_element_without_content_is_closed_at_once() {
        let name = Name::new("x", "y");
        let mut xml = Xml::default();
        xml.named_text(&name, "").named_text(&name, "<");
        assert_eq!(xml.into_string(), "<y xmlns=\"x\"/><y xmlns=\"x\">&lt;</y>");
    }
}
