//! `invited check`: what would happen to a mail, and why; changes nothing.

use pipeline::clock::Clock;
use pipeline::explain::Explanation;
use pipeline::intake::{Incoming, Intake};
use pipeline::job::Update;
use pipeline::update::decide::Decided;
use pipeline::words::{self, when::Reader};
use serde_json::{Value, json};

use super::Outcome;
use crate::change_json;
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
    let addresses: Vec<String> = account.addresses().map(str::to_owned).collect();
    let reader = Reader::at(SystemClock.now(), &addresses);
    if arguments.json {
        let json = as_json(&explanation, &reader);
        return serde_json::to_string_pretty(&json).map_err(Failure::new);
    }
    Ok(as_text(&explanation, &reader))
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
        "fields": fields(explanation),
        "sender": sender.and_then(|sender| sender.address.as_deref()),
        "authentication": authentication,
        "how_sure": authentication.map(words::authentication),
        "folders": explanation.filtered.targets.iter().map(|target| &target.folder).collect::<Vec<_>>(),
        "redirects": explanation.filtered.redirects,
        "effects": effects(explanation),
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
    sheet.lines("stamp", &fields(explanation));
    sheet.line("mail", &places(explanation));
    sheet.lines("script", &explanation.filtered.faults);
    sheet.lines("script", &effects(explanation));
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

/// Lines of a label and a text, the label said once for what belongs together.
#[derive(Default)]
struct Sheet {
    text: String,
}

impl Sheet {
    fn line(&mut self, label: &str, text: &str) {
        self.text
            .push_str(&format!("{label:<11}{}\n", printable(text)));
    }

    fn lines(&mut self, label: &str, texts: &[String]) {
        for (at, text) in texts.iter().enumerate() {
            self.line(if at == 0 { label } else { "" }, text);
        }
    }
}

/// Where the mail goes.
fn places(explanation: &Explanation) -> String {
    let targets = explanation.filtered.targets.iter();
    let folders = targets.map(|target| match target.folder.as_str() {
        "" => "the inbox",
        folder => folder,
    });
    let redirects = explanation.filtered.redirects.iter().map(String::as_str);
    let places: Vec<&str> = folders.chain(redirects).collect();
    if places.is_empty() {
        return "discarded".to_owned();
    }
    places.join(", ")
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
