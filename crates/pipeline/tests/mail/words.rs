//! What a person reads in the mail.

use calendar::Method;
use itip::{OutgoingMessage, Partstat};
use pipeline::words::mail;

use crate::messages::{BOBS, OWN, answer, by_hand, changed, to, with};

/// Subject and text.
fn read(message: &OutgoingMessage) -> String {
    let words = mail::of(message, "Alice");
    format!("{}\n{}", words.subject, words.plain)
}

#[test]
fn an_invitation() {
    let message = to("bob@example.com", changed(&[], &[OWN]));
    assert_eq!(
        read(&message),
        "Invitation: Plan
Alice <alice@example.org> invites you to “Plan”.

When:      Tue 8 Dec 2026 10:00 to 11:00 Europe/Berlin, every Tuesday until 2 March 2027
Where:     Blue room
Organizer: Alice <alice@example.org>
Invited:   Alice, you and Carol

Description:
First line
<b>second</b> line
"
    );
    let html = mail::of(&message, "Alice").html;
    assert!(
        html.contains("First line<br>\n&lt;b&gt;second&lt;/b&gt; line"),
        "{html}"
    );
}

#[test]
fn a_series_that_moves() {
    let moved = OWN
        .replace("T100000", "T140000")
        .replace("T110000", "T150000");
    let moved = with(&moved, "Blue room", "Red room");
    let message = to("bob@example.com", changed(&[OWN], &[&moved]));
    let text = read(&message);
    assert!(
        text.starts_with(
            "Updated invitation: Plan
Alice <alice@example.org> changed “Plan”.

- moved from Tue 8 Dec 2026 10:00 to 14:00 Europe/Berlin
- place: “Red room” instead of “Blue room”
- your answer is asked for again (you had accepted)

When:      Tue 8 Dec 2026 14:00 to 15:00 Europe/Berlin, every Tuesday"
        ),
        "{text}"
    );
}

#[test]
fn one_date_goes() {
    let without = format!("{OWN}\nEXDATE;TZID=Europe/Berlin:20261215T100000");
    let message = to("carol@example.net", changed(&[OWN], &[&without]));
    let text = read(&message);
    assert!(
        text.contains("\n\n- Tue 15 Dec 2026 cancelled\n\n"),
        "{text}"
    );
}

#[test]
fn somebody_new_gets_an_invitation() {
    let more = format!("{OWN}\nATTENDEE;CN=Dan:mailto:dan@example.net");
    let messages = changed(&[OWN], &[&more]);
    let dan = read(&to("dan@example.net", messages.clone()));
    assert!(dan.starts_with("Invitation: Plan\n"), "{dan}");
    let bob = read(&to("bob@example.com", messages));
    assert!(bob.starts_with("Updated invitation: Plan\n"), "{bob}");
    assert!(
        bob.contains("\n- newly invited: Dan <dan@example.net>\n"),
        "{bob}"
    );
}

#[test]
fn nobody_reads_of_dates_that_he_is_not_invited_to() {
    let date = OWN.replace("RRULE:FREQ=WEEKLY;UNTIL=20270302T090000Z", "X-A:b");
    let secret = |title: &str| {
        let date = date
            .replace("SUMMARY:Plan", &format!("SUMMARY:{title}"))
            .replace("20261208", "20261215")
            .replace("ATTENDEE;CN=Carol:mailto:carol@example.net", "X-C:d");
        format!("RECURRENCE-ID;TZID=Europe/Berlin:20261215T100000\n{date}")
    };
    let (before, after) = (secret("Hush"), secret("Hush now"));
    let place = with(OWN, "Blue room", "Red room");
    let messages = changed(&[OWN, &before], &[&place, &after]);
    let carol = to("carol@example.net", messages.clone());
    assert!(!read(&carol).contains("Hush"), "{}", read(&carol));
    assert!(!String::from_utf8(carol.text).unwrap().contains("Hush"));
    let bob = read(&to("bob@example.com", messages));
    assert!(bob.contains("Hush now"), "{bob}");
}

