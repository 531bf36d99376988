//! The nearest known name to a mistyped one, for hints.

/// Names longer than this get no hint; it bounds the work.
const LONGEST: usize = 64;

/// The candidate with the smallest edit distance to `name`, if it is near enough to be meant.
pub(super) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = name.chars().count();
    if length > LONGEST {
        return None;
    }
    candidates
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= 1 + length / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance in characters, one row at a time.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (taken, source) in from.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        let mut left = taken + 1;
        next.push(left);
        for (target, above) in to.iter().zip(row.windows(2)) {
            let &[diagonal, above] = above else { continue };
            let replaced = diagonal + usize::from(*target != source);
            left = replaced.min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("listen", "listen"), 0);
    }

    #[test]
    fn only_near_names_are_hinted() {
        let known = ["listen", "max_message_size"];
        assert_eq!(nearest("lisen", known.into_iter()), Some("listen"));
        assert_eq!(
            nearest("max-message-size", known.into_iter()),
            Some("max_message_size")
        );
        assert_eq!(nearest("colour", known.into_iter()), None);
        assert_eq!(nearest(&"l".repeat(100_000), known.into_iter()), None);
    }
}
