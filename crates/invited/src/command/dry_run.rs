//! A mail in a file, read as if it came for an account, and what the filter does with it, in lines.

use std::path::Path;
use std::sync::Arc;

use pipeline::filter::Filtered;
use pipeline::intake::{Incoming, Intake, Recipient};
use pipeline::job::Update;
use pipeline::receive::Receive;
use pipeline::spool::Message;

use crate::config::Config;
use crate::failure::Failure;
use crate::table::printable;
use crate::wiring;

/// A mail that is not delivered, only looked at.
pub(super) struct DryRun {
    pub(super) receive: Receive,
    pub(super) recipient: Recipient,
    pub(super) message: Message,
    /// MAIL FROM as a delivery before has written it down; empty when none has.
    pub(super) reverse_path: String,
}

impl DryRun {
    /// Reads the mail as it would come for one of an account's addresses.
    pub(super) async fn open(file: &Path, address: &str, config: &Config) -> Result<Self, Failure> {
        let store = wiring::open_store(config)?;
        wiring::account(&*store, address).await?;
        let text = wiring::crlf(&wiring::read_file(file)?);
        let site = Arc::new(wiring::site(config)?);
        let receive = wiring::receive(config, store, site)?;
        let mut collector = receive.begin().map_err(Failure::new)?;
        collector.write(&text).map_err(Failure::new)?;
        let message = collector.finish().map_err(Failure::new)?;
        let recipient = receive.recipient(address).await.map_err(Failure::new)?;
        Ok(Self {
            reverse_path: reverse_path(message.header()),
            receive,
            recipient,
            message,
        })
    }
}

fn reverse_path(header: &[u8]) -> String {
    let path = imip::header::first(header, "Return-Path").map(|field| field.text());
    path.unwrap_or_default()
        .trim()
        .trim_matches(['<', '>'])
        .to_owned()
}

/// Lines of a label and a text, the label said once for what belongs together.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) text: String,
}

impl Sheet {
    pub(super) fn line(&mut self, label: &str, text: &str) {
        self.text
            .push_str(&format!("{label:<11}{}\n", printable(text)));
    }

    pub(super) fn lines(&mut self, label: &str, texts: &[String]) {
        for (at, text) in texts.iter().enumerate() {
            self.line(if at == 0 { label } else { "" }, text);
        }
    }

    /// What the filter does: our fields, where the mail goes, what the scripts said.
    pub(super) fn filtered(&mut self, filtered: &Filtered) {
        self.lines("stamp", &fields(filtered));
        self.line("mail", &places(filtered));
        self.lines("script", &filtered.faults);
        self.lines("script", &effects(filtered));
    }
}

/// Our own fields, unfolded.
pub(super) fn fields(filtered: &Filtered) -> Vec<String> {
    String::from_utf8_lossy(&filtered.fields)
        .replace("\r\n ", " ")
        .replace("\r\n\t", " ")
        .lines()
        .map(str::to_owned)
        .collect()
}

/// What may happen to the calendar.
pub(super) fn effects(filtered: &Filtered) -> Vec<String> {
    let effects = &filtered.effects;
    let add = effects.add.as_ref().map(|add| match &add.calendar {
        Some(calendar) => format!("a new event may be added to calendar {calendar}"),
        None => "a new event may be added".to_owned(),
    });
    let update = (effects.update == Update::Yes).then(|| "a known event may be changed".to_owned());
    add.into_iter().chain(update).collect()
}

/// Where the mail goes.
fn places(filtered: &Filtered) -> String {
    let folders = filtered.targets.iter().map(|target| &*target.folder);
    let redirects = filtered.redirects.iter().map(String::as_str);
    let places: Vec<&str> = folders.chain(redirects).collect();
    if places.is_empty() {
        return "discarded".to_owned();
    }
    places.join(", ")
}
