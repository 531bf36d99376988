//! What is allowed but should be told at start, by `config check` and on the web.

use std::fmt;

/// Something in a valid configuration that its owner should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// No `authserv_ids`: every From is believed (rule B1).
    SendersNotVerified,
    /// The relay's password crosses a network unprotected.
    PasswordInClear {
        /// The relay, without its credentials.
        relay: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SendersNotVerified => f.write_str(
                "trust.authserv_ids is empty: the From of every mail is believed, so anyone can \
                 forge a contact; list the authserv-id that your mail server writes into \
                 Authentication-Results",
            ),
            Self::PasswordInClear { relay } => write!(
                f,
                "smtp.relay: the password goes to {relay} unprotected; use smtps:// or \
                 smtp+starttls://",
            ),
        }
    }
}
