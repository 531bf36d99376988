//! Mail addresses as they are compared (RULES.md, *Addresses*).

/// An address, taken apart for comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// The domain in lower case; empty when there is none.
    pub(super) domain: String,
    /// The local part as written.
    pub(super) local: String,
    /// The local part in lower case.
    pub(super) folded: String,
}

impl Key {
    pub(super) fn new(address: &str) -> Self {
        let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
        Self {
            domain: domain.to_lowercase(),
            local: local.to_owned(),
            folded: local.to_lowercase(),
        }
    }

    /// The address with its domain in lower case.
    pub(super) fn address(&self) -> String {
        if self.domain.is_empty() {
            return self.local.clone();
        }
        format!("{}@{}", self.local, self.domain)
    }
}

/// The form in which senders are counted: one sender stays one in any spelling.
pub(super) fn folded(address: &str) -> String {
    address.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_at_sign_ends_the_local_part() {
        let key = Key::new("\"a@b\"@Example.COM");
        assert_eq!(
            (key.local.as_str(), key.domain.as_str()),
            ("\"a@b\"", "example.com")
        );
        assert_eq!(key.address(), "\"a@b\"@example.com");
    }

    #[test]
    fn an_address_without_domain_is_all_local_part() {
        let key = Key::new("Root");
        assert_eq!((key.folded.as_str(), key.domain.as_str()), ("root", ""));
        assert_eq!(key.address(), "Root");
    }
}
