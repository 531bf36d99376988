//! A profile that sets up calendars and contacts on Apple's devices; it holds no password.

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use sha2::{Digest, Sha256};
use store::Account;

use crate::resource::Resource;
use crate::xml::escape;

const TYPE: HeaderValue = HeaderValue::from_static("application/x-apple-aspen-config");
const NAME: HeaderValue = HeaderValue::from_static("attachment; filename=\"invited.mobileconfig\"");
const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store");

/// Where people reach the server.
struct Place<'a> {
    is_tls: bool,
    host: &'a str,
    port: u16,
}

/// The profile of an account, for a server that people reach at this URL.
pub(crate) fn response(public_url: &str, account: &Account) -> Response<Body> {
    let mut response = Response::new(Body::from(profile(public_url, account)));
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, TYPE);
    fields.insert(header::CONTENT_DISPOSITION, NAME);
    fields.insert(header::CACHE_CONTROL, NOT_KEPT);
    response
}

fn profile(public_url: &str, account: &Account) -> String {
    let place = Place::of(public_url);
    let name = format!("{} on {}", account.address, place.host);
    let payloads: String = [("CalDAV", "caldav"), ("CardDAV", "carddav")]
        .map(|(service, kind)| payload(&place, account, (service, kind), &name))
        .concat();
    let whole = payload_head(&place, account, ("Configuration", "profile"), &name);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\"><dict>\n\
         {whole}<key>PayloadContent</key><array>\n{payloads}</array>\n</dict></plist>\n"
    )
}

/// One account of the device.
fn payload(
    place: &Place<'_>,
    account: &Account,
    (service, kind): (&str, &str),
    name: &str,
) -> String {
    let head = payload_head(
        place,
        account,
        (&format!("com.apple.{kind}.account"), kind),
        name,
    );
    // Hrefs say `/dav/`, so that is at the host's root, whatever path the rest has.
    let principal = Resource::Principal.href(account);
    let strings = [
        ("AccountDescription", name),
        ("HostName", place.host),
        ("PrincipalURL", &principal),
        ("Username", &account.address),
    ];
    let strings = strings.map(|(key, value)| string(&format!("{service}{key}"), value));
    format!(
        "<dict>\n{head}{}<key>{service}Port</key><integer>{}</integer>\n\
         <key>{service}UseSSL</key><{}/>\n</dict>\n",
        strings.concat(),
        place.port,
        place.is_tls
    )
}

/// What every payload begins with. It keeps its identity, so that installing it again replaces it.
fn payload_head(
    place: &Place<'_>,
    account: &Account,
    (kind, suffix): (&str, &str),
    name: &str,
) -> String {
    let identifier = format!("invited.{}.{}.{suffix}", place.host, account.address);
    let strings = [
        ("PayloadType", kind),
        ("PayloadIdentifier", &identifier),
        ("PayloadUUID", &uuid(&identifier)),
        ("PayloadDisplayName", name),
    ];
    let strings = strings.map(|(key, value)| string(key, value)).concat();
    format!("{strings}<key>PayloadVersion</key><integer>1</integer>\n")
}

fn string(key: &str, value: &str) -> String {
    format!("<key>{key}</key><string>{}</string>\n", escape(value))
}

/// A UUID of a name (RFC 9562, 5.8).
fn uuid(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    let hex: String = digest
        .iter()
        .take(16)
        .map(|octet| format!("{octet:02X}"))
        .collect();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    let (a, b, c, d, e) = (
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32),
    );
    format!("{a}-{b}-8{c}-8{d}-{e}")
}

impl<'a> Place<'a> {
    fn of(url: &'a str) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
        let authority = rest.split('/').next().unwrap_or_default();
        let is_tls = scheme.eq_ignore_ascii_case("https");
        // A colon inside brackets is one of an IPv6 address.
        let port = authority
            .rsplit_once(':')
            .and_then(|(host, port)| Some((host, port.parse().ok()?)));
        let (host, port) = port.unwrap_or((authority, if is_tls { 443 } else { 80 }));
        Self {
            is_tls,
            host: host.trim_matches(['[', ']']),
            port,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(address: &str) -> Account {
        Account {
            id: store::AccountId(1),
            address: address.to_owned(),
            aliases: Vec::new(),
            name: String::new(),
            password: "hash".to_owned(),
        }
    }

    #[test]
    fn the_profile_says_where_and_who() {
        let text = profile(
            "https://cal.example.org:8443/x",
            &account("a&b@example.org"),
        );
        for line in [
            "<key>CalDAVHostName</key><string>cal.example.org</string>",
            "<key>CalDAVPort</key><integer>8443</integer>",
            "<key>CardDAVUseSSL</key><true/>",
            "<key>CardDAVUsername</key><string>a&amp;b@example.org</string>",
            "<key>CalDAVPrincipalURL</key><string>/dav/principals/a%26b@example.org/</string>",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(
            !text.contains("hash") && !text.contains("Password"),
            "{text}"
        );
    }

    #[test]
    fn it_keeps_its_identity_and_names_every_place() {
        let of = |url| profile(url, &account("a@example.org"));
        assert_eq!(of("http://[::1]:8480"), of("http://[::1]:8480"));
        assert_ne!(uuid("a"), uuid("b"));
        assert_eq!(uuid("a").len(), 36);
        assert!(of("http://[::1]").contains("<string>::1</string>"));
        assert!(of("http://[::1]").contains("<integer>80</integer>"));
    }
}
