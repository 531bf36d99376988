//! The relay that outgoing mail goes through, as a URL.

use std::fmt;

use super::address::{Host, host_and_port};
use super::error::Problem;

/// A text that is shown to nobody but the server it is meant for.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What to log in with (RFC 4954).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// How the connection is protected (RFC 3207, RFC 8314).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// `smtp://`: not at all.
    Plain,
    /// `smtp+starttls://`: TLS after STARTTLS, which must work.
    StartTls,
    /// `smtps://`: TLS from the first byte.
    Tls,
}

impl Security {
    const ALL: [Self; 3] = [Self::Plain, Self::StartTls, Self::Tls];

    fn scheme(self) -> &'static str {
        match self {
            Self::Plain => "smtp",
            Self::StartTls => "smtp+starttls",
            Self::Tls => "smtps",
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Plain => 25,
            Self::StartTls => 587,
            Self::Tls => 465,
        }
    }
}

/// The server that outgoing mail is given to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// How the connection is protected.
    pub security: Security,
    /// The server.
    pub host: Host,
    /// Its port: the URL's, else 25, 587 or 465 by `security`.
    pub port: u16,
    /// What to log in with, if at all.
    pub credentials: Option<Credentials>,
}

const MEND: &str = "write it as in \"smtp://127.0.0.1:25\", \"smtps://user:pass@host\" or \
                    \"smtp+starttls://user:pass@host:587\", with %40 for an @ in user or pass";

impl Relay {
    /// Whether a password would cross a network unprotected.
    pub fn exposes_password(&self) -> bool {
        self.credentials.is_some() && self.security == Security::Plain && !self.host.is_loopback()
    }

    /// Reads the URL; no problem quotes it, for it may hold a password.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let fault = |what: &str| Problem::new(what, MEND);
        let (scheme, rest) = text.split_once("://").ok_or_else(|| fault("not a URL"))?;
        let security = Security::ALL
            .into_iter()
            .find(|security| security.scheme().eq_ignore_ascii_case(scheme))
            .ok_or_else(|| fault("the scheme is not smtp, smtps or smtp+starttls"))?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (login, server) = match rest.rsplit_once('@') {
            Some((login, server)) => (Some(login), server),
            None => (None, rest),
        };
        let (host, port) = host_and_port(server)
            .ok_or_else(|| fault("what follows the scheme or the @ is not a host and port"))?;
        Ok(Self {
            security,
            host,
            port: port.unwrap_or_else(|| security.default_port()),
            credentials: login.map(credentials).transpose()?,
        })
    }
}

impl fmt::Display for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}://{}:{}",
            self.security.scheme(),
            self.host,
            self.port
        )
    }
}

fn credentials(login: &str) -> Result<Credentials, Problem> {
    let fault = |what: &str| Problem::new(what, MEND);
    let (user, password) = login
        .split_once(':')
        .ok_or_else(|| fault("the user has no password"))?;
    let decode = |text| {
        percent_decode(text).ok_or_else(|| fault("a % is not followed by two hex digits of UTF-8"))
    };
    let (user, password) = (decode(user)?, decode(password)?);
    if user.is_empty()
        || [&user, &password]
            .into_iter()
            .any(|text| text.contains('\0'))
    {
        return Err(fault("the user is empty, or user or password hold a NUL"));
    }
    Ok(Credentials {
        user,
        password: Secret(password),
    })
}

/// Undoes percent-encoding (RFC 3986 section 2.1).
fn percent_decode(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let high = char::from(bytes.next()?).to_digit(16)?;
        let low = char::from(bytes.next()?).to_digit(16)?;
        decoded.push(u8::try_from(high << 4 | low).ok()?);
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::{Relay, Security};

    fn shown(url: &str) -> String {
        Relay::parse(url).map_or_else(|problem| problem.what, |relay| relay.to_string())
    }

    #[test]
    fn each_scheme_has_its_port() {
        assert_eq!(shown("smtp://127.0.0.1"), "smtp://127.0.0.1:25");
        assert_eq!(shown("smtps://mx.example"), "smtps://mx.example:465");
        assert_eq!(
            shown("SMTP+STARTTLS://mx.example/"),
            "smtp+starttls://mx.example:587"
        );
        assert_eq!(shown("smtp://[::1]:2525"), "smtp://[::1]:2525");
    }

    #[test]
    fn user_and_password_are_percent_decoded() {
        let relay = Relay::parse("smtp+starttls://al%40ice:p%3A%C3%A4%2f@mx.example").unwrap();
        let credentials = relay.credentials.unwrap();
        assert_eq!(credentials.user, "al@ice");
        assert_eq!(credentials.password.expose(), "p:ä/");
        assert_eq!(relay.security, Security::StartTls);
    }

    #[test]
    fn the_password_is_never_shown() {
        let relay = Relay::parse("smtps://alice:hunter2@mx.example").unwrap();
        assert!(!format!("{relay:?} {relay}").contains("hunter2"));
        for bad in [
            "alice:hunter2@mx.example",
            "http://alice:hunter2@mx.example",
            "smtps://alice:hunter2@mx example",
            "smtps://alice:hunter2%zz@mx.example",
            "smtps://:hunter2@mx.example",
            "smtps://alice:hunter2%00@mx.example",
            "smtps://hunter2@mx.example",
            "smtps://alice:hunter2@mx.example:99999",
            "smtps://alice:hunter2@mx.example/path",
            "smtps://alice:hunter2@mx.example?tls=no",
        ] {
            let problem = Relay::parse(bad).unwrap_err();
            assert!(
                !format!("{problem:?} {problem}").contains("hunter2"),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_password_in_the_clear_is_noticed_off_this_machine() {
        let exposes = |url| Relay::parse(url).unwrap().exposes_password();
        assert!(exposes("smtp://a:b@mx.example"));
        assert!(!exposes("smtp://a:b@127.0.0.1"));
        assert!(!exposes("smtp://a:b@localhost:25"));
        assert!(!exposes("smtp://mx.example"));
        assert!(!exposes("smtps://a:b@mx.example"));
    }
}
