//! What became of a scheduling mail, noted in the event of whoever sent it (RFC 6638, 3.2.9, rule F4).

use calendar::{CalendarUserAddress, Method};
use itip::{Delivery, Limits};
use store::{By, Commit, Error, Event, Expect, NewMail, PutObject, Store};

use super::scheduling::spellings;
use crate::meanwhile::ROUNDS;

/// Notes it on the recipient's line: the ATTENDEE of the organizer's event, or the ORGANIZER of what was
/// answered. Nothing is sent by that, and it may be done again.
///
/// An event that others change faster than it can be written stays without the note.
pub(super) async fn note(
    store: &dyn Store,
    mail: &NewMail,
    delivery: Delivery,
) -> store::Result<()> {
    let Some(method) = Method::parse(&mail.kind).filter(|_| !mail.uid.is_empty()) else {
        return Ok(());
    };
    for _ in 0..ROUNDS {
        let event = store.event(mail.key.account, &mail.uid).await?;
        let commit = noting(mail, &event, (method, delivery));
        if commit.put.is_empty() {
            return Ok(());
        }
        match store.commit(commit).await {
            Err(Error::Conflict) => {}
            // The account, or its calendar, is gone.
            Ok(_) | Err(Error::NotFound(_)) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    tracing::warn!(
        mail.id = mail.key.id,
        "what became of a mail is not noted in its event"
    );
    Ok(())
}

fn noting(mail: &NewMail, event: &Event, said: (Method, Delivery)) -> Commit {
    let names = spellings(&mail.recipient);
    let is_recipient = |address: &CalendarUserAddress| {
        let mut names = names.iter();
        names.any(|name| CalendarUserAddress::parse(name).same_ignoring_case(address))
    };
    let mut commit = Commit::new(mail.key.account, mail.uid.clone());
    commit.expect = Some(Expect::unchanged(event));
    for object in &event.objects {
        let text = itip::facts(&object.text).kind.and_then(|kind| {
            itip::delivered(&object.text, kind, said, &is_recipient, &Limits::default())
        });
        commit.put.extend(text.map(|text| PutObject {
            calendar: object.calendar.clone(),
            name: object.name.clone(),
            uid: object.uid.clone(),
            text,
            unanswered: object.unanswered,
            by: By::Server,
        }));
    }
    commit
}
