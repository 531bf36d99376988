//! What holds for any octets: chunks do not matter, nothing panics, stripping takes only our fields.

use calendar::Method;
use imip::sender::{SpokenFor, authentication_results, judge};
use imip::{Limits, Stamp, Strip, Trust, event_id, header, references_field, stamp_fields};
use proptest::prelude::*;

use crate::mail::walk_in;

/// Pieces that the walker and the readers of headers care about.
const PIECES: [&str; 34] = [
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "\n--",
    "--b",
    "--c",
    "--b--",
    "-",
    " ",
    "\t",
    ":",
    ";",
    "\"",
    "(",
    ")",
    "<",
    ">",
    ",",
    "@",
    "=?utf-8?Q?a=2Eics?=",
    "Content-Type: multipart/mixed; boundary=b\r\n",
    "Content-Type: multipart/digest; boundary=c\n",
    "Content-Type: text/calendar\r\n",
    "Content-Type: message/rfc822\n",
    "Content-Disposition: x; filename*0*=a'b'%2e; filename*1=ics\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:u\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "From: a@b.c",
    "x-ME-cal-",
    "X-ME-Message-Id",
    "Authentication-Results: mx;dkim=pass header.d=b.c",
    "Received: from x by mx with ESMTPSA",
    "\0\u{e4}",
];

fn mails() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        9 => (0..PIECES.len()).prop_map(|index| PIECES[index].as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// Limits so small that every one is met.
fn small() -> Limits {
    Limits {
        header: 200,
        part_header: 60,
        parts: 4,
        depth: 2,
        candidates: 2,
        candidate_bytes: 150,
        boundary: 4,
        lookahead: 8,
        ..Limits::default()
    }
}

fn strip(mail: &[u8], chunk: usize) -> Vec<u8> {
    let mut passed = Vec::new();
    let mut out = |octets: &[u8]| passed.extend_from_slice(octets);
    let mut strip = Strip::new();
    mail.chunks(chunk)
        .for_each(|octets| strip.feed(octets, &mut out));
    strip.finish(&mut out);
    passed
}

/// The same by lines, as simply as can be.
fn strip_by_lines(mail: &[u8]) -> Vec<u8> {
    let mut passed = Vec::new();
    let mut lines = mail.split_inclusive(|&octet| octet == b'\n');
    let mut ours = false;
    for line in lines.by_ref() {
        let blank = matches!(line, b"\n" | b"\r\n");
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let line = String::from_utf8_lossy(line).to_ascii_lowercase();
            let ends_name = |letter: char| {
                letter == ':' || (letter != '\r' && letter != '\n' && !letter.is_ascii_graphic())
            };
            let after_id = line
                .strip_prefix("x-me-message-id")
                .and_then(|rest| rest.chars().next());
            ours = line.starts_with("x-me-cal-") || after_id.is_some_and(ends_name);
        }
        if !ours {
            passed.extend_from_slice(line);
        }
        if blank {
            break;
        }
    }
    passed.extend(lines.flatten());
    passed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chunks_do_not_matter(mail in mails(), chunk in 1_usize..20) {
        for limits in [Limits::default(), small()] {
            prop_assert_eq!(walk_in(&mail, chunk, &limits), walk_in(&mail, mail.len().max(1), &limits));
        }
    }

    #[test]
    fn limits_hold(mail in mails()) {
        let limits = small();
        let found = walk_in(&mail, 5, &limits);
        let captured: usize = found.parts.iter().map(|part| part.header.len() + part.body.len()).sum();
        prop_assert!(found.header.len() <= limits.header && captured <= limits.candidate_bytes);
        prop_assert!(found.parts.len() <= limits.candidates && found.cost.parts <= limits.parts && found.cost.depth <= limits.depth);
        prop_assert!(found.cost.octets <= mail.len() as u64);
        prop_assert!(found.cost.comparisons <= (mail.len() / 2 * limits.depth) as u64);
        prop_assert!(found.fault.is_none() || found.parts.is_empty());
    }

    #[test]
    fn detection_takes_anything(mail in mails()) {
        let limits = Limits::default();
        let structure = walk_in(&mail, 4096, &limits);
        let found = structure.detect(&limits);
        prop_assert!(found.invitation.is_none() || found.refusal.is_none());
        prop_assert_eq!(found.invitation.is_none() && found.refusal.is_none(), structure.parts.is_empty() && structure.fault.is_none());
        if let Some(invitation) = &found.invitation {
            prop_assert!(std::str::from_utf8(invitation.document.as_bytes()).is_ok());
            let _ = SpokenFor::read(invitation);
        }
    }

    #[test]
    fn parts_are_slices_of_the_mail(mail in mails()) {
        for part in walk_in(&mail, 3, &Limits::default()).parts {
            let whole = [part.header, part.body].concat();
            prop_assert!(whole.is_empty() || mail.windows(whole.len()).any(|window| window == whole));
        }
    }

    #[test]
    fn stripping_takes_only_our_fields(mail in mails(), chunk in 1_usize..20) {
        prop_assert_eq!(strip(&mail, chunk), strip_by_lines(&mail));
    }

    #[test]
    fn none_of_our_fields_is_left(mail in mails()) {
        let left = strip(&mail, 4096);
        let ours = header::fields(&left).find(|field| {
            let name = field.name().to_ascii_lowercase();
            name.starts_with("x-me-cal-") || name == "x-me-message-id"
        });
        prop_assert!(ours.is_none());
    }

    #[test]
    fn no_mail_changes_the_fields_before_it(mail in mails()) {
        let stamp = Stamp { method: Method::Request, uid: "u", exists: Some("c"), sender: Some("a@b.c") };
        let ours = [stamp_fields(&stamp), b"Received: by mx; date\r\n".to_vec()].concat();
        let whole = [ours.clone(), strip(&mail, 4096)].concat();
        let values = |octets| -> Vec<(String, String)> {
            header::fields(octets)
                .map(|field| (field.name().to_ascii_lowercase(), field.text()))
                .filter(|(name, _)| name.starts_with("x-me-cal-") || name == "x-me-message-id")
                .collect()
        };
        prop_assert_eq!(values(&whole), values(&ours));
    }

    #[test]
    fn headers_are_read_whatever_they_hold(mail in mails()) {
        let trust = Trust { authserv_ids: vec!["mx".into()], own_domains: vec!["b.c".into()], ..Trust::default() };
        let sender = judge(&mail, &SpokenFor::default(), &trust);
        prop_assert!(sender.authenticated().is_none() || sender.address.is_some());
        let _ = authentication_results::trusted(&mail, &trust.authserv_ids).count();
        let _ = (header::received_count(&mail), header::delivered_to(&mail).count());
        if let Some(field) = references_field(&mail, &event_id("u")) {
            prop_assert!(field.is_ascii() && field.ends_with(b"\r\n") && !field.windows(4).any(|window| window == b"\r\n\r\n"));
        }
    }
}
