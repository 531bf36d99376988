//! Paths as data: which resource of the account a path names, and the path of a resource.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use store::{Account, CollectionKind};

use crate::scheduling::role::Role;

/// The most octets of one part of a path, decoded.
const LONGEST: usize = 1024;

/// What stays as it is in a part of a path.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'@');

/// A resource of one account. Nothing of another account can be named by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resource {
    /// `/dav/`
    Root,
    /// `/dav/principals/`
    Principals,
    /// `/dav/principals/ADDRESS/`
    Principal,
    /// `/dav/calendars/` or `/dav/addressbooks/`
    Homes(CollectionKind),
    /// `/dav/calendars/ADDRESS/`
    Home(CollectionKind),
    /// `/dav/calendars/ADDRESS/CALENDAR/`
    Collection(CollectionKind, String),
    /// `/dav/calendars/ADDRESS/CALENDAR/OBJECT`
    Member(CollectionKind, String, String),
}

/// Why a path names nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadPath {
    /// It is not one that any resource could have.
    Malformed,
    /// There is no such thing, or it is another account's.
    Unknown,
    /// It is in something of this account that holds nothing.
    TooDeep,
}

impl Resource {
    /// Reads the path of a URL, percent-encoded as it came.
    ///
    /// What a part means is never interpreted: `..` in any spelling names nothing, and a `/` that was
    /// encoded is a character of its part.
    pub(crate) fn parse(path: &str, account: &Account) -> Result<Self, BadPath> {
        let path = path.strip_prefix("/dav").ok_or(BadPath::Unknown)?;
        let path = match path.strip_prefix('/') {
            None if !path.is_empty() => return Err(BadPath::Unknown),
            rest => rest.unwrap_or(path),
        };
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.is_empty() {
            return Ok(Self::Root);
        }
        let parts = path.split('/').map(part).collect::<Result<Vec<_>, _>>()?;
        let is_own = |address: &String| {
            let mut addresses = account.addresses();
            addresses.any(|own| own.eq_ignore_ascii_case(address))
        };
        match parts.as_slice() {
            [first] if first == "principals" => Ok(Self::Principals),
            [first] => kind_of(first).map(Self::Homes).ok_or(BadPath::Unknown),
            [first, address, rest @ ..] if is_own(address) => Self::of_account(first, rest),
            _ => Err(BadPath::Unknown),
        }
    }

    fn of_account(first: &str, rest: &[String]) -> Result<Self, BadPath> {
        match (kind_of(first), rest) {
            (None, []) if first == "principals" => Ok(Self::Principal),
            (Some(kind), []) => Ok(Self::Home(kind)),
            (Some(kind), [collection]) => Ok(Self::Collection(kind, collection.clone())),
            (Some(kind), [collection, member]) => {
                Ok(Self::Member(kind, collection.clone(), member.clone()))
            }
            (Some(_), _) => Err(BadPath::TooDeep),
            _ => Err(BadPath::Unknown),
        }
    }

    /// Reads an href of a request body or of a Destination field: a path, or a URL of any host.
    pub(crate) fn of_href(href: &str, account: &Account) -> Result<Self, BadPath> {
        let href = href.trim();
        let path = match href.split_once("://") {
            Some((scheme, rest)) if !scheme.contains('/') => {
                rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
            }
            _ => href,
        };
        let end = path.find(['?', '#']).unwrap_or(path.len());
        Self::parse(path.get(..end).unwrap_or_default(), account)
    }

    /// Which of inbox and outbox it is, or is in.
    pub(crate) fn role(&self) -> Option<Role> {
        match self {
            Self::Collection(kind, segment) | Self::Member(kind, segment, _) => {
                Role::named(*kind, segment)
            }
            _ => None,
        }
    }

    /// Its path, percent-encoded.
    pub(crate) fn href(&self, account: &Account) -> String {
        let address = encode(&account.address);
        match self {
            Self::Root => "/dav/".to_owned(),
            Self::Principals => "/dav/principals/".to_owned(),
            Self::Principal => format!("/dav/principals/{address}/"),
            Self::Homes(kind) => format!("/dav/{}/", segment_of(*kind)),
            Self::Home(kind) => format!("/dav/{}/{address}/", segment_of(*kind)),
            Self::Collection(kind, collection) => {
                format!(
                    "/dav/{}/{address}/{}/",
                    segment_of(*kind),
                    encode(collection)
                )
            }
            Self::Member(kind, collection, member) => format!(
                "/dav/{}/{address}/{}/{}",
                segment_of(*kind),
                encode(collection),
                encode(member)
            ),
        }
    }
}

