//! What stands in the calendar at the end of a story, whatever the order of its messages.

use super::edit::{DECORATED, MY_TITLE};
use super::model::Event;
use super::plot::Edit;
use super::seen::{Seen, Standing};
use super::story::Story;

/// PARTSTAT where the rules leave open whether the user is asked again.
pub(crate) const OPEN: &str = "open";

/// The end of a story.
pub(crate) struct Expected {
    pub(crate) seen: Seen,
}

impl Expected {
    pub(crate) fn of(story: &Story) -> Self {
        let before = story.told(|number| story.before.contains(&number));
        let after =
            story.told(|number| story.after.contains(&number) && !story.before.contains(&number));
        let mut met = Event::new(story.clock).after(&before);
        match story.edit {
            Some(Edit::Accept) => met.accept(),
            Some(Edit::Retitle) => met.retitle(MY_TITLE),
            Some(Edit::Decorate) | None => {}
        }
        let end = met.clone().after(&after);
        let mut seen = end.seen();
        match story.edit {
            Some(Edit::Accept) => leave_open(&mut seen, &met, &end),
            Some(Edit::Decorate) if met.has_series() => decorate(&mut seen),
            _ => {}
        }
        if story.published {
            seen.values_mut()
                .for_each(|instance| instance.answers.clear());
        }
        if story.removes {
            only_live(&mut seen);
        }
        Self { seen }
    }

    /// Takes out of what is seen what the rules leave open.
    pub(crate) fn forgive(&self, seen: &mut Seen, story: &Story) {
        if story.removes {
            only_live(seen);
        }
        for (original, instance) in seen {
            let is_open = |(_, answer): (&String, &String)| answer == OPEN;
            if self
                .seen
                .get(original)
                .is_some_and(|one| one.answers.iter().any(is_open))
            {
                instance
                    .answers
                    .values_mut()
                    .for_each(|answer| *answer = OPEN.to_owned());
            }
        }
    }
}

/// Rule C4 speaks of each applied change, and which are applied depends on the order. Where all in
/// order and the last alone leave the same answer, every order does. Nobody is asked about what is
/// cancelled, and everybody once it is reinstated.
fn leave_open(seen: &mut Seen, met: &Event, end: &Event) {
    let directly = end.clone().asked_since(met).seen();
    for (original, instance) in seen {
        let is_cancelled = instance.standing == Standing::Cancelled;
        let differs = directly[original].answers != instance.answers;
        if is_cancelled || differs {
            instance
                .answers
                .values_mut()
                .for_each(|answer| *answer = OPEN.to_owned());
        }
    }
}

fn decorate(seen: &mut Seen) {
    for instance in seen.values_mut() {
        instance.own = DECORATED.map(str::to_owned).to_vec();
    }
}

/// What is removed is not seen; whether what is cancelled beside what takes place is removed too,
/// rule D1 leaves open.
fn only_live(seen: &mut Seen) {
    seen.retain(|_, instance| instance.standing == Standing::Confirmed);
}
