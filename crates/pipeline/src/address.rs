//! The addresses that accounts can have.

/// The most octets of an address: it names a folder too.
const LONGEST: usize = 200;

/// The address as an account keeps it, its domain in lower case; `None` when it cannot be one.
///
/// An account's address is also the name of its Maildir, so it has no `/`, no blank and no control
/// character, and does not begin with a dot. A `+` would be a tag.
#[must_use]
pub fn account_address(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    let forbidden = |c: char| c.is_control() || c.is_whitespace() || "/\\\"<>()[],;:@+".contains(c);
    let is_dotted = |text: &str| text.split('.').all(|label| !label.is_empty());
    let is_domain = domain.split('.').all(|label| {
        !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    });
    let is_address = text.len() <= LONGEST
        && !local.contains(forbidden)
        && is_dotted(local)
        && is_dotted(domain)
        && is_domain;
    is_address.then(|| format!("{local}@{}", domain.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::account_address;

    #[test]
    fn an_address_can_name_a_folder() {
        for right in [
            "alice@example.org",
            "a.b-c_d@mail.example",
            "zoë@example.org",
            "alice@localhost",
        ] {
            assert_eq!(account_address(right).as_deref(), Some(right));
        }
        assert_eq!(
            account_address("Alice@Example.ORG").as_deref(),
            Some("Alice@example.org")
        );
        for wrong in [
            "alice",
            "@example.org",
            "alice@",
            "../x@example.org",
            "a/b@example.org",
            ".a@example.org",
            "a..b@example.org",
            "a b@example.org",
            "a@b@example.org",
            "a+b@example.org",
            "a@-x.org",
            "a@x..org",
            "a\n@example.org",
            "\"a\"@example.org",
        ] {
            assert_eq!(account_address(wrong), None, "{wrong:?}");
        }
        assert_eq!(
            account_address(&format!("{}@example.org", "x".repeat(200))),
            None
        );
    }
}
