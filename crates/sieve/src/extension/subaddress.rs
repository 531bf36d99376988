//! "subaddress": the address parts `:user` and `:detail` (RFC 5233).

use crate::address::Address;
use crate::registry::{Extension, Family, On, Role, TagSpec};

/// `:user` and `:detail`, parted by the first plus sign.
pub(crate) static EXTENSION: Extension = Extension {
    capabilities: &["subaddress"],
    tags: &[
        TagSpec {
            name: "user",
            operand: None,
            on: On::Family(Family::AddressPart),
            role: Role::AddressPart(user),
        },
        TagSpec {
            name: "detail",
            operand: None,
            on: On::Family(Family::AddressPart),
            role: Role::AddressPart(detail),
        },
    ],
    ..Extension::EMPTY
};

fn user(address: &Address) -> Option<String> {
    let (local, _) = address.parts.as_ref()?;
    Some(local.split('+').next().unwrap_or(local).to_owned())
}

fn detail(address: &Address) -> Option<String> {
    let (local, _) = address.parts.as_ref()?;
    local.split_once('+').map(|(_, detail)| detail.to_owned())
}
