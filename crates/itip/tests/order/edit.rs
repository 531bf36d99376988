//! The user's own edits, as a calendar program makes them in the text of an object.

use super::plot::Edit;

/// What is put into every component, and what of it is seen.
const DECORATION: &str = "COLOR:red\r\nCATEGORIES:Private\r\nX-MY-NOTE:bring cake\r\n\
     BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n";
pub(crate) const DECORATED: [&str; 4] = ["-PT5M", "red", "Private", "bring cake"];

/// The user's own title of the series.
pub(crate) const MY_TITLE: &str = "My title";

/// The user's edit in the text of an object.
pub(crate) fn edited(text: &str, edit: Edit) -> String {
    let text = text.replace("\r\n ", "");
    if !text
        .split("BEGIN:VEVENT")
        .skip(1)
        .any(|event| !event.contains("\r\nRECURRENCE-ID"))
    {
        // Without a series new overrides have nothing to inherit from (rule C3).
        return match edit {
            Edit::Accept => accepted(&text),
            Edit::Decorate | Edit::Retitle => text,
        };
    }
    match edit {
        Edit::Accept => accepted(&text),
        Edit::Decorate => text.replace("END:VEVENT\r\n", &format!("{DECORATION}END:VEVENT\r\n")),
        Edit::Retitle => retitled(&text),
    }
}

fn accepted(text: &str) -> String {
    text.replace(
        "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bob",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob",
    )
}

fn retitled(text: &str) -> String {
    let mut events: Vec<String> = text.split("BEGIN:VEVENT").map(str::to_owned).collect();
    for event in events
        .iter_mut()
        .filter(|event| !event.contains("\r\nRECURRENCE-ID"))
    {
        let lines = event.split_inclusive("\r\n").map(|line| {
            if line.starts_with("SUMMARY:") {
                format!("SUMMARY:{MY_TITLE}\r\n")
            } else {
                line.to_owned()
            }
        });
        *event = lines.collect();
    }
    events.join("BEGIN:VEVENT")
}
