//! The Authentication-Results field (RFC 8601).

mod grammar;

use std::collections::BTreeSet;

use crate::header::{Field, named};
use crate::lexer::{Lexer, Malformed};
use grammar::{authserv_id, results};

/// One field of a trusted server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthenticationResults {
    /// The server that says so.
    pub authserv_id: String,
    /// What it says; none for `none`, for a version other than 1, and for a field that breaks the grammar.
    pub results: Vec<MethodResult>,
    /// The methods that it says something of which cannot be read.
    unread: Vec<String>,
}

/// The methods that rules B1 and B2 ask for.
const METHODS: [&str; 3] = ["dmarc", "dkim", "auth"];

/// One `method=result` and what it was found on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodResult {
    /// Such as `dkim`, in lower case.
    pub method: String,
    /// Such as `pass`, in lower case.
    pub result: String,
    properties: Vec<Property>,
}

/// One `ptype.property=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Property {
    ptype: String,
    name: String,
    value: String,
}

impl AuthenticationResults {
    /// Reads a field; `None` where not even its authserv-id can be read.
    #[must_use]
    pub fn read(field: &Field<'_>) -> Option<Self> {
        let value = field.value();
        let mut lexer = Lexer::new(&value).ok()?;
        let authserv_id = authserv_id(&mut lexer).ok()?;
        let (results, unread) =
            results(&mut lexer).unwrap_or_else(|Malformed| (Vec::new(), methods_named(&value)));
        Some(Self {
            authserv_id,
            results,
            unread,
        })
    }
}

/// Every method whose name stands anywhere in a value, if only in a comment.
fn methods_named(value: &[u8]) -> Vec<String> {
    let value = value.to_ascii_lowercase();
    let is_named = |method: &&str| memchr::memmem::find(&value, method.as_bytes()).is_some();
    let named = METHODS.into_iter().filter(is_named);
    named.map(str::to_owned).collect()
}

impl MethodResult {
    /// The value of a property such as `header.d`; none where it is given twice.
    #[must_use]
    pub fn property(&self, ptype: &str, name: &str) -> Option<&str> {
        let mut values = self
            .properties
            .iter()
            .filter(|property| property.ptype == ptype && property.name == name);
        let first = values.next()?;
        values.next().is_none().then_some(first.value.as_str())
    }
}

/// What the trusted servers say, read from the top; the first field of another ends the reading (rule B1).
///
/// Of each method the topmost field alone counts, with all its results: a server writes above what
/// came in with the mail, where a forger may have written its name too. A field that cannot be read
/// still keeps those below it from counting for each method that it names.
pub fn trusted<'a>(
    header: &'a [u8],
    authserv_ids: &'a [String],
) -> impl Iterator<Item = MethodResult> + 'a {
    let mut decided = BTreeSet::new();
    named(header, "Authentication-Results")
        .map_while(|field| {
            AuthenticationResults::read(&field)
                .filter(|read| is_one_of(&read.authserv_id, authserv_ids))
        })
        .flat_map(move |read| undecided(read, &mut decided))
}

/// A field's results of methods that no field above it decided; it decides them then.
fn undecided(
    mut field: AuthenticationResults,
    decided: &mut BTreeSet<String>,
) -> Vec<MethodResult> {
    field
        .results
        .retain(|result| !decided.contains(&result.method));
    let methods = field.results.iter().map(|result| result.method.clone());
    decided.extend(methods.chain(field.unread));
    field.results
}

/// Whether a host name is in a list, in any case.
pub(super) fn is_one_of(host: &str, hosts: &[String]) -> bool {
    hosts.iter().any(|listed| listed.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests;
