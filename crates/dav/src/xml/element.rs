//! A document as a tree of elements, read whole from a bounded text.

use std::borrow::Cow;

use quick_xml::NsReader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;

use super::character;
use super::guard::{ATTRIBUTES, DEPTH};
use super::name::Name;
use super::write::{Xml, quoted};

/// Why XML is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadXml {
    /// It has a document type declaration, or another declaration.
    #[error("the XML has a document type declaration")]
    Doctype,
    /// Elements are nested too deeply.
    #[error("the XML nests elements too deeply")]
    TooDeep,
    /// An element has too many attributes.
    #[error("an element of the XML has too many attributes")]
    TooManyAttributes,
    /// It is not well formed.
    #[error("the XML is not well formed")]
    NotWellFormed,
}

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: Name,
    /// Attributes by their names, declarations of namespaces left out.
    attributes: Vec<(Name, String)>,
    children: Vec<Node>,
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// An element.
    Element(Element),
    /// Characters.
    Text(String),
}

impl Element {
    /// Reads a document; the caller has let a [`Guard`](super::Guard) look at it. Its bounds hold here too,
    /// however differently the two read what is no XML: what is too deep to be freed ends the process.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, BadXml> {
        let text = std::str::from_utf8(text).map_err(|_| BadXml::NotWellFormed)?;
        let text = text.trim_start_matches('\u{feff}');
        if !text.chars().all(character::is_allowed) {
            return Err(BadXml::NotWellFormed);
        }
        let text = unix_lines(text);
        let mut reader = NsReader::from_reader(text.as_bytes());
        reader.config_mut().check_comments = true;
        let mut open: Vec<Self> = Vec::new();
        let mut scopes = Scopes::default();
        let (mut root, mut is_first) = (None, true);
        loop {
            let event = reader.read_event().map_err(|_| BadXml::NotWellFormed)?;
            let is_begin = std::mem::take(&mut is_first);
            let closed = match event {
                Event::Eof => break,
                Event::Decl(_) if !is_begin => return Err(BadXml::NotWellFormed),
                Event::Start(start) => {
                    open.push(Self::read(&reader, &start)?);
                    scopes.open(&start)?;
                    None
                }
                Event::Empty(start) => Some(Self::read(&reader, &start)?),
                Event::End(_) => {
                    scopes.close();
                    Some(open.pop().ok_or(BadXml::NotWellFormed)?)
                }
                Event::DocType(_) => return Err(BadXml::Doctype),
                other => {
                    characters(&mut open, other)?;
                    None
                }
            };
            if let Some(element) = closed {
                match open.last_mut() {
                    Some(parent) => parent.children.push(Node::Element(element)),
                    None if root.is_none() => root = Some(element),
                    None => return Err(BadXml::NotWellFormed),
                }
            }
        }
        root.filter(|_| open.is_empty())
            .ok_or(BadXml::NotWellFormed)
    }

    fn read(reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Result<Self, BadXml> {
        let (namespace, local) = reader.resolve_element(start.name());
        let mut attributes = Vec::new();
        if start.attributes().with_checks(false).count() > ATTRIBUTES {
            return Err(BadXml::TooManyAttributes);
        }
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| BadXml::NotWellFormed)?;
            let is_binding = attribute.key.as_namespace_binding().is_some();
            named(attribute.key.local_name().as_ref())?;
            if is_binding {
                continue;
            }
            let value = value(&attribute.value)?;
            let (namespace, local) = match attribute.key.prefix() {
                Some(prefix) if prefix.as_ref() == b"xml" => {
                    (XML.to_owned(), attribute.key.local_name())
                }
                Some(_) => {
                    let (namespace, local) = reader.resolve_attribute(attribute.key);
                    (namespace_of(namespace)?, local)
                }
                None => (String::new(), attribute.key.local_name()),
            };
            let local = named(local.as_ref())?;
            attributes.push((Name { namespace, local }, value));
        }
        Ok(Self {
            name: Name {
                namespace: namespace_of(namespace)?,
                local: named(local.as_ref())?,
            },
            attributes,
            children: Vec::new(),
        })
    }

    pub(crate) fn is(&self, namespace: &str, local: &str) -> bool {
        self.name.is(namespace, local)
    }

    /// The elements directly inside.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// How many elements it is, those inside of it and itself.
    pub(crate) fn count(&self) -> usize {
        1 + self.elements().map(Self::count).sum::<usize>()
    }

    /// Those of a name.
    pub(crate) fn all<'a>(
        &'a self,
        namespace: &'a str,
        local: &'a str,
    ) -> impl Iterator<Item = &'a Self> {
        self.elements()
            .filter(move |child| child.is(namespace, local))
    }

    /// The first of a name.
    pub(crate) fn child(&self, namespace: &str, local: &str) -> Option<&Self> {
        self.elements().find(|child| child.is(namespace, local))
    }

    /// The value of an attribute without a namespace.
    pub(crate) fn attribute(&self, local: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|(name, _)| name.is("", local));
        found.map(|(_, value)| value.as_str())
    }

    /// All its characters, those inside its elements left out.
    pub(crate) fn text(&self) -> String {
        let texts = self.children.iter().filter_map(|child| match child {
            Node::Text(text) => Some(text.as_str()),
            Node::Element(_) => None,
        });
        texts.collect()
    }

    /// Says the language of the element, unless it says one itself: that of an element around it, which
    /// belongs to the value of a property (RFC 4918, 4.3).
    pub(crate) fn speak(&mut self, language: &str) {
        let name = Name::new(XML, LANG);
        if self.language().is_none() {
            self.attributes.push((name, language.to_owned()));
        }
    }

    /// The same under another name.
    pub(crate) fn renamed(&self, name: Name) -> Self {
        Self {
            name,
            ..self.clone()
        }
    }

    /// What `xml:lang` of the element itself says.
    pub(crate) fn language(&self) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|(name, _)| name.is(XML, LANG));
        found.map(|(_, value)| value.as_str())
    }

    /// The element as XML that needs nothing around it.
    pub(crate) fn to_xml(&self) -> String {
        let mut xml = Xml::default();
        self.write(&mut xml, None);
        xml.into_string()
    }

    fn write(&self, xml: &mut Xml, around: Option<&str>) {
        let local = &self.name.local;
        xml.raw("<").raw(local);
        if around != Some(&self.name.namespace) {
            xml.raw(" xmlns=\"")
                .raw(&quoted(&self.name.namespace))
                .raw("\"");
        }
        for (index, (name, value)) in self.attributes.iter().enumerate() {
            match name.namespace.as_str() {
                "" => xml.raw(" ").raw(&name.local),
                XML => xml.raw(" xml:").raw(&name.local),
                other => {
                    let prefix = format!("a{index}");
                    xml.raw(" xmlns:")
                        .raw(&prefix)
                        .raw("=\"")
                        .raw(&quoted(other))
                        .raw("\" ");
                    xml.raw(&prefix).raw(":").raw(&name.local)
                }
            };
            xml.raw("=\"").raw(&quoted(value)).raw("\"");
        }
        if self.children.is_empty() {
            xml.raw("/>");
            return;
        }
        xml.raw(">");
        for child in &self.children {
            match child {
                Node::Element(element) => element.write(xml, Some(&self.name.namespace)),
                Node::Text(text) => drop(xml.text(text)),
            }
        }
        xml.raw("</").raw(local).raw(">");
    }
}

