//! Reverse-path and forward-path (RFC 5321, section 4.1.2; RFC 6531, section 3.3).
//!
//! Wider than the grammar where real mail is: a local part may have dots anywhere (Japanese
//! mobile carriers gave such addresses out), a domain may have underscores and may be missing
//! (`<postmaster>`), and no length but the line's is enforced. Source routes are dropped.
//! A quoted local part stays quoted when its quotes mean something: `"a@b"@c` and `a@b@c` are not
//! the same; `"bob"@c` is `bob@c`, as the RFC says.

/// Takes a path in angle brackets off the front of `text`: the address, and what follows.
///
/// The address of `<>` is empty. `None` if it is no path.
#[must_use]
pub fn take(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('<')?;
    if let Some(rest) = inner.strip_prefix('>') {
        return Some((String::new(), rest));
    }
    let (local, rest) = local_part(source_route(inner)?)?;
    match rest.strip_prefix('>') {
        Some(rest) => Some((local, rest)),
        None => {
            let (domain, rest) = domain(rest.strip_prefix('@')?)?;
            Some((format!("{local}@{domain}"), rest.strip_prefix('>')?))
        }
    }
}

/// Whether `address` may stand in a path; the empty one of `<>` is no address.
#[must_use]
pub fn is_address(address: &str) -> bool {
    let path = format!("<{address}>");
    !address.is_empty() && matches!(take(&path), Some((_, "")))
}

/// Skips `@one,@two:`.
fn source_route(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(after_at) = rest.strip_prefix('@') {
        let (_, after) = domain(after_at)?;
        match after.strip_prefix(',') {
            Some(more) => rest = more,
            None => return after.strip_prefix(':'),
        }
    }
    (rest.len() == text.len()).then_some(rest)
}

fn local_part(text: &str) -> Option<(String, &str)> {
    match text.strip_prefix('"') {
        Some(quoted) => quoted_local_part(quoted),
        None => {
            let (local, rest) = split_while(text, is_dot_string)?;
            Some((local.to_owned(), rest))
        }
    }
}

fn quoted_local_part(quoted: &str) -> Option<(String, &str)> {
    let mut plain = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => {
                let (inside, rest) = quoted.split_at_checked(at)?;
                let rest = rest.strip_prefix('"')?;
                return Some((requote(plain, inside), rest));
            }
            '\\' => plain.push(characters.next().filter(|(_, c)| is_printable(*c))?.1),
            _ if is_printable(character) => plain.push(character),
            _ => return None,
        }
    }
    None
}

/// The local part without its quotes where they mean nothing.
fn requote(plain: String, inside: &str) -> String {
    if !plain.is_empty() && plain.chars().all(is_dot_string) {
        plain
    } else {
        format!("\"{inside}\"")
    }
}

fn domain(text: &str) -> Option<(&str, &str)> {
    if text.starts_with('[') {
        let end = text.find(']')? + 1;
        let (literal, rest) = text.split_at_checked(end)?;
        let is_literal = literal.len() > 2 && literal.chars().all(is_literal_character);
        return is_literal.then_some((literal, rest));
    }
    let (name, rest) = split_while(text, is_domain_character)?;
    let labels_are_full = name.split('.').all(|label| !label.is_empty());
    labels_are_full.then_some((name, rest))
}

/// Splits after the longest non-empty front that `belongs`.
fn split_while(text: &str, belongs: fn(char) -> bool) -> Option<(&str, &str)> {
    let end = text
        .find(|character| !belongs(character))
        .unwrap_or(text.len());
    text.split_at_checked(end)
        .filter(|(front, _)| !front.is_empty())
}

fn is_dot_string(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || is_foreign(character)
        || "!#$%&'*+-/=?^_`{|}~.".contains(character)
}

fn is_domain_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || is_foreign(character) || "-_.".contains(character)
}

fn is_literal_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "[]:.-".contains(character)
}

fn is_printable(character: char) -> bool {
    matches!(character, ' '..='~') || is_foreign(character)
}

/// UTF-8 beyond ASCII, less the C1 controls.
fn is_foreign(character: char) -> bool {
    !character.is_ascii() && !character.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_paths() {
        for (path, address) in [
            ("<>", ""),
            ("<a@b.example>", "a@b.example"),
            ("<Postmaster>", "Postmaster"),
            ("<@x.example,@y.example:u+tag@z.example>", "u+tag@z.example"),
            ("<\"a b\"@c>", "\"a b\"@c"),
            ("<\"a@b\"@c>", "\"a@b\"@c"),
            ("<\"a>b\"@c>", "\"a>b\"@c"),
            ("<\"a\\\"b\"@c>", "\"a\\\"b\"@c"),
            ("<\"bob\"@c>", "bob@c"),
            ("<\"b\\ob\"@c>", "bob@c"),
            ("<\"\"@c>", "\"\"@c"),
            ("<.a..b.@mobile.example>", ".a..b.@mobile.example"),
            ("<u@[127.0.0.1]>", "u@[127.0.0.1]"),
            ("<u@[IPv6:::1]>", "u@[IPv6:::1]"),
            ("<jürgen@bücher.example>", "jürgen@bücher.example"),
            ("<u@my_host>", "u@my_host"),
        ] {
            assert_eq!(take(path), Some((address.to_owned(), "")), "{path}");
            assert_eq!(is_address(address), path != "<>", "{address}");
        }
    }

    #[test]
    fn leaves_the_parameters() {
        assert_eq!(take("<a@b> SIZE=1"), Some(("a@b".to_owned(), " SIZE=1")));
    }

    #[test]
    fn refuses_what_is_no_path() {
        for path in [
            "",
            "a@b",
            "<",
            "<a",
            "<a@b",
            "<a@>",
            "<@b>",
            "<@b:>",
            "<a b@c>",
            "<a@b@c>",
            "<a@b..c>",
            "<a@.b>",
            "<a@b.>",
            "<\"a@b>",
            "<\"a\\",
            "<\"a\\\"@b>",
            "<a@[]>",
            "<a@[1 2]>",
            "<@a,b@c>",
            "<@a,:b@c>",
            "<<a@b>>",
            "<a,b@c>",
            "<\"a\u{7}\"@c>",
            "<a\u{85}@c>",
            "<\"a\"b@c>",
        ] {
            assert_eq!(take(path), None, "{path}");
        }
    }
}
