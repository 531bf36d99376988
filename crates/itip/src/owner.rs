//! Which addresses are the account's own (RULES.md, *Addresses*).

use calendar::CalendarUserAddress;

use crate::line::Line;
use crate::stored::Account;

/// The owner of the account by all addresses.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    addresses: Vec<CalendarUserAddress>,
    /// Whether all of them can be compared as they stand.
    are_plain: bool,
}

impl Owner {
    pub(crate) fn of(account: &Account<'_>) -> Self {
        let addresses = account.addresses.iter();
        let addresses: Vec<_> = addresses
            .map(|address| CalendarUserAddress::parse(address))
            .collect();
        Self {
            are_plain: addresses.iter().all(|own| is_plain(own.as_str())),
            addresses,
        }
    }

    /// Whether the address is the owner's, plus-tagged or not.
    pub(crate) fn has(&self, address: &CalendarUserAddress) -> bool {
        let is_own = |address: &CalendarUserAddress| {
            let mut all = self.addresses.iter();
            all.any(|own| own.same_ignoring_case(address))
        };
        is_own(address) || untagged(address).is_some_and(|untagged| is_own(&untagged))
    }

    /// Whether the line names the owner.
    pub(crate) fn is(&self, line: &(impl Line + ?Sized)) -> bool {
        match self.is_plainly(line) {
            Some(is) => is,
            None => line.names().iter().any(|name| self.has(name)),
        }
    }

    /// As [`is`](Self::is), of a line whose address can be compared as it stands; none of others.
    fn is_plainly(&self, line: &(impl Line + ?Sized)) -> Option<bool> {
        const SCHEME: &str = "mailto:";
        let value = line.value();
        let (scheme, address) = value.split_at_checked(SCHEME.len())?;
        if !self.are_plain || !scheme.eq_ignore_ascii_case(SCHEME) || !is_plain(address) {
            return None;
        }
        let mut all = self.addresses.iter();
        let is_own = all.any(|own| own.as_str().eq_ignore_ascii_case(address));
        (is_own || line.parameter("EMAIL").is_none()).then_some(is_own)
    }

    /// The owner's address in a line that names the owner: its value before its EMAIL parameter.
    pub(crate) fn address_of(&self, line: &impl Line) -> Option<CalendarUserAddress> {
        line.names().into_iter().find(|name| self.has(name))
    }

    /// Where the owner's line is among these: one whose address is exactly the owner's before others.
    pub(crate) fn position<'l, L: Line + 'l>(
        &self,
        lines: impl Iterator<Item = &'l L>,
    ) -> Option<usize> {
        let mut first = None;
        for (at, line) in lines.enumerate() {
            if self.addresses.contains(&line.address()) {
                return Some(at);
            }
            if first.is_none() && self.is(line) {
                first = Some(at);
            }
        }
        first
    }
}

/// Whether an address is nothing but ASCII that stands for itself.
fn is_plain(address: &str) -> bool {
    let mut bytes = address.bytes();
    bytes.all(|byte| byte.is_ascii() && !matches!(byte, b'%' | b'+' | b' ' | b'"'))
}

/// The address without what follows a `+` in its local part; none when there is no tag.
fn untagged(address: &CalendarUserAddress) -> Option<CalendarUserAddress> {
    let (local, _) = address.local_part().split_once('+')?;
    let untagged = format!("{local}@{}", address.domain());
    (!local.is_empty()).then(|| CalendarUserAddress::parse(&untagged))
}
