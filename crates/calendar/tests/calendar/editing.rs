//! Edits change the edited lines and nothing else.

use calendar::{ComponentBuf, Item, PropertyBuf};

use crate::document;

fn component(text: &str) -> ComponentBuf {
    document(text).components().next().unwrap().to_buf()
}

fn printed(component: &ComponentBuf) -> String {
    String::from_utf8(component.to_bytes()).unwrap()
}

const ODD: &str = "BEGIN:VEVENT\r\nuid:1\r\n\r\nnonsense\r\nSUMMARY;X=\"1\":Old na\r\n me\r\n\
                   DESCRIPTION:ends with lf\nBEGIN:VALARM\r\nEND:VALARM\r\nATTENDEE:a\r\nATTENDEE:b\r\nEND:VEVENT\r\n";

#[test]
fn what_is_not_edited_prints_as_it_came() {
    assert_eq!(printed(&component(ODD)), ODD);
    let mut same = component(ODD);
    same.items_mut();
    assert_eq!(printed(&same), ODD);
}

#[test]
fn an_edit_touches_one_line() {
    let mut event = component(ODD);
    event.property_mut("SUMMARY").unwrap().set_text("New, name");
    event.property_mut("DESCRIPTION").unwrap().set_value("x");
    let expected = ODD
        .replace(
            "SUMMARY;X=\"1\":Old na\r\n me",
            "SUMMARY;X=\"1\":New\\, name",
        )
        .replace("ends with lf", "x");
    assert_eq!(printed(&event), expected);
}

#[test]
fn properties_are_set_pushed_and_removed() {
    let mut event = component(ODD);
    event.set_property(PropertyBuf::new("ATTENDEE", "c"));
    event.set_property(PropertyBuf::new("STATUS", "CONFIRMED"));
    event.set_property(PropertyBuf::new("UID", "2"));
    let removed = event.remove_properties("summary");
    assert_eq!(removed.len(), 1);
    assert_eq!(
        printed(&event),
        "BEGIN:VEVENT\r\nUID:2\r\n\r\nnonsense\r\nDESCRIPTION:ends with lf\nBEGIN:VALARM\r\nEND:VALARM\r\n\
         ATTENDEE:c\r\nSTATUS:CONFIRMED\r\nEND:VEVENT\r\n"
    );
}

#[test]
fn a_new_property_stands_before_inner_components() {
    let mut event =
        component("BEGIN:VEVENT\r\nUID:1\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT\r\n");
    event.push_property(PropertyBuf::new("A", "1"));
    event.push_component(ComponentBuf::new("VALARM"));
    assert_eq!(
        printed(&event),
        "BEGIN:VEVENT\r\nUID:1\r\nA:1\r\nBEGIN:VALARM\r\nEND:VALARM\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT\r\n"
    );
    let mut empty = ComponentBuf::new("VEVENT");
    empty.push_component(ComponentBuf::new("VALARM"));
    empty.push_property(PropertyBuf::new("UID", "1"));
    assert_eq!(
        printed(&empty),
        "BEGIN:VEVENT\r\nUID:1\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT\r\n"
    );
}

#[test]
fn what_moves_takes_the_line_ends_of_its_new_place() {
    let crlf = component("BEGIN:VALARM\r\nX:a\r\n b\r\n\r\nEND:VALARM\r\n");
    let mut event = component("BEGIN:VEVENT\nUID:1\nEND:VEVENT\n");
    event.push_component(crlf.clone());
    event.push_property(crlf.property("X").unwrap().clone());
    event.push_property(PropertyBuf::text("Y", "1"));
    assert_eq!(
        printed(&event),
        "BEGIN:VEVENT\nUID:1\nX:a\n b\nY:1\nBEGIN:VALARM\nX:a\n b\n\nEND:VALARM\nEND:VEVENT\n"
    );
}

#[test]
fn a_missing_end_is_added_by_an_edit_alone() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1";
    let mut calendar = component(text);
    assert_eq!(printed(&calendar), text);
    for event in calendar.components_mut() {
        event.push_property(PropertyBuf::new("A", "1"));
    }
    calendar.push_component(ComponentBuf::new("VTODO"));
    assert_eq!(
        printed(&calendar),
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nA:1\nEND:VEVENT\nBEGIN:VTODO\nEND:VTODO\nEND:VCALENDAR\n"
    );
}

