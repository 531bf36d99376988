//! Who hears what of an organizer's change: REQUEST to whom something that matters is new, CANCEL to
//! who loses something (RFC 6638 section 3.2.1, rules F3, F4, F6 and F8).

use std::collections::{BTreeMap, BTreeSet};

use calendar::{CalendarUserAddress, ComponentBuf, Method, PropertyBuf};

use super::version::{Part, View};
use super::{Change, Version, sequence};
use crate::changed::{Delay, Door, Invitations, OutgoingMessage, message};
use crate::incoming::Timestamp;
use crate::line::Line;
use crate::recurrence_id::RecurrenceId;

/// Between the CANCEL of a series and the REQUEST for the dates of it that stay: stamps are seconds.
const LATER: Timestamp = 1000;

/// What goes out, and what is taken back.
#[derive(Default)]
pub(super) struct Told {
    pub(super) requests: Vec<OutgoingMessage>,
    pub(super) cancels: Vec<OutgoingMessage>,
    /// Whose waiting REQUEST is taken back, by the address in lower case.
    pub(super) withdrawn: Vec<String>,
    /// Whom a REQUEST would go to if he had a mail address.
    pub(super) unreachable: BTreeSet<String>,
}

/// The event before and after a change, and to whom a REQUEST goes whatever changed (rule F4).
pub(super) struct Telling<'t, 'o, 'a> {
    pub(super) change: &'t Change<'t>,
    pub(super) before: Option<&'t Version<'o, 'a>>,
    pub(super) after: Option<&'t Version<'o, 'a>>,
    pub(super) forced: BTreeSet<String>,
}

/// One guest, and what he got and gets to see.
struct Guest<'g> {
    key: &'g str,
    address: &'g CalendarUserAddress,
    old: View<'g>,
    new: View<'g>,
}

impl Telling<'_, '_, '_> {
    pub(super) fn tell(&self) -> Told {
        let (before, after) = (self.invited(self.before), self.invited(self.after));
        let first = match self.change.door {
            Door::Caldav => Delay::Hold,
            Door::Web => Delay::None,
        };
        let delay = if before.is_empty() {
            first
        } else {
            Delay::None
        };
        let mut everybody = before.clone();
        everybody.extend(after.clone());
        let mut told = Told::default();
        for (key, address) in &everybody {
            let guest = Guest {
                key,
                address,
                old: seen(self.before.filter(|_| before.contains_key(key)), key),
                new: seen(self.after.filter(|_| after.contains_key(key)), key),
            };
            if self.change.unheard.contains(key) {
                self.tell_unheard(&guest, first, &mut told);
            } else {
                self.tell_one(&guest, delay, &mut told);
            }
        }
        told
    }

    fn invited(&self, version: Option<&Version<'_, '_>>) -> BTreeMap<String, CalendarUserAddress> {
        let invited = version.map(|version| version.invited(self.change.owner));
        invited.unwrap_or_default()
    }

    /// Who has heard nothing yet hears the new version as if it were the first, and nothing of what he
    /// never had.
    fn tell_unheard(&self, guest: &Guest<'_>, delay: Delay, told: &mut Told) {
        if guest.is_told() || self.is_forced(guest) {
            told.withdrawn.push(guest.key.to_owned());
            told.requests.extend(self.request(guest, delay, None, 0));
        }
    }

    fn tell_one(&self, guest: &Guest<'_>, delay: Delay, told: &mut Told) {
        let lost = guest.old.without(&guest.new);
        let keeps_dates = lost.has_series() && !guest.new.is_empty();
        // Of dates without their series the missing ones are cancelled; a series says it itself.
        let is_new = guest.new.is_news_after(&guest.old)
            || keeps_dates
            || (!lost.is_empty() && guest.new.has_series());
        if !guest.new.is_empty() && (is_new || self.is_forced(guest)) {
            let known = self.known(&guest.old);
            let later = if keeps_dates { LATER } else { 0 };
            if !guest.address.is_mail() && self.change.invitations == Invitations::Sent {
                told.unreachable.insert(guest.key.to_owned());
            }
            told.requests
                .extend(self.request(guest, delay, known, later));
        }
        if !lost.is_empty() && !guest.new.has_series() {
            let lost = if keeps_dates { lost.series() } else { lost };
            told.cancels.extend(self.cancel(guest, &lost));
        }
    }

    fn is_forced(&self, guest: &Guest<'_>) -> bool {
        self.forced.contains(guest.key)
    }

    fn known(&self, old: &View<'_>) -> Option<Vec<u8>> {
        self.before?.told(old, self.change.now)
    }

    fn request(
        &self,
        guest: &Guest<'_>,
        delay: Delay,
        known: Option<Vec<u8>>,
        later: Timestamp,
    ) -> Option<OutgoingMessage> {
        let after = self.after?;
        let components = after.sent(&guest.new);
        let stamp = self.change.now.saturating_add(later);
        let message = self.message(Method::Request, guest, &components, (after, stamp))?;
        Some(OutgoingMessage {
            known,
            delay,
            ..message
        })
    }

    /// A series is cancelled whole, without a word of its dates (RFC 5546 section 3.2.5).
    fn cancel(&self, guest: &Guest<'_>, lost: &View<'_>) -> Option<OutgoingMessage> {
        let before = self.before?;
        let whole = lost.has_series();
        let last = |(id, part): (&RecurrenceId, &Part)| match self.after_of(id) {
            Some(after) => sequence(&part.sent).saturating_add(1).max(sequence(after)),
            None => sequence(&part.sent).saturating_add(1),
        };
        let newest = lost.parts().map(last).max().unwrap_or_default();
        let components: Vec<_> = lost
            .parts()
            .filter(|(id, part)| !is_cancelled(&part.sent) && (!whole || id.is_master()))
            .map(|(id, part)| Cancelled {
                component: &part.sent,
                attendee: guest.address,
                sequence: if whole { newest } else { last((id, part)) },
                is_off: self.is_off(id),
            })
            .map(|cancelled| cancelled.component())
            .collect();
        let stamp = self.change.now;
        let message = self.message(Method::Cancel, guest, &components, (before, stamp))?;
        Some(OutgoingMessage {
            known: self.known(lost),
            ..message
        })
    }

    fn after_of(&self, id: &RecurrenceId) -> Option<&ComponentBuf> {
        self.after?.sent_of(id)
    }

    /// Whether it does not take place any more, for nobody.
    fn is_off(&self, id: &RecurrenceId) -> bool {
        self.after.is_none_or(|after| {
            let now = after.component(id);
            after.object.organizer().is_none() || now.is_none_or(|now| is_cancelled(&now))
        })
    }

    fn message(
        &self,
        method: Method,
        guest: &Guest<'_>,
        components: &[ComponentBuf],
        (version, stamp): (&Version<'_, '_>, Timestamp),
    ) -> Option<OutgoingMessage> {
        let now = self.change.now;
        let organizer = components
            .iter()
            .find_map(|one| one.property("ORGANIZER"))?;
        let is_long_past = |ends| message::is_long_past(ends, now);
        let is_silent = self.change.invitations == Invitations::NotSent;
        if is_silent || version.ends.is_some_and(is_long_past) || !guest.address.is_mail() {
            return None;
        }
        let sender = self.change.owner.address_of(organizer)?;
        Some(OutgoingMessage {
            method,
            recipient: guest.address.as_str().to_owned(),
            sender: sender.as_str().to_owned(),
            text: message::text(method, components, version.object, stamp),
            known: None,
            delay: Delay::None,
            ends: version.ends,
        })
    }
}

