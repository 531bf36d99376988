//! How many instances a series has, for servers that take no more than so many (RFC 4791, 5.2.8).

use jiff::Timestamp;

use super::{BoundRule, Series};

/// A rule whose UNTIL is further away goes on for ever: apps write it with the last year there is.
const FOR_EVER: i16 = 50;

impl Series {
    /// Whether it has more instances than this.
    ///
    /// One that goes on for ever has not: it is asked by windows alone. Nor has one of which it would take
    /// too many steps to tell.
    pub fn has_more_than(&self, most: usize) -> bool {
        let counted = |rule: &BoundRule| {
            rule.rule
                .count
                .and_then(|count| usize::try_from(count).ok())
        };
        let counts = self
            .rules
            .iter()
            .map(counted)
            .collect::<Option<Vec<usize>>>();
        let dates = self.extra.len() + self.overrides.len();
        if counts.is_some_and(|counts| counts.iter().sum::<usize>() + dates <= most) {
            return false;
        }
        if self.rules.iter().any(|rule| self.goes_on(rule)) {
            return false;
        }
        let all = self.instances(Timestamp::MIN..Timestamp::MAX);
        all.take_while(Result::is_ok).nth(most).is_some()
    }

    fn goes_on(&self, bound: &BoundRule) -> bool {
        let first = self.ground.civil.year();
        match (bound.rule.count, bound.until) {
            (Some(_), _) => false,
            (None, Some(until)) => until.year().saturating_sub(first) > FOR_EVER,
            (None, None) => true,
        }
    }
}
