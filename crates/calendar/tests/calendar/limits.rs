//! Each limit to the unit: the last value passes, one more is refused.

use calendar::{Document, Limits, TooMuch};

const WIDE: Limits = Limits {
    bytes: usize::MAX,
    lines: usize::MAX,
    line_length: usize::MAX,
    depth: usize::MAX,
    components: usize::MAX,
    attendees: usize::MAX,
};

/// What the text is refused for, if anything.
fn refusal(text: impl AsRef<[u8]>, limits: Limits) -> Option<TooMuch> {
    Document::parse(text.as_ref(), &limits).err()
}

#[test]
fn bytes() {
    let limits = Limits { bytes: 10, ..WIDE };
    assert_eq!(refusal([b'x'; 10], limits), None);
    assert_eq!(refusal([b'x'; 11], limits), Some(TooMuch::Bytes));
}

#[test]
fn lines_are_logical_ones() {
    let limits = Limits { lines: 3, ..WIDE };
    assert_eq!(refusal("A:1\r\nB:2\r\nC:3", limits), None);
    assert_eq!(refusal("A:1\r\n 1\r\n 1\r\nB:2\r\nC:3\r\n", limits), None);
    assert_eq!(
        refusal("A:1\r\nB:2\r\nC:3\r\nD", limits),
        Some(TooMuch::Lines)
    );
    assert_eq!(refusal("\n\n\n\n", limits), Some(TooMuch::Lines));
    assert_eq!(
        refusal("\u{FEFF}A:1\nB:2\nC:3\n", limits),
        Some(TooMuch::Lines)
    );
}

#[test]
fn line_length_counts_folds_and_line_end() {
    let limits = Limits {
        line_length: 12,
        ..WIDE
    };
    assert_eq!(refusal("A:12345678\r\nB:1\r\n", limits), None);
    assert_eq!(
        refusal("A:123456789\r\n", limits),
        Some(TooMuch::LineLength)
    );
    assert_eq!(refusal("A:1234\r\n 12\n", limits), None);
    assert_eq!(
        refusal("A:1234\r\n 12\r\n", limits),
        Some(TooMuch::LineLength)
    );
}

#[test]
fn depth() {
    let limits = Limits { depth: 16, ..WIDE };
    let nested = |depth: usize| "BEGIN:A\r\n".repeat(depth) + &"END:A\r\n".repeat(depth);
    assert_eq!(refusal(nested(16), limits), None);
    assert_eq!(refusal(nested(17), limits), Some(TooMuch::Depth));
    let beside = "BEGIN:A\r\nEND:A\r\n".repeat(1000);
    assert_eq!(refusal(beside, limits), None);
}

#[test]
fn components() {
    let limits = Limits {
        components: 3,
        ..WIDE
    };
    let beside = |count| "BEGIN:A\r\nEND:A\r\n".repeat(count);
    assert_eq!(refusal(beside(3), limits), None);
    assert_eq!(refusal(beside(4), limits), Some(TooMuch::Components));
}

#[test]
fn attendees_of_one_component() {
    let limits = Limits {
        attendees: 2,
        ..WIDE
    };
    let event = |count| {
        let attendees = "ATTENDEE:x\r\nattendee;CN=y:y\r\n".repeat(count);
        format!("BEGIN:VEVENT\r\n{attendees}END:VEVENT\r\n")
    };
    assert_eq!(refusal(event(1) + &event(1), limits), None);
    assert_eq!(refusal("BEGIN:A\nATTENDEE:x\n".repeat(3), limits), None);
    assert_eq!(refusal(event(2), limits), Some(TooMuch::Attendees));
    let folded = "BEGIN:VEVENT\r\n".to_owned() + &"ATTEN\r\n DEE:x\r\n".repeat(3);
    assert_eq!(refusal(folded, limits), Some(TooMuch::Attendees));
}

#[test]
fn ten_thousand_levels_are_refused_by_default() {
    let text = "BEGIN:VEVENT\r\n".repeat(10_000);
    assert_eq!(refusal(text, Limits::default()), Some(TooMuch::Depth));
}

#[test]
fn a_line_of_ten_megabytes_is_refused_by_default() {
    let text = vec![b'x'; 10 << 20];
    assert_eq!(refusal(text, Limits::default()), Some(TooMuch::Bytes));
}

#[test]
fn a_deep_document_within_wide_limits_needs_no_stack() {
    let text = "BEGIN:A\r\n".repeat(100_000);
    let document = Document::parse(text.as_bytes(), &WIDE).unwrap();
    assert_eq!(document.descendants().count(), 100_000);
    assert_eq!(document.components().count(), 1);
}
