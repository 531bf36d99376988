//! The way of one message from intake to delivery: examine, filter, hold its jobs, deliver, release
//! them.

mod first;
mod plan;
mod record;
mod redirect;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use imip::Structure;
use store::{Account, Holder, JobKey, NewJob, Store};
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::deliver::Deliver;
use crate::examine::{self, Examined};
use crate::filter::{Filter, Scripts, database};
use crate::intake::{Envelope, Intake, Recipient, Refusal};
use crate::job::{self, Detail};
use crate::site::Site;
use crate::spool::{Collector, Message, Spool};
use crate::trace;
use plan::Plan;
pub(crate) use record::reason;

/// How many octets of jobs are written at once.
const HELD_AT_ONCE: usize = 4 << 20;

/// Whether a mail is stored in the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InMailbox {
    /// It is, where the filter says.
    Yes,
    /// Its owner wants it in the calendar alone (rule F5).
    No,
}

/// Takes mail in and delivers it, with its calendar jobs.
pub struct Receive {
    /// Where accounts, scripts and jobs are.
    pub store: Arc<dyn Store>,
    /// Where the mail goes.
    pub deliver: Arc<dyn Deliver>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The site's settings.
    pub site: Arc<Site>,
    /// Compiled scripts.
    pub scripts: Arc<Scripts>,
    /// Where messages are collected.
    pub spool: Spool,
    deliveries: AtomicU64,
}

