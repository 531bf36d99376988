//! `invited undo`: puts back what a decision changed.

use pipeline::undo::{Undone, undo};
use store::DecisionId;

use super::Outcome;
use crate::cli::Undo;
use crate::config::Config;
use crate::failure::Failure;
use crate::wiring::{self, SystemClock};

/// Runs the undo command.
pub async fn run(arguments: Undo, config: &Config) -> Outcome {
    let store = wiring::open_store(config)?;
    let account = wiring::account(&*store, &arguments.address).await?;
    let undone = undo(&*store, &SystemClock, &account, DecisionId(arguments.id)).await;
    match undone.map_err(Failure::new)? {
        Undone::Removed => Ok(format!(
            "undid decision {}: the event is gone again",
            arguments.id
        )),
        Undone::Restored => Ok(format!(
            "undid decision {}: the event is as it was before",
            arguments.id
        )),
    }
}
