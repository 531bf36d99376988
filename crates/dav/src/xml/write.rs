//! Writing XML with the prefixes that every document of ours declares.

use std::borrow::Cow;

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
        self.0.push_str(&escape(text));
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

    /// An element of any name around XML, or an empty one.
    pub(crate) fn named(&mut self, name: &Name, inner: &str) -> &mut Self {
        let (tag, declared) = match name.prefix() {
            Some(prefix) => (format!("{prefix}:{}", name.local), String::new()),
            None => {
                let declared = format!(" xmlns=\"{}\"", escape(&name.namespace));
                (name.local.clone(), declared)
            }
        };
        self.raw("<").raw(&tag).raw(&declared);
        match inner {
            "" => self.raw("/>"),
            _ => self.raw(">").raw(inner).close(&tag),
        }
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

/// The text as it may stand in an element or a quoted attribute; what XML cannot hold becomes U+FFFD.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| !matches!(c, '<' | '>' | '&' | '"' | '\r') && !is_refused(c);
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            // Else it would be read as a line feed.
            '\r' => out.push_str("&#13;"),
            c if is_refused(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Characters that XML 1.0 cannot hold in any spelling.
fn is_refused(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}
