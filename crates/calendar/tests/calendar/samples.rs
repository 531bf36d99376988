//! The bodies of real senders against their manifest; passed over, loudly, where they are not at hand.

use std::path::{Path, PathBuf};

use calendar::{DateOrTime, Document, Limits, Message, NotAMessage};

use crate::document;

/// The folder of real samples, which the repository does not hold.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!(
        "SKIPPED: no samples at {}; real mails were NOT tested",
        folder.display()
    );
    None
}

/// Names and bytes of the files that end so.
fn files(folder: &Path, extension: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

/// The last column of a file's row: what should be detected.
fn expectation<'m>(manifest: &'m str, file: &str) -> &'m str {
    let row = manifest
        .lines()
        .find(|line| line.starts_with(&format!("| {file} |")))
        .unwrap_or_else(|| panic!("{file} is not in the manifest"));
    row.trim_end_matches([' ', '|'])
        .rsplit(" | ")
        .next()
        .unwrap()
}

#[test]
fn method_and_uid_are_those_of_the_manifest() {
    let Some(folder) = folder() else { return };
    let manifest = std::fs::read_to_string(folder.join("MANIFEST.md")).unwrap();
    for (name, bytes) in files(&folder, "ics") {
        let read = Message::read(&document(&bytes));
        let expected = expectation(&manifest, &name);
        assert!(
            agrees(&read, expected),
            "{name}: {read:?}, manifest: {expected}"
        );
    }
}

/// Whether what was read is what the manifest's words ask for.
fn agrees(read: &Result<Message, NotAMessage>, expected: &str) -> bool {
    match read {
        Ok(message) => {
            let wanted = format!("body only; METHOD {}; UID {}", message.method, message.uid);
            expected == wanted
        }
        Err(NotAMessage::NoUid) => expected.ends_with("no UID in the data"),
        // Stamped is only what has a VEVENT or VTODO; this one has a VFREEBUSY.
        Err(NotAMessage::NoComponent) => expected == "body only; METHOD REPLY; UID null",
        Err(_) => expected.contains("rule A2"),
    }
}

#[test]
fn every_sample_comes_out_as_it_went_in() {
    let Some(folder) = folder() else { return };
    let all = [files(&folder, "ics"), files(&folder, "eml")].concat();
    for (name, bytes) in all {
        let Ok(document) = Document::parse(bytes.clone(), &Limits::default()) else {
            panic!("{name} is refused");
        };
        assert_eq!(document.as_bytes(), bytes, "{name}");
        for component in document.descendants() {
            assert_eq!(component.to_buf().to_bytes(), component.raw(), "{name}");
        }
    }
}

#[test]
fn every_start_is_read() {
    let Some(folder) = folder() else { return };
    for (name, bytes) in files(&folder, "ics") {
        if name.starts_with("fuzz-") {
            continue;
        }
        let document = document(&bytes);
        for start in document.descendants().filter_map(|c| c.property("DTSTART")) {
            assert!(
                DateOrTime::from_property(&start).is_some(),
                "{name}: {start:?}"
            );
        }
    }
}
