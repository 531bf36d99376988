//! What shall happen to one mail of one recipient, before any of it is done.

use std::collections::HashMap;
use std::sync::Arc;

use imip::{Invitation, Structure, header};
use store::{AccountId, Holder, Holding, JobKey, NewDecision};

use super::record::unstamped;
use super::{InMailbox, Receive, trace};
use crate::deliver::{Delivery, Target};
use crate::examine::Examined;
use crate::filter::{Filtered, Subject};
use crate::guard::guarded;
use crate::intake::{Envelope, Recipient, Refusal};
use crate::job::{self, Detail, Effects};
use crate::spool::Message;
use crate::words;

/// The plan for one recipient.
pub(super) struct Plan {
    pub(super) recipient: Recipient,
    writer: Option<String>,
    /// All our fields.
    pub(super) fields: Vec<u8>,
    pub(super) targets: Vec<Target>,
    /// Whether it goes there at all.
    pub(super) in_mailbox: InMailbox,
    /// Whom it is sent on to.
    pub(super) redirects: Vec<String>,
    /// The trace fields of what is sent on.
    pub(super) trace: String,
    pub(super) effects: Effects,
    /// The calendar job to be held; none when there is nothing to do.
    pub(super) job: Option<JobKey>,
    /// What is recorded at once because no job will.
    pub(super) record: Option<NewDecision>,
    faults: Vec<String>,
    event: Option<String>,
}

impl Plan {
    /// What the job is told.
    pub(super) fn detail(&self) -> Detail {
        Detail {
            effects: self.effects.clone(),
            recipient: self.recipient.address.clone(),
            writer: self.writer.clone(),
        }
    }

    /// The mail as it is stored; `None` when it is stored nowhere.
    pub(super) fn delivery(&self, envelope: &Envelope, message: &Arc<Message>) -> Option<Delivery> {
        let is_stored = self.in_mailbox == InMailbox::Yes && !self.targets.is_empty();
        is_stored.then(|| Delivery {
            account: self.recipient.account.clone(),
            recipient: self.recipient.address.clone(),
            reverse_path: envelope.reverse_path.clone(),
            fields: self.fields.clone(),
            message: Arc::clone(message),
            targets: self.targets.clone(),
        })
    }

    /// Says in the log what became of it.
    pub(super) fn log(
        &self,
        envelope: &Envelope,
        message: &Arc<Message>,
        verdict: Result<(), Refusal>,
    ) {
        let recipient = &self.recipient;
        for fault in &self.faults {
            tracing::warn!(target: "mail", { mail.recipient = recipient.address }, "{fault}");
        }
        let event = self.event.as_deref().unwrap_or("no event");
        match verdict {
            Ok(()) => tracing::info!(
                target: "mail",
                {
                    mail.from = envelope.reverse_path,
                    mail.recipient = recipient.address,
                    mail.octets = message.size(),
                    mail.job = self.job.is_some(),
                },
                "delivered to {} ({}): {event}", recipient.account.address, self.places()
            ),
            Err(refusal) => tracing::warn!(
                target: "mail",
                {
                    mail.from = envelope.reverse_path,
                    mail.recipient = recipient.address,
                    mail.octets = message.size(),
                },
                "not delivered to {}: {refusal}", recipient.account.address
            ),
        }
    }

    /// Where it goes, for the log.
    fn places(&self) -> String {
        let folders = self.targets.iter().map(|target| target.folder.as_str());
        let folders = folders.filter(|_| self.in_mailbox == InMailbox::Yes);
        let sent_on = self.redirects.iter().map(|_| "outbox");
        let places: Vec<&str> = folders.chain(sent_on).collect();
        if places.is_empty() && self.in_mailbox == InMailbox::No {
            return "the calendar alone".to_owned();
        }
        if places.is_empty() {
            return "nowhere, as the script says".to_owned();
        }
        places.join(", ")
    }
}

/// METHOD and UID, for the log.
fn named(invitation: &Invitation) -> String {
    let (method, uid) = (invitation.method.as_str(), words::shown(&invitation.uid));
    format!("{method} {uid}")
}