/// One part, decoded.
fn part(raw: &str) -> Result<String, BadPath> {
    if !is_encoded(raw) {
        return Err(BadPath::Malformed);
    }
    let decoded = percent_decode_str(raw).decode_utf8();
    let decoded = decoded.map_err(|_| BadPath::Malformed)?;
    let is_one = (1..=LONGEST).contains(&decoded.len())
        && !matches!(&*decoded, "." | "..")
        && !decoded.contains(char::is_control)
        && !decoded
            .split(['/', '\\'])
            .any(|piece| matches!(piece, "." | ".."));
    match is_one {
        true => Ok(decoded.into_owned()),
        false => Err(BadPath::Malformed),
    }
}

/// Whether each `%` has its two digits (RFC 3986, 2.1).
fn is_encoded(raw: &str) -> bool {
    raw.split('%').skip(1).all(|behind| {
        let digits = behind.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

fn encode(part: &str) -> String {
    utf8_percent_encode(part, KEPT).to_string()
}

fn segment_of(kind: CollectionKind) -> &'static str {
    match kind {
        CollectionKind::Calendar => "calendars",
        CollectionKind::AddressBook => "addressbooks",
    }
}

fn kind_of(segment: &str) -> Option<CollectionKind> {
    match segment {
        "calendars" => Some(CollectionKind::Calendar),
        "addressbooks" => Some(CollectionKind::AddressBook),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use store::AccountId;

    use super::*;

    fn alice() -> Account {
        Account {
            id: AccountId(1),
            address: "alice@example.org".to_owned(),
            aliases: vec!["al@example.org".to_owned()],
            name: String::new(),
            password: String::new(),
        }
    }

    fn parse(path: &str) -> Result<Resource, BadPath> {
        Resource::parse(path, &alice())
    }

    #[test]
    fn every_resource_has_its_path() {
        let member = Resource::Member(
            CollectionKind::Calendar,
            "work".to_owned(),
            "a/b ü%.ics".to_owned(),
        );
        for resource in [
            Resource::Root,
            Resource::Principals,
            Resource::Principal,
            Resource::Homes(CollectionKind::AddressBook),
            Resource::Home(CollectionKind::Calendar),
            Resource::Collection(CollectionKind::AddressBook, "x".to_owned()),
            member,
        ] {
            assert_eq!(parse(&resource.href(&alice())), Ok(resource));
        }
        assert_eq!(parse("/dav"), Ok(Resource::Root));
        assert_eq!(
            parse("/dav/calendars/AL%40example.org"),
            Ok(Resource::Home(CollectionKind::Calendar))
        );
        assert_eq!(
            Resource::of_href(
                "https://other.example:8443/dav/principals/al@example.org/?x",
                &alice()
            ),
            Ok(Resource::Principal)
        );
    }

    #[test]
    fn no_path_leaves_the_account() {
        let long = "x".repeat(10 << 10);
        for path in [
            "/dav/calendars/alice@example.org/../carol@example.org/",
            "/dav/calendars/alice@example.org/%2e%2e/x",
            "/dav/calendars/alice@example.org/a/%2E",
            "/dav/calendars/alice@example.org/a/x%00.ics",
            "/dav/calendars/alice@example.org/a/%c0%af",
            "/dav/calendars/alice@example.org/a/%c0%ae%c0%ae",
            "/dav/calendars/alice@example.org/a/..%2fb",
            "/dav/calendars/alice@example.org/a/%zz",
            "/dav/calendars/alice@example.org/a/b%4",
            "/dav/calendars/alice@example.org//a",
            &format!("/dav/calendars/alice@example.org/a/{long}"),
        ] {
            assert_eq!(parse(path), Err(BadPath::Malformed), "{path}");
        }
        for path in [
            "/dav/calendars/carol@example.org/a/",
            "/dav/principals/carol@example.org/",
            "/dav/principals/alice@example.org/a",
            "/dav/x",
            "/davprincipals",
            "/davx/principals/alice@example.org/y",
            "/",
        ] {
            assert_eq!(parse(path), Err(BadPath::Unknown), "{path}");
        }
        let deep = parse("/dav/calendars/alice@example.org/a/b/c");
        assert_eq!(deep, Err(BadPath::TooDeep));
    }
}
