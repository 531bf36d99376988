//! Everything that decides about one message, put together once.

use calendar::{Document, Method, PropertyBuf};

use crate::arrival::Arrival;
use crate::decision::{Change, Decision, Suggestion};
use crate::incoming::{Incoming, Trust};
use crate::limits::Limits;
use crate::merge::Base;
use crate::note::Note;
use crate::object::Object;
use crate::owner::Owner;
use crate::policy::{Permission, Policy, Update};
use crate::reason::Reason;
use crate::recurrence_id::RecurrenceId;
use crate::stamp::Stamp;
use crate::state::State;
use crate::stored::{Access, Stored, StoredObject};

/// The stored texts of a case, parsed; a [`Case`] borrows from it.
pub(crate) struct Texts<'a> {
    pub(crate) target: Option<&'a StoredObject>,
    mine: Option<Document>,
    base: Option<Document>,
    sameness: Sameness,
}

/// Whether the organizer's last version is the stored text itself, which spares reading it twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sameness {
    Same,
    Differ,
}

impl<'a> Texts<'a> {
    /// Parses what is stored. Of several calendars with the UID the first writable one is meant (C7).
    pub(crate) fn of(stored: &'a Stored, limits: &Limits) -> Result<Self, Reason> {
        let target = stored
            .objects
            .iter()
            .find(|object| object.access == Access::Writable);
        if target.is_none() && !stored.objects.is_empty() {
            return Err(Reason::ReadOnly);
        }
        let parse = |text: &[u8]| {
            Document::parse(text, &limits.calendar).map_err(|_| Reason::StoredUnreadable)
        };
        let base = stored.state.base.as_deref();
        let is_same =
            base.is_some_and(|base| target.is_some_and(|object| object.text == base.as_bytes()));
        let sameness = if is_same {
            Sameness::Same
        } else {
            Sameness::Differ
        };
        Ok(Self {
            target,
            mine: target.map(|object| parse(&object.text)).transpose()?,
            base: base
                .filter(|_| sameness == Sameness::Differ)
                .map(|text| parse(text.as_bytes()))
                .transpose()?,
            sameness,
        })
    }
}

/// One message and everything that it meets.
pub(crate) struct Case<'a> {
    pub(crate) incoming: &'a Incoming<'a>,
    pub(crate) arrival: Arrival<'a>,
    pub(crate) owner: &'a Owner,
    pub(crate) policy: &'a Policy,
    pub(crate) limits: &'a Limits,
    pub(crate) target: Option<&'a StoredObject>,
    /// The stored object.
    pub(crate) mine: Option<Object<'a>>,
    /// The organizer's version before the message.
    pub(crate) version: Object<'a>,
    pub(crate) base: Base,
    /// The ORGANIZER of the stored object, or of what stood there before it was deleted.
    pub(crate) stored_organizer: Option<PropertyBuf>,
    /// The state before the message; without a base what stands there counts as taken.
    pub(crate) state: State,
    /// The state as it was kept.
    pub(crate) kept: &'a State,
}

impl<'a> Case<'a> {
    pub(crate) fn of(
        stored: &'a Stored,
        texts: &'a Texts<'a>,
        incoming: &'a Incoming<'a>,
        (owner, policy, limits): (&'a Owner, &'a Policy, &'a Limits),
    ) -> Result<Self, Reason> {
        let read = |document: &'a Document| {
            Object::read(document, incoming.kind).ok_or(Reason::KindDiffers)
        };
        let mine = texts.mine.as_ref().map(read).transpose()?;
        let base = match texts.sameness {
            Sameness::Same => mine.clone(),
            // What a tombstone remembers may be of the other kind.
            Sameness::Differ => texts.base.as_ref().map(read).transpose()?,
        };
        let known = if base.is_some() {
            Base::Known
        } else {
            Base::Assumed
        };
        let mut state = stored.state.clone();
        if let (Base::Assumed, Some(mine)) = (known, &mine) {
            seed(&mut state, mine);
        }
        let version = base.or_else(|| mine.clone()).unwrap_or_default();
        let arrival = Arrival::read(incoming, &version)?;
        let mut case = Self {
            stored_organizer: mine.as_ref().unwrap_or(&version).organizer(),
            incoming,
            arrival,
            owner,
            policy,
            limits,
            target: texts.target,
            version,
            mine,
            base: known,
            state,
            kept: &stored.state,
        };
        case.follow_master();
        Ok(case)
    }

