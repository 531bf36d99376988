//! Whatever comes in goes out the same, and what is printed reads the same again.

use calendar::{
    CalendarUserAddress, Component, ComponentBuf, DateOrTime, Document, Duration, Limits, Message,
    PropertyBuf, parameter, text, vcard,
};
use proptest::prelude::*;

/// Pieces that make text look like a calendar in all the ways that go wrong.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let fixed = prop::sample::select(vec![
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "begin:vevent",
        "BEGIN:VALARM",
        "END:VALARM",
        "METHOD:REQUEST",
        "UID:1",
        "UID:2",
        "UID",
        "ATTENDEE;CN=\"a",
        "\";X=",
        ":",
        ";",
        "\"",
        "=",
        ",",
        "^'",
        "\\n",
        "\r\n",
        "\r\n",
        "\n",
        "\r",
        "\r\n ",
        "\n\t",
        " ",
        "é",
        "😀",
        "\u{FEFF}",
        "\0",
        "DTSTART;TZID=Europe/Berlin:20260101T090000",
        "BEGIN:VCARD",
        "END:VCARD",
        "EMAIL:a@b.example",
    ]);
    prop_oneof![
        9 => fixed.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ]
}

fn calendar_like() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(), 0..60).prop_map(|pieces| pieces.concat())
}

fn parse(bytes: &[u8]) -> Option<Document> {
    Document::parse(bytes, &Limits::default()).ok()
}

/// The first component of a printed text.
fn again(component: &ComponentBuf) -> ComponentBuf {
    let document = parse(&component.to_bytes()).unwrap();
    let first = document.components().next().unwrap();
    first.to_buf()
}

/// Calls everything that reads.
fn read_all(component: Component<'_>) {
    for property in component.properties() {
        let buf = property.to_buf();
        assert_eq!(buf.to_bytes(), property.raw());
        assert_eq!(buf.value(), property.value());
        assert_eq!(property.parameter("CN"), buf.parameter("CN"));
        assert_eq!(property.parameters().collect::<Vec<_>>(), buf.parameters());
        assert!(component.properties_named(property.name()).count() > 0);
        let _ = (
            property.text(),
            buf.date_or_time(),
            DateOrTime::list_from_property(&property),
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn documents_and_components_come_out_as_they_went_in(bytes in calendar_like()) {
        if let Some(document) = parse(&bytes) {
            prop_assert_eq!(document.as_bytes(), &bytes[..]);
            for component in document.descendants() {
                read_all(component);
                let buf = component.to_buf();
                prop_assert_eq!(buf.to_bytes(), component.raw());
                prop_assert_eq!(&again(&buf), &buf);
            }
            let _ = Message::read(&document);
        }
    }

    #[test]
    fn an_edited_component_reads_again_as_it_was_meant(bytes in calendar_like(), value in ".{0,100}") {
        let Some(document) = parse(&bytes) else { return Ok(()) };
        let Some(component) = document.components().next() else { return Ok(()) };
        let mut buf = component.to_buf();
        for property in buf.properties_mut() {
            property.set_parameter("X-P", &value);
            property.set_text(&value);
        }
        buf.push_property(PropertyBuf::text("X-NEW", &value));
        buf.push_component(ComponentBuf::new("X-C"));
        let reread = again(&buf);
        prop_assert_eq!(&reread, &buf);
        let stays = |c: char| !c.is_ascii_control() || c == '\t';
        let plain: String = value.chars().filter(|c| stays(*c)).collect();
        for property in reread.properties().filter(|p| p.is("X-NEW")) {
            if plain == value {
                prop_assert_eq!(property.unescaped(), value.clone());
            }
        }
        for line in buf.to_bytes().split(|b| *b == b'\n') {
            prop_assert!(!line.starts_with(b"X-NEW") || line.len() <= 76);
        }
    }

    #[test]
    fn text_and_parameters_come_back(value in "[^\r\\x00-\\x08\\x0B-\\x1F\\x7F]{0,60}") {
        prop_assert_eq!(text::unescape(&text::escape(&value)), value.clone());
        prop_assert_eq!(parameter::decode(parameter::encode(&value).into()), value.clone());
        let mut property = PropertyBuf::text("X", &value);
        property.set_parameter("P", &value);
        let mut component = ComponentBuf::new("VEVENT");
        component.push_property(property);
        let reread = again(&component);
        let property = reread.property("X").unwrap();
        prop_assert_eq!(property.unescaped(), value.clone());
        prop_assert_eq!(property.parameter("P").unwrap(), value);
    }

    #[test]
    fn values_of_any_text_are_read_without_fault(value in "\\PC{0,40}", near in "[-+PT0-9WDHMSZz]{0,20}") {
        for value in [value, near] {
            if let Some(duration) = Duration::parse(&value) {
                prop_assert_eq!(Duration::parse(&duration.to_string()), Some(duration));
            }
            if let Some(date) = DateOrTime::parse(&value, Some(&value)) {
                prop_assert_eq!(DateOrTime::parse(&date.to_string(), Some(&value)), Some(date));
            }
            let address = CalendarUserAddress::parse(&value);
            prop_assert_eq!(&address, &CalendarUserAddress::parse(&value));
        }
    }

    #[test]
    fn cards_of_any_bytes_are_read_without_fault(bytes in calendar_like(), line in ".{0,200}") {
        let _ = vcard::contacts(&bytes, &Limits::default());
        let card = format!("BEGIN:VCARD\nVERSION:{line}\nEMAIL;{line}\nN;{line}\nUID:{line}\nFN:{line}\nEND:VCARD\n");
        let cards = vcard::contacts(card.as_bytes(), &Limits::default()).unwrap();
        prop_assert!(cards.iter().all(|c| c.addresses.iter().all(|a| a.contains('@'))));
    }
}
