//! `invited sieve`: show, check, try and set the scripts that run on an account's mail.

use pipeline::preferences;

use super::Outcome;
use super::dry_run::{DryRun, Sheet};
use crate::cli::{self, Unit};
use crate::config::Config;
use crate::failure::Failure;
use crate::wiring;

/// Runs one of the Sieve commands.
pub async fn run(command: cli::Sieve, config: &Config) -> Outcome {
    match command {
        cli::Sieve::Show { address, unit } => show(&address, unit, config).await,
        cli::Sieve::Check { file } => {
            compile(&file)?;
            Ok(format!("{} is a script without errors", file.display()))
        }
        cli::Sieve::Run {
            script,
            mail,
            account,
        } => {
            let script = compile(&script)?;
            let run = DryRun::open(&mail, &account, config).await?;
            let filtered = run
                .receive
                .try_script(&run.reverse_path, &run.recipient, &run.message, &script)
                .await
                .map_err(Failure::new)?;
            let mut sheet = Sheet::default();
            sheet.filtered(&filtered);
            Ok(sheet.text)
        }
        cli::Sieve::Set { address, file } => {
            let store = wiring::open_store(config)?;
            let account = wiring::account(&*store, &address).await?;
            let text = compile(&file)?;
            let script = (!text.trim().is_empty()).then_some(text.as_str());
            store.script_set(account.id, script).await?;
            let did = if script.is_some() { "set" } else { "removed" };
            Ok(format!("{did} the own script of {}", account.address))
        }
    }
}

async fn show(address: &str, unit: Unit, config: &Config) -> Outcome {
    let store = wiring::open_store(config)?;
    let account = wiring::account(&*store, address).await?;
    match unit {
        Unit::Generated => {
            let preferences = super::preferences::read(&*store, &account).await?;
            Ok(preferences::script(
                &preferences,
                &account,
                &wiring::trust(config).own_domains,
            ))
        }
        Unit::Own => Ok(store
            .script(account.id)
            .await?
            .unwrap_or_else(|| format!("# {} has no script of its own.\n", account.address))),
    }
}

/// The text of a script that compiles; else all that is wrong with it, in one line.
fn compile(file: &std::path::Path) -> Result<String, Failure> {
    let text = String::from_utf8(wiring::read_file(file)?)
        .map_err(|_| Failure::new(format_args!("{} is not UTF-8", file.display())))?;
    match ::sieve::compile(&text, &::sieve::Limits::default()) {
        Ok(_) => Ok(text),
        Err(errors) => {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Err(Failure::new(format_args!(
                "{}: {}",
                file.display(),
                errors.join("; ")
            )))
        }
    }
}
