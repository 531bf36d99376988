//! Documents of text as real and hostile senders write it.

use calendar::{Component, Defect, Document, Limits, Names, Property};

use crate::document;

fn defects(document: &Document) -> Vec<(usize, Defect)> {
    let problems = document.problems().iter();
    problems.map(|p| (p.line, p.defect)).collect()
}

/// The nesting as `NAME(inner inner)`.
fn shape(document: &Document) -> String {
    fn name(component: Component<'_>) -> String {
        let inner: Vec<_> = component.components().map(name).collect();
        format!("{}({})", component.name(), inner.join(" "))
    }
    let names: Vec<_> = document.components().map(name).collect();
    names.join(" ")
}

#[test]
fn a_clean_text_has_no_problem() {
    let document = document(
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Long\r\n er\r\nBEGIN:VALARM\r\n\
         END:VALARM\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    );
    assert_eq!(defects(&document), []);
    assert!(document.is_well_nested());
    assert_eq!(shape(&document), "VCALENDAR(VEVENT(VALARM()))");
    let calendar = document.components().next().unwrap();
    assert_eq!(calendar.raw(), document.as_bytes());
    let event = calendar.components().next().unwrap();
    let names: Vec<_> = event.properties().map(|p| p.name().to_owned()).collect();
    assert_eq!(names, ["SUMMARY", "UID"]);
    assert_eq!(event.property("summary").unwrap().value(), "Longer");
    assert_eq!(
        event.property("SUMMARY").unwrap().raw(),
        b"SUMMARY:Long\r\n er\r\n"
    );
}

#[test]
fn reads_byte_order_mark_lower_case_lf_and_blank_lines() {
    let document = document(
        "\u{FEFF}begin:vcalendar\nuid:a\n\n\nBegin:vEvent \n\tx\nend:VEVENT\nend:Vcalendar",
    );
    assert_eq!(shape(&document), "vcalendar(vEvent x())");
    let calendar = document.components().next().unwrap();
    assert!(calendar.is("VCALENDAR"));
    assert_eq!(calendar.property("UID").unwrap().value(), "a");
    let found: Vec<_> = document.problems().iter().map(|p| p.defect).collect();
    assert_eq!(
        found,
        [
            Defect::ByteOrderMark,
            Defect::BlankLine,
            Defect::UnexpectedEnd,
            Defect::Unclosed,
            Defect::BareLf
        ]
    );
}

#[test]
fn an_outer_end_closes_what_is_open_inside() {
    let document =
        document("BEGIN:A\r\nBEGIN:B\r\nBEGIN:C\r\nX:1\r\nEND:A\r\nBEGIN:D\r\nEND:D\r\n");
    assert_eq!(shape(&document), "A(B(C())) D()");
    assert_eq!(
        defects(&document),
        [(2, Defect::Unclosed), (1, Defect::Unclosed)]
    );
    assert!(!document.is_well_nested());
    let a = document.components().next().unwrap();
    let b = a.components().next().unwrap();
    assert!(a.has_end() && !b.has_end() && !b.is_cut_off());
    assert_eq!(b.raw(), b"BEGIN:B\r\nBEGIN:C\r\nX:1\r\n");
    let c = b.components().next().unwrap();
    assert_eq!(c.property("X").unwrap().value(), "1");
}

#[test]
fn the_end_of_the_text_closes_everything() {
    let document = document("BEGIN:A\r\nBEGIN:B\r\nX:1");
    assert_eq!(shape(&document), "A(B())");
    assert!(document.descendants().all(|c| c.is_cut_off()));
    let names: Vec<_> = document.descendants().map(|c| c.name()).collect();
    assert_eq!(names, ["A", "B"]);
}

#[test]
fn an_end_of_nothing_is_a_stray_line() {
    let document = document("END:A\r\nBEGIN:B\r\nEND:A\r\nX:1\r\nEND:B\r\nEND:B\r\n");
    assert_eq!(shape(&document), "B()");
    let expected = [0, 2, 5].map(|line| (line, Defect::UnexpectedEnd));
    assert_eq!(defects(&document), expected);
    assert_eq!(
        document.components().next().unwrap().properties().count(),
        1
    );
}

#[test]
fn lines_that_are_no_properties_are_listed_and_passed_over() {
    let document =
        document(b"BEGIN:A\r\nno colon\r\n:x\r\nA;B\r\n\xFF:x\r\nOK;X=\"a:b\":c\r\nEND:A\r\n");
    let expected = [1, 2, 3, 4].map(|line| (line, Defect::NotAProperty));
    let mut found = defects(&document);
    assert_eq!(found.pop(), Some((4, Defect::NotUtf8)));
    assert_eq!(found, expected);
    let a = document.components().next().unwrap();
    let property = a.properties().next().unwrap();
    assert_eq!(property.parameter("x").unwrap(), "a:b");
    assert_eq!(property.value(), "c");
    assert_eq!(a.properties().count(), 1);
}

#[test]
fn octets_that_do_not_belong_are_listed_once_each() {
    let document = document(b"A:\0\r\nB:\0\r\nC:x\ry\r\nD:\xFF\nE:\n");
    assert_eq!(
        defects(&document),
        [
            (0, Defect::Nul),
            (3, Defect::NotUtf8),
            (3, Defect::BareLf),
            (2, Defect::BareCr)
        ]
    );
}

#[test]
fn the_list_of_problems_ends() {
    let document = document("x\r\n".repeat(1000));
    assert_eq!(document.problems().len(), 64);
}