impl Guest<'_> {
    /// Whether he gets to see something else than before.
    fn is_told(&self) -> bool {
        self.new.is_news_after(&self.old) || !self.old.without(&self.new).is_empty()
    }
}

fn seen<'v>(version: Option<&'v Version<'_, '_>>, guest: &str) -> View<'v> {
    version.map_or_else(View::nothing, |version| version.seen_by(guest))
}

fn is_cancelled(component: &ComponentBuf) -> bool {
    component
        .property("STATUS")
        .is_some_and(|status| status.value().trim().eq_ignore_ascii_case("CANCELLED"))
}

/// A component that a guest loses.
struct Cancelled<'c> {
    component: &'c ComponentBuf,
    attendee: &'c CalendarUserAddress,
    sequence: u64,
    /// Whether it is off for everybody: who is taken off alone reads no STATUS (RFC 5546 section 3.2.5).
    is_off: bool,
}

impl Cancelled<'_> {
    /// What a CANCEL says of it: when and what it was, for this attendee alone.
    fn component(&self) -> ComponentBuf {
        const KEPT: &[&str] = &[
            "UID",
            "RECURRENCE-ID",
            "DTSTART",
            "DTEND",
            "DUE",
            "DURATION",
            "SUMMARY",
            "ORGANIZER",
            "LOCATION",
        ];
        let mut cancel = self.component.clone();
        cancel.retain(|item| {
            item.as_property().is_some_and(|line| {
                let is_his = line.is("ATTENDEE") && line.is_named(self.attendee);
                is_his || KEPT.iter().any(|name| line.is(name))
            })
        });
        cancel.push_property(PropertyBuf::new("SEQUENCE", &self.sequence.to_string()));
        if self.is_off {
            cancel.push_property(PropertyBuf::new("STATUS", "CANCELLED"));
        }
        cancel
    }
}
