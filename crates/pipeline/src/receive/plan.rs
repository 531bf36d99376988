//! What shall happen to one mail of one recipient, before any of it is done.

use std::sync::Arc;

use imip::header;
use store::{Holder, JobKey, MailKey, NewDecision, NewMail};

use super::record::unstamped;
use super::{Receive, trace};
use crate::deliver::Target;
use crate::examine::Examined;
use crate::filter::{Filtered, Subject};
use crate::intake::{Envelope, Recipient, Refusal};
use crate::job::{self, Detail, Effects};
use crate::outbox::LIFETIME;
use crate::spool::Message;

/// The plan for one recipient.
pub(super) struct Plan {
    pub(super) recipient: Recipient,
    /// All our fields, trace first.
    pub(super) fields: Vec<u8>,
    pub(super) targets: Vec<Target>,
    pub(super) mails: Vec<NewMail>,
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
        }
    }

    /// What the log says about it once it is done.
    pub(super) fn log(&self) -> Log {
        let folders = self.targets.iter().map(|target| target.folder.as_str());
        let sent_on = self.mails.iter().map(|_| "outbox");
        let mut places: Vec<&str> = folders.chain(sent_on).collect();
        if places.is_empty() {
            places.push("nowhere, as the script says");
        }
        Log {
            places: places.join(", "),
            event: self.event.clone(),
            job: self.job.is_some(),
            faults: self.faults.clone(),
        }
    }
}

/// One line for the log.
pub(super) struct Log {
    places: String,
    event: Option<String>,
    job: bool,
    faults: Vec<String>,
}

impl Log {
    pub(super) fn write(
        self,
        envelope: &Envelope,
        recipient: &Recipient,
        message: &Arc<Message>,
        verdict: Result<(), Refusal>,
    ) {
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
                    mail.job = self.job,
                },
                "delivered to {} ({}): {event}", recipient.account.address, self.places
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
        let subject = Subject {
            account: &recipient.account,
            recipient: &recipient.address,
            reverse_path: &envelope.reverse_path,
            header: message.header(),
            size: message.size(),
            examined,
        };
        let filtered = self.filter().run(subject).await?;
        let id = format!("{}.{}", holder.process, holder.delivery);
        let now = self.clock.now();
        let received = trace::received(envelope, recipient, &self.site.hostname, &id, now);
        let invitation = examined.and_then(|examined| examined.detection.invitation.as_ref());
        let key = message
            .structure()
            .map(|structure| job::key(recipient.account.id, &structure.header, &structure.parts));
        let job = key
            .clone()
            .filter(|_| invitation.is_some() && !filtered.effects.is_empty());
        let record = match (&job, key) {
            (None, Some(key)) => unstamped(&key, message, examined, now),
            _ => None,
        };
        Ok(Plan {
            fields: fields(envelope, recipient, &received, &filtered),
            mails: self.redirects(envelope, recipient, message, &filtered, &received)?,
            targets: filtered.targets,
            effects: filtered.effects,
            job,
            record,
            faults: filtered.faults,
            event: invitation
                .map(|invitation| format!("{} {}", invitation.method.as_str(), invitation.uid)),
            recipient: recipient.clone(),
        })
    }

    /// The mails that redirect sends: the message as it came, with the trace fields that end loops.
    fn redirects(
        &self,
        envelope: &Envelope,
        recipient: &Recipient,
        message: &Arc<Message>,
        filtered: &Filtered,
        received: &str,
    ) -> Result<Vec<NewMail>, Refusal> {
        if filtered.redirects.is_empty() {
            return Ok(Vec::new());
        }
        let mut text = format!("{}{received}", trace::delivered_to(recipient)).into_bytes();
        let account = recipient.account.id;
        message
            .for_each_chunk(|chunk| {
                text.extend_from_slice(chunk);
                Ok(())
            })
            .map_err(|_| Refusal::Storage)?;
        let digest = job::key(account, message.header(), &[]).id;
        let now = self.clock.now();
        let mail = |address: &String| NewMail {
            key: MailKey {
                account,
                id: format!(
                    "redirect-{}",
                    job::key(account, digest.as_bytes(), &[part(address)]).id
                ),
            },
            kind: "redirect".to_owned(),
            reverse_path: envelope.reverse_path.clone(),
            recipient: address.clone(),
            message: text.clone(),
            not_before: now,
            expires: now + LIFETIME,
        };
        Ok(filtered.redirects.iter().map(mail).collect())
    }
}

/// An address as a piece of a digest.
fn part(address: &str) -> imip::Part {
    imip::Part {
        header: address.as_bytes().to_vec(),
        body: Vec::new(),
    }
}

/// Our fields in the order in which they stand: trace, stamps, References.
fn fields(
    envelope: &Envelope,
    recipient: &Recipient,
    received: &str,
    filtered: &Filtered,
) -> Vec<u8> {
    let mut fields = trace::return_path(envelope).into_bytes();
    fields.extend(trace::delivered_to(recipient).into_bytes());
    fields.extend(received.as_bytes());
    fields.extend(&filtered.fields);
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
