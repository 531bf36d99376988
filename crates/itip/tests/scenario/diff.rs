//! Expected lines against actual ones; `*` in an expected line stands for anything.

/// Whether a line is as expected.
pub(crate) fn matches(expected: &str, actual: &str) -> bool {
    let mut parts = expected.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = actual.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<_> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

/// What differs, line by line; none when all is as expected.
pub(crate) fn differences(expected: &[String], actual: &[String]) -> Option<String> {
    let is_same =
        expected.len() == actual.len() && expected.iter().zip(actual).all(|(e, a)| matches(e, a));
    if is_same {
        return None;
    }
    let mut out = Vec::new();
    for (kept, line) in aligned(expected, actual) {
        out.push(format!("    {kept} {line}"));
    }
    Some(out.join("\n"))
}

/// The actual lines, in the words of the expected ones where those match.
pub(crate) fn updated(expected: &[String], actual: &[String]) -> Vec<String> {
    let lines = aligned(expected, actual);
    lines
        .into_iter()
        .filter(|(sign, _)| *sign != '-')
        .map(|(_, line)| line)
        .collect()
}

/// Both lists as one, by the longest common subsequence: ` ` in both, `-` expected, `+` actual.
fn aligned(expected: &[String], actual: &[String]) -> Vec<(char, String)> {
    let (n, m) = (expected.len(), actual.len());
    let mut longest = vec![vec![0_usize; m + 1]; n + 1];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            longest[i][j] = if matches(&expected[i], &actual[j]) {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < n || j < m {
        if i < n && j < m && matches(&expected[i], &actual[j]) {
            out.push((' ', expected[i].clone()));
            (i, j) = (i + 1, j + 1);
        } else if j == m || (i < n && longest[i + 1][j] >= longest[i][j + 1]) {
            out.push(('-', expected[i].clone()));
            i += 1;
        } else {
            out.push(('+', actual[j].clone()));
            j += 1;
        }
    }
    out
}

#[test]
fn stars_stand_for_anything() {
    assert!(matches("DTSTAMP:*", "DTSTAMP:20260101T000000Z"));
    assert!(matches("a*b*c", "a12b3c"));
    assert!(!matches("a*b*c", "a12c"));
    assert!(!matches("ab", "abc"));
}
