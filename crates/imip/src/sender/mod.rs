//! Who sent a mail, and how sure that is (rules B1 and B2).

mod authentication;
pub mod authentication_results;
mod mailbox;
mod received;
mod service;

pub use authentication::Authentication;
use authentication_results::{MethodResult, is_one_of};
pub use mailbox::{Mailbox, Nobody};
pub use received::was_submitted;
pub use service::{SERVICES, Service, SpokenFor};

use crate::header::named;

/// Whom the site believes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// Servers whose Authentication-Results are believed; none: every From is.
    pub authserv_ids: Vec<String>,
    /// Domains whose users send through the trusted servers.
    pub own_domains: Vec<String>,
    /// Calendar services that may speak for others.
    pub services: Vec<Service>,
    /// Name and value of the field that marks spam; an empty value stands for any.
    pub spam_header: Option<(String, String)>,
}

/// The sender of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Whom From names, or whom a calendar service speaks for, the domain in lower case; `None`: nobody.
    pub address: Option<String>,
    /// How that is known.
    pub authentication: Authentication,
    /// What was odd.
    pub notes: Vec<SenderNote>,
}

/// Something odd about a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SenderNote {
    /// From names nobody.
    #[error("From: {0}")]
    Nobody(Nobody),
    /// The address is a calendar service's own and stands for no user.
    #[error("the sender is a calendar service")]
    ServiceAddress,
    /// No trusted server says anything about the mail.
    #[error("no Authentication-Results of a trusted server")]
    NoResults,
}

impl SenderNote {
    /// Every code that [`SenderNote::code`] gives.
    pub const CODES: &[&str] = &[
        "no-from",
        "several-from",
        "unclear-from",
        "service-address",
        "no-authentication-results",
    ];

    /// The note's code, as in records.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Nobody(Nobody::Missing) => "no-from",
            Self::Nobody(Nobody::SeveralFields | Nobody::SeveralAddresses) => "several-from",
            Self::Nobody(Nobody::Unclear) => "unclear-from",
            Self::ServiceAddress => "service-address",
            Self::NoResults => "no-authentication-results",
        }
    }
}

impl Sender {
    /// The address if it is authenticated: the sender of rules B3 to B7.
    #[must_use]
    pub fn authenticated(&self) -> Option<&str> {
        self.address
            .as_deref()
            .filter(|_| self.authentication.is_authenticated())
    }

    /// The address if it may become an event's pinned sender: never a calendar service's own (rule B3).
    #[must_use]
    pub fn pinnable(&self) -> Option<&str> {
        self.authenticated()
            .filter(|_| !self.notes.contains(&SenderNote::ServiceAddress))
    }
}

/// Judges who sent a mail.
///
/// `spoken_for` is whom its calendar data names, by [`SpokenFor::read`]; nobody where it has none.
#[must_use]
pub fn judge(header: &[u8], spoken_for: &SpokenFor, trust: &Trust) -> Sender {
    let from = match Mailbox::of_header(header, "From") {
        Ok(from) => from,
        Err(nobody) => {
            let notes = vec![SenderNote::Nobody(nobody)];
            return Sender {
                address: None,
                authentication: Authentication::Failed,
                notes,
            };
        }
    };
    let evidence = Evidence::read(header, trust);
    let via = evidence.via_service(header, &from, spoken_for, trust);
    // A service's own address is replaced by its user's, however well it is authenticated itself.
    let (address, authentication) = match (evidence.authenticate(&from), via) {
        (Authentication::Failed, Some(via)) => via,
        (_, Some(via)) if is_service(&from) => via,
        (authentication, _) => (from, authentication),
    };
    let mut notes = Vec::new();
    if is_service(&address) {
        notes.push(SenderNote::ServiceAddress);
    }
    if evidence.is_silent() {
        notes.push(SenderNote::NoResults);
    }
    Sender {
        address: Some(address.to_string()),
        authentication,
        notes,
    }
}

/// Whether the site's filter marked a mail as spam (rule B6).
///
/// A value matches in any case, alone or before a blank, comma or semicolon, as in
/// `X-Spam-Status: Yes, score=7`. Of several fields one is enough.
#[must_use]
pub fn is_spam(header: &[u8], trust: &Trust) -> bool {
    let Some((name, wanted)) = &trust.spam_header else {
        return false;
    };
    named(header, name).any(|field| {
        let value = field.text();
        match value.split_at_checked(wanted.len()) {
            Some((start, rest)) => {
                start.eq_ignore_ascii_case(wanted) && (wanted.is_empty() || ends_word(rest))
            }
            None => false,
        }
    })
}

