//! The record of a job that is parked, for every message ends in one (rule G).

use itip::Outcome;
use store::{Job, NewDecision, Timestamp};

use crate::examine::{self, Examined};
use crate::job::{self, Detail};
use crate::site::Site;

/// What is recorded of a job that could not be applied: outcome `error`, reason `failed`, and what
/// can be read of its message.
#[must_use]
pub fn record(job: &Job, site: &Site, decided: Timestamp) -> NewDecision {
    let writer = Detail::united(&job.details)
        .ok()
        .and_then(|told| told.writer);
    let examined = job::decode(&job.content).and_then(|(header, parts)| {
        let (limits, trust) = (&site.limits, &site.trust);
        examine::examine(&header, &parts, writer.as_deref(), limits, trust)
    });
    NewDecision {
        job: job.key.id.clone(),
        outcome: Outcome::Error.as_str().to_owned(),
        reason: "failed".to_owned(),
        received: job.received,
        decided,
        ..examined.as_ref().map(Examined::record).unwrap_or_default()
    }
}
