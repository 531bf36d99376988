//! What the outbox is told of a mail.

use itip::{Delay, OutgoingMessage, Partstat};
use pipeline::clock::DAY;
use pipeline::outbox::scheduling::{NotMailed, Posting};
use store::{AccountId, NewMail};

use crate::messages::{NOW, OWN, answer, changed, to};

const HOLD: i64 = 60_000;

fn post(message: &OutgoingMessage) -> Result<NewMail, NotMailed> {
    let posting = Posting {
        account: AccountId(7),
        name: "Alice",
        message,
        uid: "event-1",
        in_reply_to: Some("<invitation@example.com>"),
        now: NOW,
        hold: HOLD,
    };
    posting.mail()
}

fn header(mail: &NewMail, name: &str) -> String {
    let field = imip::header::named(&mail.message, name).next().unwrap();
    field.text().trim().to_owned()
}

#[test]
fn an_answer_goes_at_once_from_the_invited_address() {
    let message = answer(Partstat::Accepted, None, None);
    let mail = post(&message).unwrap();
    assert_eq!(
        (mail.kind.as_str(), mail.key.account),
        ("reply", AccountId(7))
    );
    assert_eq!(
        (mail.reverse_path.as_str(), mail.recipient.as_str()),
        ("alice@example.org", "bob@example.com")
    );
    assert_eq!((mail.not_before, mail.expires), (NOW, NOW + 5 * DAY));
    assert_eq!(header(&mail, "From"), "\"Alice\" <alice@example.org>");
    assert_eq!(header(&mail, "To"), "\"Bob\" <bob@example.com>");
    assert_eq!(header(&mail, "In-Reply-To"), "<invitation@example.com>");
    let event = imip::event_id("plan@example.org");
    assert!(header(&mail, "References").starts_with(&event));
}

#[test]
fn a_retry_is_the_same_mail_and_another_change_is_not() {
    let accepted = answer(Partstat::Accepted, None, None);
    let (one, same) = (post(&accepted).unwrap(), post(&accepted).unwrap());
    assert_eq!(one, same);
    let id = header(&one, "Message-ID");
    assert!(
        id.ends_with("@example.org>") && id.contains(&one.key.id[..40]),
        "{id}"
    );
    let declined = post(&answer(Partstat::Declined, None, None)).unwrap();
    assert_ne!(declined.key, one.key);
    assert_ne!(header(&declined, "Message-ID"), id);
    let messages = changed(&[], &[OWN]);
    let bob = post(&to("bob@example.com", messages.clone())).unwrap();
    let carol = post(&to("carol@example.net", messages)).unwrap();
    assert_ne!(bob.key, carol.key);
}

#[test]
fn a_new_meeting_waits_for_the_hold() {
    let message = to("bob@example.com", changed(&[], &[OWN]));
    assert_eq!(message.delay, Delay::Hold);
    assert_eq!(post(&message).unwrap().not_before, NOW + HOLD);
}

#[test]
fn nothing_is_sent_a_week_after_the_event() {
    let mut message = answer(Partstat::Accepted, None, None);
    let expires = |message: &OutgoingMessage| post(message).unwrap().expires;
    message.ends = Some(NOW - 6 * DAY);
    assert_eq!(expires(&message), NOW + DAY);
    message.ends = Some(NOW - DAY);
    assert_eq!(expires(&message), NOW + 5 * DAY);
    message.ends = None;
    assert_eq!(expires(&message), NOW + 5 * DAY);
}

#[test]
fn what_is_no_mail_address_gets_no_mail() {
    let mut message = answer(Partstat::Accepted, None, None);
    for address in [
        "",
        "urn:uuid:1",
        "bob",
        "bob@example.com\r\nBcc: x@y.example",
        "a@b, c@d",
    ] {
        message.recipient = address.to_owned();
        assert!(
            matches!(post(&message), Err(NotMailed::Address(_))),
            "{address:?}"
        );
    }
}
