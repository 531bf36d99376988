//! Sizes and times with their units, such as `50 MiB` and `60 s`.

use std::time::Duration;

use super::error::Problem;

const SIZES: [(&str, u64); 5] = [
    ("bytes", 1),
    ("byte", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

const TIMES: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1_000),
    ("min", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// No time in the configuration is longer: a year.
const LONGEST_MS: u64 = 366 * 86_400_000;

/// Reads a size of at least one byte, in bytes.
pub(super) fn size(text: &str) -> Result<u64, Problem> {
    let mend = "write a whole number and KiB, MiB, GiB or bytes, as in \"50 MiB\"";
    let not_a_size = || Problem::new(format!("{text:?} is not a size"), mend);
    let bytes = quantity(text, &SIZES).ok_or_else(not_a_size)?;
    match bytes {
        0 => Err(Problem::new("a size of nothing lets nothing in", mend)),
        bytes if bytes > i64::MAX as u64 => Err(not_a_size()),
        bytes => Ok(bytes),
    }
}

/// Reads a time; `0 s` is one.
pub(super) fn duration(text: &str) -> Result<Duration, Problem> {
    let mend = "write a whole number and ms, s, min, h or d, as in \"60 s\"";
    let ms = quantity(text, &TIMES)
        .ok_or_else(|| Problem::new(format!("{text:?} is not a time"), mend))?;
    if ms > LONGEST_MS {
        return Err(Problem::new(format!("{text:?} is more than a year"), mend));
    }
    Ok(Duration::from_millis(ms))
}

/// A whole number, blanks or none, and a unit in any case.
fn quantity(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(end)?;
    let unit = unit.trim();
    let (_, factor) = units
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{duration, size};

    #[test]
    fn sizes_have_binary_units() {
        assert_eq!(size("50 MiB"), Ok(50 << 20));
        assert_eq!(size("1KiB"), Ok(1024));
        assert_eq!(size("2 gib"), Ok(2 << 30));
        assert_eq!(size("512 bytes"), Ok(512));
        for bad in [
            "",
            "50",
            "MiB",
            "50 MB",
            "-1 MiB",
            "1.5 MiB",
            "0 KiB",
            "50 MiB MiB",
            "99999999999999999999 bytes",
            "18446744073709551615 KiB",
            "٥ MiB",
        ] {
            assert!(size(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn times_have_units() {
        assert_eq!(duration("60 s"), Ok(Duration::from_secs(60)));
        assert_eq!(duration("0 s"), Ok(Duration::ZERO));
        assert_eq!(duration("5min"), Ok(Duration::from_secs(300)));
        assert_eq!(duration("250 ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("1 d"), Ok(Duration::from_secs(86_400)));
        for bad in ["", "60", "s", "1 week", "400 d", "-5 s", "1e3 s"] {
            assert!(duration(bad).is_err(), "{bad:?}");
        }
    }
}
