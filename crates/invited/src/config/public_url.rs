//! The address of the web interface as people reach it, often through a proxy.

use std::fmt;

use super::address::{Host, host_and_port};
use super::error::Problem;

/// An `http` or `https` URL without user, query, fragment and final slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The URL; a path that begins with `/` may be appended.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        checked(text).ok_or_else(|| {
            Problem::new(
                format!("{text:?} is not the URL of a web site"),
                "write it as in \"https://calendar.example.com\"",
            )
        })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn checked(text: &str) -> Option<PublicUrl> {
    let (scheme, rest) = text.split_once("://")?;
    let scheme = ["http", "https"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(scheme))?;
    let (authority, path) = rest.split_at_checked(rest.find('/').unwrap_or(rest.len()))?;
    let path = path.trim_end_matches('/');
    let (host, port) = host_and_port(authority)?;
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"?#\"'<>\\^`{|}".contains(&byte);
    path.bytes()
        .all(plain)
        .then(|| PublicUrl(joined(scheme, &host, port, path)))
}

fn joined(scheme: &str, host: &Host, port: Option<u16>, path: &str) -> String {
    match port {
        Some(port) => format!("{scheme}://{host}:{port}{path}"),
        None => format!("{scheme}://{host}{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::PublicUrl;

    #[test]
    fn only_web_addresses_pass() {
        let shown = |text| PublicUrl::parse(text).map(|url| url.to_string());
        assert_eq!(
            shown("http://127.0.0.1:8480").as_deref(),
            Ok("http://127.0.0.1:8480")
        );
        assert_eq!(
            shown("HTTPS://Cal.Example/a/").as_deref(),
            Ok("https://cal.example/a")
        );
        for bad in [
            "",
            "cal.example",
            "ftp://cal.example",
            "https://",
            "https://u:p@cal.example",
            "https://cal.example?x",
            "https://cal.example/#x",
            "https://cal.example/a b",
            "https://cal.example/\r\nX: y",
            "https://cal.example:0",
            "javascript://x",
        ] {
            assert!(PublicUrl::parse(bad).is_err(), "{bad:?}");
        }
    }
}
