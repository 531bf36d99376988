//! How fast invitations are indexed, judged and edited; results in RESULTS.md.

use calendar::{Document, Limits, Message, PropertyBuf};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

/// Octets of the invitations that are measured: an ordinary large one, and the largest by default.
const SIZES: [usize; 2] = [50_000, 1 << 20];

fn main() {
    divan::main();
}

/// An invitation of about this size: a meeting with a long description and folded attendee lines.
fn invitation(size: usize) -> Vec<u8> {
    let head = "BEGIN:VCALENDAR\r\nPRODID:-//Example//Calendar 1.0//EN\r\nVERSION:2.0\r\n\
        CALSCALE:GREGORIAN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n\
        DTSTART;TZID=Europe/Berlin:20261201T090000\r\nDTEND;TZID=Europe/Berlin:20261201T100000\r\n\
        DTSTAMP:20261121T090000Z\r\nUID:65m17hsdolmotv3kvmrtg40ont@example.com\r\nSEQUENCE:0\r\n\
        ORGANIZER;CN=Alice Example:mailto:alice@example.com\r\nSUMMARY:Planning\r\n";
    let attendee = "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=\r\n \
        TRUE;CN=someone@example.com;X-NUM-GUESTS=0:mailto:someone@example.com\r\n";
    let line = "X-NOTE;LANGUAGE=en:Bring the figures of the last quarter\\, please.\r\n";
    let tail = "END:VEVENT\r\nEND:VCALENDAR\r\n";
    let mut text = [head, &attendee.repeat(100)].concat();
    while text.len() + line.len() + tail.len() <= size {
        text.push_str(line);
    }
    text.push_str(tail);
    text.into_bytes()
}

#[divan::bench(args = SIZES)]
fn parse(bencher: Bencher<'_, '_>, size: usize) {
    let text = invitation(size);
    bencher
        .counter(BytesCount::new(text.len()))
        .with_inputs(|| text.clone())
        .bench_values(|text| Document::parse(text, &Limits::default()));
}

#[divan::bench(args = SIZES)]
fn parse_and_read_message(bencher: Bencher<'_, '_>, size: usize) {
    let text = invitation(size);
    bencher
        .counter(BytesCount::new(text.len()))
        .with_inputs(|| text.clone())
        .bench_values(|text| {
            let document = Document::parse(text, &Limits::default()).ok()?;
            Message::read(&document).ok()
        });
}

#[divan::bench(args = SIZES)]
fn edit_one_line_and_print(bencher: Bencher<'_, '_>, size: usize) {
    let document = Document::parse(invitation(size), &Limits::default()).ok();
    bencher.counter(BytesCount::new(size)).bench(|| {
        let calendar = black_box(&document).as_ref()?.components().next()?;
        let mut calendar = calendar.to_buf();
        let event = calendar.components_mut().next()?;
        event.set_property(PropertyBuf::text("SUMMARY", "Moved"));
        Some(calendar.to_bytes())
    });
}
