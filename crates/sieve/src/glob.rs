//! Wildcard patterns of `:matches` (RFC 5228 section 2.7.1, RFC 5229 section 3.2).

use std::ops::Range;

use memchr::memchr;

use crate::instruction::Step;
use crate::meter::Meter;

/// A pattern: runs of octets and `?`, with a `*` between each two.
#[derive(Debug)]
pub(crate) struct Glob {
    runs: Vec<Vec<Unit>>,
}

/// What takes one octet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Octet(u8),
    Any,
}

impl Glob {
    /// Reads a pattern; a backslash takes the meaning from the octet behind it.
    pub(crate) fn new(pattern: &str) -> Self {
        let mut runs = Vec::new();
        let mut run = Vec::new();
        let mut octets = pattern.bytes();
        while let Some(octet) = octets.next() {
            match octet {
                b'*' => runs.push(std::mem::take(&mut run)),
                b'?' => run.push(Unit::Any),
                b'\\' => run.push(Unit::Octet(octets.next().unwrap_or(b'\\'))),
                octet => run.push(Unit::Octet(octet)),
            }
        }
        runs.push(run);
        Glob { runs }
    }

    /// What each wildcard takes of the value, as little as it can from left to right, if the whole value matches.
    ///
    /// A run is looked for from left to right and never again further left, so that the cost is at most the length
    /// of the value times that of the longest run; each octet compared is counted.
    pub(crate) fn find(&self, value: &[u8], meter: &mut Meter) -> Step<Option<Vec<Range<usize>>>> {
        let Some((last, runs)) = self.runs.split_last() else {
            return Ok(None);
        };
        let mut captures = Vec::new();
        let mut end = 0;
        for (index, run) in runs.iter().enumerate() {
            let found = match index {
                0 => starts(run, value, meter)?.then_some(0),
                _ => search(run, value, end, meter)?,
            };
            let Some(at) = found else { return Ok(None) };
            if index > 0 {
                captures.push(end..at);
            }
            capture_units(run, at, &mut captures);
            end = at + run.len();
        }
        let Some(at) = value.len().checked_sub(last.len()) else {
            return Ok(None);
        };
        let fits = if runs.is_empty() { at == 0 } else { at >= end };
        if !fits || !starts(last, value.get(at..).unwrap_or_default(), meter)? {
            return Ok(None);
        }
        if !runs.is_empty() {
            captures.push(end..at);
        }
        capture_units(last, at, &mut captures);
        Ok(Some(captures))
    }
}

fn capture_units(run: &[Unit], at: usize, captures: &mut Vec<Range<usize>>) {
    for (offset, unit) in run.iter().enumerate() {
        if *unit == Unit::Any {
            captures.push(at + offset..at + offset + 1);
        }
    }
}

/// Where the run first stands at or behind `from`.
fn search(run: &[Unit], value: &[u8], from: usize, meter: &mut Meter) -> Step<Option<usize>> {
    let mut at = from;
    while let Some(rest) = value.get(at..)
        && rest.len() >= run.len()
    {
        if let Some(Unit::Octet(first)) = run.first() {
            let skip = memchr(*first, rest);
            meter.work(skip.unwrap_or(rest.len()))?;
            let Some(skip) = skip else { return Ok(None) };
            at += skip;
        }
        if starts(run, value.get(at..).unwrap_or_default(), meter)? {
            return Ok(Some(at));
        }
        at += 1;
    }
    Ok(None)
}

fn starts(run: &[Unit], value: &[u8], meter: &mut Meter) -> Step<bool> {
    let same = run
        .iter()
        .zip(value)
        .take_while(|(unit, octet)| match unit {
            Unit::Any => true,
            Unit::Octet(wanted) => wanted == *octet,
        })
        .count();
    meter.work(same + 1)?;
    Ok(same == run.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    fn captures(pattern: &str, value: &str) -> Option<Vec<String>> {
        let mut meter = Meter::new(&Limits::default());
        let found = Glob::new(pattern).find(value.as_bytes(), &mut meter);
        let part = |range: Range<usize>| value[range].to_owned();
        found
            .unwrap()
            .map(|ranges| ranges.into_iter().map(part).collect())
    }

    #[test]
    fn wildcards_take_as_little_as_they_can() {
        assert_eq!(captures("[*] *", "[a] [b] c").unwrap(), ["a", "[b] c"]);
        assert_eq!(
            captures("c@**.com", "c@ACME.Example.com").unwrap(),
            ["", "ACME.Example"]
        );
        assert_eq!(captures("*a?b*", "xaab-acb").unwrap(), ["x", "a", "-acb"]);
        assert_eq!(captures("*", "").unwrap(), [""]);
        assert_eq!(captures("?*?", "ab").unwrap(), ["a", "", "b"]);
    }

    #[test]
    fn the_whole_value_must_match() {
        assert!(captures("a", "ab").is_none());
        assert!(captures("b", "ab").is_none());
        assert!(captures("", "a").is_none());
        assert!(captures("", "").is_some());
        assert!(captures("a*a", "a").is_none());
        assert!(captures("?", "").is_none());
        assert!(captures("ab*bc", "abc").is_none());
    }

    #[test]
    fn a_backslash_takes_the_meaning() {
        assert!(captures("\\*\\?\\\\", "*?\\").is_some());
        assert!(captures("\\*", "a").is_none());
        assert!(captures("\\", "\\").is_some());
        assert!(captures("\\a", "a").is_some());
    }

    #[test]
    fn hostile_patterns_cost_little() {
        let value = "a".repeat(10_000);
        let pattern = "*a".repeat(1_000) + "*b";
        let mut meter = Meter::new(&Limits::default());
        let found = Glob::new(&pattern)
            .find(value.as_bytes(), &mut meter)
            .unwrap();
        assert!(found.is_none());
        assert_eq!(meter.work_done(), 2_002);
    }
}
