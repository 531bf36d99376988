//! What no sender should write: every mail ends within exact budgets and says why nothing was done.

use imip::{Fault, Limits, Stamp, Walker, stamp_fields};

use crate::mail::{detect, event, invitation, mail, multipart, part, summary, walk, walk_in};

fn reason(mail: impl AsRef<[u8]>) -> String {
    summary(&detect(mail))
}

#[test]
fn empty_mail() {
    for mail in ["", "\r\n", "\n", "\r\n\r\n", "Subject: x", "Subject: x\r\n"] {
        let found = walk(mail);
        assert!(found.parts.is_empty() && found.fault.is_none(), "{mail:?}");
        assert_eq!(reason(mail), "nothing");
    }
}

#[test]
fn binary_mail() {
    let octets: Vec<u8> = (0..100_000_u32)
        .map(|index| (index.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    assert_eq!(reason(&octets), "nothing");
    let calendar = [
        mail(&part("text/calendar", "")).into_bytes(),
        octets.clone(),
    ]
    .concat();
    assert_eq!(reason(calendar), "no-method");
    let encoded = [
        mail("Content-Transfer-Encoding: base64\r\nContent-Type: text/calendar\r\n\r\n")
            .into_bytes(),
        octets,
    ]
    .concat();
    assert_eq!(reason(encoded), "no-method, bad-encoding");
}

#[test]
fn mail_cut_anywhere() {
    let whole = invitation(&[("text/calendar", event("REQUEST", "u", ""))]);
    let first = whole.find("BEGIN:VEVENT").unwrap();
    let last = whole.find("END:VEVENT").unwrap();
    for cut in 0..last {
        let found = reason(&whole[..cut]);
        assert!(!found.starts_with("REQUEST"), "cut at {cut}");
    }
    assert_eq!(reason(&whole[..first]), "no-component");
    assert_eq!(reason(&whole[..last]), "not-well-nested");
    assert_eq!(reason(whole), "REQUEST VEVENT u");
}

#[test]
fn ten_thousand_levels_of_multipart() {
    let level = |index: usize| {
        format!("Content-Type: multipart/mixed; boundary=b{index:05}\r\n\r\n--b{index:05}\r\n")
    };
    let levels: String = (0..10_000).map(level).collect();
    let found = walk(mail(&format!(
        "{levels}Content-Type: text/calendar\r\n\r\nX"
    )));
    assert_eq!(found.fault, Some(Fault::Depth));
    let limits = Limits::default();
    // Each level is one line compared with its own boundary, until one is too deep.
    let per_level = level(0).len() as u64;
    assert_eq!(
        (found.cost.depth, found.cost.parts, found.cost.comparisons),
        (limits.depth, limits.depth, limits.depth as u64)
    );
    let outside = mail("").len() as u64;
    let delimiter_start = "--".len() as u64;
    let too_deep = "Content-Type: multipart/mixed; boundary=b00032\r\n\r\n".len() as u64;
    assert_eq!(
        found.cost.octets,
        outside + limits.depth as u64 * (per_level - delimiter_start) + too_deep
    );
    assert_eq!(reason(mail(&levels)), "too-much");
}

#[test]
fn ten_thousand_levels_of_vevent() {
    let nested =
        event("REQUEST", "u", "").replace("BEGIN:VEVENT\r\n", &"BEGIN:VEVENT\r\n".repeat(10_000));
    assert_eq!(reason(invitation(&[("text/calendar", nested)])), "too-much");
}

#[test]
fn a_million_parts() {
    let parts = "--b\r\n".repeat(1_000_000);
    let mail = mail(&format!(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}"
    ));
    let limits = Limits::default();
    let found = walk_in(mail.as_bytes(), 4096, &limits);
    assert_eq!(found.fault, Some(Fault::Parts));
    assert_eq!(
        (found.cost.parts, found.cost.comparisons),
        (limits.parts, limits.parts as u64 + 1)
    );
    // The first delimiter follows a blank line, all others are read as the header of an empty part.
    let first = "b\r\n".len() as u64;
    assert_eq!(
        found.cost.octets,
        found.header_length + first + limits.parts as u64 * 5
    );
    assert_eq!(found, walk_in(mail.as_bytes(), 1, &limits));
}

#[test]
fn a_million_lines_like_delimiters() {
    let body = "--x\r\n".repeat(1_000_000);
    let mail = mail(&multipart("mixed", "b", &[part("text/plain", &body)]));
    let found = walk_in(mail.as_bytes(), 4096, &Limits::default());
    assert_eq!(found.fault, None);
    assert_eq!(found.cost.comparisons, 1_000_000 + 2);
    let headers = "b\r\nContent-Type: text/plain\r\n\r\nb--\r\n".len() as u64;
    assert_eq!(found.cost.octets, found.header_length + headers + 3_000_000);
}

#[test]
fn ten_megabytes_in_a_line() {
    let line = "x".repeat(10 << 20);
    let limits = Limits::default();

    let found = walk(mail(&multipart(
        "mixed",
        "b",
        &[part("text/plain", &format!("--{line}"))],
    )));
    assert_eq!((found.fault, found.cost.comparisons), (None, 2));
    let headers = "b\r\nContent-Type: text/plain\r\n\r\nb--\r\n".len();
    assert_eq!(
        found.cost.octets,
        found.header_length + (headers + limits.lookahead + 1) as u64
    );

    let found = walk(mail(&multipart(
        "mixed",
        "b",
        &[part(&format!("text/plain; x={line}"), "")],
    )));
    assert_eq!(found.fault, Some(Fault::PartHeader));
    assert_eq!(
        found.cost.octets,
        found.header_length + ("b\r\n".len() + limits.part_header) as u64
    );

    let found = walk(format!("X: {line}\r\nContent-Type: text/calendar\r\n\r\nX"));
    assert_eq!(
        (found.fault, found.header.len()),
        (Some(Fault::Header), limits.header)
    );
    assert_eq!(
        found.header_length,
        (line.len() + "X: \r\nContent-Type: text/calendar\r\n\r\n".len()) as u64
    );

    assert_eq!(reason(mail(&part("text/calendar", &line))), "too-much");
    assert_eq!(
        reason(mail(&multipart(
            "mixed",
            "b",
            &[part("text/calendar", &line)]
        ))),
        "too-much"
    );
    let boundary = format!(
        "Content-Type: multipart/mixed; boundary={}\r\n\r\n",
        "x".repeat(257)
    );
    assert_eq!(walk(mail(&boundary)).fault, Some(Fault::Boundary));
}

#[test]
fn candidates_up_to_the_limits() {
    let limits = Limits {
        candidate_bytes: 100,
        candidates: 2,
        ..Limits::default()
    };
    let header = "Content-Type: text/calendar\r\n\r\n".len();
    let sized = |length: usize| {
        mail(&multipart(
            "mixed",
            "b",
            &[part("text/calendar", &"x".repeat(length - header))],
        ))
    };
    for chunk in [1, 7, 4096] {
        assert_eq!(walk_in(sized(100).as_bytes(), chunk, &limits).fault, None);
        for length in [101, 104, 105, 5000] {
            assert_eq!(
                walk_in(sized(length).as_bytes(), chunk, &limits).fault,
                Some(Fault::CandidateBytes)
            );
        }
    }
    let several = |count| {
        mail(&multipart(
            "mixed",
            "b",
            &vec![part("text/calendar", ""); count],
        ))
    };
    assert_eq!(walk_in(several(2).as_bytes(), 7, &limits).parts.len(), 2);
    assert_eq!(
        walk_in(several(3).as_bytes(), 7, &limits).fault,
        Some(Fault::Candidates)
    );
    assert_eq!(
        imip::detect(b"", &vec![imip::Part::default(); 3], &limits)
            .refusal
            .unwrap()
            .code(),
        "too-much"
    );
}

#[test]
fn memory_does_not_grow_with_the_mail() {
    let limits = Limits::default();
    let mut walker = Walker::new(&limits);
    walker.feed(mail("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/png\r\n\r\n").as_bytes());
    let line = "QUJDREVGRw==\r\n--x\r\n".repeat(4096);
    for _ in 0..500 {
        walker.feed(line.as_bytes());
    }
    let found = walker.finish();
    assert_eq!((found.fault, found.parts.len()), (None, 0));
    assert_eq!(
        found.cost.octets,
        found.header_length + "b\r\nContent-Type: image/png\r\n\r\n".len() as u64 + 500 * 4096 * 3
    );
}

#[test]
fn unknown_charset_bad_base64_and_missing_closing_delimiter() {
    let body = "QkVHSU46VkNBTEVOREFSDQpNRVRIT0Q6UkVRVUVTVA0KQkVHSU46VkVWRU5UDQpVSUQ6dQ0KU1VNTUFSWTrkDQpFTkQ6VkVWRU5UDQpFTkQ6VkNBTEVOREFSDQo";
    let header = "Content-Type: text/calendar; charset=x-unknown\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let whole = mail(&format!(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{header}{}!{}",
        &body[..50],
        &body[50..]
    ));
    assert_eq!(
        reason(whole),
        "REQUEST VEVENT u, bad-encoding, charset-mended"
    );
}

#[test]
fn a_uid_of_64_kib_with_cr_lf_nul() {
    let uid = "x\r\r\n \0\u{e4}y".repeat((64 << 10) / 9);
    let mail = invitation(&[("text/calendar", event("REQUEST", &uid, ""))]);
    let found = detect(mail).invitation.unwrap();
    let stamp = stamp_fields(&Stamp {
        method: found.method,
        uid: &found.uid,
        exists: None,
        sender: None,
    });
    let text = String::from_utf8(stamp).unwrap();
    assert!(text.lines().all(|line| line.len() <= 81) && text.is_ascii() && !text.contains('\0'));
    assert_eq!(
        text.lines().filter(|line| !line.starts_with(' ')).count(),
        3
    );
}

#[test]
fn two_content_types_and_two_boundaries() {
    let two = "Content-Type: multipart/mixed; boundary=a; boundary=b\r\nContent-Type: text/calendar\r\n\r\n";
    let found = walk(mail(&format!(
        "{two}--a\r\nContent-Type: text/calendar\r\n\r\nX\r\n--b\r\n"
    )));
    assert_eq!(found.parts.len(), 1);
    assert_eq!(found.parts[0].body, b"X\r\n--b\r\n");
}