/// The most namespaces that are declared at one place of a document: each name is looked for among them.
const NAMESPACES: usize = 256;

/// How many namespaces are declared by each open element and those around it.
#[derive(Debug, Default)]
struct Scopes(Vec<usize>);

impl Scopes {
    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), BadXml> {
        if self.0.len() == DEPTH {
            return Err(BadXml::TooDeep);
        }
        let attributes = start.attributes().flatten();
        let bindings = attributes.filter(|one| one.key.as_namespace_binding().is_some());
        let sum = self.0.last().unwrap_or(&0) + bindings.count();
        self.0.push(sum);
        match sum > NAMESPACES {
            true => Err(BadXml::TooManyAttributes),
            false => Ok(()),
        }
    }

    fn close(&mut self) {
        self.0.pop();
    }
}

/// The namespace of `xml:lang`.
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const LANG: &str = "lang";

/// The text with its lines ended as XML reads them (XML 1.0, 2.11).
fn unix_lines(text: &str) -> Cow<'_, str> {
    match text.contains('\r') {
        true => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
        false => Cow::Borrowed(text),
    }
}

/// Adds characters to the innermost open element.
fn characters(open: &mut [Element], event: Event<'_>) -> Result<(), BadXml> {
    let text = match event {
        Event::Text(text) if text.windows(3).any(|three| three == b"]]>") => {
            return Err(BadXml::NotWellFormed);
        }
        Event::Text(text) => utf8(&text)?,
        Event::CData(text) => utf8(&text)?,
        Event::GeneralRef(reference) => referred(&reference)?.to_string(),
        _ => return Ok(()),
    };
    match open.last_mut() {
        Some(element) => match element.children.last_mut() {
            Some(Node::Text(before)) => before.push_str(&text),
            _ => element.children.push(Node::Text(text)),
        },
        None if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() => {}
        None => return Err(BadXml::NotWellFormed),
    }
    Ok(())
}

fn referred(reference: &BytesRef<'_>) -> Result<char, BadXml> {
    if let Ok(Some(referred)) = reference.resolve_char_ref() {
        let is_allowed = character::is_allowed(referred);
        return is_allowed.then_some(referred).ok_or(BadXml::NotWellFormed);
    }
    match &reference[..] {
        b"lt" => Ok('<'),
        b"gt" => Ok('>'),
        b"amp" => Ok('&'),
        b"apos" => Ok('\''),
        b"quot" => Ok('"'),
        _ => Err(BadXml::NotWellFormed),
    }
}

fn namespace_of(resolved: ResolveResult<'_>) -> Result<String, BadXml> {
    match resolved {
        ResolveResult::Bound(namespace) => {
            let namespace = value(namespace.as_ref())?;
            match character::is_namespace(&namespace) {
                true => Ok(namespace),
                false => Err(BadXml::NotWellFormed),
            }
        }
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(_) => Err(BadXml::NotWellFormed),
    }
}