impl Receive {
    /// Wires the stages together.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        deliver: Arc<dyn Deliver>,
        clock: Arc<dyn Clock>,
        site: Arc<Site>,
        spool: Spool,
    ) -> Self {
        let scripts = Arc::new(Scripts::new(site.script_limits.clone()));
        Self {
            store,
            deliver,
            clock,
            site,
            scripts,
            spool,
            deliveries: AtomicU64::new(1),
        }
    }

    pub(crate) fn filter(&self) -> Filter<'_> {
        Filter {
            store: &*self.store,
            deliver: &*self.deliver,
            scripts: &self.scripts,
            site: &self.site,
        }
    }

    fn holder(&self) -> Holder {
        Holder {
            node: self.site.node.clone(),
            process: self.site.process.clone(),
            delivery: self.deliveries.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Reads the mail; `None` when that failed, and the mail goes on as if it had no event.
    pub(crate) fn examine(&self, message: &Message, writer: Option<&str>) -> Option<Examined> {
        let structure = message.structure()?;
        let parts = if structure.fault.is_some() {
            &[]
        } else {
            structure.parts.as_slice()
        };
        examine::examine(
            &structure.header,
            parts,
            writer,
            &self.site.limits,
            &self.site.trust,
        )
    }

    /// Writes what must be durable before delivery: the jobs as held, and the records of mail that
    /// has none. Plans for which that fails are refused.
    async fn hold(&self, message: &Message, holder: &Holder, plans: &mut [Result<Plan, Refusal>]) {
        let Some(structure) = message.structure() else {
            return;
        };
        plan::unite(plans, structure);
        let mut details = plan::details(plans);
        // Each job carries the content: a mail to many accounts is held a few at a time.
        let size = job::encode(&structure.header, &structure.parts).len();
        let at_once = (HELD_AT_ONCE / size.max(1)).max(1);
        while !details.is_empty() {
            let some = details.split_off(details.len().saturating_sub(at_once));
            let keys: Vec<JobKey> = some.iter().map(|(key, _)| key.clone()).collect();
            let jobs = some
                .into_iter()
                .map(|job| self.job(job, structure, holder))
                .collect();
            match self.store.jobs_hold(jobs).await.map_err(database) {
                Ok(holdings) => plan::forget_done(plans, &keys, &holdings),
                Err(refusal) => plan::refuse(plans, &keys, refusal),
            }
        }
        for plan in plans.iter_mut() {
            if let Ok(planned) = plan
                && let Some(record) = planned.record.take()
                && let Err(refusal) = self.record(planned.recipient.account.id, record).await
            {
                *plan = Err(refusal);
            }
        }
    }

    fn job(
        &self,
        (key, detail): (JobKey, Detail),
        structure: &Structure,
        holder: &Holder,
    ) -> NewJob {
        let now = self.clock.now();
        NewJob {
            key,
            holder: holder.clone(),
            lease: now + self.site.lease,
            detail: detail.to_json(),
            content: job::encode(&structure.header, &structure.parts),
            received: now,
        }
    }

    /// What shall happen to the mail of each recipient.
    async fn plans(
        &self,
        envelope: &Envelope,
        message: &Arc<Message>,
        holder: &Holder,
    ) -> Vec<Result<Plan, Refusal>> {
        let examined = self.examine(message, envelope.writer.as_deref());
        let mut plans = Vec::with_capacity(envelope.recipients.len());
        for recipient in &envelope.recipients {
            plans.push(
                self.plan(envelope, recipient, message, examined.as_ref(), holder)
                    .await,
            );
        }
        plans
    }

    /// Brings a mail to all its recipients; one verdict for each, as in [`Intake::receive`].
    pub(crate) async fn bring(
        &self,
        envelope: &Envelope,
        message: &Arc<Message>,
        in_mailbox: InMailbox,
    ) -> Vec<Result<(), Refusal>> {
        let holder = self.holder();
        let mut plans = self.plans(envelope, message, &holder).await;
        for plan in plans.iter_mut().flatten() {
            plan.in_mailbox = in_mailbox;
        }
        fail::fail_point!("receive::planned");
        let verdicts = self.deliver(envelope, message, &holder, &mut plans).await;
        let mut done = Vec::with_capacity(plans.len());
        for (plan, verdict) in plans.into_iter().zip(verdicts) {
            if let Ok(plan) = &plan {
                plan.log(envelope, message, verdict);
            }
            done.push((plan.ok().and_then(|plan| plan.job), verdict));
        }
        fail::fail_point!("receive::delivered");
        self.settle(&holder, &done).await;
        fail::fail_point!("receive::settled");
        done.into_iter().map(|(_, verdict)| verdict).collect()
    }

    /// Ends the holds: a job goes on when the mail of any of its recipients is stored.
    async fn settle(&self, holder: &Holder, plans: &[(Option<JobKey>, Result<(), Refusal>)]) {
        fail::fail_point!("receive::unsettled", |_| ());
        let mut release: Vec<(JobKey, Holder)> = Vec::new();
        let mut refuse: Vec<(JobKey, Holder)> = Vec::new();
        for (key, _) in plans {
            let Some(key) = key else { continue };
            let stored = plans
                .iter()
                .any(|(of, verdict)| of.as_ref() == Some(key) && verdict.is_ok());
            let list = if stored { &mut release } else { &mut refuse };
            if !list.iter().any(|(known, _)| known == key) {
                list.push((key.clone(), holder.clone()));
            }
        }
        let released = if release.is_empty() {
            Ok(())
        } else {
            self.store.jobs_release(release).await
        };
        let refused = if refuse.is_empty() {
            Ok(())
        } else {
            self.store.jobs_refuse(refuse).await
        };
        for error in [released, refused].into_iter().filter_map(Result::err) {
            // The hold ends by its lease or at the next start; the mail's fate is decided already.
            tracing::error!(%error, "the hold of a job could not be ended");
        }
    }

    /// Makes durable what must be so before the mail may be seen: holds, records, what is sent on.
    async fn promise(
        &self,
        envelope: &Envelope,
        message: &Arc<Message>,
        holder: &Holder,
        plans: &mut [Result<Plan, Refusal>],
    ) -> Vec<Result<(), Refusal>> {
        self.hold(message, holder, plans).await;
        fail::fail_point!("receive::held");
        let mut taken = Vec::with_capacity(plans.len());
        for plan in plans {
            taken.push(match plan {
                Ok(plan) => self.redirect(envelope, message, plan).await,
                Err(refusal) => Err(*refusal),
            });
        }
        fail::fail_point!("receive::redirected");
        taken
    }

    /// Delivers to all recipients, while what the mail needs beside it is made durable.
    async fn deliver(
        &self,
        envelope: &Envelope,
        message: &Arc<Message>,
        holder: &Holder,
        plans: &mut [Result<Plan, Refusal>],
    ) -> Vec<Result<(), Refusal>> {
        let delivery =
            |plan: &Result<Plan, Refusal>| plan.as_ref().ok()?.delivery(envelope, message);
        let deliveries = plans.iter().map(delivery).collect();
        let (taker, word) = oneshot::channel();
        let promising = async {
            let taken = self.promise(envelope, message, holder, plans).await;
            // Nobody waits for the word when the delivery has failed.
            let _ = taker.send(taken);
        };
        let (verdicts, ()) = tokio::join!(self.deliver.deliver(deliveries, word), promising);
        verdicts
    }
}

#[async_trait]
impl Intake for Receive {
    type Incoming = Collector;

    async fn recipient(&self, address: &str) -> Result<Recipient, Refusal> {
        match find_account(&*self.store, address)
            .await
            .map_err(database)?
        {
            Some(account) => Ok(Recipient {
                address: address.to_owned(),
                account,
            }),
            None => Err(Refusal::UnknownRecipient),
        }
    }

    fn begin(&self) -> Result<Collector, Refusal> {
        Ok(self.spool.collect())
    }

    async fn receive(&self, envelope: Envelope, message: Collector) -> Vec<Result<(), Refusal>> {
        match message.finish() {
            Ok(message) => {
                self.bring(&envelope, &Arc::new(message), InMailbox::Yes)
                    .await
            }
            Err(refusal) => vec![Err(refusal); envelope.recipients.len()],
        }
    }
}

/// The account behind an address: as it stands, else without its plus-tag, else the same with its domain
/// in the other spelling (RFC 5890, 2.3.2.1).
pub async fn find_account(store: &dyn Store, address: &str) -> store::Result<Option<Account>> {
    if let Some(account) = with_or_without_tag(store, address).await? {
        return Ok(Some(account));
    }
    // Mail rarely comes to here, and most of that is for nobody.
    match imip::sender::other_spelling(address) {
        Some(other) => with_or_without_tag(store, &other).await,
        None => Ok(None),
    }
}

async fn with_or_without_tag(store: &dyn Store, address: &str) -> store::Result<Option<Account>> {
    if let Some(account) = store.account_by_address(address).await? {
        return Ok(Some(account));
    }
    match without_tag(address) {
        Some(address) => store.account_by_address(&address).await,
        None => Ok(None),
    }
}

/// `alice@example.org` for `alice+anything@example.org`; `None` when there is no tag.
fn without_tag(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let (local, _tag) = local.split_once('+')?;
    (!local.is_empty()).then(|| format!("{local}@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::without_tag;

    #[test]
    fn tags_go() {
        assert_eq!(
            without_tag("alice+list@example.org").as_deref(),
            Some("alice@example.org")
        );
        assert_eq!(
            without_tag("alice+a+b@example.org").as_deref(),
            Some("alice@example.org")
        );
        assert_eq!(without_tag("alice@example.org"), None);
        assert_eq!(without_tag("+x@example.org"), None);
        assert_eq!(without_tag("alice"), None);
    }
}
