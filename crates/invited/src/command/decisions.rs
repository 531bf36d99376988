//! `invited decisions`: what was decided about an account's invitations, and why.

use super::Outcome;
use crate::cli::Decisions;
use crate::config::Config;
use crate::table::Table;
use crate::wiring;

/// Runs the decisions command.
pub async fn run(arguments: Decisions, config: &Config) -> Outcome {
    let store = wiring::open_store(config)?;
    let account = wiring::account(&*store, &arguments.address).await?;
    let mut table = Table::new(&[
        "id", "decided", "message", "event", "from", "outcome", "reason", "notes",
    ]);
    for decision in store.decisions(account.id, arguments.limit).await? {
        let record = decision.record;
        let event = if record.summary.is_empty() {
            record.uid
        } else {
            record.summary
        };
        table.row([
            decision.id.0.to_string(),
            wiring::time(record.decided),
            record.method,
            event,
            format!("{} ({})", record.sender, record.authentication),
            record.outcome,
            record.reason,
            record.notes.join(", "),
        ]);
    }
    if table.is_empty() {
        return Ok(format!("nothing was decided for {} yet", account.address));
    }
    Ok(table.print())
}
