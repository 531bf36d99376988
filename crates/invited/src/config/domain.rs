//! Domain names (RFC 1035 section 2.3.1), in lower case and without a final dot.

use std::fmt;

use super::error::Problem;

/// A domain name of letters, digits, `-`, `_` and dots, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(String);

impl DomainName {
    /// Reads a name; a final dot goes.
    ///
    /// # Errors
    /// The text is empty, too long, or has other characters; other scripts are written as `xn--`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        if name.len() <= 253 && name.split('.').all(is_label) {
            return Ok(Self(name));
        }
        Err(Problem::new(
            format!("{text:?} is not a domain name"),
            "write it as in \"mail.example.com\", other scripts in their xn-- form",
        ))
    }

    /// The name of this machine, what no domain name can have replaced by `-`; else `localhost`.
    pub fn of_machine() -> Self {
        let name = hostname::get().unwrap_or_default();
        Self::mended(&name.to_string_lossy())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn mended(name: &str) -> Self {
        let mended = name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '.', "-");
        let labels: Vec<&str> = mended
            .split('.')
            .map(|label| label.get(..63).unwrap_or(label).trim_matches('-'))
            .filter(|label| !label.is_empty())
            .collect();
        Self::parse(&labels.join(".")).unwrap_or_else(|_| Self("localhost".to_owned()))
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::DomainName;

    #[test]
    fn names_are_checked_and_lowered() {
        let name = DomainName::parse("MX.Example.ORG.").map(|name| name.to_string());
        assert_eq!(name.as_deref(), Ok("mx.example.org"));
        let long = "a".repeat(64);
        for bad in [
            "",
            ".",
            "a..b",
            "-a.example",
            "a b",
            "münchen.example",
            "[::1]",
            &long,
        ] {
            assert!(DomainName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn any_machine_has_a_name() {
        assert_eq!(
            DomainName::mended("Alice's PC.lan").as_str(),
            "alice-s-pc.lan"
        );
        assert_eq!(DomainName::mended("mail_1").as_str(), "mail-1");
        assert_eq!(DomainName::mended("§§§").as_str(), "localhost");
        assert_eq!(DomainName::mended(&"ä.".repeat(400)).as_str(), "localhost");
        assert!(DomainName::parse(DomainName::of_machine().as_str()).is_ok());
    }
}
