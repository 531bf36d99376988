//! Addresses in header fields, envelopes and scripts (RFC 5322 section 3.4, RFC 5228 section 2.4.2.3).

use std::iter::Peekable;
use std::str::Chars;

/// One address of a header field, without its phrase and comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// The whole, as `local@domain`; for what is no address, the text as it stood.
    pub(crate) all: String,
    /// Both sides of the at-sign, for a valid address; quotes around the local part are gone.
    pub(crate) parts: Option<(String, String)>,
}

impl Address {
    /// Reads one addr-spec.
    pub(crate) fn new(spec: &str) -> Self {
        let spec = spec.trim();
        let parts = spec.rfind('@').and_then(|at| split(spec, at));
        let all = match &parts {
            Some((local, domain)) if is_dot_atom(local) => format!("{local}@{domain}"),
            _ => spec.to_owned(),
        };
        Address { all, parts }
    }

    /// Reads an envelope address, with or without angle brackets, and drops its source route.
    pub(crate) fn from_path(path: &str) -> Self {
        let path = path.trim();
        let path = path.strip_prefix('<').unwrap_or(path);
        let path = path.strip_suffix('>').unwrap_or(path);
        let path = match path.strip_prefix('@').and_then(|_| path.split_once(':')) {
            Some((_, path)) => path,
            None => path,
        };
        Address::new(path)
    }
}

/// The addr-spec of a sieve-address (RFC 5228 section 2.4.2.3), or what is wrong with it.
pub(crate) fn outbound(text: &str) -> Result<String, String> {
    const LONGEST: usize = 254;
    let wrong = || {
        format!(
            "{:?} is not an address; write one like \"name@example.com\"",
            crate::lexer::shortened(text)
        )
    };
    let mut list = AddressList::new(text);
    let (Some(address), None) = (list.next(), list.next()) else {
        return Err(wrong());
    };
    let is_plain = !text.contains([';', ',']) && address.all.len() <= LONGEST;
    match address.parts {
        Some((_, domain)) if is_plain && is_domain(&domain) && !text.contains(char::is_control) => {
            Ok(address.all)
        }
        _ => Err(wrong()),
    }
}

fn is_domain(domain: &str) -> bool {
    if domain.starts_with('[') {
        return domain.ends_with(']');
    }
    domain.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_' || !c.is_ascii())
    })
}

fn split(spec: &str, at: usize) -> Option<(String, String)> {
    let local = spec.get(..at)?.trim_end();
    let domain = spec.get(at + 1..)?.trim_start();
    let is_domain = is_dot_atom(domain) || (domain.starts_with('[') && domain.ends_with(']'));
    let local = match local.strip_prefix('"') {
        Some(quoted) => unquoted(quoted)?,
        None => Some(local.to_owned()).filter(|local| is_dot_atom(local))?,
    };
    is_domain.then(|| (local, domain.to_owned()))
}

/// The inside of a quoted string whose opening quote is gone.
fn unquoted(quoted: &str) -> Option<String> {
    let mut text = String::new();
    let mut chars = quoted.chars();
    loop {
        match chars.next()? {
            '\\' => text.push(chars.next()?),
            '"' => return chars.next().is_none().then_some(text),
            c => text.push(c),
        }
    }
}

fn is_dot_atom(text: &str) -> bool {
    const SPECIALS: &str = "()<>[]:;@\\,\"";
    !text.is_empty()
        && !text
            .chars()
            .any(|c| c.is_control() || c.is_whitespace() || SPECIALS.contains(c))
}

/// The addresses of a field body in turn; groups, phrases, comments and routes are passed over.
pub(crate) struct AddressList<'t> {
    chars: Peekable<Chars<'t>>,
}

/// What has been read of one address.
#[derive(Default)]
struct Draft {
    bare: String,
    angle: Option<String>,
    is_open: bool,
}

impl Draft {
    fn push(&mut self, c: char) {
        match &mut self.angle {
            Some(angle) if self.is_open => angle.push(c),
            // What follows the angle bracket is a phrase in the wrong place.
            Some(_) => {}
            None => self.bare.push(c),
        }
    }

    fn finish(self) -> Option<Address> {
        let spec = self.angle.unwrap_or(self.bare);
        let spec = without_loose_blanks(&spec);
        (!spec.is_empty()).then(|| Address::new(&spec))
    }
}

impl<'t> AddressList<'t> {
    /// Reads an unfolded field body.
    pub(crate) fn new(body: &'t str) -> Self {
        AddressList {
            chars: body.chars().peekable(),
        }
    }