#[test]
fn a_cancelled_series() {
    assert_eq!(
        read(&to("bob@example.com", changed(&[OWN], &[]))),
        "Cancelled: Plan
Alice <alice@example.org> cancelled “Plan”.

When:  Tue 8 Dec 2026 10:00 to 11:00 Europe/Berlin, every Tuesday until 2 March 2027
Where: Blue room
"
    );
    let without = OWN.replace("ATTENDEE;CN=Carol:mailto:carol@example.net", "X-C:d");
    let carol = read(&to("carol@example.net", changed(&[OWN], &[&without])));
    assert!(carol.contains("cancelled “Plan” for you."), "{carol}");
}

#[test]
fn answers() {
    assert_eq!(
        read(&answer(Partstat::Accepted, None, Some("With\npleasure"))),
        "Accepted: Größe & Plan
Alice <alice@example.org> accepted: “Größe & Plan”.

When:  Tue 8 Dec 2026 10:00 to 11:00 Europe/Berlin, every Tuesday until 2 March 2027
Where: Blue room

Comment:
With
pleasure
"
    );
    for (partstat, subject, did) in [
        (Partstat::Declined, "Declined: ", " declined: "),
        (
            Partstat::Tentative,
            "Tentatively accepted: ",
            " accepted tentatively: ",
        ),
    ] {
        let text = read(&answer(partstat, None, None));
        assert!(text.starts_with(subject) && text.contains(did), "{text}");
    }
}

#[test]
fn an_answer_for_one_date() {
    assert_eq!(
        read(&answer(Partstat::Declined, Some("20261215T100000"), None)),
        "Declined: Größe & Plan (Tue 15 Dec 2026)
Alice <alice@example.org> declined: “Größe & Plan” of Tue 15 Dec 2026.

When:  Tue 15 Dec 2026 10:00 to 11:00 Europe/Berlin
Where: Blue room
"
    );
}

#[test]
fn a_refresh_names_what_it_is_about() {
    let refresh = "ORGANIZER:mailto:bob@example.com\nATTENDEE:mailto:alice@example.org";
    let text = read(&by_hand(Method::Refresh, refresh));
    assert!(
        text.starts_with(
            "Update requested: Größe & Plan\n\
             Alice <alice@example.org> asks for the latest version of “Größe & Plan”.\n"
        ),
        "{text}"
    );
}

#[test]
fn a_counter_tells_what_is_proposed() {
    let moved = BOBS
        .replace("T100000", "T140000")
        .replace("T110000", "T150000");
    let text = read(&by_hand(
        Method::Counter,
        &format!("{moved}\nCOMMENT:Later?"),
    ));
    assert!(
        text.starts_with("Change proposed: Größe & Plan\n"),
        "{text}"
    );
    assert!(
        text.contains("\n- moved from Tue 8 Dec 2026 10:00 to 14:00 Europe/Berlin\n"),
        "{text}"
    );
    assert!(text.ends_with("\nComment:\nLater?\n"), "{text}");
    let text = read(&by_hand(Method::DeclineCounter, BOBS));
    assert!(
        text.starts_with("Proposal declined: Größe & Plan\n"),
        "{text}"
    );
    assert!(
        text.contains(" declined the change that you proposed of “Größe & Plan”."),
        "{text}"
    );
}

#[test]
fn a_strangers_words_stay_words() {
    let odd = with(BOBS, "Größe & Plan", "a\\nBcc: x\u{202e}<script>");
    let message = by_hand(Method::Counter, &odd);
    let words = mail::of(&message, "A\u{202e}\r\nB");
    let all = format!("{}{}", words.subject, words.html);
    assert!(!words.subject.contains(['\r', '\n']), "{}", words.subject);
    assert!(
        !all.contains('\u{202e}') && !words.html.contains("<script"),
        "{all}"
    );
    assert!(!words.plain.contains("\nB"), "{}", words.plain);
}
