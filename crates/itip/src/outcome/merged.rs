//! One component of the owner's beside the organizer's: merged, new, or without his (rules C3 and C5).

use std::borrow::Cow;

use calendar::{ComponentBuf, PropertyBuf};

use super::Work;
use crate::case::MASTER;
use crate::course::{self, Course};
use crate::exdate;
use crate::marks;
use crate::merge::{self, Base, Place, Sides};
use crate::object::Body;
use crate::recurrence_id::RecurrenceId;
use crate::span;

impl<'a> Work<'_, 'a> {
    pub(super) fn merged(
        &mut self,
        id: &RecurrenceId,
        mine: &Body<'a>,
        theirs: &Body<'a>,
    ) -> Body<'a> {
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
            return self.marked(id, &mine, (&before.to_buf(), &new));
        }
        let known = before.as_ref().map_or(Base::Assumed, |_| self.case.base);
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
        let mut component = self.united(&sides);
        if asks_again {
            self.asks_series |= id.is_master();
            self.ask_again(&mut component);
        }
        Body::made(component)
    }

    /// The three sides merged; what was replaced is noted.
    fn united(&mut self, sides: &Sides<'_>) -> ComponentBuf {
        let merged = sides.merge(self.case.owner);
        self.overwritten.extend(merged.overwritten);
        merged.component
    }

    /// Mine where nothing but a cancellation came or went.
    fn marked(
        &mut self,
        id: &RecurrenceId,
        mine: &ComponentBuf,
        (before, after): (&ComponentBuf, &ComponentBuf),
    ) -> Body<'a> {
        let mut component = marks::changed(mine, before, after);
        if self.is_reinstated(id) {
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

    /// A component that is new to the object.
    pub(super) fn added(&self, id: &RecurrenceId, theirs: &Body<'a>) -> Body<'a> {
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
    pub(super) fn without_theirs(
        &mut self,
        id: &RecurrenceId,
        mine: &Body<'a>,
    ) -> Option<Body<'a>> {
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
        Some(Body::made(self.united(&sides)))
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
}

/// The master as the instance that an override of the owner's stands for.
fn as_instance(master: &ComponentBuf, over: &ComponentBuf) -> ComponentBuf {
    const OF_INSTANCE: &[&str] = &["DTSTART", "DTEND", "DUE", "DURATION", "RECURRENCE-ID"];
    let mut instance = master.clone();
    for name in OF_INSTANCE.iter().chain(course::REPEATS) {
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