    fn skip_comment(&mut self) {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.chars.next() {
                None => return,
                Some('\\') => {
                    self.chars.next();
                }
                Some('(') => depth += 1,
                Some(')') => depth -= 1,
                Some(_) => {}
            }
        }
    }

    fn copy_until(&mut self, end: char, draft: &mut Draft) {
        while let Some(c) = self.chars.next() {
            draft.push(c);
            if c == '\\' {
                if let Some(quoted) = self.chars.next() {
                    draft.push(quoted);
                }
            } else if c == end {
                return;
            }
        }
    }
}

impl Iterator for AddressList<'_> {
    type Item = Address;

    fn next(&mut self) -> Option<Address> {
        loop {
            self.chars.peek()?;
            if let Some(address) = self.element().finish() {
                return Some(address);
            }
        }
    }
}

impl AddressList<'_> {
    /// One element of the list, up to its comma or semicolon.
    fn element(&mut self) -> Draft {
        let mut draft = Draft::default();
        while let Some(c) = self.chars.next() {
            match c {
                '(' => self.skip_comment(),
                '"' | '[' => {
                    draft.push(c);
                    self.copy_until(if c == '"' { '"' } else { ']' }, &mut draft);
                }
                '<' => {
                    draft.angle = Some(String::new());
                    draft.is_open = true;
                }
                '>' => draft.is_open = false,
                // A source route inside brackets, the name of a group outside.
                ':' => match &mut draft.angle {
                    Some(angle) => angle.clear(),
                    None => draft.bare.clear(),
                },
                ',' if draft.is_open => draft.push(c),
                ',' | ';' => return draft,
                c => draft.push(c),
            }
        }
        draft
    }
}

/// Drops the blanks that old syntax allows around dots and the at-sign.
fn without_loose_blanks(spec: &str) -> String {
    let mut tight = String::with_capacity(spec.len());
    let mut blanks = false;
    let mut is_quoted = false;
    for c in spec.trim().chars() {
        if c == '"' {
            is_quoted = !is_quoted;
        }
        if matches!(c, ' ' | '\t') && !is_quoted {
            blanks = true;
            continue;
        }
        if blanks && !matches!(c, '.' | '@') && !tight.ends_with(['.', '@']) {
            tight.push(' ');
        }
        blanks = false;
        tight.push(c);
    }
    tight
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(body: &str) -> Vec<String> {
        AddressList::new(body).map(|address| address.all).collect()
    }

    #[test]
    fn lists_groups_comments_and_quotes() {
        assert_eq!(
            all(
                "\"Doe, (x) J\" <j@a.org>, k@b.org (c \\) (d), e), , team: l@c.org, <m@d.org>;, n @ e . org"
            ),
            ["j@a.org", "k@b.org", "l@c.org", "m@d.org", "n@e.org"]
        );
        assert_eq!(all("<@x.org,@y.org:z@w.org>"), ["z@w.org"]);
        assert_eq!(all("undisclosed recipients:;"), [""; 0]);
        assert_eq!(all("a@[10.0.0.1]"), ["a@[10.0.0.1]"]);
    }

    #[test]
    fn parts_are_unquoted() {
        let address = AddressList::new(r#""a \"b" @ c.org"#).next().unwrap();
        assert_eq!(address.parts.unwrap(), ("a \"b".into(), "c.org".into()));
        assert_eq!(Address::new(r#""ab"@c.org"#).all, "ab@c.org");
    }

    #[test]
    fn what_is_no_address_has_no_parts() {
        for text in ["name", "a b@c.org", "a@", "@b", "a@b@c", "<x", "\"a@b"] {
            let address = AddressList::new(text).next();
            assert!(address.unwrap().parts.is_none(), "{text}");
        }
    }

    #[test]
    fn paths_lose_brackets_and_routes() {
        assert_eq!(Address::from_path("<@a,@b:c@d>").all, "c@d");
        assert_eq!(Address::from_path("").all, "");
        assert_eq!(Address::from_path("<>").all, "");
    }

    #[test]
    fn outbound_addresses_are_strict() {
        assert_eq!(outbound("A B <a@b.org>").unwrap(), "a@b.org");
        assert_eq!(
            outbound("jos\u{e9}@b\u{fc}ro.example").unwrap(),
            "jos\u{e9}@b\u{fc}ro.example"
        );
        for text in [
            "", "a", "a@b, c@d", "g: a@b;", "a@-b", "a@b..c", "a@b\r\nx", "a@b c", "a@b!c",
        ] {
            assert!(outbound(text).is_err(), "{text}");
        }
        assert!(outbound(&format!("{}@b.org", "a".repeat(300))).is_err());
    }
}
