//! Which addresses are the account's own (RULES.md, *Addresses*).

use calendar::CalendarUserAddress;

use crate::line::Line;
use crate::stored::Account;

/// The owner of the account by all addresses.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    addresses: Vec<CalendarUserAddress>,
}

impl Owner {
    pub(crate) fn of(account: &Account<'_>) -> Self {
        let addresses = account.addresses.iter();
        Self {
            addresses: addresses
                .map(|address| CalendarUserAddress::parse(address))
                .collect(),
        }
    }

    /// Whether the address is the owner's, plus-tagged or not.
    pub(crate) fn has(&self, address: &CalendarUserAddress) -> bool {
        let untagged = untagged(address);
        self.addresses
            .iter()
            .any(|own| own.same_ignoring_case(address) || own.same_ignoring_case(&untagged))
    }

    /// Whether the line names the owner.
    pub(crate) fn is(&self, line: &impl Line) -> bool {
        line.names().iter().any(|name| self.has(name))
    }

    /// Where the owner's line is among these: one whose address is exactly the owner's before others.
    pub(crate) fn position<L: Line>(&self, lines: &[L]) -> Option<usize> {
        let exactly = |line: &L| self.addresses.contains(&line.address());
        lines
            .iter()
            .position(exactly)
            .or_else(|| lines.iter().position(|line| self.is(line)))
    }
}

/// The address without what follows a `+` in its local part.
fn untagged(address: &CalendarUserAddress) -> CalendarUserAddress {
    match address.local_part().split_once('+') {
        Some((local, _)) if !local.is_empty() => {
            CalendarUserAddress::parse(&format!("{local}@{}", address.domain()))
        }
        _ => address.clone(),
    }
}
