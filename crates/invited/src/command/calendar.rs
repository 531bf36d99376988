//! `invited calendar`: show, export and import events, and say whether invitations are sent.

use itip::Moment;
use pipeline::clock::Clock;
use pipeline::owner;
use pipeline::words::{self, when::Reader};
use store::{Account, Invitations, Store};

use super::Outcome;
use crate::cli::{Calendar, Switch};
use crate::config::Config;
use crate::event_text;
use crate::failure::Failure;
use crate::table::Table;
use crate::wiring::{self, SystemClock};

/// Runs one of the calendar commands.
pub async fn run(command: Calendar, config: &Config) -> Outcome {
    let store = wiring::open_store(config)?;
    match command {
        Calendar::Show { address, uids } => {
            let account = wiring::account(&*store, &address).await?;
            show(
                &*store,
                &account,
                if uids { Uids::Shown } else { Uids::Hidden },
            )
            .await
        }
        Calendar::Set {
            address,
            calendar,
            send_invitations,
        } => {
            let account = wiring::account(&*store, &address).await?;
            set(&*store, &account, &calendar, send_invitations).await
        }
        Calendar::Export { address } => {
            let account = wiring::account(&*store, &address).await?;
            export(&*store, &account).await
        }
        Calendar::Import { address, file } => {
            let account = wiring::account(&*store, &address).await?;
            let text = wiring::read_file(&file)?;
            let imported = import(&*store, &account, &text).await?;
            Ok(format!(
                "{imported} into the default calendar of {}",
                account.address
            ))
        }
    }
}

/// Whether the events' UIDs are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Uids {
    /// They are.
    Shown,
    /// They are not: they are long, and few want them.
    Hidden,
}

/// The account's events, calendar by calendar, in the order of their starts.
pub async fn show(store: &dyn Store, account: &Account, uids: Uids) -> Outcome {
    let mut text = String::new();
    for calendar in store.calendars(account.id).await? {
        let role = if calendar.is_default {
            ", the default calendar"
        } else {
            ""
        };
        let silent = match calendar.invitations {
            Invitations::Sent => "",
            Invitations::NotSent => ", sends no invitations",
        };
        let (name, id) = (&calendar.name, &calendar.id);
        text.push_str(&format!("{name} (id {id}{role}{silent})\n"));
        let objects = store.objects(account.id, &calendar.id).await?;
        let mut events: Vec<_> = objects
            .iter()
            .map(|object| (itip::facts(&object.text), object))
            .collect();
        events.sort_by_key(|(facts, _)| facts.start.as_ref().map(Moment::place_in_time));
        let columns = [
            "when",
            "event",
            "where",
            "organizer",
            "status",
            "my answer",
            "UID",
        ];
        let shown = columns.len() - usize::from(uids == Uids::Hidden);
        let mut table = Table::new(columns.get(..shown).unwrap_or(&columns));
        let addresses: Vec<String> = account.addresses().map(str::to_owned).collect();
        let reader = Reader::at(SystemClock.now(), &addresses);
        for (facts, object) in &events {
            let uid = (uids == Uids::Shown).then(|| object.uid.clone());
            table.row(event_text::cells(facts, &reader).into_iter().chain(uid));
            for exception in words::difference::exceptions(&object.text, &reader) {
                table.row([format!("  {exception}")]);
            }
        }
        text.push_str(if table.is_empty() { "no events\n" } else { "" });
        text.push_str(&if table.is_empty() {
            String::new()
        } else {
            table.print()
        });
    }
    Ok(text)
}

/// Says whether what the owner changes of his meetings in a calendar is mailed (rule F8).
async fn set(store: &dyn Store, account: &Account, name: &str, switch: Switch) -> Outcome {
    let calendars = store.calendars(account.id).await?;
    let is_it = |calendar: &&store::Calendar| calendar.id.0 == name || calendar.name == name;
    let found: Vec<_> = calendars.iter().filter(is_it).collect();
    let calendar = match found.as_slice() {
        [calendar] => calendar,
        [] => {
            return Err(Failure::new(format_args!(
                "{} has no calendar {name:?}; `invited calendar show` lists them",
                account.address
            )));
        }
        _ => {
            return Err(Failure::Misuse(format!(
                "several calendars have the name {name:?}; give the id"
            )));
        }
    };
    let (invitations, said) = match switch {
        Switch::On => (Invitations::Sent, "sends"),
        Switch::Off => (Invitations::NotSent, "sends no"),
    };
    let id = &calendar.id;
    store
        .calendar_set_invitations(account.id, id, invitations)
        .await?;
    Ok(format!("{} {said} invitations", calendar.name))
}

async fn export(store: &dyn Store, account: &Account) -> Outcome {
    let mut texts = Vec::new();
    for calendar in store.calendars(account.id).await? {
        let objects = store.objects(account.id, &calendar.id).await?;
        texts.extend(objects.into_iter().map(|object| object.text));
    }
    let whole = pipeline::import_export::export(texts.iter().map(Vec::as_slice));
    Ok(String::from_utf8_lossy(&whole).into_owned())
}

/// Writes the events of a file into the default calendar; one that is there is replaced where it is.
/// Says what it did.
pub async fn import(store: &dyn Store, account: &Account, file: &[u8]) -> Outcome {
    let import = pipeline::import_export::import(file)
        .map_err(|error| Failure::new(format_args!("the file cannot be imported: {error}")))?;
    if import.objects.is_empty() {
        return Err(Failure::new(
            "the file has no events; give an iCalendar file with VEVENTs that have UIDs",
        ));
    }
    let calendars = store.calendars(account.id).await?;
    let Some(default) = calendars.first() else {
        return Err(Failure::new("the account has no calendar"));
    };
    let mut said = format!("imported {} events", import.objects.len());
    for object in import.objects {
        owner::import(store, &SystemClock, account, &default.id, object)
            .await
            .map_err(Failure::new)?;
    }
    for (count, what) in [
        (import.without_uid, "without UID"),
        (import.too_large, "too large"),
    ] {
        if count > 0 {
            said.push_str(&format!(", left {count} {what} out"));
        }
    }
    Ok(said)
}
