//! Characters that XML 1.0 allows (section 2.2), and those that names are made of (section 2.3).

/// Whether XML can hold the character in some spelling.
pub(super) fn is_allowed(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a text can be a name without a prefix.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(begins_name) && text.chars().all(is_in_name)
}

/// Whether a text can name a namespace: it is a reference to a URI, in which is no blank. Some readers of
/// XML take one for the end of it.
pub(crate) fn is_namespace(text: &str) -> bool {
    !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn begins_name(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '_'
        | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
        | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}'
        | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

fn is_in_name(c: char) -> bool {
    begins_name(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_with_letters() {
        for name in ["a", "_", "a-1.b", "\u{e9}t\u{e9}", "a\u{301}", "\u{10400}"] {
            assert!(is_name(name), "{name}");
        }
        for other in [
            "", "1", "-a", ".a", "a b", "a:b", "\u{d7}", "\u{301}a", "a<",
        ] {
            assert!(!is_name(other), "{other}");
        }
    }
}
