//! Reading vCards 2.1, 3.0 and 4.0 (RFC 6350): cards of a file verbatim, with their mail addresses.

use calcard::Entry;
use calcard::vcard::{VCard, VCardEntry, VCardProperty, VCardValue};

use crate::address::CalendarUserAddress;
use crate::component::Component;
use crate::content::Layout;
use crate::document::Document;
use crate::fold::unfold;
use crate::limits::{Limits, TooMuch};

/// Octets of the longest line that is looked into for an address, a UID or a name.
const LINE: usize = 4096;

/// The properties that are looked into.
const READ: [&str; 5] = ["VERSION", "UID", "EMAIL", "FN", "N"];

/// One card of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The card as it came, BEGIN to END.
    pub text: Vec<u8>,
    /// UID, if it has one.
    pub uid: Option<String>,
    /// The EMAIL values in order, blanks and `mailto:` removed; what is no mail address is left out.
    pub addresses: Vec<String>,
    /// FN, else the parts of N; empty without both.
    pub name: String,
}

/// The cards of a file in order, those inside others left out.
///
/// Limits are those of the whole file: an address book needs more than [`Limits::default`].
pub fn contacts(bytes: &[u8], limits: &Limits) -> Result<Vec<Card>, TooMuch> {
    let document = Document::parse(bytes, limits)?;
    let cards = document.components().filter(|c| c.is("VCARD"));
    Ok(cards.map(|card| read(&card)).collect())
}

fn read(card: &Component<'_>) -> Card {
    let parsed = parsed(card);
    let all = |name| parsed.entries.iter().filter(move |e| e.name == name);
    let first = |name| all(name).map(words).find(|words| !words.is_empty());
    Card {
        text: card.raw().to_vec(),
        uid: first(VCardProperty::Uid),
        addresses: all(VCardProperty::Email).filter_map(address).collect(),
        name: first(VCardProperty::Fn)
            .or_else(|| first(VCardProperty::N))
            .unwrap_or_default(),
    }
}

/// The card as `calcard` reads it, from the few short lines that are needed.
///
/// It never sees pictures, cards inside the card or lines of hostile length.
fn parsed(card: &Component<'_>) -> VCard {
    let mut text = String::from("BEGIN:VCARD\r\n");
    for line in lines(card).iter().filter(|line| is_read(line)) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push_str("\r\n");
    }
    text.push_str("END:VCARD\r\n");
    match calcard::Parser::new(&text).entry() {
        Entry::VCard(card) => card,
        _ => VCard::default(),
    }
}

/// The card's own lines, unfolded; in quoted-printable of version 2.1 a final `=` continues a line.
fn lines(card: &Component<'_>) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for raw in card.lines() {
        let content = unfold(raw);
        match lines.last_mut().filter(|line| is_continued(line)) {
            Some(line) => {
                line.pop();
                line.extend_from_slice(&content);
            }
            None => lines.push(content.into_owned()),
        }
    }
    if let Some(line) = lines.last_mut().filter(|line| is_continued(line)) {
        line.pop();
    }
    lines
}

fn is_continued(line: &[u8]) -> bool {
    const ENCODING: &[u8] = b"QUOTED-PRINTABLE";
    let parameters = line.split(|&byte| byte == b':').next().unwrap_or_default();
    line.ends_with(b"=")
        && line.len() <= LINE
        && parameters
            .windows(ENCODING.len())
            .any(|window| window.eq_ignore_ascii_case(ENCODING))
}

/// Whether the line is one to look into; Apple puts `item1.` before names.
fn is_read(line: &[u8]) -> bool {
    let Some(layout) = Layout::of(line) else {
        return false;
    };
    let name = layout.name(line);
    let name = name.rsplit_once('.').map_or(name, |(_, name)| name);
    line.len() <= LINE && READ.iter().any(|read| name.eq_ignore_ascii_case(read))
}

fn address(entry: &VCardEntry) -> Option<String> {
    let address = CalendarUserAddress::parse(&words(entry));
    address.is_mail().then(|| address.to_string())
}

