//! `invited decisions`: what was decided about an account's invitations, why, and what can be done
//! about it.

use pipeline::acts::{Act, acts};
use pipeline::clock::Clock;
use pipeline::words::{self, when::Reader};
use serde_json::{Value, json};
use store::{Decision, NewDecision};

use super::Outcome;
use crate::change_json;
use crate::cli::Decisions;
use crate::config::Config;
use crate::failure::Failure;
use crate::table::Table;
use crate::wiring::{self, SystemClock};

/// Runs the decisions command.
pub async fn run(arguments: Decisions, config: &Config) -> Outcome {
    let store = wiring::open_store(config)?;
    let account = wiring::account(&*store, &arguments.address).await?;
    let addresses: Vec<String> = account.addresses().map(str::to_owned).collect();
    let reader = Reader::at(SystemClock.now(), &addresses);
    let decisions = store.decisions(account.id, arguments.limit).await?;
    let acts = acts(&*store, account.id, &decisions).await?;
    if arguments.json {
        let all = decisions.iter().zip(&acts);
        let all: Vec<_> = all
            .map(|(decision, act)| as_json(decision, *act, &reader))
            .collect();
        return serde_json::to_string_pretty(&all).map_err(Failure::new);
    }
    if decisions.is_empty() {
        return Ok(format!("nothing was decided for {} yet", account.address));
    }
    let mut table = Table::new(&[
        "id",
        "you can",
        "decided",
        "message",
        "event",
        "from",
        "outcome",
        "reason",
        "what changed",
    ]);
    for (decision, act) in decisions.iter().zip(&acts) {
        table.row(cells(decision, *act, &reader));
    }
    Ok(table.print())
}

fn cells(Decision { id, record }: &Decision, act: Act, reader: &Reader<'_>) -> [String; 9] {
    let event = if record.summary.is_empty() {
        &record.uid
    } else {
        &record.summary
    };
    let reason = std::iter::once(&record.reason).chain(&record.notes);
    let reason: Vec<&str> = reason.map(String::as_str).collect();
    [
        id.0.to_string(),
        act.name().to_owned(),
        wiring::time(record.decided),
        record.method.clone(),
        words::shown(event),
        from(record),
        record.outcome.clone(),
        reason.join(", "),
        words::difference::line(&words::difference::of(record), reader),
    ]
}

/// Sender and how sure that is; empty for what no message brought.
fn from(record: &NewDecision) -> String {
    if record.authentication.is_empty() {
        return String::new();
    }
    let sender = words::shown(&record.sender);
    format!("{sender} ({})", record.authentication)
}

fn as_json(Decision { id, record }: &Decision, act: Act, reader: &Reader<'_>) -> Value {
    let difference = words::difference::of(record);
    let is_change = record.before.is_some() || record.after.is_some();
    json!({
        "id": id.0,
        "can": match act {
            Act::None => Value::Null,
            act => act.name().into(),
        },
        "received": instant(record.received),
        "decided": instant(record.decided),
        "method": record.method,
        "uid": record.uid,
        "title": record.summary,
        "message_id": record.message_id,
        "sender": record.sender,
        "authentication": record.authentication,
        "outcome": record.outcome,
        "reason": record.reason,
        "rule": words::rule(&record.reason),
        "why": words::reason(&record.reason),
        "notes": record.notes,
        "changes": words::difference::sentences(&difference, reader),
        "change": is_change.then(|| change_json::change(&difference)),
    })
}

/// RFC 3339.
fn instant(at: store::Timestamp) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond(at).ok()?;
    Some(at.to_string())
}
