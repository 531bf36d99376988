//! `invited account`: add, list and remove accounts, set their passwords.

use pipeline::address;
use store::{NewAccount, Store};

use super::{Outcome, app_password};
use crate::cli::Account;
use crate::config::Config;
use crate::failure::Failure;
use crate::table::Table;
use crate::{password, wiring};

/// Runs one of the account commands.
pub async fn run(command: Account, config: &Config) -> Outcome {
    let store = wiring::open_store(config)?;
    match command {
        Account::Add {
            address,
            name,
            aliases,
            ..
        } => add(&*store, address, name, aliases).await,
        Account::List => list(&*store).await,
        Account::Remove { address } => {
            let account = wiring::account(&*store, &address).await?;
            store.account_remove(account.id).await?;
            Ok(format!(
                "removed {}; its mail is left where it is",
                account.address
            ))
        }
        Account::AppPassword(command) => app_password::run(command, &*store).await,
        Account::Password { address, .. } => {
            let account = wiring::account(&*store, &address).await?;
            let hash = password::hash(&password::from_standard_input()?)?;
            store.account_set_password(account.id, &hash).await?;
            Ok(format!("set the password of {}", account.address))
        }
    }
}

async fn add(store: &dyn Store, address: String, name: String, aliases: Vec<String>) -> Outcome {
    let address = checked(&address)?;
    let aliases = aliases
        .iter()
        .map(|alias| checked(alias))
        .collect::<Result<Vec<_>, _>>()?;
    let password = password::hash(&password::from_standard_input()?)?;
    let account = store
        .account_add(NewAccount {
            address,
            aliases,
            name,
            password,
        })
        .await?;
    Ok(format!("added {}", account.address))
}

/// An address that can be an account's and a folder's name.
fn checked(text: &str) -> Result<String, Failure> {
    address::account_address(text).ok_or_else(|| {
        Failure::Misuse(format!(
            "{text:?} cannot be an account's address; give one like alice@example.org"
        ))
    })
}

async fn list(store: &dyn Store) -> Outcome {
    let mut table = Table::new(&["address", "name", "aliases"]);
    for account in store.accounts().await? {
        table.row([account.address, account.name, account.aliases.join(", ")]);
    }
    if table.is_empty() {
        return Ok(
            "no accounts; `invited account add ADDRESS --password-stdin` makes one".to_owned(),
        );
    }
    Ok(table.print())
}
