//! What detection costs: the scan of ordinary mail, and the whole way of an invitation.

use std::fmt::Write;
use std::hint::black_box;

use divan::Bencher;
use divan::counter::BytesCount;
use imip::{Limits, Stamp, Structure, Walker, stamp_fields};

fn main() {
    divan::main();
}

/// As the mail server session hands it over.
const CHUNK: usize = 64 << 10;

fn walk(mail: &[u8], limits: &Limits) -> Structure {
    let mut walker = Walker::new(limits);
    mail.chunks(CHUNK).for_each(|octets| walker.feed(octets));
    walker.finish()
}

/// Walks, detects and writes the fields.
fn stamp(mail: &[u8], limits: &Limits) -> Vec<u8> {
    let detection = walk(mail, limits).detect(limits);
    let Some(found) = detection.invitation else {
        return Vec::new();
    };
    let sender = Some("alice@example.com");
    stamp_fields(&Stamp {
        method: found.method,
        uid: &found.uid,
        exists: None,
        sender,
    })
}

fn base64_lines(octets: usize) -> String {
    let line =
        "iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgCAYAAAA10dzkAAAABHNCSVQICAgIfAhkiAAAAAlwSFlzAA==\r\n";
    line.get(8..).unwrap_or(line).repeat(octets / 76)
}

fn attachments(octets: usize) -> Vec<u8> {
    let mut mail = String::from(
        "From: a@example.com\r\nTo: b@example.com\r\nSubject: pictures\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n--=_b\r\nContent-Type: text/plain\r\n\r\nhello\r\n",
    );
    for number in 0..4 {
        let _ = write!(
            mail,
            "--=_b\r\nContent-Type: image/png; name=p{number}.png\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
            base64_lines(octets / 4)
        );
    }
    mail.push_str("--=_b--\r\n");
    mail.into_bytes()
}

fn calendar(attendees: usize) -> String {
    let mut data = String::from(
        "BEGIN:VCALENDAR\r\nPRODID:-//Example//EN\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n\
         DTSTART:20260102T100000Z\r\nDTEND:20260102T110000Z\r\nDTSTAMP:20260101T000000Z\r\n\
         ORGANIZER;CN=Alice:mailto:alice@example.com\r\nUID:040000008200E00074C5B7101A82E00800000000@example.com\r\n",
    );
    for number in 0..attendees {
        let _ = write!(
            data,
            "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=\r\n TRUE;CN=person{number}@example.com:mailto:person{number}@example.com\r\n"
        );
    }
    data.push_str(
        "SUMMARY:Planning\r\nSEQUENCE:0\r\nSTATUS:CONFIRMED\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    );
    data
}

/// Text, HTML and calendar data, and the data again as a base64 file, as Google and others send.
fn invitation(octets: usize) -> Vec<u8> {
    let data = calendar(20);
    let copy = base64(data.as_bytes());
    let head = "From: Alice <alice@example.com>\r\nTo: b@example.com\r\nSubject: Invitation\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"000000000000a1\"\r\n\r\n--000000000000a1\r\n\
         Content-Type: multipart/alternative; boundary=\"000000000000b2\"\r\n\r\n--000000000000b2\r\n\
         Content-Type: text/plain; charset=\"UTF-8\"\r\n\r\nYou are invited.\r\n--000000000000b2\r\n\
         Content-Type: text/html; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
    let tail = format!(
        "\r\n--000000000000b2\r\nContent-Type: text/calendar; charset=\"UTF-8\"; method=REQUEST\r\n\
         Content-Transfer-Encoding: 7bit\r\n\r\n{data}\r\n--000000000000b2--\r\n--000000000000a1\r\n\
         Content-Type: application/ics; name=\"invite.ics\"\r\nContent-Disposition: attachment; filename=\"invite.ics\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{copy}\r\n--000000000000a1--\r\n"
    );
    let html =
        "<tr><td style=3D\"padding:0;font-family:Roboto,sans-serif\">When: Friday</td></tr>=\r\n";
    let filler = octets.saturating_sub(head.len() + tail.len()) / html.len();
    format!("{head}{}{tail}", html.repeat(filler)).into_bytes()
}

/// Nothing but calendar data.
fn calendar_mail(octets: usize) -> Vec<u8> {
    format!(
        "From: a@example.com\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n{}",
        calendar(octets / 150)
    )
    .into_bytes()
}

fn base64(octets: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for (index, chunk) in octets.chunks(3).enumerate() {
        let quantum = chunk
            .iter()
            .fold(0, |bits, &octet| bits << 8 | u32::from(octet))
            << (8 * (3 - chunk.len()));
        for sextet in (0..=chunk.len()).map(|place| quantum >> (18 - 6 * place) & 0x3F) {
            encoded.push(
                ALPHABET
                    .get(sextet as usize)
                    .map_or('=', |letter| char::from(*letter)),
            );
        }
        if index % 19 == 18 {
            encoded.push_str("\r\n");
        }
    }
    encoded
}

#[divan::bench]
fn prefilter_20_mb(bencher: Bencher<'_, '_>) {
    let mail = attachments(20_000_000);
    let limits = Limits::default();
    assert_eq!(walk(&mail, &limits).cost.parts, 5);
    bencher
        .counter(BytesCount::of_slice(&mail))
        .bench(|| walk(black_box(&mail), &limits));
}

#[divan::bench]
fn stamp_50_kb_invitation(bencher: Bencher<'_, '_>) {
    let mail = invitation(50_000);
    let limits = Limits::default();
    assert!(!stamp(&mail, &limits).is_empty());
    bencher
        .counter(BytesCount::of_slice(&mail))
        .bench(|| stamp(black_box(&mail), &limits));
}

#[divan::bench]
fn stamp_50_kb_of_calendar_data(bencher: Bencher<'_, '_>) {
    let mail = calendar_mail(50_000);
    let limits = Limits::default();
    assert!(!stamp(&mail, &limits).is_empty());
    bencher
        .counter(BytesCount::of_slice(&mail))
        .bench(|| stamp(black_box(&mail), &limits));
}

/// The worst line mix that the limits let pass: every line may be a delimiter of 32 open multiparts.
#[divan::bench(sample_count = 10)]
fn hostile_20_mb_of_delimiter_lines(bencher: Bencher<'_, '_>) {
    let boundary = "x".repeat(60);
    let mut mail = String::from("Subject: x\r\n");
    for level in 0..32 {
        let _ = write!(
            mail,
            "Content-Type: multipart/mixed; boundary={boundary}{level}\r\n\r\n--{boundary}{level}\r\n"
        );
    }
    mail.push_str("\r\n");
    mail.push_str(&format!("--{boundary}y\r\n").repeat(20_000_000 / 65));
    let limits = Limits::default();
    assert_eq!(walk(mail.as_bytes(), &limits).cost.depth, 32);
    bencher
        .counter(BytesCount::of_str(&mail))
        .bench(|| walk(black_box(mail.as_bytes()), &limits));
}
