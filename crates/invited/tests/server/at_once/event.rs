//! What the test looks at in an event: one property for each writer, and who wins where they meet.

/// An event as far as the writers change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    /// DTSTART, which is the organizer's.
    pub(super) start: String,
    /// LOCATION, which is the organizer's as nobody else changes it.
    pub(super) location: String,
    /// The owner's own property.
    pub(super) note: String,
    /// The owner's answer.
    pub(super) partstat: String,
}

impl Event {
    pub(super) fn read(text: &[u8]) -> Self {
        let text = unfolded(text);
        let after = |name: &str| {
            let mut lines = text.lines().filter_map(|line| line.strip_prefix(name));
            lines.next_back().unwrap_or_default().to_owned()
        };
        Self {
            start: after("DTSTART:"),
            location: after("LOCATION:"),
            note: after("X-NOTE:"),
            partstat: partstat(&text).to_owned(),
        }
    }
}

/// The text with another note, and with another answer if one is given.
pub(super) fn edited(text: &[u8], note: &str, answer: Option<&str>) -> String {
    let text = unfolded(text);
    let lines = text.lines().filter(|line| !line.starts_with("X-NOTE:"));
    let kept: Vec<&str> = lines.collect();
    let noted = format!("X-NOTE:{note}\r\nEND:VEVENT");
    let edited = kept.join("\r\n").replace("END:VEVENT", &noted) + "\r\n";
    match answer {
        Some(answer) => {
            let before = format!("PARTSTAT={}", partstat(&edited));
            edited.replace(&before, &format!("PARTSTAT={answer}"))
        }
        None => edited,
    }
}

fn partstat(text: &str) -> &str {
    let behind = text.split("PARTSTAT=").nth(1).unwrap_or_default();
    behind.split([';', ':']).next().unwrap_or_default()
}

fn unfolded(text: &[u8]) -> String {
    String::from_utf8(text.to_vec())
        .unwrap()
        .replace("\r\n ", "")
}
