//! The header field by which the site's spam filter marks a mail (rule B6).

use super::error::Problem;

/// A header field that means spam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpamHeader {
    /// The field's name, compared without case (RFC 5322 section 2.2).
    pub name: String,
    /// The value that means spam.
    pub value: String,
}

impl SpamHeader {
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let field = text
            .split_once(':')
            .map(|(name, value)| (name.trim_end(), value.trim()));
        match field {
            Some((name, value)) if is_field_name(name) && is_value(value) => Ok(Self {
                name: name.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err(Problem::new(
                format!("{text:?} is not a header field"),
                "write a name and a value, as in \"X-Spam: Yes\"",
            )),
        }
    }
}

fn is_field_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b':')
}

fn is_value(value: &str) -> bool {
    !value.is_empty() && !value.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::SpamHeader;

    #[test]
    fn a_field_is_a_name_and_a_value() {
        let header = SpamHeader::parse("X-Spam:  Yes, score: 9").unwrap();
        assert_eq!((&*header.name, &*header.value), ("X-Spam", "Yes, score: 9"));
        for bad in [
            "X-Spam",
            "X-Spam:",
            ": Yes",
            "X Spam: Yes",
            "X-Späm: Yes",
            "X-Spam: a\nb",
        ] {
            assert!(SpamHeader::parse(bad).is_err(), "{bad:?}");
        }
    }
}
