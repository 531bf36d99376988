//! Match types and the three that are built in (RFC 5228 section 2.7.1).

use std::borrow::Cow;
use std::fmt::Debug;

use memchr::memmem;

use crate::comparator::Comparator;
use crate::glob::Glob;
use crate::instruction::Step;
use crate::machine::Machine;
use crate::text::Text;

/// What a test compares with its keys.
#[derive(Debug, Default)]
pub(crate) struct Subject<'s> {
    pub(crate) values: Vec<Cow<'s, str>>,
    /// What `:count` of RFC 5231 counts.
    pub(crate) count: usize,
}

impl<'s> From<Vec<Cow<'s, str>>> for Subject<'s> {
    fn from(values: Vec<Cow<'s, str>>) -> Self {
        Subject {
            count: values.len(),
            values,
        }
    }
}

/// One comparison of all values with all keys.
pub(crate) struct Comparison<'c> {
    pub(crate) comparator: &'static dyn Comparator,
    pub(crate) subject: &'c Subject<'c>,
    pub(crate) keys: &'c [Cow<'c, str>],
}

/// How values are matched with keys.
pub(crate) trait MatchType: Debug + Send + Sync {
    /// What it needs of the comparator.
    fn needs(&self) -> Needs;
    /// Whether any value matches any key, from left to right and no further than needed.
    fn matches(&self, machine: &mut Machine<'_>, comparison: &Comparison<'_>) -> Step<bool>;
}

/// The operation of the comparator that a match type needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Equality or order, which all have.
    Any,
    /// Search for substrings.
    Substrings,
}

/// A match type with its comparator, as a test's tags have them.
#[derive(Debug)]
pub(crate) struct Matcher {
    pub(crate) match_type: Box<dyn MatchType>,
    pub(crate) comparator: &'static dyn Comparator,
}

impl Matcher {
    /// Whether any value matches any key.
    pub(crate) fn matches<'s>(
        &self,
        machine: &mut Machine<'_>,
        subject: impl Into<Subject<'s>>,
        keys: &[Text],
    ) -> Step<bool> {
        let keys = machine.expand_all(keys)?;
        self.matches_any(machine, &subject.into(), &keys)
    }

    /// As [`Matcher::matches`], for keys that are filled in already.
    pub(crate) fn matches_any(
        &self,
        machine: &mut Machine<'_>,
        subject: &Subject<'_>,
        keys: &[Cow<'_, str>],
    ) -> Step<bool> {
        let comparison = Comparison {
            comparator: self.comparator,
            subject,
            keys,
        };
        self.match_type.matches(machine, &comparison)
    }
}

impl Comparison<'_> {
    /// Runs over all pairs in canonical form, value by value, until one passes.
    pub(crate) fn any_pair(
        &self,
        machine: &mut Machine<'_>,
        mut passes: impl FnMut(&mut Machine<'_>, Pair<'_>) -> Step<bool>,
    ) -> Step<bool> {
        let mut keys = Vec::with_capacity(self.keys.len());
        for key in self.keys {
            machine.meter.work(key.len())?;
            keys.push(self.comparator.canonical(key));
        }
        for value in &self.subject.values {
            machine.meter.work(value.len())?;
            let canonical = self.comparator.canonical(value);
            for (index, key) in keys.iter().enumerate() {
                machine.meter.step()?;
                let pair = Pair {
                    index,
                    value,
                    canonical: &canonical,
                    key,
                };
                if passes(machine, pair)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// A value and a key, both in canonical form.
pub(crate) struct Pair<'p> {
    /// The key's place in the list.
    pub(crate) index: usize,
    /// The value as it stood.
    pub(crate) value: &'p str,
    pub(crate) canonical: &'p str,
    pub(crate) key: &'p str,
}

/// `:is`.
#[derive(Debug)]
pub(crate) struct Is;

impl MatchType for Is {
    fn needs(&self) -> Needs {
        Needs::Any
    }

    fn matches(&self, machine: &mut Machine<'_>, comparison: &Comparison<'_>) -> Step<bool> {
        comparison.any_pair(machine, |machine, pair| {
            machine
                .meter
                .work(pair.key.len().min(pair.canonical.len()))?;
            Ok(pair.canonical == pair.key)
        })
    }
}

/// `:contains`.
#[derive(Debug)]
pub(crate) struct Contains;

impl MatchType for Contains {
    fn needs(&self) -> Needs {
        Needs::Substrings
    }

    fn matches(&self, machine: &mut Machine<'_>, comparison: &Comparison<'_>) -> Step<bool> {
        comparison.any_pair(machine, |machine, pair| {
            machine.meter.work(pair.key.len() + pair.canonical.len())?;
            Ok(memmem::find(pair.canonical.as_bytes(), pair.key.as_bytes()).is_some())
        })
    }
}

/// Whether a match sets match variables, which only scripts with "variables" have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Captures {
    Remembered,
    Ignored,
}

/// `:matches`.
#[derive(Debug)]
pub(crate) struct Matches(pub(crate) Captures);

impl MatchType for Matches {
    fn needs(&self) -> Needs {
        Needs::Substrings
    }

    fn matches(&self, machine: &mut Machine<'_>, comparison: &Comparison<'_>) -> Step<bool> {
        let mut globs: Vec<Glob> = Vec::new();
        comparison.any_pair(machine, |machine, pair| {
            // The first value meets the keys in order, so that each pattern is read once.
            if globs.len() <= pair.index {
                globs.push(Glob::new(pair.key));
            }
            let Some(glob) = globs.get(pair.index) else {
                return Ok(false);
            };
            let found = glob.find(pair.canonical.as_bytes(), &mut machine.meter)?;
            let Some(ranges) = found else {
                return Ok(false);
            };
            if self.0 == Captures::Remembered {
                remember(machine, pair.value, ranges)?;
            }
            Ok(true)
        })
    }
}

fn remember(
    machine: &mut Machine<'_>,
    value: &str,
    ranges: Vec<std::ops::Range<usize>>,
) -> Step<()> {
    let mut matches = vec![value.to_owned()];
    machine.meter.work(value.len())?;
    for range in ranges.into_iter().take(crate::variables::HIGHEST_MATCH) {
        let octets = value.as_bytes().get(range).unwrap_or_default();
        matches.push(String::from_utf8_lossy(octets).into_owned());
    }
    machine.variables.remember(matches, machine.limits)
}
