//! The one list of effects that all units write to (RFC 5228 sections 2.10.2 to 2.10.4).

use crate::effect::{Create, Effect, Notify, Transfer};
use crate::instruction::{Halt, Step};
use crate::limits::Limits;
use crate::outcome::ImplicitKeep;

/// How one `keep`, `fileinto` or `redirect` delivers, as its tags have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) create: Create,
    pub(crate) transfer: Transfer,
    pub(crate) flags: Vec<String>,
}

/// Effects so far, merged as they come.
#[derive(Debug, Clone)]
pub(crate) struct Deliveries {
    effects: Vec<Effect>,
    implicit_keep: ImplicitKeep,
    discards: usize,
}

impl Deliveries {
    pub(crate) fn new() -> Self {
        Deliveries {
            effects: Vec::new(),
            implicit_keep: ImplicitKeep::InEffect,
            discards: 0,
        }
    }

    pub(crate) fn keep(&mut self, delivery: Delivery, limits: &Limits) -> Step<()> {
        self.cancel(delivery.transfer);
        self.store_in_inbox(delivery.flags);
        self.check(limits)
    }

    pub(crate) fn file_into(
        &mut self,
        mailbox: &str,
        delivery: Delivery,
        limits: &Limits,
    ) -> Step<()> {
        if mailbox.eq_ignore_ascii_case("INBOX") {
            return self.keep(delivery, limits);
        }
        self.cancel(delivery.transfer);
        for effect in &mut self.effects {
            if let Effect::FileInto {
                mailbox: known,
                create,
                transfer,
                flags,
            } = effect
                && known == mailbox
            {
                // RFC 5232 section 3: the last flag list wins.
                *flags = delivery.flags;
                if delivery.create == Create::IfMissing {
                    *create = Create::IfMissing;
                }
                if delivery.transfer == Transfer::Move {
                    *transfer = Transfer::Move;
                }
                return Ok(());
            }
        }
        self.effects.push(Effect::FileInto {
            mailbox: mailbox.to_owned(),
            create: delivery.create,
            transfer: delivery.transfer,
            flags: delivery.flags,
        });
        self.check(limits)
    }

    pub(crate) fn redirect(
        &mut self,
        address: String,
        delivery: &Delivery,
        limits: &Limits,
    ) -> Step<()> {
        self.cancel(delivery.transfer);
        for effect in &mut self.effects {
            if let Effect::Redirect {
                address: known,
                transfer,
            } = effect
                && is_same_address(known, &address)
            {
                if delivery.transfer == Transfer::Move {
                    *transfer = Transfer::Move;
                }
                return Ok(());
            }
        }
        self.effects.push(Effect::Redirect {
            address,
            transfer: delivery.transfer,
        });
        let redirects = self.count(|effect| matches!(effect, Effect::Redirect { .. }));
        within(redirects, limits.redirects, "addresses are redirected to")?;
        self.check(limits)
    }

    pub(crate) fn discard(&mut self) {
        self.cancel(Transfer::Move);
        self.discards += 1;
    }

    pub(crate) fn notify(&mut self, notify: Notify, limits: &Limits) -> Step<()> {
        let effect = Effect::Notify(notify);
        if self.effects.contains(&effect) {
            return Ok(());
        }
        self.effects.push(effect);
        let notifies = self.count(|effect| matches!(effect, Effect::Notify(_)));
        within(notifies, limits.notifies, "notifications are sent")?;
        self.check(limits)
    }

    /// A unit failed: the message is kept whatever else is decided.
    pub(crate) fn force_keep(&mut self) {
        self.implicit_keep = ImplicitKeep::Forced;
    }

    /// The list with the implicit keep resolved.
    pub(crate) fn finish(mut self, flags: Vec<String>) -> (Vec<Effect>, ImplicitKeep) {
        if self.implicit_keep != ImplicitKeep::Cancelled {
            self.store_in_inbox(flags);
        } else if self.discards > 0 && self.count(delivers) == 0 {
            self.effects.push(Effect::Discard);
        }
        (self.effects, self.implicit_keep)
    }

    fn store_in_inbox(&mut self, flags: Vec<String>) {
        for effect in &mut self.effects {
            if let Effect::Keep { flags: known } = effect {
                *known = flags;
                return;
            }
        }
        self.effects.push(Effect::Keep { flags });
    }

    fn cancel(&mut self, transfer: Transfer) {
        if transfer == Transfer::Move && self.implicit_keep == ImplicitKeep::InEffect {
            self.implicit_keep = ImplicitKeep::Cancelled;
        }
    }

    fn count(&self, wanted: impl Fn(&Effect) -> bool) -> usize {
        self.effects.iter().filter(|effect| wanted(effect)).count()
    }

    fn check(&self, limits: &Limits) -> Step<()> {
        within(self.effects.len(), limits.effects, "actions are taken")
    }
}

/// The domain is compared without regard to case, the local part exactly.
fn is_same_address(a: &str, b: &str) -> bool {
    match (a.rsplit_once('@'), b.rsplit_once('@')) {
        (Some((a, a_domain)), Some((b, b_domain))) => {
            a == b && a_domain.eq_ignore_ascii_case(b_domain)
        }
        _ => a == b,
    }
}

fn delivers(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Keep { .. } | Effect::FileInto { .. } | Effect::Redirect { .. }
    )
}

fn within(count: usize, limit: usize, what: &str) -> Step<()> {
    if count > limit {
        return Err(Halt::Fault(format!(
            "more than the {limit} {what} that are allowed for one message"
        )));
    }
    Ok(())
}
