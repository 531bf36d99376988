//! `invited account app-password`: passwords of single devices.

use pipeline::clock::Clock;
use store::Collections;

use super::Outcome;
use crate::cli::AppPassword;
use crate::failure::Failure;
use crate::password;
use crate::table::Table;
use crate::wiring::{self, SystemClock};

/// How often an id that is taken is thrown away.
const TRIES: usize = 8;
/// The most characters of a label.
const LABEL: usize = 200;

/// Runs one of the app-password commands.
pub async fn run(command: AppPassword, store: &dyn Collections) -> Outcome {
    match command {
        AppPassword::Add { address, label } => add(store, &address, label).await,
        AppPassword::List { address } => list(store, &address).await,
        AppPassword::Revoke { address, id } => revoke(store, &address, &id).await,
    }
}

async fn add(store: &dyn Collections, address: &str, label: String) -> Outcome {
    if label.chars().count() > LABEL || label.contains(char::is_control) {
        return Err(Failure::Misuse(format!(
            "the label is one line of at most {LABEL} characters"
        )));
    }
    let account = wiring::account(store, address).await?;
    for _ in 0..TRIES {
        let mut random = [0; 20];
        getrandom::fill(&mut random).map_err(Failure::new)?;
        let (id, secret) = dav::app_password(random);
        let made = store::AppPassword {
            id,
            label: label.clone(),
            hash: password::hash(&secret)?,
            created: SystemClock.now(),
        };
        match store.app_password_add(account.id, made).await {
            Err(store::Error::Conflict) => {}
            Err(error) => return Err(error.into()),
            Ok(()) => return Ok(secret),
        }
    }
    Err(Failure::new("no free id was found; try again"))
}

async fn list(store: &dyn Collections, address: &str) -> Outcome {
    let account = wiring::account(store, address).await?;
    let mut table = Table::new(&["id", "made", "label"]);
    for one in store.app_passwords(account.id).await? {
        table.row([one.id, wiring::time(one.created), one.label]);
    }
    if table.is_empty() {
        return Ok(format!("{} has no app passwords", account.address));
    }
    Ok(table.print())
}

async fn revoke(store: &dyn Collections, address: &str, id: &str) -> Outcome {
    let account = wiring::account(store, address).await?;
    match store.app_password_remove(account.id, id).await? {
        true => Ok(format!("revoked {id} of {}", account.address)),
        false => Err(Failure::new(format_args!(
            "{} has no app password {id}; `invited account app-password list` shows them",
            account.address
        ))),
    }
}
