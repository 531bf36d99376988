//! The organizer makes, changes or deletes an event of his own (RFC 6638 section 3.2.1, rules F3, F4
//! and F6).

mod kept;
mod rescheduled;
mod told;
mod version;

use std::borrow::Cow;
use std::collections::BTreeSet;

use calendar::ComponentBuf;

use self::told::{Telling, Told};
use self::version::Version;
use super::{Door, Forbidden, Invitations, Scheduled, Seen, Sides, status};
use crate::incoming::Timestamp;
use crate::limits::Limits;
use crate::line::Line;
use crate::object::{Body, Object};
use crate::owner::Owner;
use crate::stamp;
use crate::state::State;

/// All that decides beside the objects.
pub(super) struct Change<'a> {
    pub(super) state: &'a State,
    pub(super) now: Timestamp,
    pub(super) door: Door,
    pub(super) seen: Seen,
    pub(super) invitations: Invitations,
    /// Who has heard nothing yet, by addresses in lower case.
    pub(super) unheard: &'a [String],
    pub(super) owner: &'a Owner,
    pub(super) limits: &'a Limits,
}

impl Change<'_> {
    pub(super) fn decide(&self, sides: &Sides<'_>) -> Result<Scheduled, Forbidden> {
        if let Some(after) = &sides.after {
            self.check_organizer(after)?;
        }
        let before = sides.before.as_ref();
        let before = before.map(|object| Version::of(object, self.limits));
        let Some(after) = &sides.after else {
            return Ok(scheduled(self.tell(before.as_ref(), None, BTreeSet::new())));
        };
        let mut object = after.clone();
        let mut is_changed = false;
        if let Some(before) = &before {
            is_changed |= self.keep_dates(before.object, &mut object);
            is_changed |= self.keep_answers(before.object, &mut object);
            is_changed |= self.keep_statuses(before.object, &mut object);
            is_changed |= self.reschedule(before, &mut object);
            is_changed |= self.outlive(before, &mut object);
            is_changed |= self.uninvite(before, &mut object);
        } else if let Some(gone) = &sides.gone {
            is_changed |= self.revive(&Version::of(gone, self.limits), &mut object);
        }
        let (forced, unknown) = strip_force_send(&mut object);
        is_changed |= !forced.is_empty() || !unknown.is_empty();
        let after = Version::of(&object, self.limits);
        let told = self.tell(before.as_ref(), Some(&after), forced);
        is_changed |= note_statuses(&mut object, &told, &unknown);
        Ok(Scheduled {
            text: is_changed.then(|| object.to_bytes()),
            ..scheduled(told)
        })
    }

    fn tell(
        &self,
        before: Option<&Version<'_, '_>>,
        after: Option<&Version<'_, '_>>,
        forced: BTreeSet<String>,
    ) -> Told {
        let telling = Telling {
            change: self,
            before,
            after,
            forced,
        };
        telling.tell()
    }

    /// All components have one organizer, and that is the owner, or none.
    fn check_organizer(&self, after: &Object<'_>) -> Result<(), Forbidden> {
        let mut addresses = BTreeSet::new();
        for body in after.components.values() {
            match body.line("ORGANIZER") {
                Some(line) if !self.owner.is(&line) => return Err(Forbidden::OwnOrganizer),
                Some(line) => addresses.insert(line.address().as_str().to_lowercase()),
                None => false,
            };
        }
        if addresses.len() > 1 {
            Err(Forbidden::SeveralOrganizers)
        } else {
            Ok(())
        }
    }
}

fn scheduled(told: Told) -> Scheduled {
    let mut messages = told.requests;
    messages.extend(told.cancels);
    Scheduled {
        messages,
        withdrawn: told.withdrawn,
        ..Scheduled::default()
    }
}

/// Notes on the guests' lines what is on its way to them, and whom nothing can reach (RFC 6638 section
/// 3.2.9).
fn note_statuses(object: &mut Object<'_>, told: &Told, unknown: &Guests) -> bool {
    let pending: BTreeSet<_> = told
        .requests
        .iter()
        .map(|message| message.recipient.to_lowercase())
        .collect();
    let mut is_changed = false;
    for body in object.components.values_mut() {
        is_changed |= status::note(body, "ATTENDEE", |line| {
            let key = line.address().as_str().to_lowercase();
            let status = match () {
                () if unknown.contains(&key) => status::INVALID_PARAMETER,
                () if pending.contains(&key) => status::PENDING,
                () if told.unreachable.contains(&key) => status::NO_MAIL_ADDRESS,
                () => return None,
            };
            Some(status.to_owned())
        });
    }
    is_changed
}

/// Addresses in lower case.
type Guests = BTreeSet<String>;

/// Takes SCHEDULE-FORCE-SEND away; to whom it asks to send, and of whom it says what nobody knows (RFC
/// 6638 section 7.2).
fn strip_force_send(object: &mut Object<'_>) -> (Guests, Guests) {
    let (mut forced, mut unknown) = (Guests::new(), Guests::new());
    let has_it = |line: &dyn Line| line.parameter("SCHEDULE-FORCE-SEND").is_some();
    for body in object.components.values_mut() {
        if !body.any_line("ATTENDEE", has_it) {
            continue;
        }
        let mut component = body.to_buf().into_owned();
        for line in component
            .properties_mut()
            .filter(|line| line.is("ATTENDEE"))
        {
            let force = line.parameter("SCHEDULE-FORCE-SEND").map(Cow::into_owned);
            let Some(force) = force else { continue };
            let guests = match force.trim().eq_ignore_ascii_case("REQUEST") {
                true => &mut forced,
                false => &mut unknown,
            };
            guests.insert(line.address().as_str().to_lowercase());
            line.remove_parameter("SCHEDULE-FORCE-SEND");
        }
        *body = Body::made(component);
    }
    (forced, unknown)
}

fn sequence(component: &ComponentBuf) -> u64 {
    stamp::sequence(component.property("SEQUENCE"))
}