impl Receive {
    /// Filters the mail for one recipient and plans what follows.
    pub(super) async fn plan(
        &self,
        envelope: &Envelope,
        recipient: &Recipient,
        message: &Arc<Message>,
        examined: Option<&Examined>,
        holder: &Holder,
    ) -> Result<Plan, Refusal> {
        refuse_loops(message.header(), recipient)?;
        let now = self.clock.now();
        let id = format!("{}.{}", holder.process, holder.delivery);
        let received = trace::received(envelope, recipient, &self.site.hostname, &id, now);
        let delivered_to = trace::delivered_to(recipient);
        let subject = Subject {
            account: &recipient.account,
            recipient: &recipient.address,
            reverse_path: &envelope.reverse_path,
            received: &received,
            header: message.header(),
            size: message.size(),
            examined,
        };
        let filtered = self.filter().run(subject).await?;
        let invitation = examined.and_then(|examined| examined.detection.invitation.as_ref());
        let writer = envelope.writer.clone();
        let key = self.key(recipient, message, &filtered.effects, writer.as_deref());
        let has_job = invitation.is_some() && !filtered.effects.is_empty();
        let record = match &key {
            Some(key) if !has_job => unstamped(key, message, examined, now),
            _ => None,
        };
        Ok(Plan {
            fields: fields(envelope, &delivered_to, &received, &filtered),
            trace: format!("{delivered_to}{received}"),
            targets: filtered.targets,
            in_mailbox: InMailbox::Yes,
            writer,
            redirects: filtered.redirects,
            effects: filtered.effects,
            job: key.filter(|_| has_job),
            record,
            faults: filtered.faults,
            event: invitation.map(named),
            recipient: recipient.clone(),
        })
    }

    /// The id of what the mail does to the account's calendar.
    fn key(
        &self,
        recipient: &Recipient,
        message: &Message,
        effects: &Effects,
        writer: Option<&str>,
    ) -> Option<JobKey> {
        let structure = message.structure()?;
        let account = recipient.account.id;
        guarded("naming a job", || {
            let (header, parts) = (&structure.header, &structure.parts);
            job::key(account, header, parts, effects, writer)
        })
    }
}

/// Gives all plans of one account one job, with what all its recipients allow together; what the
/// job will record is not recorded twice.
pub(super) fn unite(plans: &mut [Result<Plan, Refusal>], structure: &Structure) {
    let mut united: HashMap<AccountId, Effects> = HashMap::new();
    for plan in plans.iter().flatten().filter(|plan| plan.job.is_some()) {
        let effects = united.entry(plan.recipient.account.id).or_default();
        *effects = std::mem::take(effects).or(plan.effects.clone());
    }
    for plan in plans.iter_mut().flatten() {
        let account = plan.recipient.account.id;
        let Some(effects) = united.get(&account) else {
            continue;
        };
        plan.record = None;
        if plan.job.is_some() && plan.effects != *effects {
            plan.effects = effects.clone();
            plan.job = Some(job::key(
                account,
                &structure.header,
                &structure.parts,
                effects,
                plan.writer.as_deref(),
            ));
        }
    }
}

/// The jobs of all plans, each once, and what they are told.
pub(super) fn details(plans: &[Result<Plan, Refusal>]) -> Vec<(JobKey, Detail)> {
    let mut details: HashMap<JobKey, Detail> = HashMap::new();
    for plan in plans.iter().flatten() {
        if let Some(key) = &plan.job {
            details.entry(key.clone()).or_insert_with(|| plan.detail());
        }
    }
    details.into_iter().collect()
}

/// A message whose job was done before is delivered again, but not applied again.
pub(super) fn forget_done(
    plans: &mut [Result<Plan, Refusal>],
    keys: &[JobKey],
    holdings: &[Holding],
) {
    for (key, holding) in keys.iter().zip(holdings) {
        if *holding == Holding::Done {
            for plan in plans
                .iter_mut()
                .flatten()
                .filter(|plan| plan.job.as_ref() == Some(key))
            {
                plan.job = None;
            }
        }
    }
}

/// Refuses the plans whose jobs could not be written.
pub(super) fn refuse(plans: &mut [Result<Plan, Refusal>], keys: &[JobKey], refusal: Refusal) {
    for plan in plans {
        let is_meant = plan
            .as_ref()
            .is_ok_and(|plan| plan.job.as_ref().is_some_and(|job| keys.contains(job)));
        if is_meant {
            *plan = Err(refusal);
        }
    }
}

/// Our fields in the order in which they stand. What a header begins with may be a folded line: it
/// continues Received then, and nothing that means anything.
fn fields(envelope: &Envelope, delivered_to: &str, received: &str, filtered: &Filtered) -> Vec<u8> {
    let mut fields = trace::return_path(envelope).into_bytes();
    fields.extend(delivered_to.as_bytes());
    fields.extend(&filtered.fields);
    fields.extend(received.as_bytes());
    fields
}

/// Refuses a mail that was here before, or went through too many hands.
fn refuse_loops(head: &[u8], recipient: &Recipient) -> Result<(), Refusal> {
    let here = |address: &str| address.trim().eq_ignore_ascii_case(&recipient.address);
    let came_before = header::delivered_to(head).any(|address| here(&address));
    if came_before || header::received_count(head) > trace::MOST_RECEIVED {
        return Err(Refusal::Loop);
    }
    Ok(())
}