#[test]
fn an_unclosed_component_put_between_others_is_closed() {
    let unclosed = component("BEGIN:A\r\nX:1\r\n");
    let mut outer = ComponentBuf::new("B");
    outer.items_mut().push(Item::Component(unclosed));
    outer
        .items_mut()
        .push(Item::Property(PropertyBuf::new("Y", "2")));
    assert_eq!(
        printed(&outer),
        "BEGIN:B\r\nBEGIN:A\r\nX:1\r\nEND:A\r\nY:2\r\nEND:B\r\n"
    );
}

#[test]
fn a_lone_cr_is_not_a_line_end() {
    let property = component("BEGIN:A\r\nX:a\rb\r\nEND:A\r\n");
    let mut x = property.property("X").unwrap().clone();
    assert_eq!(x.value(), "a\rb");
    x.set_parameter("P", "1");
    assert_eq!(x.to_bytes(), b"X;P=1:ab\r\n");
}

#[test]
fn nothing_can_inject_a_line() {
    let evil = "x\r\nATTENDEE:evil\r\n\nEND:VEVENT\r\0\x0B\x0C\x1B\x7F";
    let mut lines = vec![
        PropertyBuf::new("SUMMARY", evil),
        PropertyBuf::new(evil, "x"),
        PropertyBuf::new("", ""),
        PropertyBuf::text("SUMMARY", evil),
    ];
    let mut edited = PropertyBuf::new("SUMMARY", "x");
    edited.set_parameter("CN", evil);
    edited.set_parameter(evil, "1");
    edited.set_parameter("", "1");
    edited.set_parameter_values("MEMBER", &[evil, "\"b\""]);
    edited.set_value(evil);
    edited.set_text(evil);
    lines.push(edited);
    for line in lines {
        let text = String::from_utf8(line.to_bytes()).unwrap();
        let logical = text.replace("\r\n ", "");
        assert_eq!(logical.matches(['\r', '\n']).count(), 2, "{text:?}");
        assert!(
            !logical
                .trim_end_matches("\r\n")
                .contains(|c: char| c.is_control())
        );
        let mut event = ComponentBuf::new("VEVENT");
        event.push_property(line.clone());
        let again = component(&printed(&event));
        assert_eq!(again, event);
        assert_eq!(again.items().len(), 1);
    }
    assert_eq!(
        ComponentBuf::new(evil)
            .to_bytes()
            .iter()
            .filter(|b| **b == b'\n')
            .count(),
        2
    );
}

#[test]
fn parameters_are_quoted_escaped_and_kept_in_place() {
    let mut attendee = PropertyBuf::new("ATTENDEE", "mailto:a@example.com");
    attendee.set_parameter("CN", "Doe, \"Jane\"\nx");
    attendee.set_parameter("PARTSTAT", "NEEDS-ACTION");
    attendee.set_parameter("ROLE", "CHAIR");
    attendee.set_parameter("partstat", "ACCEPTED");
    assert_eq!(
        String::from_utf8(attendee.to_bytes())
            .unwrap()
            .replace("\r\n ", ""),
        "ATTENDEE;CN=\"Doe, ^'Jane^'^nx\";partstat=ACCEPTED;ROLE=CHAIR:mailto:a@example.com\r\n"
    );
    assert_eq!(attendee.parameter("cn").unwrap(), "Doe, \"Jane\"\nx");
    assert_eq!(attendee.value(), "mailto:a@example.com");
    attendee.set_parameter_values("DELEGATED-TO", &["mailto:b", "mailto:c"]);
    assert_eq!(
        attendee.parameter_values("DELEGATED-TO"),
        ["mailto:b", "mailto:c"]
    );
    for name in ["CN", "PARTSTAT", "ROLE", "DELEGATED-TO", "RSVP"] {
        attendee.remove_parameter(name);
    }
    assert_eq!(attendee.to_bytes(), b"ATTENDEE:mailto:a@example.com\r\n");
}

