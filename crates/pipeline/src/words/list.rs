//! Lists in a sentence, long ones cut.

/// The most entries that are named.
const NAMED: usize = 6;

/// `a, b and c`; past some, `a, b, c and 12 more`.
#[must_use]
pub fn list<S: AsRef<str>>(entries: &[S]) -> String {
    // "and 1 more" would be no shorter than the one.
    let shown = if entries.len() > NAMED + 1 {
        NAMED
    } else {
        entries.len()
    };
    let rest = entries.len() - shown;
    let named: Vec<&str> = entries.iter().take(shown).map(AsRef::as_ref).collect();
    match (named.as_slice(), rest) {
        ([], _) => String::new(),
        ([one], 0) => (*one).to_owned(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (all, rest) => format!("{} and {rest} more", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn long_lists_are_cut() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        assert_eq!(list::<&str>(&[]), "");
        assert_eq!(list(&names[..1]), "a");
        assert_eq!(list(&names[..3]), "a, b and c");
        assert_eq!(list(&names[..7]), "a, b, c, d, e, f and g");
        assert_eq!(list(&names), "a, b, c, d, e, f and 2 more");
    }
}
