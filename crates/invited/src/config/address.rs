//! Where to listen and where to connect: TCP or a unix socket.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use super::domain::DomainName;
use super::error::Problem;

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// A TCP address; port 0 lets the system choose.
    Tcp(SocketAddr),
    /// The path of a unix socket.
    Unix(PathBuf),
}

impl Listen {
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        if let Some(path) = text.strip_prefix("unix:") {
            return socket_path(path).map(Self::Unix);
        }
        text.parse().map(Self::Tcp).map_err(|_| {
            Problem::new(
                format!("{text:?} is not an address to listen on"),
                "write an IP address and a port, as in \"127.0.0.1:2424\" or \"[::1]:2424\", \
                 or \"unix:/path\"",
            )
        })
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// The host of another server, by name or by address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// Looked up when connecting.
    Name(DomainName),
    /// An IP address.
    Address(IpAddr),
}

impl Host {
    /// Whether it is this machine by name or address.
    pub fn is_loopback(&self) -> bool {
        match self {
            Self::Name(name) => name.as_str() == "localhost",
            Self::Address(address) => address.is_loopback(),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        if let Some(literal) = text.strip_prefix('[') {
            let address: Ipv6Addr = literal.strip_suffix(']')?.parse().ok()?;
            return Some(Self::Address(address.into()));
        }
        match text.parse() {
            Ok(IpAddr::V4(address)) => Some(Self::Address(address.into())),
            Ok(IpAddr::V6(_)) => None,
            Err(_) => DomainName::parse(text).ok().map(Self::Name),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// Splits `host`, `host:port` or `[::1]:port`.
pub(super) fn host_and_port(text: &str) -> Option<(Host, Option<u16>)> {
    let port_at = text
        .rfind(':')
        .filter(|at| !text.get(*at..).unwrap_or_default().contains(']'));
    let Some((host, port)) = port_at.and_then(|at| text.split_at_checked(at)) else {
        return Some((Host::parse(text)?, None));
    };
    let digits = port
        .strip_prefix(':')
        .filter(|port| port.bytes().all(|b| b.is_ascii_digit()))?;
    let port = digits.parse().ok().filter(|port| *port != 0)?;
    Some((Host::parse(host)?, Some(port)))
}

/// Where another server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// A TCP server.
    Tcp {
        /// Its host.
        host: Host,
        /// Its port.
        port: u16,
    },
    /// The path of a unix socket.
    Unix(PathBuf),
}

impl Endpoint {
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        if let Some(path) = text.strip_prefix("unix:") {
            return socket_path(path).map(Self::Unix);
        }
        match host_and_port(text) {
            Some((host, Some(port))) => Ok(Self::Tcp { host, port }),
            _ => Err(Problem::new(
                format!("{text:?} is not the address of a server"),
                "write a host and a port, as in \"127.0.0.1:24\", or \"unix:/path\"",
            )),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// Linux refuses to bind longer paths (`sun_path` is 108 bytes with its NUL).
const LONGEST_SOCKET_PATH: usize = 107;

fn socket_path(path: &str) -> Result<PathBuf, Problem> {
    let mend = "write it as in \"unix:/run/invited/lmtp.sock\"";
    match path {
        "" => Err(Problem::new("the socket has no path", mend)),
        path if path.contains('\0') => Err(Problem::new("the socket's path holds a NUL", mend)),
        path if path.len() > LONGEST_SOCKET_PATH => Err(Problem::new(
            format!("the socket's path is longer than {LONGEST_SOCKET_PATH} bytes"),
            mend,
        )),
        path => Ok(PathBuf::from(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, Listen};

    #[test]
    fn servers_listen_on_addresses_and_sockets() {
        for good in [
            "127.0.0.1:2424",
            "[::1]:2424",
            "0.0.0.0:0",
            "unix:/run/invited.sock",
        ] {
            let listen = Listen::parse(good).map(|listen| listen.to_string());
            assert_eq!(listen.as_deref(), Ok(good));
        }
        let long = format!("unix:/{}", "a".repeat(107));
        for bad in [
            "",
            "2424",
            "localhost:2424",
            "127.0.0.1",
            "unix:",
            "unix:/a\0b",
            &long,
        ] {
            assert!(Listen::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn servers_are_reached_by_name_too() {
        for good in [
            "127.0.0.1:24",
            "dovecot:24",
            "[::1]:24",
            "unix:/run/dovecot/lmtp",
        ] {
            let endpoint = Endpoint::parse(good).map(|endpoint| endpoint.to_string());
            assert_eq!(endpoint.as_deref(), Ok(good));
        }
        for bad in [
            "",
            "dovecot",
            "dovecot:",
            "dovecot:0",
            "dovecot:+24",
            "::1:24",
            "[::1",
            "a b:24",
        ] {
            assert!(Endpoint::parse(bad).is_err(), "{bad:?}");
        }
    }
}