    /// A newer master may name its instances in another form: by days that were times, or as no master
    /// did before it. All that is known of them goes by its names from then on.
    fn follow_master(&mut self) {
        let brings_times = matches!(self.incoming.method, Method::Request | Method::Publish);
        let master = self.arrival.parts.get(&MASTER).filter(|_| brings_times);
        let taken = self.state.request_stamp(&MASTER);
        let is_newer = master.is_some_and(|master| {
            taken.is_none_or(|taken| master.stamp.total_order(taken).is_gt())
        });
        let clock = &self.arrival.clock;
        if !is_newer || !self.state.knows_dates() || clock.names_as(&self.version.clock()) {
            return;
        }
        let mut renamed = self.version.rename(clock);
        if let Some(mine) = &mut self.mine {
            renamed.extend(mine.rename(clock));
        }
        self.state.rename(|id| match renamed.get(id) {
            Some(new) => Some(new.clone()),
            None => clock.id(&id.date_or_time()?).ok(),
        });
    }

    pub(crate) fn is_by_hand(&self) -> bool {
        matches!(self.policy.permission, Permission::ByHand(_))
    }

    /// Whether stored objects may be changed at all.
    pub(crate) fn may_update(&self) -> bool {
        self.policy.update == Update::Allowed || self.policy.permission != Permission::None
    }

    /// Whether the UID was in the calendar and is not any more (rule C10).
    pub(crate) fn is_gone(&self) -> bool {
        self.mine.is_none() && self.base == Base::Known
    }

    /// Whether the owner's own ATTENDEE is anywhere in an object.
    pub(crate) fn lists_owner(&self, object: &Object<'_>) -> bool {
        let mut bodies = object.components.values();
        bodies.any(|body| body.any_line("ATTENDEE", |line| self.owner.is(line)))
    }

    /// The object written, where it stands or as a new one.
    pub(crate) fn put(&self, object: &Object<'_>) -> Change {
        let calendar = self
            .policy
            .permission
            .calendar()
            .unwrap_or(&self.policy.default_calendar);
        Change::Put {
            calendar: self
                .target
                .map_or(calendar, |target| &target.calendar)
                .to_owned(),
            name: self.target.map(|target| target.name.clone()),
            answered: crate::answer::answered(object, self),
            text: object.to_bytes(),
        }
    }

    /// A refusal; those that the owner may overrule by hand keep the message.
    pub(crate) fn refuse(&self, reason: Reason) -> Decision {
        let mut decision = Decision::no_action(reason);
        if self.incoming.sender.trust == Trust::Failed {
            decision.note(Note::NotAuthenticated);
        }
        if is_offered(reason) {
            decision.suggestion = Suggestion::Keep;
        }
        decision
    }
}

/// Whether one act of the owner may still apply a refused message.
fn is_offered(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::NotPermitted
            | Reason::NotAuthenticated
            | Reason::Spam
            | Reason::Cap
            | Reason::NotTheOrganizer
            | Reason::NoOrganizer
            | Reason::DeletedByYou
            | Reason::NotTheAttendee
            | Reason::PartyCrasher
    )
}

/// Without a base the stored object counts as what was taken last.
fn seed(state: &mut State, mine: &Object<'_>) {
    for (id, body) in &mine.components {
        if let crate::object::Body::Kept(component) = body {
            let taken = state.components.entry(id.clone()).or_default();
            taken
                .request
                .get_or_insert_with(|| Stamp::of_stored(component));
        }
    }
}

/// The id of the master, for reading.
pub(crate) const MASTER: RecurrenceId = RecurrenceId::MASTER;
