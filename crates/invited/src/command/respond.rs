//! `invited respond`: answers an invitation for its owner.

use calendar::DateOrTime;
use itip::{CannotRespond, Partstat};
use jiff::Timestamp;
use pipeline::receive::find_account;
use pipeline::respond::{self, Answer, Given, NotAnswered};

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
    let given = respond::respond(&*store, &SystemClock, &account, &answer)
        .await
        .map_err(|error| failure(&error, &arguments.address))?;
    let said = answer.partstat.as_str().to_lowercase();
    let recipient = match given {
        Given::Mailed(recipient) => recipient,
        Given::Kept => {
            return Ok(format!(
                "answered {said}; nothing is sent: the event is over, or its organizer is not written to by mail"
            ));
        }
        Given::Same => return Ok("nothing to send: that was the answer already".to_owned()),
    };
    let is_here = find_account(&*store, &recipient).await?.is_some();
    let waits = if is_here || config.smtp.relay.is_some() {
        ""
    } else {
        "; it waits in the outbox, for no [smtp] relay is configured"
    };
    Ok(format!(
        "answered {said}; the mail goes to {recipient}{waits}"
    ))
}

/// What is wrong, and how to mend it.
fn failure(error: &NotAnswered, address: &str) -> Failure {
    let mend = match error {
        NotAnswered::Rules(CannotRespond::NoEvent) => {
            format!(
                "; `invited calendar show {address} --uids` lists those that are, \
                 `invited decisions {address}` what can be applied first"
            )
        }
        NotAnswered::Rules(CannotRespond::NoSuchInstance) => {
            format!("; `invited calendar export {address}` has its rule and its dates")
        }
        _ => String::new(),
    };
    Failure::new(format_args!("{error}{mend}"))
}

/// A date of a series: as its RECURRENCE-ID or DTSTART is written, or as ISO 8601 has it, perhaps with
/// `[ZONE]` behind it.
fn instance(text: &str) -> Result<DateOrTime, Failure> {
    let (value, zone) = match text.trim().split_once('[') {
        Some((value, zone)) => (value, Some(zone.trim_end_matches(']'))),
        None => (text.trim(), None),
    };
    // An offset is part of the instant; a minus sign in it is none of the date's.
    if let Ok(instant) = value.parse::<Timestamp>() {
        return Ok(DateOrTime::Utc(instant));
    }
    let basic: String = value.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    let basic = match basic.split_once([' ', 't']) {
        Some((day, time)) => format!("{day}T{time}"),
        None => basic,
    };
    let seconds = match basic.split_once('T') {
        Some((_, time)) if time.len() == 4 => "00",
        _ => "",
    };
    DateOrTime::parse(&format!("{basic}{seconds}"), zone).ok_or_else(|| {
        Failure::Misuse(format!(
            "{text:?} is no date; write 2026-12-08, 2026-12-08T09:00:00Z, 20261208T090000Z or \
             20261208T100000[Europe/Berlin]"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let value = instance(text).ok()?.to_property("RECURRENCE-ID");
        Some(
            String::from_utf8(value.to_bytes())
                .unwrap()
                .trim_end()
                .to_owned(),
        )
    }

    #[test]
    fn a_date_is_read_as_people_write_it() {
        for (text, expected) in [
            ("20261208", "RECURRENCE-ID;VALUE=DATE:20261208"),
            ("2026-12-08", "RECURRENCE-ID;VALUE=DATE:20261208"),
            ("20261208T090000Z", "RECURRENCE-ID:20261208T090000Z"),
            ("2026-12-08T09:00:00Z", "RECURRENCE-ID:20261208T090000Z"),
            (
                "2026-12-08T10:00:00+01:00",
                "RECURRENCE-ID:20261208T090000Z",
            ),
            ("2026-12-08T04:00-05:00", "RECURRENCE-ID:20261208T090000Z"),
            ("20261208T100000", "RECURRENCE-ID:20261208T100000"),
            ("2026-12-08T10:00:00", "RECURRENCE-ID:20261208T100000"),
            (" 2026-12-08 10:00", "RECURRENCE-ID:20261208T100000"),
            (
                "2026-12-08T10:00[Europe/Berlin]",
                "RECURRENCE-ID;TZID=Europe/Berlin:20261208T100000",
            ),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "tomorrow",
            "2026-13-08",
            "2026-12-08T25:00",
            "8.12.2026",
            "2026-12",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
