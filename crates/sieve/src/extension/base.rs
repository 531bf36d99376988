//! What every script may use (RFC 5228 sections 2.7, 4 and 5).

mod action;
mod field;
mod logic;

pub(super) use action::delivery;

use crate::check::Call;
use crate::comparator::{AsciiCasemap, Octet};
use crate::matching::{Contains, Is, MatchType, Matches};
use crate::registry::{AddressPart, Extension, Family, Kind, On, Role, TagSpec};

/// The language itself.
pub(crate) static EXTENSION: Extension = Extension {
    commands: action::COMMANDS,
    tests: &[
        logic::ALLOF,
        logic::ANYOF,
        logic::NOT,
        logic::TRUE,
        logic::FALSE,
        field::ADDRESS,
        field::EXISTS,
        field::HEADER,
        field::SIZE,
    ],
    tags: &[
        match_type("is", |_| Some(Box::new(Is))),
        match_type("contains", |_| Some(Box::new(Contains))),
        match_type("matches", |call| Some(Box::new(Matches(call.captures())))),
        TagSpec {
            name: "comparator",
            operand: Some(Kind::String),
            on: On::Family(Family::Match),
            role: Role::Option,
        },
        address_part("all", |address| Some(address.all.clone())),
        address_part("localpart", |address| {
            address.parts.as_ref().map(|(local, _)| local.clone())
        }),
        address_part("domain", |address| {
            address.parts.as_ref().map(|(_, domain)| domain.clone())
        }),
    ],
    comparators: &[&Octet, &AsciiCasemap],
    ..Extension::EMPTY
};

const fn match_type(
    name: &'static str,
    build: fn(&mut Call<'_, '_>) -> Option<Box<dyn MatchType>>,
) -> TagSpec {
    TagSpec {
        name,
        operand: None,
        on: On::Family(Family::Match),
        role: Role::MatchType(build),
    }
}

const fn address_part(name: &'static str, part: AddressPart) -> TagSpec {
    TagSpec {
        name,
        operand: None,
        on: On::Family(Family::AddressPart),
        role: Role::AddressPart(part),
    }
}
