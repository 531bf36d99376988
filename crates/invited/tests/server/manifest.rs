//! `check --json` agrees with the manifest of real senders' mails, where they are at hand.

use std::path::Path;

use super::harness::Site;

/// The METHOD and UID that the manifest's last column names; both `None` when there is no event.
fn expected(row: &str) -> (Option<&str>, Option<&str>) {
    let after = |label: &str| {
        row.split(label)
            .nth(1)
            .map(|rest| rest.split([';', '|']).next().unwrap().trim())
    };
    let (method, uid) = (after("; METHOD "), after("; UID "));
    if method.is_some() && uid.is_some() {
        (method, uid)
    } else {
        (None, None)
    }
}

#[test]
fn detection_agrees_with_the_manifest() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let Ok(manifest) = std::fs::read_to_string(samples.join("MANIFEST.md")) else {
        eprintln!(
            "SKIPPED: there are no samples of real senders in {}",
            samples.display()
        );
        return;
    };
    let site = Site::new("");
    let mut checked = 0;
    for row in manifest.lines().filter(|row| row.starts_with("| ")) {
        let file = row.split('|').nth(1).unwrap().trim();
        if !file.ends_with(".eml") {
            continue;
        }
        let path = samples.join(file);
        let json = site.ok(&[
            "check",
            path.to_str().unwrap(),
            "--account",
            "alice@example.org",
            "--json",
        ]);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let column = row
            .trim_end_matches([' ', '|'])
            .rsplit(" | ")
            .next()
            .unwrap();
        let found = (json["method"].as_str(), json["uid"].as_str());
        assert_eq!(found, expected(column), "{file}: {column}");
        checked += 1;
    }
    assert!(checked > 30, "only {checked} mails were checked");
}