#[test]
fn folds_may_stand_anywhere() {
    let document = document(
        b"BEG\r\n IN:VEV\n\tENT\r\nUI\r\n D:a\r\n b\r\n\r\nSUMMARY\r\n ;LANG\r\n UAGE=de:\xC3\r\n \xBC\r\nE\r\n ND:VEVENT\r\n",
    );
    assert!(document.is_well_nested());
    let event = document.components().next().unwrap();
    assert_eq!(event.name(), "VEVENT");
    assert_eq!(event.property("UID").unwrap().value(), "ab");
    let summary = event.property("summary").unwrap();
    assert_eq!(summary.parameter("LANGUAGE").unwrap(), "de");
    assert_eq!(summary.value(), "ü");
}

#[test]
fn a_name_is_never_found_by_its_beginning() {
    let document = document("BEGIN:A\r\nUIDX:1\r\nUI:2\r\nUID;X=1:3\r\nUID:4\r\nEND:A\r\n");
    let a = document.components().next().unwrap();
    let values: Vec<_> = a
        .properties_named("uid")
        .map(|p| p.value().into_owned())
        .collect();
    assert_eq!(values, ["3", "4"]);
}

#[test]
fn doubled_carriage_returns_do_not_reach_values() {
    let document = document("BEGIN:A\r\r\nUID:1\r\r\n 2\r\r\nEND:A\r\r\n");
    assert!(document.is_well_nested());
    let a = document.components().next().unwrap();
    assert_eq!(a.property("UID").unwrap().value(), "12");
    assert_eq!(a.to_buf().to_bytes(), a.raw());
}

#[test]
fn anything_is_a_document() {
    for bytes in [
        &b""[..],
        b"\0",
        b"\xEF\xBB\xBF",
        b"\n",
        b" ",
        b"\r",
        b"BEGIN:",
        b"END:",
        b":",
        b"\"",
        b";:\"",
    ] {
        let document = Document::parse(bytes, &Limits::default()).unwrap();
        assert_eq!(document.as_bytes(), bytes);
        assert!(document.descendants().count() <= 1);
    }
}

#[test]
fn properties_are_found_however_their_names_are_written() {
    const SOUGHT: Names = Names::of(&["SUMMARY", "CLASS"]);
    let long = "X-".repeat(200);
    let document = document(format!(
        "BEGIN:A\r\nCl\r\n ass:1\r\nSUMMARY;X=\"\r\n :\":2\r\nCLAUS:3\r\n{long}:4\r\nclass:5\r\nEND:A\r\n"
    ));
    let a = document.components().next().unwrap();
    let values = |lines: &mut dyn Iterator<Item = Property<'_>>| -> Vec<String> {
        lines.map(|line| line.value().into_owned()).collect()
    };
    assert_eq!(values(&mut a.properties_named("CLASS")), ["1", "5"]);
    assert_eq!(values(&mut a.properties_among(SOUGHT)), ["1", "2", "5"]);
    assert_eq!(values(&mut a.properties_named(&long.to_lowercase())), ["4"]);
    assert!(a.has("claus") && !a.has("CLAU") && !a.has(""));
}

#[test]
fn a_plain_text_has_crlf_everywhere_and_no_blank_line() {
    let is_plain = |text: &str| document(text).is_plain();
    assert!(is_plain("BEGIN:A\r\nX:1\r\n 2\r\nEND:A\r\n"));
    for text in [
        "BEGIN:A\r\nX:1\r\n\r\nEND:A\r\n",
        "BEGIN:A\r\nX:1\r\n\r\n Y:2\r\nEND:A\r\n",
        "BEGIN:A\r\nX:1\n 2\r\nEND:A\r\n",
        "BEGIN:A\r\nEND:A",
    ] {
        assert!(!is_plain(text), "{text:?}");
    }
    let cut = document("BEGIN:A\r\nX:1\r\n");
    assert!(cut.is_plain() && !cut.components().next().unwrap().is_plain());
}

#[test]
fn tells_the_properties_that_changed_and_nothing_where_more_did() {
    let changes = |now: &str, then: &str| {
        let [now, then] = [now, then].map(|lines| document(format!("BEGIN:A\r\n{lines}END:A\r\n")));
        let [now, then] = [&now, &then].map(|document| document.components().next().unwrap());
        let changes = now.changes_since(&then)?;
        let values = changes
            .iter()
            .map(|(now, then)| format!("{} {}", now.value(), then.value()));
        Some(values.collect::<Vec<_>>().join(","))
    };
    let inner = "BEGIN:B\r\nX:1\r\nEND:B\r\n";
    let with_inner = |line: &str| format!("{line}{inner}Y:1\r\n");
    assert_eq!(changes("X:1\r\n", "X:1\r\n").unwrap(), "");
    assert_eq!(changes("X:1\r\nY:2\r\n", "X:3\r\nY:2\r\n").unwrap(), "1 3");
    assert_eq!(
        changes(&with_inner("X:1\r\n"), &with_inner("Z:4\r\n")).unwrap(),
        "1 4"
    );
    assert_eq!(changes("X:1\r\n", "X:1\r\nY:2\r\n"), None);
    assert_eq!(changes("X:1\r\n", "X\r\n"), None);
    assert_eq!(changes(inner, &inner.replace("X:1", "X:2")), None);
    assert_eq!(changes(inner, "X:1\r\n"), None);
}
