//! `invited respond`: answers an invitation for its owner.

use calendar::DateOrTime;
use itip::{CannotRespond, Partstat};
use pipeline::receive::find_account;
use pipeline::respond::{self, Answer, NotAnswered};

use super::Outcome;
use crate::cli::{Reply, Respond};
use crate::config::Config;
use crate::failure::Failure;
use crate::wiring::{self, SystemClock};

/// Runs the respond command.
pub async fn run(arguments: Respond, config: &Config) -> Outcome {
    let store = wiring::open_store(config)?;
    let account = wiring::account(&*store, &arguments.address).await?;
    let instance = arguments.instance.as_deref().map(instance).transpose()?;
    let answer = Answer {
        uid: &arguments.uid,
        partstat: match arguments.answer {
            Reply::Accepted => Partstat::Accepted,
            Reply::Tentative => Partstat::Tentative,
            Reply::Declined => Partstat::Declined,
        },
        comment: arguments.comment.as_deref(),
        instance,
    };
    let recipients = respond::respond(&*store, &SystemClock, &account, &answer)
        .await
        .map_err(|error| failure(&error, &arguments.address))?;
    let [recipient] = recipients.as_slice() else {
        return Ok("nothing to send: that was the answer already".to_owned());
    };
    let is_here = find_account(&*store, recipient).await?.is_some();
    let waits = if is_here || config.smtp.relay.is_some() {
        ""
    } else {
        "; it waits in the outbox, for no [smtp] relay is configured"
    };
    Ok(format!(
        "answered {}; the mail goes to {recipient}{waits}",
        answer.partstat.as_str().to_lowercase()
    ))
}

fn failure(error: &NotAnswered, address: &str) -> Failure {
    match error {
        NotAnswered::Rules(CannotRespond::NoEvent) => Failure::new(format_args!(
            "{error}; `invited calendar show {address} --uids` lists those that are, \
             `invited decisions {address}` what can be applied first"
        )),
        _ => Failure::new(error),
    }
}

/// A date of a series: as its RECURRENCE-ID or DTSTART is written, perhaps with `[ZONE]` behind it.
fn instance(text: &str) -> Result<DateOrTime, Failure> {
    let (value, zone) = match text.split_once('[') {
        Some((value, zone)) => (value, Some(zone.trim_end_matches(']'))),
        None => (text, None),
    };
    DateOrTime::parse(value, zone).ok_or_else(|| {
        Failure::new(format!(
            "{text:?} is no date; write 20261208, 20261208T090000Z or 20261208T100000[Europe/Berlin]"
        ))
    })
}
