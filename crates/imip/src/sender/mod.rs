//! Who sent a mail, and how sure that is (rules B1 and B2).

mod authentication;
pub mod authentication_results;
mod domain;
mod mailbox;
mod received;
mod service;

pub use authentication::Authentication;
use authentication_results::MethodResult;
pub use domain::other_spelling;
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
    /// The calendar service that speaks for the address, if one does, verified or not (rule B2).
    pub service: Option<Service>,
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
                service: None,
                notes,
            };
        }
    };
    let evidence = Evidence::read(header, trust);
    let via = evidence.via_service(header, &from, spoken_for, trust);
    // A service's own address is replaced by its user's, however well it is authenticated itself.
    let known = match (evidence.authenticate(&from), via) {
        (Authentication::Failed | Authentication::Unverified, Some(via)) => via,
        (_, Some(via)) if is_service(&from) => via,
        (authentication, _) => Known {
            address: from,
            authentication,
            service: None,
        },
    };
    known.noted(&evidence)
}

/// The sender of a mail that this server wrote for an account of its own that has the address
/// `writer`; `None` when From names somebody else (rules B1 and F5).
///
/// No field of the mail says so: only who took the mail from the account can know it.
#[must_use]
pub fn of_own_account(header: &[u8], writer: &str) -> Option<Sender> {
    let from = Mailbox::of_header(header, "From").ok()?;
    let is_writer = Mailbox::parse(writer).is_some_and(|writer| writer.to_wire() == from.to_wire());
    is_writer.then(|| Sender {
        address: Some(from.to_string()),
        authentication: Authentication::Local,
        service: None,
        notes: Vec::new(),
    })
}

/// Whom a mail comes from, and how that is known.
struct Known {
    address: Mailbox,
    authentication: Authentication,
    service: Option<Service>,
}

impl Known {
    fn noted(self, evidence: &Evidence) -> Sender {
        let mut notes = Vec::new();
        if is_service(&self.address) {
            notes.push(SenderNote::ServiceAddress);
        }
        if evidence.is_silent() {
            notes.push(SenderNote::NoResults);
        }
        Sender {
            address: Some(self.address.to_string()),
            authentication: self.authentication,
            service: self.service,
            notes,
        }
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
        let is_own = |own: &String| domain::is_same(own, from.domain());
        if is_aligned(results, from) {
            Authentication::Dmarc
        } else if is_signed(results, |d| domain::is_or_is_above(d, from.domain())) {
            Authentication::Dkim
        } else if is_logged_in(results, from) {
            Authentication::Auth
        } else if submitted_for.iter().any(is_own) {
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
    ) -> Option<Known> {
        let sender = Mailbox::of_header(header, "Sender").ok();
        trust.services.iter().find_map(|service| {
            let address = service.speaks_for(from, sender.as_ref(), spoken_for)?;
            let authentication = match self {
                Self::Unasked => Authentication::Unverified,
                Self::Results { results, .. }
                    if is_signed(results, |d| domain::is_same(d, service.name)) =>
                {
                    Authentication::ViaService(*service)
                }
                Self::Results { .. } => return None,
            };
            Some(Known {
                address,
                authentication,
                service: Some(*service),
            })
        })
    }
}

/// Whether dmarc=pass is for From's domain.
fn is_aligned(results: &[MethodResult], from: &Mailbox) -> bool {
    let domain = the_pass(results, "dmarc").and_then(|pass| pass.property("header", "from"));
    domain.is_some_and(|value| domain::is_same(domain::of_value(value), from.domain()))
}

/// Whether auth=pass is for the From address.
fn is_logged_in(results: &[MethodResult], from: &Mailbox) -> bool {
    let address = the_pass(results, "auth").and_then(|pass| pass.property("smtp", "auth"));
    address.is_some_and(|address| Mailbox::parse(address).as_ref() == Some(from))
}

/// Whether a signature of a wanted domain passed; a mail may have several (RFC 8601 section 2.7.1).
///
/// `header.i` is not asked: the signer chooses it within its domain.
fn is_signed(results: &[MethodResult], is_wanted: impl Fn(&str) -> bool) -> bool {
    results
        .iter()
        .filter(|result| result.method == "dkim" && result.result == "pass")
        .any(|result| result.property("header", "d").is_some_and(&is_wanted))
}

/// The pass of a method that has one result for a mail. Two mean that something a sender wrote was
/// taken into the field as it was.
fn the_pass<'a>(results: &'a [MethodResult], method: &str) -> Option<&'a MethodResult> {
    let mut of_method = results.iter().filter(|result| result.method == method);
    let only = of_method.next().filter(|result| result.result == "pass")?;
    of_method.next().is_none().then_some(only)
}

#[cfg(test)]
mod tests;
