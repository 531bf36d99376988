//! Real mails: METHOD and UID as the manifest beside them says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use imip::{Limits, Walker};

use crate::mail::{detect, walk_in};

/// What the manifest says of a mail: METHOD and UID, or neither.
type Expected = Option<(String, String)>;

fn samples() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    if !folder.join("MANIFEST.md").exists() {
        eprintln!("SKIPPED: no samples at {}", folder.display());
        return None;
    }
    Some(folder)
}

/// The last column says what is to be detected: `METHOD x; UID y`, or why nothing is.
fn expected(row: &str) -> Option<(String, Expected)> {
    let columns: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
    let name = columns
        .first()
        .filter(|name| name.ends_with(".eml") || name.ends_with(".ics"))?;
    let verdict = columns.last()?;
    let clause = |label: &str| {
        let found = verdict
            .split("; ")
            .find_map(|clause| clause.trim().strip_prefix(label));
        found.map(|value| value.trim_end_matches('|').trim().to_owned())
    };
    let stamped = !verdict.contains("no METHOD")
        && !verdict.contains("rule A2")
        && !verdict.contains("no UID");
    Some((
        (*name).to_owned(),
        clause("METHOD ").zip(clause("UID ")).filter(|_| stamped),
    ))
}

fn manifest(folder: &std::path::Path) -> BTreeMap<String, Expected> {
    let text = std::fs::read_to_string(folder.join("MANIFEST.md")).unwrap();
    text.lines()
        .filter(|line| line.starts_with('|'))
        .filter_map(expected)
        .collect()
}

/// A sample as a mail; calendar data alone gets a header of its own.
fn mail_of(name: &str, data: Vec<u8>) -> Vec<u8> {
    if name.ends_with(".ics") {
        [
            b"From: a@example.com\r\nContent-Type: text/calendar\r\n\r\n".to_vec(),
            data,
        ]
        .concat()
    } else {
        data
    }
}

#[test]
fn samples_are_detected_as_the_manifest_says() {
    let Some(folder) = samples() else { return };
    let manifest = manifest(&folder);
    assert!(
        manifest.len() > 50,
        "only {} rows were understood",
        manifest.len()
    );
    let mut wrong = Vec::new();
    for (name, expected) in &manifest {
        let data = std::fs::read(folder.join(name)).unwrap();
        // VFREEBUSY is no kind of rule A2, whatever UID it has.
        let freebusy = !data.windows(6).any(|window| window == b"VEVENT")
            && data.windows(9).any(|window| window == b"VFREEBUSY");
        let expected = expected.clone().filter(|_| !freebusy);
        let found = detect(mail_of(name, data));
        let got = found
            .invitation
            .as_ref()
            .map(|found| (found.method.as_str().to_owned(), found.uid.clone()));
        if got != expected {
            wrong.push(format!(
                "{name}: {got:?} ({:?}), not {expected:?}",
                found.refusal
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn line_ends_and_chunks_do_not_matter() {
    let Some(folder) = samples() else { return };
    let limits = Limits::default();
    for name in manifest(&folder)
        .keys()
        .filter(|name| name.ends_with(".eml"))
    {
        let text = std::fs::read(folder.join(name)).unwrap();
        let lf: Vec<u8> = String::from_utf8_lossy(&text)
            .replace("\r\n", "\n")
            .into_bytes();
        let crlf = String::from_utf8_lossy(&lf)
            .replace('\n', "\r\n")
            .into_bytes();
        let in_lf = walk_in(&lf, lf.len(), &limits);
        let in_crlf = walk_in(&crlf, crlf.len(), &limits);
        let key = |structure: &imip::Structure| {
            let found = structure.detect(&limits);
            found
                .invitation
                .map(|found| (found.method, found.uid, found.part))
        };
        assert_eq!(key(&in_lf), key(&in_crlf), "{name}");
        assert_eq!(in_lf.parts.len(), in_crlf.parts.len(), "{name}");
        for chunk in [1, 7, 4096] {
            assert_eq!(walk_in(&lf, chunk, &limits), in_lf, "{name}");
            assert_eq!(walk_in(&crlf, chunk, &limits), in_crlf, "{name}");
        }
    }
}

#[test]
fn another_parser_finds_the_same_candidates() {
    let Some(folder) = samples() else { return };
    for name in manifest(&folder)
        .keys()
        .filter(|name| name.ends_with(".eml"))
    {
        // Its boundaries are broken on purpose; every reader may find something else.
        if name.starts_with("libical-none-broken") {
            continue;
        }
        let mail = std::fs::read(folder.join(name)).unwrap();
        let mut walker = Walker::new(&Limits::default());
        walker.feed(&mail);
        let message = mail_parser::MessageParser::default().parse(&mail).unwrap();
        let theirs = message
            .parts
            .iter()
            .filter(|part| is_candidate(part))
            .count();
        assert_eq!(walker.finish().parts.len(), theirs, "{name}");
    }
}

fn is_candidate(part: &mail_parser::MessagePart<'_>) -> bool {
    use mail_parser::MimeHeaders;
    let named = part
        .attachment_name()
        .is_some_and(|name| name.to_ascii_lowercase().ends_with(".ics"));
    let typed = part.content_type().is_some_and(|found| {
        let subtype = found
            .c_subtype
            .as_deref()
            .unwrap_or_default()
            .to_ascii_lowercase();
        matches!(
            (found.c_type.to_ascii_lowercase().as_str(), subtype.as_str()),
            ("text", "calendar") | ("application", "ics")
        )
    });
    named || typed
}
