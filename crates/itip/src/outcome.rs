//! The owner's object after a message was taken: merged components, cancellations marked (rules C2 to
//! C5, C7, D1).

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;

use calendar::{ComponentBuf, PropertyBuf};

use crate::answer;
use crate::case::{Case, MASTER};
use crate::clock::Clock;
use crate::course::Course;
use crate::exdate;
use crate::extent;
use crate::line::Line;
use crate::marks;
use crate::merge::{self, Asked, Base, Place, Sides};
use crate::note::Note;
use crate::object::{Body, Object};
use crate::reason::Reason;
use crate::recurrence_id::RecurrenceId;
use crate::span::{self, Timed};
use crate::taking::Taking;

/// The object after a message, and what was noticed on the way.
pub(crate) struct Result<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) overwritten: Vec<PropertyBuf>,
    pub(crate) notes: Vec<Note>,
}

/// Merges what was taken with what the owner has.
pub(crate) fn result<'a>(case: &Case<'a>, taking: &Taking<'a>) -> Result<'a> {
    let nothing = Object::default();
    let mine = case.mine.as_ref().unwrap_or(&nothing);
    let ids = mine.components.keys();
    let own = ids
        .filter(|id| !case.version.components.contains_key(id))
        .collect();
    let limits = &case.limits.recurrence;
    let mut work = Work {
        case,
        taking,
        mine,
        before: marks::marked(&case.version, &case.state, &own, limits),
        after: marks::marked(&taking.version, &taking.state, &own, limits),
        clocks: Clocks::default(),
        courses: Courses::default(),
        series: OnceCell::new(),
        had_cancels: case.state.has_cancels(),
        asks_series: false,
        overwritten: Vec::new(),
        notes: Vec::new(),
    };
    let mut object = mine.without_components();
    object.components = work.components();
    work.surround(&mut object);
    object.drop_unused_zones();
    Result {
        object,
        overwritten: work.overwritten,
        notes: work.notes,
    }
}

struct Work<'w, 'a> {
    case: &'w Case<'a>,
    taking: &'w Taking<'a>,
    mine: &'w Object<'a>,
    /// The organizer's version before and after, cancellations in it.
    before: Cow<'w, Object<'a>>,
    after: Cow<'w, Object<'a>>,
    clocks: Clocks,
    courses: Courses,
    /// The master from now on.
    series: OnceCell<Option<ComponentBuf>>,
    /// Whether anything was cancelled before.
    had_cancels: bool,
    /// Whether the series as a whole is asked again.
    asks_series: bool,
    overwritten: Vec<PropertyBuf>,
    notes: Vec<Note>,
}

/// What the times of the three sides mean; made when first asked.
#[derive(Default)]
struct Clocks {
    mine: OnceCell<Clock>,
    before: OnceCell<Clock>,
    after: OnceCell<Clock>,
}

/// The series before and from now on; made when first asked.
#[derive(Default)]
struct Courses {
    before: OnceCell<std::result::Result<Option<Course>, Reason>>,
    after: OnceCell<std::result::Result<Option<Course>, Reason>>,
}