fn ends_word(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with([' ', '\t', ',', ';'])
}

/// Whether an address is the own one of any known service, picked or not.
fn is_service(address: &Mailbox) -> bool {
    SERVICES.iter().any(|service| service.owns(address))
}

/// What the trusted servers say of a mail.
enum Evidence {
    /// No trusted server is configured.
    Unasked,
    /// Results and log-in, for From addresses of the own domains.
    Results {
        results: Vec<MethodResult>,
        submitted_for: Vec<String>,
    },
}

impl Evidence {
    fn read(header: &[u8], trust: &Trust) -> Self {
        if trust.authserv_ids.is_empty() {
            return Self::Unasked;
        }
        let results = authentication_results::trusted(header, &trust.authserv_ids).collect();
        let submitted = !trust.own_domains.is_empty() && was_submitted(header, &trust.authserv_ids);
        let submitted_for = if submitted {
            trust.own_domains.clone()
        } else {
            Vec::new()
        };
        Self::Results {
            results,
            submitted_for,
        }
    }

    fn is_silent(&self) -> bool {
        match self {
            Self::Unasked => false,
            Self::Results {
                results,
                submitted_for,
            } => results.is_empty() && submitted_for.is_empty(),
        }
    }

    /// Rule B1.
    fn authenticate(&self, from: &Mailbox) -> Authentication {
        let Self::Results {
            results,
            submitted_for,
        } = self
        else {
            return Authentication::Unverified;
        };
        let passes = |method: &str, ptype: &str, name: &str, matches: &dyn Fn(&str) -> bool| {
            passed(results, method).any(|result| result.property(ptype, name).is_some_and(matches))
        };
        if passes("dmarc", "header", "from", &|domain| {
            same_domain(domain, from.domain())
        }) {
            Authentication::Dmarc
        } else if passes("dkim", "header", "d", &|domain| {
            is_or_is_above(domain, from.domain())
        }) {
            Authentication::Dkim
        } else if passes("auth", "smtp", "auth", &|address| {
            Mailbox::parse(address).as_ref() == Some(from)
        }) {
            Authentication::Auth
        } else if is_one_of(from.domain(), submitted_for) {
            Authentication::OwnSubmission
        } else {
            Authentication::Failed
        }
    }

    /// Rule B2.
    fn via_service(
        &self,
        header: &[u8],
        from: &Mailbox,
        spoken_for: &SpokenFor,
        trust: &Trust,
    ) -> Option<(Mailbox, Authentication)> {
        let sender = Mailbox::of_header(header, "Sender").ok();
        trust.services.iter().find_map(|service| {
            let address = service.speaks_for(from, sender.as_ref(), spoken_for)?;
            let authentication = match self {
                Self::Unasked => Authentication::Unverified,
                Self::Results { results, .. } if signed_by(results, service.name) => {
                    Authentication::ViaService(*service)
                }
                Self::Results { .. } => return None,
            };
            Some((address, authentication))
        })
    }
}

fn passed<'a>(
    results: &'a [MethodResult],
    method: &'a str,
) -> impl Iterator<Item = &'a MethodResult> {
    results
        .iter()
        .filter(move |result| result.method == method && result.result == "pass")
}

fn signed_by(results: &[MethodResult], domain: &str) -> bool {
    passed(results, "dkim").any(|result| {
        result
            .property("header", "d")
            .is_some_and(|signer| same_domain(signer, domain))
    })
}

fn same_domain(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Whether a signing domain is the other or a parent of it; a top-level domain is nobody's parent.
fn is_or_is_above(signer: &str, domain: &str) -> bool {
    let start = domain.len().checked_sub(signer.len() + 1);
    let above = start
        .and_then(|start| domain.split_at_checked(start))
        .is_some_and(|(_, tail)| {
            tail.strip_prefix('.')
                .is_some_and(|parent| parent.eq_ignore_ascii_case(signer))
        });
    same_domain(signer, domain) || (above && signer.contains('.'))
}

#[cfg(test)]
mod tests;
