//! Looks at XML while it comes: what must not be read is refused before the rest is here.

use super::element::BadXml;

/// The most elements inside one another.
pub(super) const DEPTH: usize = 64;

/// The most attributes of one element, declarations of namespaces among them: that no name is there
/// twice is found out by comparing each with all before it.
pub(super) const ATTRIBUTES: usize = 64;

/// Counts depth and attributes, and notices DOCTYPE without reading XML in full.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    depth: usize,
    /// Values that the start tag has had so far.
    attributes: usize,
    place: Place,
}

/// What the last octet was part of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Text,
    /// Behind `<`.
    Opened,
    /// In a start tag; whether the last octet was a slash.
    Start {
        slash: bool,
    },
    /// In a quoted value of a start tag.
    Quoted(u8),
    End,
    /// In `<?`; whether the last octet was a question mark, without which `>` does not end it.
    Instruction {
        question: bool,
    },
    /// Behind `<!`, with the octets of what it is, as far as they are known.
    Declared([u8; 2], u8),
    /// In a comment or CDATA section: the octet that ends it twice, and how many of it came.
    Section(u8, u8),
}

impl Guard {
    /// Takes the next octets.
    pub(crate) fn take(&mut self, octets: &[u8]) -> Result<(), BadXml> {
        octets.iter().try_for_each(|&octet| self.step(octet))
    }

    fn step(&mut self, octet: u8) -> Result<(), BadXml> {
        self.place = match (self.place, octet) {
            (Place::Text, b'<') => Place::Opened,
            (Place::Text, _) => Place::Text,
            (Place::Opened, b'/') => Place::End,
            (Place::Opened, b'?') => Place::Instruction { question: false },
            (Place::Opened, b'!') => Place::Declared([0; 2], 0),
            (Place::Opened, _) => self.open()?,
            (Place::Start { slash }, b'>') => self.opened(slash),
            (Place::Start { .. }, b'"' | b'\'') => self.attribute(octet)?,
            (Place::Start { .. }, _) => Place::Start {
                slash: octet == b'/',
            },
            (Place::Quoted(quote), _) if octet == quote => Place::Start { slash: false },
            (Place::End, b'>') => self.close(),
            (Place::Instruction { question: true }, b'>') => Place::Text,
            (Place::Instruction { .. }, _) => Place::Instruction {
                question: octet == b'?',
            },
            (Place::Declared(seen, count), _) => declared(seen, count, octet)?,
            (Place::Section(end, count), b'>') if count >= 2 && end != 0 => Place::Text,
            (Place::Section(end, count), _) if octet == end => {
                Place::Section(end, count.saturating_add(1))
            }
            (Place::Section(end, _), _) => Place::Section(end, 0),
            (place, _) => place,
        };
        Ok(())
    }

    fn open(&mut self) -> Result<Place, BadXml> {
        self.depth += 1;
        self.attributes = 0;
        match self.depth > DEPTH {
            true => Err(BadXml::TooDeep),
            false => Ok(Place::Start { slash: false }),
        }
    }

    fn attribute(&mut self, quote: u8) -> Result<Place, BadXml> {
        self.attributes += 1;
        match self.attributes > ATTRIBUTES {
            true => Err(BadXml::TooManyAttributes),
            false => Ok(Place::Quoted(quote)),
        }
    }

    fn opened(&mut self, is_empty: bool) -> Place {
        match is_empty {
            true => self.close(),
            false => Place::Text,
        }
    }

    fn close(&mut self) -> Place {
        self.depth = self.depth.saturating_sub(1);
        Place::Text
    }
}

/// `<!--` and `<![CDATA[` are let pass, `<!DOCTYPE` and all else is not.
fn declared(mut seen: [u8; 2], count: u8, octet: u8) -> Result<Place, BadXml> {
    if let Some(place) = seen.get_mut(usize::from(count)) {
        *place = octet;
    }
    match (seen, count) {
        ([b'-', _], 0) => Ok(Place::Declared(seen, 1)),
        ([b'-', b'-'], 1) => Ok(Place::Section(b'-', 0)),
        ([b'[', _], 0) => Ok(Place::Section(b']', 0)),
        _ => Err(BadXml::Doctype),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded(text: &str) -> Result<(), BadXml> {
        let mut guard = Guard::default();
        text.bytes().try_for_each(|octet| guard.take(&[octet]))
    }

    #[test]
    fn doctypes_are_refused_at_their_first_letter() {
        assert_eq!(guarded("<?xml version='1.0'?><!D"), Err(BadXml::Doctype));
        assert_eq!(guarded("<a><!ENTITY"), Err(BadXml::Doctype));
        for fine in [
            "<!-- <!DOCTYPE> --><a/>",
            "<a><![CDATA[<!DOCTYPE>]]></a>",
            "<a b='<!D'/>",
        ] {
            assert_eq!(guarded(fine), Ok(()), "{fine}");
        }
    }

    #[test]
    fn depth_is_counted() {
        assert_eq!(guarded(&"<a>".repeat(64)), Ok(()));
        assert_eq!(guarded(&"<a>".repeat(65)), Err(BadXml::TooDeep));
        assert_eq!(
            guarded(&"<a b='/'/><c></c><d x=\">\">t</d>".repeat(100)),
            Ok(())
        );
        assert_eq!(guarded(&"<a b='/'>".repeat(65)), Err(BadXml::TooDeep));
    }

    #[test]
    fn an_instruction_hides_nothing() {
        let text = |rest: &str| format!("<?p ><b c=\"?>{rest}");
        assert_eq!(guarded(&text(&"<a>".repeat(64))), Ok(()));
        assert_eq!(guarded(&text(&"<a>".repeat(65))), Err(BadXml::TooDeep));
    }

    #[test]
    fn attributes_of_one_element_are_counted() {
        let with = |count: usize| format!("<a{}>", " b='\"'".repeat(count));
        assert_eq!(guarded(&with(64).repeat(2)), Ok(()));
        assert_eq!(guarded(&with(65)), Err(BadXml::TooManyAttributes));
        let namespaces = format!("<a{}", " xmlns:n=\"u\"".repeat(65));
        assert_eq!(guarded(&namespaces), Err(BadXml::TooManyAttributes));
    }
}
