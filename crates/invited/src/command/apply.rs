//! `invited apply`: applies a message that a decision kept.

use itip::Outcome as Became;
use pipeline::by_hand;
use store::DecisionId;

use super::Outcome;
use crate::cli::Apply;
use crate::config::Config;
use crate::failure::Failure;
use crate::wiring::{self, SystemClock};

/// Runs the apply command.
pub async fn run(arguments: Apply, config: &Config) -> Outcome {
    let store = wiring::open_store(config)?;
    let account = wiring::account(&*store, &arguments.address).await?;
    let id = DecisionId(arguments.id);
    let applied = by_hand::apply(&*store, &SystemClock, &account, id)
        .await
        .map_err(Failure::new)?;
    let became = match applied.outcome {
        Became::Added => "the event was added",
        Became::Cancelled => "the event is cancelled",
        Became::Removed => "the event was removed",
        Became::Updated | Became::NoAction | Became::Error => "the event was changed",
    };
    Ok(format!(
        "applied decision {}: {became}; `invited undo {} {}` takes that back",
        arguments.id, account.address, applied.decision.0
    ))
}