/// The texts of a value, one blank between them.
fn words(entry: &VCardEntry) -> String {
    let texts = entry.values.iter().flat_map(|value| match value {
        VCardValue::Text(text) => vec![text.as_str()],
        VCardValue::Component(texts) => texts.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    });
    let words: Vec<&str> = texts.flat_map(str::split_whitespace).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(text: &str) -> Card {
        let mut cards = contacts(text.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(cards.len(), 1);
        cards.remove(0)
    }

    #[test]
    fn reads_version_3_of_apple() {
        let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe;Jane;;;\r\nFN:Jane Doe\r\n\
            EMAIL;type=INTERNET;type=HOME;type=pref:jane@example.com\r\n\
            item1.EMAIL;type=INTERNET:jane@work.example.com\r\nitem1.X-ABLabel:Work\r\n\
            UID:1-2-3\r\nEND:VCARD\r\n";
        let card = read_one(text);
        assert_eq!(card.text, text.as_bytes());
        assert_eq!(card.uid.as_deref(), Some("1-2-3"));
        assert_eq!(
            card.addresses,
            ["jane@example.com", "jane@work.example.com"]
        );
        assert_eq!(card.name, "Jane Doe");
    }

    #[test]
    fn reads_version_4_with_uris_and_version_2_1_quoted_printable() {
        let card = read_one(
            "BEGIN:VCARD\nVERSION:4.0\nFN:J\\, D\nEMAIL:mailto:j%2Bd@example.com\nUID:urn:uuid:9\nEND:VCARD",
        );
        assert_eq!(
            (card.addresses, &*card.name),
            (vec!["j+d@example.com".to_owned()], "J, D")
        );
        assert_eq!(card.uid.as_deref(), Some("urn:uuid:9"));
        let card = read_one(
            "begin:vcard\nversion:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Jo\nemail;internet:jo@example.com\nend:vcard\n",
        );
        assert_eq!(
            (card.addresses, &*card.name),
            (vec!["jo@example.com".to_owned()], "Müller Jo")
        );
        assert_eq!(card.uid, None);
    }

    #[test]
    fn reads_several_cards_and_leaves_other_text() {
        let text = b"\xEF\xBB\xBFBEGIN:VCARD\r\nEMAIL:a@x.example\r\nEND:VCARD\r\n\r\njunk\r\n\
            BEGIN:VCARD\r\nEMAIL:b@x\r\n .example\r\nBEGIN:VCARD\r\nEMAIL:agent@x\r\nEND:VCARD\r\nEND:VCARD\r\n";
        let cards = contacts(text, &Limits::default()).unwrap();
        let addresses: Vec<_> = cards.iter().flat_map(|c| c.addresses.clone()).collect();
        assert_eq!(addresses, ["a@x.example", "b@x.example"]);
    }

    #[test]
    fn soft_line_breaks_of_quoted_printable_swallow_nothing() {
        let card = read_one(
            "BEGIN:VCARD\nVERSION:2.1\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:M=C3=BCl=\nler:x=\n;Jo\n\
             EMAIL:jo@example.com\nFN;encoding=quoted-printable:x=\nEND:VCARD\n",
        );
        assert_eq!(card.addresses, ["jo@example.com"]);
        assert_eq!(card.name, "x");
        let card = read_one(
            "BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:M=C3=BCl=\nler;Jo\nEND:VCARD\n",
        );
        assert_eq!(card.name, "Müller Jo");
    }

    #[test]
    fn leaves_out_what_is_no_address() {
        let long = "a".repeat(LINE);
        let card = read_one(&format!(
            "BEGIN:VCARD\nEMAIL:\nEMAIL:nobody\nEMAIL:{long}@x.example\nEMAIL:a@b@c \nEND:VCARD\n"
        ));
        assert_eq!(card.addresses, ["a@b@c"]);
    }

    #[test]
    fn refuses_what_goes_past_a_limit() {
        let deep = "BEGIN:VCARD\n".repeat(10_000);
        let limits = Limits::default();
        assert_eq!(contacts(deep.as_bytes(), &limits), Err(TooMuch::Depth));
        assert_eq!(
            contacts(&vec![b'x'; limits.bytes + 1], &limits),
            Err(TooMuch::Bytes)
        );
    }
}
