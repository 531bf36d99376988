//! Host and port of URLs and Host fields, compared as they mean.

/// That of an absolute URL, its scheme's own port left out; `None`: it is no such URL.
pub(crate) fn of_url(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if scheme.is_empty() || !scheme.bytes().all(|octet| octet.is_ascii_alphanumeric()) {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    of_host(host).or_else(|| Some(String::new()))
}

/// That of a Host field. Whether it came by TLS only a proxy knows, so both own ports are left out.
pub(crate) fn of_host(host: &str) -> Option<String> {
    let host = host.trim().to_ascii_lowercase();
    let plain = [":80", ":443"]
        .into_iter()
        .find_map(|port| host.strip_suffix(port));
    let host = plain.unwrap_or(&host).trim_end_matches('.');
    (!host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_compared_as_they_mean() {
        for url in [
            "https://Cal.example.org/dav/",
            "https://cal.example.org:443",
            "http://u@cal.example.org.?x",
        ] {
            assert_eq!(of_url(url), of_host("CAL.example.org"), "{url}");
        }
        assert_ne!(
            of_url("http://cal.example.org:8480/"),
            of_host("cal.example.org")
        );
        assert_eq!(of_url("http://[::1]:8480/x"), of_host("[::1]:8480"));
        for other in ["/dav/a", "/dav/a://b", "a", ""] {
            assert_eq!(of_url(other), None, "{other}");
        }
    }
}
