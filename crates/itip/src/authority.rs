//! Who may change a stored object, and who may add a new one (rules B3 to B7).

use calendar::{CalendarUserAddress, Method};

use crate::case::Case;
use crate::incoming::{Sender, Trust};
use crate::line::Line;
use crate::policy::{Permission, Spam};
use crate::reason::Reason;

impl Sender {
    /// The address, if it may be believed.
    pub(crate) fn believed(&self) -> Option<CalendarUserAddress> {
        match self.trust {
            Trust::Authenticated | Trust::Unverified => self.address.as_deref().map(of_mail),
            Trust::Failed => None,
        }
    }
}

/// A mail address as a calendar user address: in the former `%` means itself, so that
/// `bo%62@example.com` is not bob.
fn of_mail(address: &str) -> CalendarUserAddress {
    CalendarUserAddress::parse(&address.replace('%', "%25"))
}

/// Whether the organizer's methods may touch a stored object, or the tombstone of one (B3, B5, D5).
pub(crate) fn of_organizer(case: &Case<'_>) -> Result<(), Reason> {
    // Named as organizer by a message, the owner would write to whomever that lists.
    if names_owner_as_organizer(case) {
        return Err(Reason::OwnEvent);
    }
    let organizer = case.stored_organizer.as_ref();
    if organizer.is_some_and(|line| case.owner.is(line)) {
        return Err(Reason::OwnEvent);
    }
    if case.is_by_hand() {
        return Ok(());
    }
    if organizer.is_none() && case.state.pinned.is_none() {
        return Err(Reason::PrivateEvent);
    }
    if case.arrival.organizer.is_none() && case.incoming.method != Method::Publish {
        return Err(Reason::NoOrganizer);
    }
    let sender = case
        .incoming
        .sender
        .believed()
        .ok_or(Reason::NotTheOrganizer)?;
    let is_pinned = is_pinned(case, &sender);
    let speaks = organizer.is_some_and(|line| speaks_for(line, &sender));
    let changes_organizer = changes_organizer(case);
    match case.incoming.method {
        Method::Publish if is_pinned => Ok(()),
        Method::Publish => Err(Reason::NotTheOrganizer),
        _ if is_pinned || (speaks && !changes_organizer) => Ok(()),
        _ => Err(Reason::NotTheOrganizer),
    }
}

fn is_pinned(case: &Case<'_>, sender: &CalendarUserAddress) -> bool {
    let pinned = case.state.pinned.as_deref().map(of_mail);
    pinned.is_some_and(|pinned| pinned.same_ignoring_case(sender))
}

/// Whether the line names the address, or allows it by SENT-BY.
fn speaks_for(line: &impl Line, sender: &CalendarUserAddress) -> bool {
    let sent_by = line
        .parameter("SENT-BY")
        .map(|by| CalendarUserAddress::parse(&by));
    line.is_named(sender) || sent_by.is_some_and(|by| by.same_ignoring_case(sender))
}

/// Whether the message names another organizer than the stored object (rule A6).
pub(crate) fn changes_organizer(case: &Case<'_>) -> bool {
    match (&case.arrival.organizer, &case.stored_organizer) {
        (Some(new), Some(stored)) => !stored.is_named(&new.address()),
        _ => false,
    }
}

/// Whether the sender may speak for a stored attendee: it is the attendee, the SENT-BY or delegate
/// recorded there (rule B4).
pub(crate) fn of_attendee(attendee: &impl Line, sender: &CalendarUserAddress) -> bool {
    let delegates = attendee.parameter_values("DELEGATED-TO");
    let is_sender = |to: &String| CalendarUserAddress::parse(to).same_ignoring_case(sender);
    speaks_for(attendee, sender) || delegates.iter().any(is_sender)
}

/// Whether the message names the sender as its organizer; by an EMAIL parameter only where a calendar
/// service says so (rules A7 and B2).
pub(crate) fn is_named_organizer(case: &Case<'_>, sender: &CalendarUserAddress) -> bool {
    case.arrival
        .organizer
        .as_ref()
        .is_some_and(|line| names_sender(case, line, sender))
}

/// Whether a line of the message names the sender (rules A7 and B2).
pub(crate) fn names_sender(
    case: &Case<'_>,
    line: &impl Line,
    sender: &CalendarUserAddress,
) -> bool {
    let is_by_service = case.incoming.sender.via_service.is_some();
    line.address().same_ignoring_case(sender) || (is_by_service && line.is_named(sender))
}

fn names_owner_as_organizer(case: &Case<'_>) -> bool {
    let organizer = case.arrival.organizer.as_ref();
    organizer.is_some_and(|line| case.owner.is(line))
}

/// Whether a new event may be added (B5 to B7).
pub(crate) fn of_newcomer(case: &Case<'_>) -> Result<(), Reason> {
    if names_owner_as_organizer(case) {
        return Err(Reason::OwnEvent);
    }
    if case.is_by_hand() {
        return Ok(());
    }
    if case.arrival.organizer.is_none() && case.incoming.method != Method::Publish {
        return Err(Reason::NoOrganizer);
    }
    if case.policy.permission == Permission::None {
        return Err(Reason::NotPermitted);
    }
    if case.incoming.sender.believed().is_none() {
        return Err(Reason::NotAuthenticated);
    }
    if case.policy.spam == Spam::Spam {
        return Err(Reason::Spam);
    }
    let caps = &case.policy.caps;
    let is_full =
        caps.added_today >= caps.per_sender_and_day || caps.unanswered_now >= caps.unanswered;
    if is_full { Err(Reason::Cap) } else { Ok(()) }
}