/// What an attribute says: its references resolved, its blanks made spaces (XML 1.0, 3.3.3).
fn value(raw: &[u8]) -> Result<String, BadXml> {
    let raw = utf8(raw)?.replace(['\t', '\n'], " ");
    let value = unescape(&raw).map_err(|_| BadXml::NotWellFormed)?;
    match raw.contains('<') || !value.chars().all(character::is_allowed) {
        true => Err(BadXml::NotWellFormed),
        false => Ok(value.into_owned()),
    }
}

/// A name without its prefix.
fn named(octets: &[u8]) -> Result<String, BadXml> {
    let name = utf8(octets)?;
    match character::is_name(&name) {
        true => Ok(name),
        false => Err(BadXml::NotWellFormed),
    }
}

fn utf8(octets: &[u8]) -> Result<String, BadXml> {
    let text = std::str::from_utf8(octets).map_err(|_| BadXml::NotWellFormed)?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_means_the_same() {
        let text = "<?xml version=\"1.0\"?>\n<d:a xmlns:d=\"DAV:\" xmlns=\"x\" xml:lang=\"de\" k=\"&lt;1&gt;\">\
                    t&amp;&#65;<b/><![CDATA[<c>]]><d:e xmlns:f=\"f\" f:g=\"h\"/></d:a>";
        let element = Element::parse(text.as_bytes()).unwrap();
        assert_eq!(element.text(), "t&A<c>");
        let again = Element::parse(element.to_xml().as_bytes()).unwrap();
        assert_eq!(again, element);
    }

    #[test]
    fn depth_and_attributes_are_bounded_without_a_guard() {
        let deep = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(Element::parse(deep(DEPTH).as_bytes()).is_ok());
        let too_deep = Element::parse(deep(DEPTH + 1).as_bytes());
        assert_eq!(too_deep, Err(BadXml::TooDeep));
        let wide = |count: usize| {
            let attributes: String = (0..count).map(|number| format!(" a{number}=''")).collect();
            Element::parse(format!("<a{attributes}/>").as_bytes())
        };
        assert!(wide(ATTRIBUTES).is_ok());
        assert_eq!(wide(ATTRIBUTES + 1), Err(BadXml::TooManyAttributes));
    }

    #[test]
    fn namespaces_at_one_place_are_counted() {
        let nested = |depth: usize| {
            let declared = |at: usize| -> String {
                let names = (0..64).map(|number| format!(" xmlns:n{at}-{number}=\"u\""));
                names.collect()
            };
            let opened: String = (0..depth)
                .map(|at| format!("<a{}>", declared(at)))
                .collect();
            Element::parse((opened + &"</a>".repeat(depth)).as_bytes())
        };
        assert!(nested(4).is_ok());
        assert_eq!(nested(5), Err(BadXml::TooManyAttributes));
        let beside = "<a xmlns=\"u\"></a>".repeat(300);
        assert!(Element::parse(format!("<b>{beside}</b>").as_bytes()).is_ok());
    }

    #[test]
    fn lines_end_as_xml_ends_them() {
        let element = Element::parse(b"<a>1\r\n2\r3&#13;\n4</a>").unwrap();
        assert_eq!(element.text(), "1\n2\n3\r\n4");
        let element = Element::parse(b"<a xmlns='u?a&amp;b' b='\t&#9;&lt;'/>").unwrap();
        assert!(element.is("u?a&b", "a"));
        assert_eq!(element.attribute("b"), Some(" \t<"));
        let again = Element::parse(element.to_xml().as_bytes()).unwrap();
        assert_eq!(again, element);
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for text in [
            "",
            "x",
            "<a>",
            "<a></b>",
            "</a>",
            "<a/><b/>",
            "<a:b/>",
            "<a>&nbsp;</a>",
            "<a/>x",
            "<a b=c/>",
            "<a><b></a></b>",
            "<!DOCTYPE a><a/>",
            "<1a/>",
            "<a><-b/></a>",
            "<a b\u{d7}=\"\"/>",
            "<a xmlns:1=\"u\"/>",
            "<a xmlns=\"u v\"/>",
            "<a>\u{1}</a>",
            "<a>&#1;</a>",
            "<a b=\"&#xfffe;\"/>",
            "<a>\u{ffff}</a>",
            "<a b=\"<\"/>",
            "<a>]]></a>",
            "<a><!-- -- --></a>",
            " <?xml version=\"1.0\"?><a/>",
            "<?xml version=\"1.0\"?><?xml version=\"1.0\"?><a/>",
        ] {
            assert!(Element::parse(text.as_bytes()).is_err(), "{text}");
        }
        assert!(Element::parse(b"<a>\xff</a>").is_err());
        for text in [
            "\u{feff}<a/>",
            "<\u{e9}.-\u{b7}/>",
            "<?p q?><a>]]&gt;<?p?></a><!-- c -->",
        ] {
            assert!(Element::parse(text.as_bytes()).is_ok(), "{text}");
        }
    }
}
