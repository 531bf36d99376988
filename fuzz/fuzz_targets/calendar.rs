//! Calendar data and vCards: parse, print, edit, parse again (RFC 5545, RFC 6350).
#![no_main]

use calendar::{
    CalendarUserAddress, Component, ComponentBuf, DateOrTime, Document, Duration, Item, Limits,
    Message, PropertyBuf, parameter, text, vcard,
};
use fuzz::Choices;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let _ = Document::parse(octets, &small());
    let _ = vcard::contacts(octets, &small());
    let limits = Limits::default();
    let Ok(document) = Document::parse(octets, &limits) else {
        return;
    };
    assert_eq!(document.as_bytes(), octets);
    let mut choices = Choices::of(octets);
    for component in document.components() {
        let buf = component.to_buf();
        assert_eq!(again(&buf), buf);
    }
    for component in document.descendants() {
        is_read(component);
        let mut buf = component.to_buf();
        assert_eq!(buf.to_bytes(), component.raw());
        // Some are enough, the next input has others.
        if choices.below(3) == 0 {
            edit(&mut buf, &mut choices);
            assert_eq!(again(&buf), buf, "edited");
        }
    }
    if let Ok(message) = Message::read(&document) {
        let blanks = [' ', '\t'];
        assert!(!message.uid.is_empty() && message.uid.trim_matches(blanks) == message.uid);
        assert!(document.descendants().any(|c| c.is("VCALENDAR")));
    }
    for card in vcard::contacts(octets, &limits).expect("the document was within its limits") {
        assert!(card.addresses.iter().all(|address| address.contains('@')));
    }
});

/// The first component of a printed text.
fn again(component: &ComponentBuf) -> ComponentBuf {
    let generous = Limits {
        bytes: 64 << 20,
        line_length: 64 << 20,
        lines: 1 << 24,
        depth: 64,
        components: 1 << 20,
        attendees: 1 << 20,
    };
    let document = Document::parse(component.to_bytes(), &generous).expect("within limits");
    let first = document.components().next().expect("a component");
    assert_eq!(document.components().count(), 1);
    first.to_buf()
}

/// Calls everything that reads.
fn is_read(component: Component<'_>) {
    for property in component.properties() {
        let buf = property.to_buf();
        assert_eq!(buf.to_bytes(), property.raw());
        assert_eq!(buf.value(), property.value());
        assert_eq!(property.parameters().collect::<Vec<_>>(), buf.parameters());
        assert!(buf.same_content(&buf.clone()));
        is_value(&property.value());
        if let Some(date) = DateOrTime::from_property(&property) {
            let zone = property.parameter("TZID");
            let read = DateOrTime::parse(&date.to_string(), zone.as_deref());
            assert!(read.is_none() || read == Some(date));
        }
        let _ = DateOrTime::list_from_property(&property);
    }
    let names = ["UID", "ATTENDEE", "DTSTART"];
    for name in names {
        let slowly = component.properties().filter(|p| p.is(name)).count();
        assert_eq!(component.properties_named(name).count(), slowly, "{name}");
    }
}

/// Values come back from their printed form.
fn is_value(value: &str) {
    if let Some(duration) = Duration::parse(value) {
        assert_eq!(Duration::parse(&duration.to_string()), Some(duration));
    }
    let address = CalendarUserAddress::parse(value);
    assert!(address.same_as(&address) && address.same_ignoring_case(&address));
    if !value.chars().any(|c| c.is_ascii_control() && c != '\t') {
        assert_eq!(text::unescape(&text::escape(value)), value);
        assert_eq!(parameter::decode(parameter::encode(value).into()), value);
    }
}

/// Edits with what the component holds itself.
fn edit(component: &mut ComponentBuf, choices: &mut Choices) {
    let lines: Vec<PropertyBuf> = component.properties().cloned().collect();
    let value = |choices: &mut Choices| match lines.is_empty() {
        true => "x;y:\"z\"\n".to_owned(),
        false => choices.one_of(&lines).value().into_owned(),
    };
    for _ in 0..3 {
        let new = value(choices);
        match choices.below(9) {
            0 => component.push_property(PropertyBuf::text("X-NEW", &new)),
            1 => component.set_property(PropertyBuf::new("UID", &new)),
            2 => component.push_component(ComponentBuf::new("VALARM")),
            3 => component.properties_mut().for_each(|p| p.set_text(&new)),
            4 => component
                .properties_mut()
                .for_each(|p| p.set_parameter("CN", &new)),
            5 => component
                .properties_mut()
                .for_each(|p| p.remove_parameter("CN")),
            6 => component.retain(|item| item.as_property().is_none_or(|p| !p.is("DTSTART"))),
            7 => move_last_component_out(component),
            _ => component
                .components_mut()
                .for_each(|c| c.push_property(PropertyBuf::new("A", &new))),
        }
    }
}

/// Puts the last inner component behind everything else.
fn move_last_component_out(component: &mut ComponentBuf) {
    let items = component.items_mut();
    let Some(at) = items.iter().rposition(|item| item.as_component().is_some()) else {
        return;
    };
    if let Item::Component(inner) = items.remove(at) {
        component.push_component(inner);
    }
}

/// Limits so small that every one is met.
fn small() -> Limits {
    Limits {
        bytes: 2_000,
        lines: 30,
        line_length: 200,
        depth: 3,
        components: 4,
        attendees: 2,
    }
}
