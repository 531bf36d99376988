//! A mail on its way in: strip, walk in chunks, detect, judge the sender, stamp (RFC 6047, rules A and B).
#![no_main]

use fuzz::chunks;
use imip::sender::{SERVICES, SpokenFor, judge};
use imip::{Invitation, Limits, Sender, Stamp, Strip, Structure, Trust, Walker};
use imip::{event_id, header, references_field, stamp_fields};
use libfuzzer_sys::fuzz_target;
use sieve::{Message, RawMessage};

/// The fields that nobody but us writes.
const OURS: [&str; 5] = [
    "X-ME-Cal-Method",
    "X-ME-Cal-UID",
    "X-ME-Cal-Exists",
    "X-ME-Message-Id",
    "X-ME-Cal-Sender",
];

fuzz_target!(|mail: &[u8]| {
    let stripped = strip(&[mail]);
    assert_eq!(stripped, strip(&chunks(mail, 30)), "strip");
    assert_eq!(stripped, strip(&[&stripped]), "strip again");
    takes_lines_of_ours_alone(mail, &stripped);
    for name in OURS {
        assert!(values(&stripped, name).is_empty(), "{name} is left");
    }

    let small = small();
    assert_eq!(
        walk(&[&stripped], &small),
        walk(&chunks(&stripped, 9), &small)
    );
    let limits = Limits::default();
    let structure = walk(&[&stripped], &limits);
    assert_eq!(structure, walk(&chunks(&stripped, 50), &limits));

    let found = structure.detect(&limits);
    assert!(found.invitation.is_none() || found.refusal.is_none());
    for trust in [everyone(), one_server()] {
        let spoken_for = found.invitation.as_ref().map(SpokenFor::read);
        let sender = judge(&structure.header, &spoken_for.unwrap_or_default(), &trust);
        if let Some(invitation) = &found.invitation {
            is_stamped(&stripped, &structure, invitation, &sender);
        }
    }
});

fn strip(chunks: &[&[u8]]) -> Vec<u8> {
    let mut passed = Vec::new();
    let mut out = |octets: &[u8]| passed.extend_from_slice(octets);
    let mut strip = Strip::new();
    chunks
        .iter()
        .for_each(|octets| strip.feed(octets, &mut out));
    strip.finish(&mut out);
    passed
}

fn walk(chunks: &[&[u8]], limits: &Limits) -> Structure {
    let mut walker = Walker::new(limits);
    chunks.iter().for_each(|octets| walker.feed(octets));
    walker.finish()
}

/// What went is lines of the header that begin like our fields or continue such a line, or nothing.
fn takes_lines_of_ours_alone(mail: &[u8], stripped: &[u8]) {
    let mut rest = stripped;
    let mut may_go = false;
    let mut lines = mail.split_inclusive(|&octet| octet == b'\n');
    for line in lines.by_ref() {
        if !matches!(line.first(), Some(b' ' | b'\t')) {
            let name = line.get(..8).unwrap_or(line).to_ascii_lowercase();
            may_go = b"x-me-cal".starts_with(&name) || b"x-me-mes".starts_with(&name);
        }
        match rest.strip_prefix(line) {
            Some(after) => rest = after,
            None => assert!(may_go, "{:?} went", line.escape_ascii().to_string()),
        }
        if matches!(line, b"\n" | b"\r\n") {
            break;
        }
    }
    let body: Vec<u8> = lines.flatten().copied().collect();
    assert_eq!(rest, body, "the body");
}

/// The values of a field by all readers of headers that we have.
fn values(mail: &[u8], name: &str) -> Vec<Vec<u8>> {
    let message = RawMessage::new(mail, None, "");
    let by_sieve = message.header_values(name).into_iter();
    by_sieve
        .map(|value| value.trim_ascii().to_vec())
        .chain(header::named(mail, name).map(|field| field.value().into_owned()))
        .collect()
}

fn is_stamped(mail: &[u8], structure: &Structure, invitation: &Invitation, sender: &Sender) {
    let uid = invitation.uid.as_str();
    assert_eq!(event_id(uid), event_id(uid));
    let stamp = Stamp {
        method: invitation.method,
        uid,
        exists: Some("cal-1"),
        sender: sender.authenticated(),
    };
    let mut fields = stamp_fields(&stamp);
    are_lines(&fields);
    assert!(strip(&[&fields]).is_empty(), "each stamp is ours");
    let references = references_field(&structure.header, &event_id(uid));
    fields.extend(references.unwrap_or_default());
    are_lines(&fields);

    // A mail may begin with a folded line, so a field stands between that may be continued.
    let stamped = [&fields[..], b"Received: by x\r\n", mail].concat();
    for name in OURS {
        let alone = values(&fields, name);
        assert_eq!(alone, values(&stamped, name), "{name}");
        assert_eq!(
            alone.len(),
            if name == "X-ME-Cal-Sender" && stamp.sender.is_none() {
                0
            } else {
                2
            }
        );
    }
    let again = walk(&[&stamped], &Limits::default());
    assert_eq!(again.parts, structure.parts, "stamps change nothing");
}

fn are_lines(fields: &[u8]) {
    let text = std::str::from_utf8(fields).expect("ASCII");
    assert!(text.ends_with("\r\n") && !text.starts_with(' '));
    for line in text.split_terminator("\r\n") {
        assert!(line.len() <= 998 && !line.trim().is_empty(), "{line:?}");
        assert!(line.bytes().all(|octet| matches!(octet, b' '..=b'~')));
        assert!(line.starts_with(' ') || line.contains(": "), "{line:?}");
    }
}

/// Limits so small that every one is met.
fn small() -> Limits {
    Limits {
        header: 300,
        part_header: 80,
        parts: 5,
        depth: 3,
        candidates: 2,
        candidate_bytes: 600,
        boundary: 8,
        lookahead: 12,
        ..Limits::default()
    }
}

/// A site that believes every From.
fn everyone() -> Trust {
    Trust {
        services: SERVICES.to_vec(),
        ..Trust::default()
    }
}

/// A site that believes its own server.
fn one_server() -> Trust {
    Trust {
        authserv_ids: vec!["mx.example.org".to_owned()],
        own_domains: vec!["example.org".to_owned()],
        spam_header: Some(("X-Spam".to_owned(), "Yes".to_owned())),
        ..everyone()
    }
}