#[test]
fn a_repeated_parameter_is_set_once_and_removed_wholly() {
    let event = component("BEGIN:A\r\nX;P=1;Q=2;P=3;;P:v\r\nEND:A\r\n");
    let mut property = event.property("X").unwrap().clone();
    property.set_parameter("P", "9");
    assert_eq!(property.to_bytes(), b"X;P=9;Q=2;:v\r\n");
    property.remove_parameter("p");
    assert_eq!(property.to_bytes(), b"X;Q=2;:v\r\n");
}

#[test]
fn removing_what_is_not_there_leaves_the_folds() {
    let event = component("BEGIN:A\r\nX:a\r\n b\r\nEND:A\r\n");
    let mut property = event.property("X").unwrap().clone();
    property.remove_parameter("P");
    assert_eq!(property.to_bytes(), b"X:a\r\n b\r\n");
}

#[test]
fn a_quote_that_never_closes_cannot_swallow_a_new_value() {
    let event = component("BEGIN:A\r\nORGANIZER;CN=\"Bob:mailto:bob@example.com\r\nEND:A\r\n");
    let mut organizer = event.property("ORGANIZER").unwrap().clone();
    organizer.set_value("x\":mailto:evil@example.com");
    assert_eq!(organizer.value(), "x\":mailto:evil@example.com");
    assert_eq!(organizer.parameter("CN").unwrap(), "Bob");
    assert_eq!(
        organizer.to_bytes(),
        b"ORGANIZER;CN=Bob:x\":mailto:evil@example.com\r\n"
    );
}

#[test]
fn an_unedited_long_line_is_not_folded_and_an_edited_one_is() {
    let long = "x".repeat(200);
    let text = format!("BEGIN:A\r\nLONG:{long}\r\nEND:A\r\n");
    let mut a = component(&text);
    assert_eq!(printed(&a), text);
    a.property_mut("LONG").unwrap().set_parameter("P", "é");
    let edited = printed(&a);
    assert!(edited.lines().all(|line| line.len() <= 75));
    assert_eq!(
        edited.replace("\r\n ", ""),
        text.replace("LONG:", "LONG;P=é:")
    );
}

#[test]
fn same_content_ignores_folds_case_of_names_and_order_of_parameters() {
    let a =
        component("BEGIN:A\r\nX;P=1,2;Q=\"a\":v\r\n w\r\nx;q=a;p=2,1:vw\r\nX;Q=a:vw\r\nEND:A\r\n");
    let lines: Vec<_> = a.properties().collect();
    assert!(lines[0].same_content(lines[1]));
    assert!(!lines[0].same_content(lines[2]));
    assert_ne!(lines[0], lines[1]);
}

#[test]
fn tells_the_parameters_that_two_lines_have_otherwise() {
    let a = component(
        "BEGIN:A\r\nX;Q=\"a\";P=1,2;r=;S=^n:v\r\nX;p=1;T=2;s=\"^n\";q=a:w\r\nX:v\r\nEND:A\r\n",
    );
    let lines: Vec<_> = a.properties().collect();
    let unlike = |one: usize, two: usize| {
        let names = lines[one].parameters_unlike(lines[two]);
        names.into_iter().collect::<Vec<_>>().join(",")
    };
    assert_eq!(unlike(0, 1), "P,R,T");
    assert_eq!(unlike(1, 0), "P,R,T");
    assert_eq!(unlike(0, 2), "P,Q,R,S");
    assert_eq!(unlike(1, 1), "");
}

#[test]
fn a_last_line_of_nothing_but_cr_goes_when_its_component_moves() {
    let mut outer = component("BEGIN:A\nBEGIN:B\n\n\r");
    let Item::Component(inner) = outer.items_mut().remove(0) else {
        panic!("no component")
    };
    let mut other = component("BEGIN:C\r\nEND:C\r\n");
    other.push_component(inner);
    assert_eq!(
        printed(&other),
        "BEGIN:C\r\nBEGIN:B\r\n\r\nEND:B\r\nEND:C\r\n"
    );
    assert_eq!(component(&printed(&other)), other);
}
