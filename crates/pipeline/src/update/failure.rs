//! The record of a job that is parked, for every message ends in one (rule G).

use itip::Outcome;
use store::{Job, NewDecision, Timestamp};

use crate::examine::{self, Examined};
use crate::guard::guarded;
use crate::job;
use crate::site::Site;

/// What is recorded of a job that could not be applied: outcome `error`, reason `failed`, and what
/// can be read of its message.
#[must_use]
pub fn record(job: &Job, site: &Site, decided: Timestamp) -> NewDecision {
    let examined = job::decode(&job.content)
        .and_then(|(header, parts)| examine::examine(&header, &parts, &site.limits, &site.trust));
    NewDecision {
        job: job.key.id.clone(),
        outcome: Outcome::Error.as_str().to_owned(),
        reason: "failed".to_owned(),
        received: job.received,
        decided,
        ..examined.as_ref().map(of_message).unwrap_or_default()
    }
}

fn of_message(examined: &Examined) -> NewDecision {
    let of_mail = NewDecision {
        message_id: examined.message_id.clone(),
        notes: examined.notes(),
        sender: examined.sender.address.clone().unwrap_or_default(),
        authentication: examined.sender.authentication.code().to_owned(),
        ..NewDecision::default()
    };
    let Some(invitation) = &examined.detection.invitation else {
        return of_mail;
    };
    NewDecision {
        method: invitation.method.as_str().to_owned(),
        uid: invitation.uid.clone(),
        summary: guarded("reading a title", || itip::summary(&invitation.document))
            .unwrap_or_default(),
        ..of_mail
    }
}