impl<'a> Work<'_, 'a> {
    fn components(&mut self) -> BTreeMap<RecurrenceId, Body<'a>> {
        let ids = self.mine.components.keys();
        let mut ids: Vec<_> = ids.chain(self.after.components.keys()).cloned().collect();
        // Two runs in order: sorting joins them.
        ids.sort();
        ids.dedup();
        let components = ids.into_iter().filter_map(|id| {
            let body = self.component(&id)?;
            self.note_cancellation(&id);
            let body = self.asked_with_series(&id, body);
            Some((id, body))
        });
        components.collect()
    }

    /// The component of this id from now on; none when there is none any more.
    fn component(&mut self, id: &RecurrenceId) -> Option<Body<'a>> {
        let mine = self.mine.components.get(id);
        let theirs = self.after.components.get(id).cloned();
        match (mine, theirs) {
            (Some(mine), Some(theirs)) if self.is_touched(id) => {
                Some(self.merged(id, mine, &theirs))
            }
            (Some(mine), Some(_)) => Some(mine.clone()),
            (Some(mine), None) => self.without_theirs(id, mine),
            (None, Some(theirs)) if self.is_applied(id) || self.case.mine.is_none() => {
                Some(self.added(id, &theirs))
            }
            (None, _) => None,
        }
    }

    /// Where the series is asked again, so is each date in its own place: its answer was the series'.
    fn asked_with_series(&mut self, id: &RecurrenceId, body: Body<'a>) -> Body<'a> {
        if !self.asks_series || id.is_master() || body.is_cancelled() {
            return body;
        }
        let mut over = body.to_buf().into_owned();
        let series = || Some(self.after.master()?.to_buf().into_owned());
        let series = self.series.get_or_init(series).as_ref();
        let stays =
            |series| span::stays_in_place(self.timed_after(&over), self.timed_after(series));
        if !series.is_some_and(stays) {
            return body;
        }
        self.ask_again(&mut over);
        Body::made(over)
    }

    fn is_applied(&self, id: &RecurrenceId) -> bool {
        self.taking.applied.contains(id)
    }

    /// Whether the organizer says something new of the component: content, or a cancellation.
    fn is_touched(&self, id: &RecurrenceId) -> bool {
        let (before, after) = (&self.before.components, &self.after.components);
        let both = before.get(id).zip(after.get(id));
        self.is_applied(id) || both.is_none_or(|(before, after)| !before.same_text(after))
    }

    fn timed_before<'t>(&'t self, component: &'t ComponentBuf) -> Timed<'t> {
        let clock = self.clocks.before.get_or_init(|| self.before.clock());
        Timed { component, clock }
    }

    fn timed_after<'t>(&'t self, component: &'t ComponentBuf) -> Timed<'t> {
        let clock = self.clocks.after.get_or_init(|| self.after.clock());
        Timed { component, clock }
    }

    fn timed_mine<'t>(&'t self, component: &'t ComponentBuf) -> Timed<'t> {
        let clock = self.clocks.mine.get_or_init(|| self.mine.clock());
        Timed { component, clock }
    }

    fn moves_or_adds(&self, before: &ComponentBuf, after: &ComponentBuf) -> bool {
        extent::moves_or_adds(
            self.timed_before(before),
            self.timed_after(after),
            &self.case.limits.recurrence,
        )
    }

    /// Whether a component's instances move, come or come back (rule C4).
    fn asks_again(&self, id: &RecurrenceId, before: &ComponentBuf, after: &ComponentBuf) -> bool {
        let is_back = self.is_reinstated(id);
        if !id.is_master() {
            return is_back || self.moves_or_adds(before, after);
        }
        let mut ids = self.before.components.keys();
        let has_lost = ids.any(|id| !self.after.components.contains_key(id));
        let is_same = !is_back && !has_lost && span::has_lines_of(before, after);
        !is_same && self.series_moves_or_adds()
    }

    /// Whether the owner's override of a date waits for an answer. A question is lost by an answer
    /// alone, so such a date counts as none where the series takes it in: it had been moved or brought
    /// back, which the series does itself where it comes first.
    fn waits(&self, id: &RecurrenceId) -> bool {
        let asks = |line: &dyn Line| self.case.owner.is(line) && answer::is_unanswered(line);
        let mine = self.mine.components.get(id).filter(|_| !id.is_master());
        mine.is_some_and(|body| body.any_line("ATTENDEE", asks))
    }

    /// As for a component, of all that the series has; overrides that stay say it themselves.
    fn series_moves_or_adds(&self) -> bool {
        let clock = &self.clocks;
        let old_clock = clock.before.get_or_init(|| self.before.clock());
        let new_clock = clock.after.get_or_init(|| self.after.clock());
        // Overrides that stay came after this version, or come with it: it did not find them there.
        let mut old = Object::clone(&self.before);
        old.components
            .retain(|id, _| id.is_master() || !self.after.components.contains_key(id));
        extent::series_moves_or_adds(
            (&old, old_clock),
            &|id| self.waits(id),
            (&self.after, new_clock),
            &self.case.limits.recurrence,
        )
    }

    fn merged(&mut self, id: &RecurrenceId, mine: &Body<'a>, theirs: &Body<'a>) -> Body<'a> {
        let before = self.before.components.get(id).cloned();
        let is_untouched = self.case.base == Base::Known
            && before
                .as_ref()
                .is_some_and(|before| merge::is_untouched(before, mine, theirs));
        let counts = (self.mine.components.len(), self.after.components.len());
        let may_ask_dates = id.is_master() && counts != (1, 1);
        if is_untouched && !may_ask_dates {
            return theirs.clone();
        }
        if let Some(answered) = self.answered(id, before.as_ref(), (mine, theirs)) {
            return answered;
        }
        let (mine, new) = (mine.to_buf(), theirs.to_buf());
        if let Some(before) = before.as_ref().filter(|_| !self.is_applied(id)) {
            let mut component = marks::changed(&mine, &before.to_buf(), &new);
            if self.is_reinstated(id) {
                self.ask_again(&mut component);
            }
            return Body::made(component);
        }
        let known = if before.is_some() {
            self.case.base
        } else {
            Base::Assumed
        };
        let base = before.as_ref().map_or(Cow::Borrowed(&*mine), Body::to_buf);
        let asks_again = self.asks_again(id, &base, &new);
        if is_untouched && !asks_again {
            return theirs.clone();
        }
        let sides = Sides {
            base: &base,
            known,
            mine: &mine,
            theirs: &new,
            own_exdates: self.own_exdates(&base, known, &mine, &new),
        };
        let merged = sides.merge(self.case.owner);
        self.overwritten.extend(merged.overwritten);
        let mut component = merged.component;
        if asks_again {
            self.asks_series |= id.is_master();
            self.ask_again(&mut component);
        }
        Body::made(component)
    }

    /// The merge where the answer is all that the owner changed, and it stays.
    fn answered(
        &self,
        id: &RecurrenceId,
        before: Option<&Body<'a>>,
        (mine, theirs): (&Body<'a>, &Body<'a>),
    ) -> Option<Body<'a>> {
        let before = before.filter(|_| self.case.base == Base::Known && self.is_applied(id))?;
        let stays = before.has_lines_of(theirs, span::EXTENT) && !self.is_reinstated(id);
        if id.is_master() || !stays {
            return None;
        }
        merge::answered(before, mine, theirs, self.case.owner)
    }

    /// The owner's exceptions that stay; without a base those of mine count as the organizer's.
    fn own_exdates(
        &self,
        base: &ComponentBuf,
        known: Base,
        mine: &ComponentBuf,
        theirs: &ComponentBuf,
    ) -> Vec<PropertyBuf> {
        if known == Base::Assumed {
            return Vec::new();
        }
        exdate::own(
            self.timed_mine(mine),
            self.timed_before(base),
            self.timed_after(theirs),
            &self.case.limits.recurrence,
        )
    }

    fn is_reinstated(&self, id: &RecurrenceId) -> bool {
        let is_cancelled =
            |object: &Object<'_>| object.components.get(id).is_some_and(Body::is_cancelled);
        is_cancelled(&self.before) && !is_cancelled(&self.after)
    }

    fn ask_again(&mut self, component: &mut ComponentBuf) {
        if merge::ask_again(component, self.case.owner) == Asked::Again {
            self.note(Note::AsksAgain);
        }
    }

    fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// A component that is new to the object.
    fn added(&self, id: &RecurrenceId, theirs: &Body<'a>) -> Body<'a> {
        let masters = (self.mine.master(), self.after.master());
        let (Some(mine), Some(new)) = masters else {
            return theirs.clone();
        };
        if id.is_master() {
            return theirs.clone();
        }
        let (mine, new, theirs) = (mine.to_buf(), new.to_buf(), theirs.to_buf());
        let base = self
            .before
            .master()
            .map_or(Cow::Borrowed(&*mine), Body::to_buf);
        let sides = Sides {
            base: &base,
            known: self.case.base,
            mine: &mine,
            theirs: &new,
            own_exdates: Vec::new(),
        };
        let place = self.place(id, &theirs, &new);
        Body::made(merge::inherit(&theirs, &sides, place, self.case.owner))
    }

    /// Whether an override stands where the series that the owner knows has the instance.
    fn place(&self, id: &RecurrenceId, over: &ComponentBuf, master: &ComponentBuf) -> Place {
        let limits = &self.case.limits.recurrence;
        let known = || {
            let course = self
                .courses
                .before
                .get_or_init(|| Course::of(&self.before, limits));
            let course = course.as_ref().ok()?.as_ref()?;
            course.find(id).ok().flatten()
        };
        let stays = span::stays_in_place(self.timed_after(over), self.timed_after(master));
        let series = self.before.master();
        let takes_place = series.is_some_and(|series| !series.is_cancelled());
        if stays && takes_place && known().is_some() {
            Place::Original
        } else {
            Place::Moved
        }
    }

    /// A component that the organizer has not: gone from the version, or made by the owner's client
    /// for one instance; the latter follows the series as long as its times stay.
    fn without_theirs(&mut self, id: &RecurrenceId, mine: &Body<'a>) -> Option<Body<'a>> {
        if self.before.components.contains_key(id) {
            return None;
        }
        if self.taking.state.is_cancelled(id) {
            return self.cancelled(id, mine);
        }
        if !self.is_applied(&MASTER) {
            return Some(mine.clone());
        }
        let (base, theirs) = (
            self.before.master()?.to_buf(),
            self.after.master()?.to_buf(),
        );
        if self.moves_or_adds(&base, &theirs) || !self.has_date(id) {
            return None;
        }
        let mine = mine.to_buf();
        let (base, theirs) = (as_instance(&base, &mine), as_instance(&theirs, &mine));
        let sides = Sides {
            base: &base,
            known: Base::Known,
            mine: &mine,
            theirs: &theirs,
            own_exdates: Vec::new(),
        };
        let merged = sides.merge(self.case.owner);
        self.overwritten.extend(merged.overwritten);
        Some(Body::made(merged.component))
    }

    /// Whether the series has the date from now on; yes where that cannot be told.
    fn has_date(&self, id: &RecurrenceId) -> bool {
        let limits = &self.case.limits.recurrence;
        let course = self
            .courses
            .after
            .get_or_init(|| Course::of(&self.after, limits));
        match course {
            Ok(Some(course)) => !matches!(course.find(id), Ok(None)),
            Ok(None) => false,
            Err(_) => true,
        }
    }

    /// An override of the owner's whose instance the organizer cancelled: marked, or gone with the
    /// rest of the series.
    fn cancelled(&self, id: &RecurrenceId, mine: &Body<'a>) -> Option<Body<'a>> {
        let state = &self.taking.state;
        if self.case.state.is_cancelled(id) {
            return Some(mine.clone());
        }
        let has_series = self.after.master().is_some();
        let is_over = has_series && state.end().is_some_and(|end| id.is_from(&end));
        (!is_over).then(|| {
            let mut component = mine.to_buf().into_owned();
            marks::cancel_component(&mut component, state.cancel_sequence(id));
            Body::made(component)
        })
    }

    fn note_cancellation(&mut self, id: &RecurrenceId) {
        if self.had_cancels
            && self.is_applied(id)
            && self.case.state.is_cancelled(id)
            && self.case.mine.is_some()
        {
            self.note(if self.taking.state.is_cancelled(id) {
                Note::CancellationStays
            } else {
                Note::Reinstated
            });
        }
    }

    /// VCALENDAR properties and time zones: the organizer's, unless the owner changed them.
    fn surround(&self, object: &mut Object<'a>) {
        let (before, after) = (&self.case.version, &self.taking.version);
        let is_same = |a: &[PropertyBuf], b: &[PropertyBuf]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same_content(b))
        };
        if self.mine.envelope.is_empty() || is_same(&self.mine.envelope, &before.envelope) {
            object.envelope.clone_from(&after.envelope);
        }
        for (id, zone) in &after.zones {
            let mine = self.mine.zones.get(id);
            let is_changed = mine.is_some_and(|mine| {
                before
                    .zones
                    .get(id)
                    .is_none_or(|before| !before.same_text(mine))
            });
            if !is_changed {
                object.zones.insert(id.clone(), zone.clone());
            }
        }
    }
}

/// The master as the instance that an override of the owner's stands for.
fn as_instance(master: &ComponentBuf, over: &ComponentBuf) -> ComponentBuf {
    const OF_INSTANCE: &[&str] = &["DTSTART", "DTEND", "DUE", "DURATION", "RECURRENCE-ID"];
    let mut instance = master.clone();
    for name in OF_INSTANCE
        .iter()
        .chain(&["RRULE", "RDATE", "EXDATE", "EXRULE"])
    {
        instance.remove_properties(name);
    }
    for line in over
        .properties()
        .filter(|line| OF_INSTANCE.iter().any(|name| line.is(name)))
    {
        instance.push_property(line.clone());
    }
    instance
}
