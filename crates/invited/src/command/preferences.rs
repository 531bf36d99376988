//! `invited preferences`: show and set what happens to an account's invitations.

use pipeline::preferences::Preferences;
use store::{Account, CalendarId, Store};

use super::Outcome;
use crate::cli;
use crate::config::Config;
use crate::failure::Failure;
use crate::table::Table;
use crate::wiring;

/// Runs one of the preferences commands.
pub async fn run(command: cli::Preferences, config: &Config) -> Outcome {
    let store = wiring::open_store(config)?;
    match command {
        cli::Preferences::Show { address } => {
            let account = wiring::account(&*store, &address).await?;
            Ok(table(&read(&*store, &account).await?))
        }
        cli::Preferences::Set {
            address,
            name,
            value,
        } => {
            let account = wiring::account(&*store, &address).await?;
            let mut preferences = read(&*store, &account).await?;
            preferences
                .set(&name, &value)
                .map_err(|error| Failure::Misuse(error.to_string()))?;
            if let Some(calendar) = &preferences.calendar {
                own_calendar(&*store, &account, calendar).await?;
            }
            store
                .preferences_set(account.id, &preferences.to_json())
                .await?;
            Ok(format!("set {name} of {} to {value}", account.address))
        }
    }
}

/// The preferences of an account, the defaults when it has set none.
pub async fn read(store: &dyn Store, account: &Account) -> Result<Preferences, Failure> {
    match store.preferences(account.id).await? {
        None => Ok(Preferences::default()),
        Some(json) => Preferences::from_json(&json).map_err(|error| {
            Failure::new(format_args!(
                "the preferences of {} cannot be read: {error}",
                account.address
            ))
        }),
    }
}

async fn own_calendar(
    store: &dyn Store,
    account: &Account,
    id: &CalendarId,
) -> Result<(), Failure> {
    let calendars = store.calendars(account.id).await?;
    if calendars.iter().any(|calendar| calendar.id == *id) {
        return Ok(());
    }
    let known: Vec<String> = calendars
        .iter()
        .map(|calendar| format!("{} ({})", calendar.id, calendar.name))
        .collect();
    Err(Failure::Misuse(format!(
        "{} has no calendar {id}; it has {}",
        account.address,
        known.join(", ")
    )))
}

fn table(preferences: &Preferences) -> String {
    let mut table = Table::new(&["preference", "value", "what it is"]);
    for (name, value, meaning) in preferences.describe() {
        table.row([name, &value, meaning]);
    }
    table.print()
}
