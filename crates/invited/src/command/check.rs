//! `invited check`: what would happen to a mail, and why; changes nothing.

use pipeline::clock::Clock;
use pipeline::explain::Explanation;
use pipeline::intake::{Incoming, Intake};
use pipeline::job::Update;
use pipeline::words;
use serde_json::{Value, json};

use super::Outcome;
use crate::cli::Check;
use crate::config::Config;
use crate::event_text;
use crate::failure::Failure;
use crate::table::printable;
use crate::wiring::{self, SystemClock};

/// Runs the check command.
pub async fn run(arguments: Check, config: &Config) -> Outcome {
    let store = wiring::open_store(config)?;
    let account = wiring::account(&*store, &arguments.account).await?;
    let text = wiring::crlf(&wiring::read_file(&arguments.file)?);
    let site = std::sync::Arc::new(wiring::site(config)?);
    let receive = wiring::receive(config, store, site)?;
    let mut collector = receive.begin().map_err(Failure::new)?;
    collector.write(&text).map_err(Failure::new)?;
    let message = collector.finish().map_err(Failure::new)?;
    let recipient = receive
        .recipient(&arguments.account)
        .await
        .map_err(Failure::new)?;
    let explanation = receive
        .explain(
            &reverse_path(message.header()),
            &recipient,
            &message,
            SystemClock.now(),
        )
        .await
        .map_err(Failure::new)?;
    let addresses: Vec<&str> = account.addresses().collect();
    if arguments.json {
        let json = as_json(&explanation, &addresses);
        return serde_json::to_string_pretty(&json).map_err(Failure::new);
    }
    Ok(as_text(&explanation, &addresses))
}

/// MAIL FROM as a delivery before has written it down; empty when none has.
fn reverse_path(header: &[u8]) -> String {
    let path = imip::header::first(header, "Return-Path").map(|field| field.text());
    path.unwrap_or_default()
        .trim()
        .trim_matches(['<', '>'])
        .to_owned()
}

/// For a program; `method` and `uid` are null when the mail is not stamped.
fn as_json(explanation: &Explanation, addresses: &[&str]) -> Value {
    let examined = explanation.examined.as_ref();
    let invitation = examined.and_then(|examined| examined.detection.invitation.as_ref());
    let refusal = examined.and_then(|examined| examined.detection.refusal.as_ref());
    let sender = examined.map(|examined| &examined.sender);
    let reason = explanation.reason.as_deref();
    let change = change(explanation, addresses);
    json!({
        "method": invitation.map(|invitation| invitation.method.as_str()),
        "uid": invitation.map(|invitation| &invitation.uid),
        "not_stamped": refusal.map(|refusal| refusal.code()),
        "fields": fields(explanation),
        "sender": sender.and_then(|sender| sender.address.as_deref()),
        "authentication": sender.map(|sender| sender.authentication.code()),
        "folders": explanation.filtered.targets.iter().map(|target| &target.folder).collect::<Vec<_>>(),
        "redirects": explanation.filtered.redirects,
        "effects": effects(explanation),
        "script_faults": explanation.filtered.faults,
        "outcome": explanation.outcome,
        "reason": reason,
        "rule": reason.map(words::rule),
        "why": reason.map(words::reason),
        "notes": explanation.notes,
        "before": change.0,
        "after": change.1,
    })
}

/// For a person.
fn as_text(explanation: &Explanation, addresses: &[&str]) -> String {
    let mut lines = vec![found(explanation)];
    if let Some(examined) = &explanation.examined {
        let sender = examined.sender.address.as_deref().unwrap_or("nobody");
        lines.push(format!(
            "sender     {sender} ({})",
            examined.sender.authentication.code()
        ));
    }
    for field in fields(explanation) {
        lines.push(format!("stamp      {field}"));
    }
    let folders = explanation
        .filtered
        .targets
        .iter()
        .map(|target| target.folder.as_str());
    let redirects = explanation.filtered.redirects.iter().map(String::as_str);
    let places: Vec<&str> = folders.chain(redirects).collect();
    lines.push(format!(
        "mail       {}",
        if places.is_empty() {
            "discarded".to_owned()
        } else {
            places.join(", ")
        }
    ));
    for fault in &explanation.filtered.faults {
        lines.push(format!("script     {fault}"));
    }
    let allowed = effects(explanation);
    if !allowed.is_empty() {
        lines.push(format!("script     {}", allowed.join(", ")));
    }
    if let (Some(outcome), Some(reason)) = (&explanation.outcome, &explanation.reason) {
        let rule = words::rule(reason);
        let rule = if rule.is_empty() {
            String::new()
        } else {
            format!(", rule {rule}")
        };
        lines.push(format!(
            "outcome    {outcome} ({reason}{rule}): {}",
            words::reason(reason)
        ));
    }
    if !explanation.notes.is_empty() {
        lines.push(format!("notes      {}", explanation.notes.join(", ")));
    }
    let (before, after) = change(explanation, addresses);
    lines.extend(before.map(|event| format!("before     {event}")));
    lines.extend(after.map(|event| format!("after      {event}")));
    lines
        .iter()
        .map(|line| format!("{}\n", printable(line)))
        .collect()
}

fn found(explanation: &Explanation) -> String {
    let Some(examined) = &explanation.examined else {
        return "found      nothing: reading the mail failed, it is delivered as it is".to_owned();
    };
    match (&examined.detection.invitation, &examined.detection.refusal) {
        (Some(invitation), _) => format!(
            "found      {} of {}",
            invitation.method.as_str(),
            invitation.uid
        ),
        (None, Some(refusal)) => format!("found      calendar data, but no invitation: {refusal}"),
        (None, None) => "found      no event".to_owned(),
    }
}

/// Our own fields, unfolded.
fn fields(explanation: &Explanation) -> Vec<String> {
    String::from_utf8_lossy(&explanation.filtered.fields)
        .replace("\r\n ", " ")
        .replace("\r\n\t", " ")
        .lines()
        .map(str::to_owned)
        .collect()
}

fn effects(explanation: &Explanation) -> Vec<String> {
    let effects = &explanation.filtered.effects;
    let add = effects.add.as_ref().map(|add| match &add.calendar {
        Some(calendar) => format!("a new event may be added to calendar {calendar}"),
        None => "a new event may be added".to_owned(),
    });
    let update = (effects.update == Update::Yes).then(|| "a known event may be changed".to_owned());
    add.into_iter().chain(update).collect()
}

/// The event before and after, in one line each.
fn change(explanation: &Explanation, addresses: &[&str]) -> (Option<String>, Option<String>) {
    let Some(decided) = &explanation.decided else {
        return (None, None);
    };
    let line = |text: &[u8]| event_text::line(&itip::facts(text), addresses);
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
