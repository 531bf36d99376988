//! When a domain in Authentication-Results is that of From, or a parent of it (rule B1).

use std::borrow::Cow;

/// Whether two names are one domain: in any case, as A-label or U-label (RFC 8601 section 1.5.2).
///
/// Names that merely look alike are two.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    a_labels(one).eq_ignore_ascii_case(&a_labels(other))
}

/// Whether a signing domain is the other or a parent of it; a top-level domain is nobody's parent.
///
/// Public suffixes of several labels (`co.uk`) are not told apart: only who runs such a zone can
/// publish a key in it, and they decide about every domain below it anyway.
pub(super) fn is_or_is_above(signer: &str, domain: &str) -> bool {
    let (signer, domain) = (a_labels(signer), a_labels(domain));
    let is_above = domain
        .len()
        .checked_sub(signer.len() + 1)
        .and_then(|start| domain.split_at_checked(start))
        .and_then(|(_, tail)| tail.strip_prefix('.'))
        .is_some_and(|parent| parent.eq_ignore_ascii_case(&signer));
    signer.eq_ignore_ascii_case(&domain) || (is_above && signer.contains('.'))
}

/// The domain of a value that may be a whole address (RFC 8601 section 2.2, `pvalue`).
pub(super) fn of_value(value: &str) -> &str {
    value.rsplit_once('@').map_or(value, |(_, domain)| domain)
}

/// A mail address with its domain in the other spelling, as U-labels or as A-labels; `None` when there is
/// but one.
#[must_use]
pub fn other_spelling(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let other = match domain.is_ascii() {
        true => {
            let (unicode, read) = idna::domain_to_unicode(domain);
            read.ok().map(|()| unicode)?
        }
        false => a_labels(domain).into_owned(),
    };
    (!other.eq_ignore_ascii_case(domain)).then(|| format!("{local}@{other}"))
}

/// A name with every U-label as its A-label. One that is not written as its A-label would be read
/// (wide letters, upper case outside ASCII) stays as it is, and so is the same as itself alone.
pub(super) fn a_labels(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return Cow::Borrowed(name);
    }
    let as_written = |ascii: &String| {
        let (unicode, read) = idna::domain_to_unicode(ascii);
        read.is_ok() && unicode == name.to_ascii_lowercase()
    };
    let ascii = idna::domain_to_ascii_strict(name).ok().filter(as_written);
    ascii.map_or(Cow::Borrowed(name), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_another_spelling_where_its_domain_has() {
        let (a_label, u_label) = ("zoe@xn--bcher-kva.example", "zoe@b\u{fc}cher.example");
        assert_eq!(other_spelling(a_label).as_deref(), Some(u_label));
        assert_eq!(other_spelling(u_label).as_deref(), Some(a_label));
        for single in [
            "zoe@Example.org",
            "zo\u{eb}@example.org",
            "zoe",
            "zoe@xn--a.example",
        ] {
            assert_eq!(other_spelling(single), None, "{single}");
        }
    }

    #[test]
    fn one_domain_has_two_spellings() {
        for (one, other) in [
            ("example.com", "EXAMPLE.com"),
            ("b\u{fc}cher.example", "xn--bcher-kva.example"),
            ("B\u{fc}cher.Example", "XN--BCHER-KVA.example"),
            ("mail.b\u{fc}cher.example", "mail.xn--bcher-kva.example"),
            ("stra\u{df}e.example", "xn--strae-oqa.example"),
        ] {
            assert!(is_same(one, other) && is_same(other, one), "{one} {other}");
        }
    }

    #[test]
    fn lookalikes_are_two_domains() {
        for (one, other) in [
            ("ex\u{430}mple.com", "example.com"),
            ("\u{ff45}xample.com", "example.com"),
            ("ban\u{212a}.example", "bank.example"),
            ("stra\u{df}e.example", "strasse.example"),
            ("b\u{dc}cher.example", "xn--bcher-kva.example"),
            ("bu\u{308}cher.example", "xn--bcher-kva.example"),
            ("example\u{3002}com", "example.com"),
            ("exam\u{ad}ple.com", "example.com"),
            ("example.com.", "example.com"),
            ("", "example.com"),
        ] {
            assert!(
                !is_same(one, other) && !is_same(other, one),
                "{one} {other}"
            );
            assert!(!is_or_is_above(one, other), "{one} {other}");
        }
    }

    #[test]
    fn parents_are_above_but_for_top_level_domains() {
        for (signer, domain) in [
            ("corp.example", "corp.example"),
            ("Corp.example", "a.b.corp.EXAMPLE"),
            ("b\u{fc}cher.example", "mail.xn--bcher-kva.example"),
            ("xn--bcher-kva.example", "mail.b\u{fc}cher.example"),
            ("example", "example"),
        ] {
            assert!(is_or_is_above(signer, domain), "{signer} {domain}");
        }
        for (signer, domain) in [
            ("com", "example.com"),
            (".com", "example.com"),
            ("com.", "example.com"),
            ("", "example.com"),
            (".", "example.com"),
            ("orp.example", "corp.example"),
            (".example", "corp.example"),
            ("mail.corp.example", "corp.example"),
            ("corp.example.", "mail.corp.example"),
            ("corp.example.evil", "corp.example"),
            ("cher.example", "b\u{fc}cher.example"),
        ] {
            assert!(!is_or_is_above(signer, domain), "{signer} {domain}");
        }
    }

    #[test]
    fn a_value_may_be_an_address() {
        assert_eq!(of_value("corp.example"), "corp.example");
        assert_eq!(of_value("boss@corp.example"), "corp.example");
        assert_eq!(of_value("@corp.example"), "corp.example");
        assert_eq!(
            of_value("\"boss@corp.example\"@evil.example"),
            "evil.example"
        );
    }
}
