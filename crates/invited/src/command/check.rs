//! `invited check`: what would happen to a mail, and why; changes nothing.

use pipeline::clock::Clock;
use pipeline::explain::Explanation;
use pipeline::update::decide::Decided;
use pipeline::words::{self, when::Reader};
use serde_json::{Value, json};

use super::Outcome;
use super::dry_run::{DryRun, Sheet, effects, fields};
use crate::change_json;
use crate::cli::Check;
use crate::config::Config;
use crate::event_text;
use crate::failure::Failure;
use crate::wiring::SystemClock;

/// Runs the check command.
pub async fn run(arguments: Check, config: &Config) -> Outcome {
    let run = DryRun::open(&arguments.file, &arguments.account, config).await?;
    let now = SystemClock.now();
    let explanation = run
        .receive
        .explain(&run.reverse_path, &run.recipient, &run.message, now)
        .await
        .map_err(Failure::new)?;
    let addresses: Vec<String> = run
        .recipient
        .account
        .addresses()
        .map(str::to_owned)
        .collect();
    let reader = Reader::at(now, &addresses);
    if arguments.json {
        let json = as_json(&explanation, &reader);
        return serde_json::to_string_pretty(&json).map_err(Failure::new);
    }
    Ok(as_text(&explanation, &reader))
}

/// For a program; `method` and `uid` are null when the mail is not stamped.
fn as_json(explanation: &Explanation, reader: &Reader<'_>) -> Value {
    let examined = explanation.examined.as_ref();
    let invitation = examined.and_then(|examined| examined.detection.invitation.as_ref());
    let refusal = examined.and_then(|examined| examined.detection.refusal.as_ref());
    let sender = examined.map(|examined| &examined.sender);
    let authentication = sender.map(|sender| sender.authentication.code());
    let reason = explanation.reason.as_deref();
    let (before, after) = before_and_after(explanation, reader);
    json!({
        "method": invitation.map(|invitation| invitation.method.as_str()),
        "uid": invitation.map(|invitation| &invitation.uid),
        "title": invitation.map(|invitation| itip::summary(&invitation.document)),
        "not_stamped": refusal.map(|refusal| refusal.code()),
        "fields": fields(&explanation.filtered),
        "sender": sender.and_then(|sender| sender.address.as_deref()),
        "authentication": authentication,
        "how_sure": authentication.map(words::authentication),
        "folders": explanation.filtered.targets.iter().map(|target| &target.folder).collect::<Vec<_>>(),
        "redirects": explanation.filtered.redirects,
        "effects": effects(&explanation.filtered),
        "script_faults": explanation.filtered.faults,
        "outcome": explanation.outcome,
        "reason": reason,
        "rule": reason.map(words::rule),
        "why": reason.map(words::reason),
        "notes": explanation.notes,
        "notes_in_words": explanation.notes.iter().map(|note| words::note(note)).collect::<Vec<_>>(),
        "changes": changes(explanation.decided.as_ref(), reader),
        "change": change(explanation.decided.as_ref()),
        "offered": explanation.offered.as_ref().map(|offered| changes(Some(offered), reader)),
        "offered_change": change(explanation.offered.as_ref()),
        "before": before,
        "after": after,
    })
}

/// For a person: what was found, who sent it, where the mail goes, what was decided and what changes.
fn as_text(explanation: &Explanation, reader: &Reader<'_>) -> String {
    let mut sheet = Sheet::default();
    sheet.line("found", &found(explanation));
    if let Some(examined) = &explanation.examined {
        let sender = &examined.sender;
        let address = sender.address.as_deref().unwrap_or("nobody");
        let code = sender.authentication.code();
        let sure = words::authentication(code);
        sheet.line("sender", &format!("{address} ({code}): {sure}"));
    }
    sheet.filtered(&explanation.filtered);
    sheet.lines("outcome", &outcome(explanation));
    let notes = explanation.notes.iter().map(|note| words::note(note));
    sheet.lines("note", &notes.collect::<Vec<_>>());
    sheet.lines("change", &changes(explanation.decided.as_ref(), reader));
    if let Some(offered) = &explanation.offered {
        let changes = changes(Some(offered), reader);
        if !changes.is_empty() {
            sheet.line(
                "offered",
                "kept; once it is delivered, `invited apply` makes the change all the same:",
            );
            sheet.lines("", &changes);
        }
    }
    sheet.text
}

fn outcome(explanation: &Explanation) -> Vec<String> {
    let (Some(outcome), Some(reason)) = (&explanation.outcome, &explanation.reason) else {
        return Vec::new();
    };
    let rule = match words::rule(reason) {
        "" => String::new(),
        rule => format!(", rule {rule}"),
    };
    let why = words::reason(reason);
    vec![format!("{outcome} ({reason}{rule}): {why}")]
}

/// What changes, as structure.
fn change(decided: Option<&Decided>) -> Option<Value> {
    let difference = decided.and_then(Decided::difference)?;
    Some(change_json::change(&difference))
}

/// What changes, in sentences.
fn changes(decided: Option<&Decided>, reader: &Reader<'_>) -> Vec<String> {
    decided
        .and_then(Decided::difference)
        .map(|difference| words::difference::sentences(&difference, reader))
        .unwrap_or_default()
}

fn found(explanation: &Explanation) -> String {
    let Some(examined) = &explanation.examined else {
        return "nothing: reading the mail failed, it is delivered as it is".to_owned();
    };
    match (&examined.detection.invitation, &examined.detection.refusal) {
        (Some(invitation), _) => {
            let title = itip::summary(&invitation.document);
            let title = match title.as_str() {
                "" => String::new(),
                title => format!(": “{}”", words::shown(title)),
            };
            format!(
                "{} of {}{title}",
                invitation.method.as_str(),
                invitation.uid
            )
        }
        (None, Some(refusal)) => format!("calendar data, but no invitation: {refusal}"),
        (None, None) => "no event".to_owned(),
    }
}

/// The event before and after, in one line each.
fn before_and_after(
    explanation: &Explanation,
    reader: &Reader<'_>,
) -> (Option<String>, Option<String>) {
    let Some(decided) = &explanation.decided else {
        return (None, None);
    };
    let line = |text: &[u8]| event_text::line(&itip::facts(text), reader);
    let before = decided
        .event
        .objects
        .first()
        .map(|object| line(&object.text));
    match &decided.decision.change {
        itip::Change::None => (None, None),
        itip::Change::Put { text, .. } => (before, Some(line(text))),
        itip::Change::Delete { .. } => (before, Some("gone".to_owned())),
    }
}
