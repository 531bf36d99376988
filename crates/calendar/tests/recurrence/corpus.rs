//! Rules and the instances that two other engines find: python-dateutil and libical.
//!
//! `generate.py` and `harder.py` make the rules, with the answers of the one; `libical.c` asks the other.

use calendar::{RecurrenceLimits, Series};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::{events, instant, read};

const RULES: [&str; 2] = [include_str!("corpus.tsv"), include_str!("harder.tsv")];
const LIBICAL: &str = include_str!("libical.tsv");

/// A rule, and what each engine says of it.
pub(crate) struct Case {
    pub(crate) start: Timestamp,
    /// DTSTART as the line has it.
    pub(crate) written: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) zone: Option<&'static str>,
    most: usize,
    /// The instances that python-dateutil finds.
    pub(crate) dateutil: Vec<Timestamp>,
    /// Those that libical finds; none where it has no answer.
    pub(crate) libical: Option<Vec<Timestamp>>,
}

impl Case {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let rules = RULES.iter().flat_map(|rules| rules.lines());
        assert_eq!(rules.clone().count(), LIBICAL.lines().count());
        rules
            .zip(LIBICAL.lines())
            .map(|(line, libical)| Self::of(line, libical))
    }

    fn of(line: &'static str, libical: &'static str) -> Self {
        let fields: Vec<_> = line.split('\t').collect();
        let [written, rule, most, dateutil, zone @ ..] = fields.as_slice() else {
            panic!("{line}");
        };
        let civil: DateTime = written.parse().unwrap();
        let zone = zone.first().copied();
        let clock = zone.map_or(TimeZone::UTC, |zone| TimeZone::get(zone).unwrap());
        let start = civil.to_zoned(clock).unwrap().timestamp();
        Self {
            start,
            written,
            rule,
            zone,
            most: most.parse().unwrap(),
            dateutil: instants(start, dateutil),
            libical: match libical {
                "=" => Some(instants(start, dateutil)),
                "!" | "?" => None,
                found => Some(instants(start, found)),
            },
        }
    }

    pub(crate) fn series(&self) -> Series {
        let start = match self.zone {
            Some(zone) => format!(";TZID={zone}:{}", self.written),
            None => format!(":{}Z", self.written),
        };
        let limits = RecurrenceLimits {
            steps: 1 << 50,
            ..RecurrenceLimits::default()
        };
        read(
            &events(&format!("DTSTART{start}\nRRULE:{}", self.rule)),
            &limits,
        )
        .unwrap()
    }

    /// Our first instances. A start in a gap moves behind those that come soon after it.
    pub(crate) fn ours(&self) -> Vec<Timestamp> {
        let from = self.start - SignedDuration::from_hours(24);
        let series = self.series();
        let all = series.instances(from..instant("9999-12-01T00:00:00Z"));
        all.take(self.most + 1)
            .map(|one| one.unwrap().start)
            .collect()
    }

    /// Whether an engine finds what we find.
    ///
    /// It does not count a start that is not on the rule, and tells an instance that the clocks move
    /// onto another one or before it as if they did not.
    pub(crate) fn is_same(&self, ours: &[Timestamp], theirs: &[Timestamp]) -> bool {
        let is_on_rule = theirs.contains(&self.start);
        let ours = ours.iter().copied();
        let ours = ours.filter(|at| is_on_rule || *at != self.start);
        let is_full = theirs.len() >= self.most;
        let mut theirs = theirs.to_vec();
        theirs.sort_unstable();
        theirs.dedup();
        let most = if is_full { theirs.len() } else { self.most };
        ours.take(most).eq(theirs)
    }
}

/// Instants of differences in base 36.
fn instants(start: Timestamp, differences: &str) -> Vec<Timestamp> {
    let mut at = start.as_second();
    let instants = differences.split_whitespace().map(|difference| {
        at += i64::from_str_radix(difference, 36).unwrap();
        Timestamp::from_second(at).unwrap()
    });
    instants.collect()
}

#[test]
fn a_window_finds_what_a_walk_from_the_start_finds() {
    for case in Case::all() {
        let ours = case.ours();
        let half = ours.len() / 2;
        let (Some(&from), Some(&last)) = (ours.get(half), ours.last()) else {
            continue;
        };
        let to = Timestamp::from_second(last.as_second() + 1).unwrap();
        let series = case.series();
        let window = series.instances(from..to).map(|one| one.unwrap().start);
        let expected = ours.iter().copied().skip(half);
        assert!(window.eq(expected), "{} {}", case.written, case.rule);
    }
}
