//! The METHOD of a message (RFC 5546 section 1.4): a closed set.

use std::fmt;

/// What a message asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Invite, or change what was invited to.
    Request,
    /// Answer an invitation.
    Reply,
    /// Call off the whole or some instances.
    Cancel,
    /// Add instances to a series.
    Add,
    /// Tell of an event without asking for an answer.
    Publish,
    /// Propose a change to the organizer.
    Counter,
    /// Decline a proposed change.
    DeclineCounter,
    /// Ask for the latest version.
    Refresh,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 8] = [
        Self::Request,
        Self::Reply,
        Self::Cancel,
        Self::Add,
        Self::Publish,
        Self::Counter,
        Self::DeclineCounter,
        Self::Refresh,
    ];

    /// Reads a method without case and without the blanks around it.
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        Self::ALL
            .into_iter()
            .find(|method| method.as_str().eq_ignore_ascii_case(value))
    }

    /// The RFC's spelling, such as `REQUEST`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Reply => "REPLY",
            Self::Cancel => "CANCEL",
            Self::Add => "ADD",
            Self::Publish => "PUBLISH",
            Self::Counter => "COUNTER",
            Self::DeclineCounter => "DECLINECOUNTER",
            Self::Refresh => "REFRESH",
        }
    }

    /// The lower-case spelling of header fields and Sieve, such as `request`.
    pub fn to_lower(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Reply => "reply",
            Self::Cancel => "cancel",
            Self::Add => "add",
            Self::Publish => "publish",
            Self::Counter => "counter",
            Self::DeclineCounter => "declinecounter",
            Self::Refresh => "refresh",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_own_spellings_and_no_other() {
        for method in Method::ALL {
            assert_eq!(Method::parse(method.as_str()), Some(method));
            assert_eq!(Method::parse(method.to_lower()), Some(method));
            assert_eq!(method.to_lower(), method.as_str().to_ascii_lowercase());
        }
        assert_eq!(Method::parse(" request\t"), Some(Method::Request));
        for value in [
            "",
            "REQUESTS",
            "REQUEST\r\nX-Evil: 1",
            "DECLINE-COUNTER",
            "REQU EST",
        ] {
            assert_eq!(Method::parse(value), None);
        }
    }
}
