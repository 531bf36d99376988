//! How it is known who sent a mail.

use super::service::Service;

/// What the sender's address rests on, as in records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// The mail was written by this server itself, for the account that has the address.
    Local,
    /// A trusted server says dmarc=pass for From's domain.
    Dmarc,
    /// A trusted server says dkim=pass for From's domain or a parent of it.
    Dkim,
    /// A trusted server says that the From address logged in.
    Auth,
    /// A trusted server took the mail from a user of an own domain who had logged in.
    OwnSubmission,
    /// A calendar service speaks for the address.
    ViaService(Service),
    /// No trusted authserv-id is configured: every From is believed.
    Unverified,
    /// Nothing says that the mail is from its From, or From names nobody.
    Failed,
}

impl Authentication {
    /// Every code that [`Authentication::code`] gives.
    pub const CODES: &[&str] = &[
        "local",
        "dmarc",
        "dkim",
        "auth",
        "own-submission",
        "via-service",
        "unverified",
        "failed",
    ];

    /// The code, as in records.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Dmarc => "dmarc",
            Self::Dkim => "dkim",
            Self::Auth => "auth",
            Self::OwnSubmission => "own-submission",
            Self::ViaService(_) => "via-service",
            Self::Unverified => "unverified",
            Self::Failed => "failed",
        }
    }

    /// Whether rules B3 to B7 may go by the address.
    #[must_use]
    pub fn is_authenticated(self) -> bool {
        self != Self::Failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sender::SERVICES;

    /// The next variant, in an order that none can be left out of.
    fn after(authentication: Authentication) -> Option<Authentication> {
        match authentication {
            Authentication::Local => Some(Authentication::Dmarc),
            Authentication::Dmarc => Some(Authentication::Dkim),
            Authentication::Dkim => Some(Authentication::Auth),
            Authentication::Auth => Some(Authentication::OwnSubmission),
            Authentication::OwnSubmission => Some(Authentication::ViaService(SERVICES[0])),
            Authentication::ViaService(_) => Some(Authentication::Unverified),
            Authentication::Unverified => Some(Authentication::Failed),
            Authentication::Failed => None,
        }
    }

    #[test]
    fn every_code_is_listed_once() {
        let all = std::iter::successors(Some(Authentication::Local), |one| after(*one));
        assert_eq!(
            all.map(Authentication::code).collect::<Vec<_>>(),
            Authentication::CODES
        );
    }
}
