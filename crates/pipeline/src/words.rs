//! What is recorded, in words that a person reads.

pub mod difference;
mod letter;
pub mod list;
pub mod mail;
pub mod people;
pub mod rule;
pub mod when;

/// The codes that stand for no rule.
const OWN: [&str; 5] = ["not-asked", "undone", "unread", "failed", "dropped"];

/// One sentence for a reason code of a record.
#[must_use]
pub fn reason(code: &str) -> String {
    if let Some(reason) = itip::Reason::from_code(code) {
        return reason.text().to_owned();
    }
    let text = match code {
        "not-asked" => "The scripts asked for nothing to be done.",
        "undone" => "You undid an earlier decision.",
        "unread" => "Reading the mail failed, so it was delivered as if it had no event.",
        "failed" => "Applying the message failed; it waits in the queue for a person.",
        "dropped" => "The message was dropped from the queue by hand.",
        "no-method" => "No calendar part says what it wants (METHOD), so it is no invitation.",
        "methods-differ" => "The calendar data has two different METHODs.",
        "method-unknown" => "The METHOD of the calendar data is none that exists.",
        "parts-disagree" => "The calendar parts contradict each other.",
        "several-calendars" => "A calendar part holds more than one calendar.",
        "several-uids" => "A calendar part holds more than one event.",
        "several-kinds" => "A calendar part mixes events and tasks.",
        "several-organizers" => "The event names more than one organizer.",
        "no-uid" => "The event has no UID.",
        "no-component" => "The calendar part holds no event and no task.",
        "no-calendar" => "The calendar part holds no calendar.",
        "not-well-nested" => "The calendar data is damaged.",
        "too-much" => "The mail or its calendar data is larger than what is looked at.",
        _ => return code.replace('-', " "),
    };
    text.to_owned()
}

/// The most characters of a stranger's text in one line of a log.
const SHOWN: usize = 120;

/// Whether a character moves the cursor or turns the reading direction: text from outside is never
/// shown with it.
#[must_use]
pub fn disturbs(c: char) -> bool {
    let turns = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    turns || c.is_control()
}

/// Text from outside as one line of a log can show it: cut, and without what [`disturbs`].
#[must_use]
pub fn shown(text: &str) -> String {
    let start = text.chars().take(SHOWN);
    let mut shown: String = start
        .map(|c| if disturbs(c) { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// What an authentication code says of the sender's address.
#[must_use]
pub fn authentication(code: &str) -> &'static str {
    match code {
        "local" => "an account of this server, which wrote the mail itself",
        "dmarc" => "verified by a trusted server (DMARC)",
        "dkim" => "signed by the address's domain, says a trusted server (DKIM)",
        "auth" => "logged in at a trusted server",
        "own-submission" => "a user of an own domain, who had logged in",
        "via-service" => "a calendar service speaks for this address",
        "unverified" => "believed without proof, for no trusted server is configured",
        _ => "not verified",
    }
}

/// One sentence for a note code of a record.
#[must_use]
pub fn note(code: &str) -> String {
    if let Some(note) = itip::Note::from_code(code) {
        return note.text().to_owned();
    }
    let text = match code {
        crate::by_hand::NOTE => "You applied the message by hand.",
        "content-type-method-differs" => "The mail's header names another METHOD than its data.",
        "charset-mended" => "The text is in another charset than the mail says.",
        "bad-encoding" => "A part of the mail is encoded wrongly.",
        "unknown-encoding" => "A part of the mail has an unknown encoding.",
        "no-from" => "The mail does not say who sent it.",
        "several-from" => "The mail names several senders.",
        "unclear-from" => "The mail's sender cannot be read.",
        "service-address" => "The sender is a calendar service's own address.",
        "no-authentication-results" => "No trusted server says anything about the sender.",
        _ => return code.replace('-', " "),
    };
    text.to_owned()
}

/// The rule of RULES.md behind a reason code; empty for codes that stand for none.
#[must_use]
pub fn rule(code: &str) -> &'static str {
    match itip::Reason::from_code(code) {
        Some(reason) => reason.rule(),
        None if code == "no-method" || code.starts_with("method") => "A1",
        None if OWN.contains(&code) => "",
        None => "A2",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_sentence() {
        for code in imip::NotStamped::CODES.iter().chain(&OWN) {
            assert!(reason(code).ends_with('.'), "{code}: {}", reason(code));
        }
        let notes = imip::Note::CODES
            .iter()
            .chain(imip::sender::SenderNote::CODES);
        for code in notes.chain(&[crate::by_hand::NOTE]) {
            assert!(note(code).ends_with('.'), "{code}: {}", note(code));
        }
        for code in imip::Authentication::CODES
            .iter()
            .filter(|code| **code != "failed")
        {
            assert_ne!(authentication(code), authentication("failed"), "{code}");
        }
        for known in itip::Reason::ALL {
            assert_eq!(reason(known.code()), known.text());
            assert_eq!(rule(known.code()), known.rule());
        }
    }

    #[test]
    fn a_log_line_shows_what_it_can() {
        assert_eq!(shown("a@b"), "a@b");
        assert_eq!(
            shown("a\0b\u{202e}c\r\n"),
            "a\u{fffd}b\u{fffd}c\u{fffd}\u{fffd}"
        );
        assert_eq!(shown(&"x".repeat(120)), "x".repeat(120));
        assert_eq!(shown(&"x".repeat(121)), format!("{}…", "x".repeat(120)));
    }
}
