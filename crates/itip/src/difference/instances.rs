//! Which dates of a series are otherwise than before.

use jiff::Timestamp;

use super::version::Version;
use super::{Changes, InstanceChange, InstanceDifference};

/// The most dates that are compared.
const MOST: usize = 400;

/// What differs about single dates; `series` is what changed of the master.
pub(super) fn differ(
    before: Option<&Version>,
    after: &Version,
    series: &Changes,
) -> Vec<InstanceDifference> {
    let mut dates = after.dates_named();
    dates.extend(before.into_iter().flat_map(Version::dates_named));
    let comparison = Comparison {
        before,
        after,
        series,
    };
    let dates = dates.into_iter().take(MOST);
    dates
        .filter_map(|at| {
            let name = after.name_of(at).or_else(|| before?.name_of(at))?;
            Some(InstanceDifference {
                at: name.clone(),
                change: comparison.of(at)?,
            })
        })
        .collect()
}

struct Comparison<'a> {
    before: Option<&'a Version>,
    after: &'a Version,
    series: &'a Changes,
}

impl Comparison<'_> {
    fn of(&self, at: Timestamp) -> Option<InstanceChange> {
        let now = self.after.says(at);
        let was = match self.before.and_then(|before| before.says(at)) {
            // What the series itself says of a date is told as a whole.
            None if self.is_series_new() && !self.after.is_extra(at) => self.after.series_says(at),
            was => was,
        };
        match (was, now) {
            (None, None) => None,
            (None, Some(_)) if self.before.is_some_and(|before| before.is_excluded(at)) => {
                Some(InstanceChange::Back)
            }
            (None, Some(facts)) => Some(InstanceChange::Added(Box::new(facts))),
            (Some(_), None) if self.is_series_new() && self.after.name_of(at).is_none() => {
                Some(InstanceChange::Superseded)
            }
            (Some(_), None) => Some(InstanceChange::Gone),
            (Some(was), Some(now)) => {
                let mut changes = Changes::between(&was, &now);
                if let Some(before) = self.before {
                    changes.details = before.instance_details_changed(self.after, at);
                }
                let changes = changes.without(self.series);
                (changes != Changes::default()).then(|| InstanceChange::Changed(Box::new(changes)))
            }
        }
    }

    /// Whether the series itself came, or has other dates than before.
    fn is_series_new(&self) -> bool {
        let had_master = self.before.is_some_and(|before| before.master().is_some());
        !had_master || self.series.times.is_some() || self.series.recurrence.is_some()
    }
}
